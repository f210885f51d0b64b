"""Addresses of intakes and of applications for places."""

from django.urls import path

from courses.views import choosing, panels, selection, sponsors

urlpatterns = [
    path("courses/applications/", selection.application_list, name="application_list"),
    path("courses/applications/<int:pk>/", selection.application_show, name="application_show"),
    path(
        "courses/applications/<int:pk>/decide/",
        choosing.application_decide,
        name="application_decide",
    ),
    path(
        "courses/applications/<int:pk>/assess/",
        panels.application_assess,
        name="application_assess",
    ),
    path(
        "courses/applications/<int:pk>/interest/",
        panels.application_interest,
        name="application_interest",
    ),
    path(
        "courses/sponsor-statements/<int:pk>/", sponsors.sponsor_statement, name="sponsor_statement"
    ),
    path("courses/intakes/", choosing.intake_list, name="intake_list"),
    path("courses/intakes/<int:pk>/", choosing.intake_show, name="intake_show"),
    path("courses/intakes/<int:pk>/panel/", panels.intake_panel, name="intake_panel"),
    path("courses/intakes/<int:pk>/apply/", selection.intake_apply, name="intake_apply"),
    path("courses/sessions/<int:pk>/intake/", choosing.intake_plan, name="intake_plan"),
]
