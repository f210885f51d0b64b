"""Addresses of mandatory training: pages, and endpoints below /api/v1/."""

from django.urls import path

from courses.api import compliance as api
from courses.views import compliance, compliance_rules, compliance_subjects, training_imports

urlpatterns = [
    path("training/", compliance.training_mine, name="training_mine"),
    path("people/<int:pk>/training/", compliance.training_person, name="training_person"),
    path("team/training/", compliance.training_team, name="training_team"),
    path("organisations/training/", compliance.training_organisation, name="training_organisation"),
    path(
        "organisations/training/rules/",
        compliance_rules.training_rules_page,
        name="training_rules",
    ),
    path(
        "organisations/training/subjects/",
        compliance_subjects.training_subjects,
        name="training_subjects",
    ),
    path(
        "organisations/training/subjects/<int:pk>/",
        compliance_subjects.training_subject,
        name="training_subject",
    ),
    path(
        "organisations/training/staff-record/",
        training_imports.training_imports,
        name="training_imports",
    ),
    path(
        "organisations/training/staff-record/<int:pk>/",
        training_imports.training_import,
        name="training_import",
    ),
]

api_urlpatterns = [
    path("compliance/", api.ComplianceList.as_view(), name="compliance_list"),
    path(
        "mandatory-training/", api.MandatoryTrainingList.as_view(), name="mandatory_training_list"
    ),
]
