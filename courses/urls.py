"""Addresses of courses: pages below /courses/, endpoints below /api/v1/."""

from django.urls import path

from courses import (
    urls_approval,
    urls_catalogue,
    urls_compliance,
    urls_credentials,
    urls_delivery,
    urls_money,
    urls_selection,
    urls_sessions,
    urls_study_time,
)
from courses.api import views as api
from courses.views import catalogue, places, rosters, running

app_name = "courses"

urlpatterns = [
    *urls_approval.urlpatterns,
    *urls_study_time.urlpatterns,
    *urls_catalogue.urlpatterns,
    *urls_compliance.urlpatterns,
    *urls_money.urlpatterns,
    *urls_credentials.urlpatterns,
    *urls_delivery.urlpatterns,
    *urls_selection.urlpatterns,
    *urls_sessions.urlpatterns,
    path("courses/", catalogue.programme_list, name="programme_list"),
    path("courses/<int:pk>/", catalogue.programme_show, name="programme_show"),
    path("courses/mine/", places.enrolment_list, name="enrolment_list"),
    path("courses/mine/<int:pk>/withdraw/", places.enrolment_withdraw, name="enrolment_withdraw"),
    path(
        "courses/enrolments/<int:pk>/what-happened/",
        places.enrolment_timeline,
        name="enrolment_timeline",
    ),
    path("courses/sessions/", running.session_list, name="session_list"),
    path("courses/sessions/new/", running.session_open, name="session_open"),
    path("courses/sessions/<int:pk>/", places.session_show, name="session_show"),
    path("courses/sessions/<int:pk>/enrol/", places.session_enrol, name="session_enrol"),
    path("courses/sessions/<int:pk>/register/", rosters.session_register, name="session_register"),
    path("courses/sessions/<int:pk>/places/", running.session_resize, name="session_resize"),
    path("courses/sessions/<int:pk>/cancel/", running.session_cancel, name="session_cancel"),
]

api_urlpatterns = [
    *urls_study_time.api_urlpatterns,
    *urls_compliance.api_urlpatterns,
    *urls_money.api_urlpatterns,
    *urls_credentials.api_urlpatterns,
    *urls_delivery.api_urlpatterns,
    *urls_sessions.api_urlpatterns,
    path("courses/", api.CourseList.as_view(), name="course_list"),
    path("courses/<int:pk>/", api.CourseDetail.as_view(), name="course_show"),
    path("sessions/", api.SessionList.as_view(), name="session_list"),
    path("sessions/<int:pk>/", api.SessionDetail.as_view(), name="session_show"),
    path("enrolments/", api.EnrolmentList.as_view(), name="enrolment_list"),
    path("enrolments/<int:pk>/", api.EnrolmentDetail.as_view(), name="enrolment_show"),
    path(
        "enrolments/<int:pk>/withdraw/", api.EnrolmentWithdraw.as_view(), name="enrolment_withdraw"
    ),
]
