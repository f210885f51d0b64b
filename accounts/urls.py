"""Addresses of the endpoints about people."""

from django.urls import URLPattern, URLResolver, path

from accounts import api

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = []

api_urlpatterns = [
    path("people/", api.PersonList.as_view(), name="people"),
    path("people/<int:pk>/", api.PersonDetail.as_view(), name="person"),
    path("assignments/", api.AssignmentList.as_view(), name="assignments"),
]
