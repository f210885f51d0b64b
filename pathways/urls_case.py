"""Addresses of CASE packages on their way into drafts, and of what is tied to what."""

from django.urls import path

from pathways.views import associations, equivalences, packages

urlpatterns = [
    path("frameworks/<int:pk>/fetch/", packages.fetch_new, name="fetch_new"),
    path("fetches/<uuid:public_id>/", packages.fetch_show, name="fetch_show"),
    path("frameworks/packages/start/", packages.package_start, name="package_start"),
    path("authoring/competencies/<int:pk>/ties/", associations.tie_list, name="tie_list"),
    path(
        "frameworks/<int:pk>/equivalences/", equivalences.equivalence_list, name="equivalence_list"
    ),
    path(
        "equivalences/<int:pk>/remove/",
        equivalences.equivalence_remove,
        name="equivalence_remove",
    ),
    path("authoring/ties/<int:pk>/remove/", associations.tie_remove, name="tie_remove"),
]
