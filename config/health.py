"""/healthz and /readyz, answered before host names, sign-in and redirects are looked at.

A load balancer asks by address rather than by name, and has no account.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from config import readiness

NO_STORE = {"Cache-Control": "no-store"}


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain", headers=NO_STORE)
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """200 when everything needed to serve is well, otherwise 503; each check by its name."""
    findings = readiness.to_serve(now=timezone.now())
    is_ready = all(finding.is_ok for finding in findings)
    seen_at = readiness.last_seen("worker") if is_ready else None
    body = {
        "ready": is_ready,
        "checks": {finding.name: finding.state for finding in findings},
        "worker_seen_at": seen_at.timestamp() if seen_at else None,
    }
    return JsonResponse(body, status=200 if is_ready else 503, headers=NO_STORE)
