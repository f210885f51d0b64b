"""What every answer has in common: refusals drawn as pages, nothing private kept by browsers."""

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django_structlog.middlewares import RequestMiddleware

from common.errors import DomainError
from common.forms import form_status
from common.http.refusals import refusal_page

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
    """Turns a refusal that a view lets through into the 403 or 409 page.

    It also gives a form that is drawn again with its mistakes the status 422, which our own views
    do themselves (``form_status``) and the sign-in pages of allauth do not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return refusal_page(request, exception)
        return None

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        if response.status_code == 200 and request.method == "POST" and isinstance(form, BaseForm):
            response.status_code = form_status(form)
        return response


class PermissionsPolicyMiddleware:
    """Sends Permissions-Policy, which Django has no setting for, with every answer there is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = _POLICY
        return response


class RequestLogMiddleware(RequestMiddleware):
    """Logs what was asked for without the query: names are searched for there, and a program that
    wrongly sends its secret there finds it refused, not kept."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class PrivatePagesMiddleware:
    """Keeps pages of signed-in people out of caches, so that "back" after leaving shows none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
