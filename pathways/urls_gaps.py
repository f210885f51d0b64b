"""Addresses of gaps of teams and organisations, and of what would close a gap."""

from django.urls import path

from pathways.views import gap_team

urlpatterns = [
    path("team/gaps/", gap_team.gap_team, name="gap_team"),
    path("team/gaps/file/", gap_team.gap_team_file, name="gap_team_file"),
]
