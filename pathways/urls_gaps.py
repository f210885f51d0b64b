"""Addresses of gaps of teams and organisations, and of what would close a gap."""

from django.urls import path

from pathways.api import gaps as gaps_api
from pathways.api import team_gaps as team_api
from pathways.views import coaching, gap_organisation, gap_team, resources, signposts

urlpatterns = [
    path("team/gaps/", gap_team.gap_team, name="gap_team"),
    path("team/gaps/file/", gap_team.gap_team_file, name="gap_team_file"),
    path("organisations/gaps/", gap_organisation.gap_organisation, name="gap_organisation"),
    path("pathway/signposts/", signposts.signpost_mine, name="signpost_mine"),
    path("people/<int:pk>/signposts/", signposts.signpost_show, name="signpost_show"),
    path("resources/", resources.resource_list, name="resource_list"),
    path("resources/add/", resources.resource_add, name="resource_add"),
    path("resources/<int:pk>/change/", resources.resource_change, name="resource_change"),
    path("resources/<int:pk>/withdraw/", resources.resource_withdraw, name="resource_withdraw"),
    path("pathway/coaching/", coaching.coach_list, name="coach_list"),
    path("pathway/coaching/offer/", coaching.coach_offer, name="coach_offer"),
    path("pathway/coaching/<int:pk>/end/", coaching.coach_end, name="coach_end"),
]

api_urlpatterns = [
    path("people/<int:pk>/gap/", gaps_api.PersonGap.as_view(), name="person_gap"),
    path("people/<int:pk>/signposts/", gaps_api.PersonSignposts.as_view(), name="person_signposts"),
    path("people/<int:pk>/team-gap/", team_api.TeamGapShow.as_view(), name="team_gap"),
    path(
        "people/<int:pk>/team-gap/people/",
        team_api.TeamGapPeople.as_view(),
        name="team_gap_people",
    ),
    path("organisations/gaps/", gaps_api.OrganisationsGap.as_view(), name="organisations_gap"),
]
