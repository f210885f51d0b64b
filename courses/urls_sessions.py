"""Addresses of offered places and of what sessions are made of."""

from django.urls import path

from courses.api import offers as api
from courses.views import calendars, interests, meetings, offers, releases, swaps

urlpatterns = [
    path("courses/mine/<int:pk>/answer/", offers.offer_answer, name="offer_answer"),
    path("courses/mine/<int:pk>/move/", offers.enrolment_move, name="enrolment_move"),
    path(
        "courses/enrolments/<int:pk>/release/",
        releases.enrolment_release,
        name="enrolment_release",
    ),
    path("courses/mine/<int:pk>/swap/", swaps.swap_ask, name="swap_ask"),
    path("courses/told/", interests.interest_list, name="interest_list"),
    path("courses/swaps/<int:pk>/", swaps.swap_answer, name="swap_answer"),
    path("calendar/<str:token>/feed.ics", calendars.calendar_feed, name="calendar_feed"),
    path("courses/calendar/", calendars.calendar, name="calendar"),
    path(
        "courses/mine/<int:pk>/session.ics", calendars.enrolment_calendar, name="enrolment_calendar"
    ),
    path("courses/venues/", meetings.venue_list, name="venue_list"),
    path("courses/venues/<int:pk>/", meetings.venue_show, name="venue_show"),
    path("courses/meetings/<int:pk>/", meetings.meeting_change, name="meeting_change"),
    path("courses/sessions/<int:pk>/meetings/", meetings.session_meetings, name="session_meetings"),
]

api_urlpatterns = [
    path("enrolments/<int:pk>/move/", api.EnrolmentMove.as_view(), name="enrolment_move"),
    path("enrolments/<int:pk>/answer/", api.EnrolmentAnswer.as_view(), name="enrolment_answer"),
]
