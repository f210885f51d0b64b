"""Addresses of frameworks, roles, the gap, the self-assessment and the map."""

from django.urls import path

from pathways import (
    urls_assessing,
    urls_authoring,
    urls_case,
    urls_evidence,
    urls_gaps,
    urls_imports,
    urls_roles,
    urls_versions,
)
from pathways.api import frameworks as framework_api
from pathways.views import assessment, frameworks, gap, roles

app_name = "pathways"

urlpatterns = [
    path("pathway/", gap.gap_mine, name="gap_mine"),
    path("pathway/assess/", assessment.assessment_show, name="assessment_show"),
    path("pathway/assess/<int:pk>/", assessment.assessment_answer, name="assessment_answer"),
    path("pathway/leave/", roles.role_leave, name="role_leave"),
    path("people/<int:pk>/gap/", gap.gap_show, name="gap_show"),
    path("roles/", roles.role_list, name="role_list"),
    path("roles/<int:pk>/", roles.role_show, name="role_show"),
    path("roles/<int:pk>/choose/", roles.role_choose, name="role_choose"),
    path("frameworks/", frameworks.framework_list, name="framework_list"),
    path("frameworks/<int:pk>/", frameworks.framework_show, name="framework_show"),
    *urls_roles.urlpatterns,
    *urls_gaps.urlpatterns,
    *urls_imports.urlpatterns,
    *urls_case.urlpatterns,
    *urls_evidence.urlpatterns,
    *urls_authoring.urlpatterns,
    *urls_assessing.urlpatterns,
    *urls_versions.urlpatterns,
]

api_urlpatterns = [
    path("frameworks/", framework_api.FrameworkList.as_view(), name="framework_list"),
    path("frameworks/<int:pk>/", framework_api.FrameworkDetail.as_view(), name="framework_show"),
    *urls_roles.api_urlpatterns,
    *urls_gaps.api_urlpatterns,
    *urls_versions.api_urlpatterns,
    *urls_authoring.api_urlpatterns,
    *urls_imports.api_urlpatterns,
    *urls_evidence.api_urlpatterns,
    *urls_assessing.api_urlpatterns,
]
