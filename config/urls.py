"""Every address: an app lists its pages in ``urlpatterns``, its endpoints in ``api_urlpatterns``.

Both live in ``<app>/urls.py``, beside ``app_name``. Endpoints are reversed as ``v1:<name>``.
"""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

APPS = [
    "accounts",
    "jobs",
    "notifications",
    "integrations",
    "pathways",
    "courses",
    "appraisals",
    "talent",
    "insights",
]

pages: list[URLPattern | URLResolver] = []
endpoints: list[URLPattern | URLResolver] = []
for app in APPS:
    if find_spec(f"{app}.urls") is not None:
        pages.append(path("", include(f"{app}.urls")))
        endpoints += getattr(import_module(f"{app}.urls"), "api_urlpatterns", [])

urlpatterns = [
    *pages,
    path("", include("accounts.sign_in_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
    path("api/v1/", include((endpoints, "v1"))),
    path("ims/case/v1p1/", include("pathways.case_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))

handler400 = "common.http.refusals.bad_request"
handler403 = "common.http.refusals.permission_denied"
handler404 = "common.http.refusals.not_found"
handler429 = "common.http.refusals.too_many_requests"
handler500 = "common.http.refusals.server_error"
