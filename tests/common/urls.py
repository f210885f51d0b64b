"""The addresses of the site, and the sample pages beside them."""

from django.urls import include, path

from tests.common import samples

urlpatterns = [
    path("sample/form/", samples.form_page),
    path("sample/gallery/", samples.gallery),
    path("sample/broken/", samples.broken),
    path("sample/<str:kind>/", samples.refused),
    path("api/sample/organisations/", samples.OrganisationList.as_view()),
    path("api/sample/values/", samples.OrganisationValues.as_view()),
    path("api/sample/note/", samples.Note.as_view()),
    path("", include("config.urls")),
]
handler400 = "common.http.refusals.bad_request"
handler403 = "common.http.refusals.permission_denied"
handler404 = "common.http.refusals.not_found"
handler500 = "common.http.refusals.server_error"
