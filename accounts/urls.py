"""Addresses of the endpoints about people, and those of the sign-in library that are closed."""

from django.urls import URLPattern, URLResolver, path

from accounts import api
from accounts.views import sign_in, tokens

app_name = "accounts"

# An e-mail address is how HR systems and colleagues know somebody, so its owner cannot take
# another; programs sign in with client credentials, so nobody grants them anything in a browser.
# These stand before the library's own patterns, which need their names.
CLOSED = (
    "accounts/email/",
    "accounts/confirm-email/",
    "accounts/confirm-email/<path:key>",
    "accounts/password/set/",
    "accounts/login/code/confirm/",
    "identity/o/authorize",
    "identity/o/device",
    "identity/o/logout",
    "identity/o/api/device/code",
    "identity/o/api/userinfo",
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(route, sign_in.closed) for route in CLOSED),
    # The library's addresses, so that they are reversed by its names.
    path("identity/o/api/token", tokens.token),
    path("identity/o/api/revoke", tokens.revoke),
]

api_urlpatterns = [
    path("people/", api.PersonList.as_view(), name="people"),
    path("people/<int:pk>/", api.PersonDetail.as_view(), name="person"),
    path("assignments/", api.AssignmentList.as_view(), name="assignments"),
]
