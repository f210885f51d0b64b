"""Addresses of what is accredited and has to be renewed."""

from django.urls import URLPattern, path

from courses.views import accreditation, offerings, own_programmes

urlpatterns = [
    path("courses/own/", own_programmes.own_programme_list, name="own_programme_list"),
    path("courses/own/<int:pk>/", own_programmes.own_programme_show, name="own_programme_show"),
    path("courses/offerings/", offerings.offering_list, name="offering_list"),
    path("courses/offerings/new/", offerings.offering_add, name="offering_add"),
    path("courses/offerings/<int:pk>/", offerings.offering_show, name="offering_show"),
    path("courses/accreditation/", accreditation.accreditation_list, name="accreditation_list"),
    path("courses/accreditation/new/", accreditation.accreditation_add, name="accreditation_add"),
    path(
        "courses/accreditation/<int:pk>/",
        accreditation.accreditation_show,
        name="accreditation_show",
    ),
]

api_urlpatterns: list[URLPattern] = []
