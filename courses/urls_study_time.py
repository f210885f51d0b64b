"""Addresses of protected study time."""

from django.urls import path

from courses.api import study_time as api
from courses.views import study_time, study_time_figures

urlpatterns = [
    path("courses/study-time/", study_time.study_time_mine, name="study_time_mine"),
    path("courses/study-time/team/", study_time.study_time_team, name="study_time_team"),
    path(
        "courses/study-time/organisations/",
        study_time_figures.study_time_figures,
        name="study_time_figures",
    ),
    path(
        "courses/study-time/organisations/<int:pk>/rules/",
        study_time_figures.study_time_rules,
        name="study_time_rules",
    ),
    path(
        "courses/enrolments/<int:pk>/study-time/",
        study_time.study_time_show,
        name="study_time_show",
    ),
]

api_urlpatterns = [
    path("enrolments/<int:pk>/study-time/", api.StudyTimeShow.as_view(), name="study_time_show"),
    path("organisations/study-time/", api.StudyTimeFigures.as_view(), name="study_time_figures"),
]
