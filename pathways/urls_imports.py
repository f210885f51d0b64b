"""Addresses of frameworks as files: out, in, and the published ones to start from."""

from django.urls import path

from pathways.api import imports as api
from pathways.views import imports, starters, workbooks

urlpatterns = [
    path("frameworks/template/", workbooks.workbook_template, name="workbook_template"),
    path("frameworks/<int:pk>/workbook/", workbooks.workbook_download, name="workbook_download"),
    path("frameworks/<int:pk>/import/", imports.import_new, name="import_new"),
    path("frameworks/starters/", starters.starter_list, name="starter_list"),
    path("frameworks/starters/use/", starters.starter_use, name="starter_use"),
    path("imports/<uuid:public_id>/", imports.import_show, name="import_show"),
    path("imports/<uuid:public_id>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<uuid:public_id>/check/", imports.import_check, name="import_check"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
]

api_urlpatterns = [
    path("frameworks/template/", api.TemplateFile.as_view(), name="framework_template"),
    path("frameworks/<int:pk>/workbook/", api.WorkbookFile.as_view(), name="framework_workbook"),
    path("frameworks/<int:pk>/imports/", api.ImportList.as_view(), name="framework_imports"),
    path("imports/<int:pk>/", api.ImportDetail.as_view(), name="framework_import_show"),
    path("imports/<int:pk>/lines/", api.ImportLineList.as_view(), name="framework_import_lines"),
    path("imports/<int:pk>/apply/", api.ImportApply.as_view(), name="framework_import_apply"),
    path("imports/<int:pk>/check/", api.ImportCheck.as_view(), name="framework_import_check"),
    path("imports/<int:pk>/undo/", api.ImportUndo.as_view(), name="framework_import_undo"),
]
