"""Every address of the site, and the page that all others are compared with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def base_page(request: HttpRequest) -> HttpResponse:
    """Only signs in and renders the base page, menu included."""
    return render(request, "base.html")


urlpatterns = [path("base-page/", base_page), path("", include("config.urls"))]
handler400 = "common.refusals.bad_request"
handler403 = "common.refusals.permission_denied"
handler404 = "common.refusals.not_found"
handler500 = "common.refusals.server_error"
