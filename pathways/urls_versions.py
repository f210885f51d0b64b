"""Addresses of editions beside each other, and of what became of their competencies."""

from django.urls import path

from pathways.api import crosswalks as crosswalks_api
from pathways.api import editions as api
from pathways.views import crosswalks, editions

urlpatterns = [
    path("frameworks/<int:pk>/changes/", editions.edition_compare, name="edition_compare"),
    path("frameworks/<int:pk>/next/", editions.edition_draft, name="edition_draft"),
    path("frameworks/<int:pk>/crosswalk/", crosswalks.crosswalk_show, name="crosswalk_show"),
    path("frameworks/<int:pk>/crosswalk/say/", crosswalks.crosswalk_say, name="crosswalk_say"),
    path(
        "frameworks/<int:pk>/crosswalk/stayed/",
        crosswalks.crosswalk_confirm_stayed,
        name="crosswalk_confirm_stayed",
    ),
    path(
        "frameworks/<int:pk>/crosswalk/carry-over/",
        crosswalks.crosswalk_carry,
        name="crosswalk_carry",
    ),
    path("crosswalks/<int:pk>/", crosswalks.crosswalk_confirm, name="crosswalk_confirm"),
]

api_urlpatterns = [
    path("frameworks/<int:pk>/changes/", api.EditionChangesShow.as_view(), name="edition_changes"),
    path("frameworks/<int:pk>/crosswalk/", api.CrosswalkList.as_view(), name="crosswalk_list"),
    path(
        "frameworks/<int:pk>/crosswalk/fates/",
        crosswalks_api.FateList.as_view(),
        name="crosswalk_fates",
    ),
    path(
        "frameworks/<int:pk>/crosswalk/progress/",
        crosswalks_api.CrosswalkProgress.as_view(),
        name="crosswalk_progress",
    ),
    path(
        "frameworks/<int:pk>/crosswalk/stayed/",
        crosswalks_api.CrosswalkStayed.as_view(),
        name="crosswalk_stayed",
    ),
    path(
        "frameworks/<int:pk>/crosswalk/equivalents/",
        crosswalks_api.EquivalentAdd.as_view(),
        name="crosswalk_equivalents",
    ),
    path(
        "crosswalks/<int:pk>/confirm/",
        crosswalks_api.CrosswalkConfirm.as_view(),
        name="crosswalk_confirm",
    ),
]
