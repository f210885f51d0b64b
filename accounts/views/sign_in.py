"""What the sign-in library offers and we do not: nothing is there, for anybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


@login_not_required
def closed(request: HttpRequest, **arguments: Any) -> HttpResponse:
    raise Http404
