"""Where a page may lead when the address comes from outside: to a page of ours, or home."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"


def is_page_of_ours(request: HttpRequest, address: str | None) -> bool:
    """True for a path on this site, such as "/courses/?page=2", and for nothing else.

    Browsers read a backslash as a slash and drop tabs and line ends, so none may be there; a full
    address is refused even with our own name in it, because a path says all that is needed.
    """
    if not address or not address.startswith("/") or not address.isprintable():
        return False
    if "\\" in address:
        return False
    return url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )


def safe_redirect_target(
    request: HttpRequest, address: str | None, *, otherwise: str = HOME
) -> str:
    """``address`` if it is a page of ours."""
    return address if address and is_page_of_ours(request, address) else otherwise


def safe_next(request: HttpRequest, *, otherwise: str = HOME) -> str:
    """The page that the request's ``next`` asks for, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next")
    return safe_redirect_target(request, asked, otherwise=otherwise)
