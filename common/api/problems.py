"""One shape for every refusal of the API: problem details (RFC 9457), every wrong field named."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from common.errors import DomainError, Stale
from common.http.refusals import PROBLEM_JSON, problem


class PreconditionRequired(exceptions.APIException):
    """A change was sent without ``If-Match``, so it could undo one its sender never saw."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = gettext_lazy(
        "Send the ETag of the version you read in If-Match, so that nobody's change is lost."
    )


class PreconditionFailed(exceptions.APIException):
    """The thing is no longer in the version named by ``If-Match``; carries what it is now."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = gettext_lazy(
        "This has changed since you read it. Read it again and decide what to do."
    )

    def __init__(self, *, current: object = None) -> None:
        super().__init__()
        self.current = current


_TITLES = {
    400: gettext_lazy("The request cannot be understood"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("You cannot do this"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("This address does not take that method"),
    406: gettext_lazy("Only JSON is spoken here"),
    409: gettext_lazy("This is not possible as things are"),
    412: gettext_lazy("This has changed"),
    415: gettext_lazy("Send JSON"),
    428: gettext_lazy("Say which version you are changing"),
    429: gettext_lazy("Too many requests"),
}


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer any refusal with problem details. None means a fault of ours: let it be a 500."""
    if isinstance(exc, DomainError):
        return _refused(exc, context)
    api_exception = _as_api_exception(exc)
    if api_exception is None:
        return None
    if isinstance(api_exception, exceptions.ValidationError):
        return _wrong_fields(api_exception)
    body = problem(
        api_exception.status_code,
        title=_title(api_exception.status_code),
        detail=str(api_exception.detail),
        code=_code(api_exception),
        **_current(api_exception),
    )
    return _respond(body, headers=_headers(api_exception))


def _refused(refusal: DomainError, context: dict[str, Any]) -> Response:
    """Stale is 409, or 412 for a caller that said with ``If-Match`` which version it knows."""
    request = context.get("request")
    names_version = request is not None and "If-Match" in request.headers
    status = 412 if isinstance(refusal, Stale) and names_version else refusal.status
    body = problem(
        status,
        title=_title(status),
        detail=refusal.message,
        code=refusal.code,
        **_current(refusal),
    )
    return _respond(body)


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    """Return the refusal that ``exc`` amounts to, or None when it is a fault of ours."""
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, DjangoValidationError):
        return exceptions.ValidationError(get_error_detail(exc))
    if isinstance(exc, (RequestDataTooBig, TooManyFieldsSent)):
        return exceptions.ParseError(_("The body is too large."), code="body_too_large")
    known: list[tuple[type[Exception], type[exceptions.APIException]]] = [
        (Http404, exceptions.NotFound),
        (DjangoPermissionDenied, exceptions.PermissionDenied),
        (SuspiciousOperation, exceptions.ParseError),
    ]
    return next((answer() for kind, answer in known if isinstance(exc, kind)), None)


def _wrong_fields(exc: exceptions.ValidationError) -> Response:
    errors = [
        {"field": field, "code": detail.code, "detail": str(detail)}
        for field, detail in _flattened(exc.detail, "")
    ]
    sentence = _("Some of what was sent is wrong: see errors.")
    body = problem(400, title=_title(400), detail=sentence, code="validation", errors=errors)
    return _respond(body)


def _flattened(detail: Any, path: str) -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Yield (dotted path of the field, mistake); mistakes of the whole body have an empty path."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            is_whole = name == "non_field_errors"
            yield from _flattened(inner, path if is_whole else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_text = isinstance(inner, exceptions.ErrorDetail)
            yield from _flattened(inner, path if is_text else f"{path}.{index}".lstrip("."))
    else:
        yield path, detail


def _title(status: int) -> str:
    return str(_TITLES.get(status, _TITLES[400]))


def _code(exc: exceptions.APIException) -> str:
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else exc.default_code


def _current(exc: Exception) -> dict[str, object]:
    current = getattr(exc, "current", None)
    return {} if current is None else {"current": current}


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _respond(body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=PROBLEM_JSON)
