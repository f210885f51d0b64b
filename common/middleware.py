"""What every answer has in common: refusals drawn as pages, nothing private kept by browsers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.errors import DomainError
from common.refusals import refusal_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing here needs the reader's camera, place or purse, and no script may ask for them.
_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class RefusalMiddleware:
    """Turns a refusal that a view lets through into the 403 or 409 page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return refusal_page(request, exception)
        return None


class PrivatePagesMiddleware:
    """Keeps pages of signed-in people out of every cache, so that "back" after leaving shows none.

    Also sends Permissions-Policy, which Django has no setting for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = _POLICY
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
