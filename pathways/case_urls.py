"""Addresses of the CASE 1.1 standard, which are its own and not below ``/api/``."""

from django.urls import path

from pathways.api.case import views

app_name = "case"

urlpatterns = [
    path("discovery/imscasev1p1_openapi3_v1p0.json", views.discovery, name="discovery"),
    path("CFDocuments", views.DocumentList.as_view(), name="document_list"),
    path("CFDocuments/<str:identifier>", views.DocumentShow.as_view(), name="document_show"),
    path("CFPackages/<str:identifier>", views.PackageShow.as_view(), name="package_show"),
    path("CFItems/<str:identifier>", views.ItemShow.as_view(), name="item_show"),
    path(
        "CFItemAssociations/<str:identifier>",
        views.ItemAssociations.as_view(),
        name="item_associations",
    ),
    path("CFAssociations/<str:identifier>", views.AssociationShow.as_view(), name="tie_show"),
    path(
        "CFAssociationGroupings/<str:identifier>",
        views.GroupingShow.as_view(),
        name="grouping_show",
    ),
    path("CFConcepts/<str:identifier>", views.ConceptShow.as_view(), name="concept_show"),
    path("CFSubjects/<str:identifier>", views.SubjectShow.as_view(), name="subject_show"),
    path("CFItemTypes/<str:identifier>", views.ItemTypeShow.as_view(), name="item_type_show"),
    path("CFLicenses/<str:identifier>", views.LicenseShow.as_view(), name="license_show"),
    path("CFRubrics/<str:identifier>", views.RubricShow.as_view(), name="rubric_show"),
]
