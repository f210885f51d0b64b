"""Addresses of frameworks as files: out, in, and the published ones to start from."""

from django.urls import path

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
