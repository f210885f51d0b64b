"""Every address of the site, and the page that all others are compared with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def base_page(request: HttpRequest) -> HttpResponse:
    """Only signs in and renders the base page, menu included."""
    return render(request, "base.html")


urlpatterns = [path("base-page/", base_page), path("", include("config.urls"))]
handler400 = "common.http.refusals.bad_request"
handler403 = "common.http.refusals.permission_denied"
handler404 = "common.http.refusals.not_found"
handler500 = "common.http.refusals.server_error"
