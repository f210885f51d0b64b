"""What was refused to whom: a line of the log for every refusal to somebody we know."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

_REFUSED = frozenset({401, 403, 404})
# A program whose token opens nothing is one of ours that is over, or somebody who tries tokens.
_UNKNOWN_PROGRAM = "unknown program"


class RefusalLogMiddleware:
    """Notes who asked for which view and was told that it is not there or not theirs to do.

    Outside the transaction of the request, which a refusal takes back. The address is left out
    with all that could have been typed into it; strangers who look for pages that are not there
    are left to the web server's own log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A session that is over makes the request nobody's before it is refused.
        asked_by = _caller(request)
        response = self.get_response(request)
        caller = _caller(request) or asked_by
        if response.status_code == 401 and "Authorization" in request.headers:
            caller = caller or _UNKNOWN_PROGRAM
        if caller and response.status_code in _REFUSED:
            match = request.resolver_match
            log.warning(
                "security.refused",
                status=response.status_code,
                caller=caller,
                method=request.method,
                view=match.view_name if match else "",
            )
        return response


def _caller(request: HttpRequest) -> str:
    """The key of a person, or of a program once its token has been read."""
    user = request.user
    if not user.is_authenticated:
        return ""
    return str(user.pk) if isinstance(user.pk, str) else f"person-{user.pk}"
