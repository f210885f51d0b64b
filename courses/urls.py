"""Addresses of courses: pages below /courses/, endpoints below /api/v1/."""

from django.urls import path

from courses.api import views as api
from courses.views import approvals, catalogue, places, running

app_name = "courses"

urlpatterns = [
    path("courses/", catalogue.programme_list, name="programme_list"),
    path("courses/<int:pk>/", catalogue.programme_show, name="programme_show"),
    path("courses/mine/", places.enrolment_list, name="enrolment_list"),
    path("courses/mine/<int:pk>/withdraw/", places.enrolment_withdraw, name="enrolment_withdraw"),
    path(
        "courses/enrolments/<int:pk>/what-happened/",
        places.enrolment_timeline,
        name="enrolment_timeline",
    ),
    path("courses/requests/", approvals.approval_list, name="approval_list"),
    path("courses/requests/<int:pk>/", approvals.approval_decide, name="approval_decide"),
    path("courses/sessions/", running.session_list, name="session_list"),
    path("courses/sessions/new/", running.session_open, name="session_open"),
    path("courses/sessions/<int:pk>/", places.session_show, name="session_show"),
    path("courses/sessions/<int:pk>/enrol/", places.session_enrol, name="session_enrol"),
    path("courses/sessions/<int:pk>/register/", running.session_register, name="session_register"),
    path(
        "courses/sessions/<int:pk>/attendance/",
        running.session_attendance,
        name="session_attendance",
    ),
    path(
        "courses/sessions/<int:pk>/completion/", running.session_complete, name="session_complete"
    ),
    path("courses/sessions/<int:pk>/places/", running.session_resize, name="session_resize"),
    path("courses/sessions/<int:pk>/cancel/", running.session_cancel, name="session_cancel"),
]

api_urlpatterns = [
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
