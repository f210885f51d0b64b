"""The menu of every page: apps add items in ``AppConfig.ready()``, each shown to whom it serves.

    add_item(NavigationItem(_("Courses"), "courses:programme_list", order=30))

``shown`` gets the request and must not query: it reads what signing in has already loaded.
``covers`` lists beginnings of view names for which the item is the current one; the longest that
fits wins, so an item may own part of what another covers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject


def to_everybody(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: str | Promise
    url_name: str
    order: int
    shown: Callable[[HttpRequest], bool] = to_everybody
    covers: tuple[str, ...] = ()
    in_account_menu: bool = False

    @property
    def beginnings(self) -> tuple[str, ...]:
        """``courses:programme_list`` covers ``courses:programme_…`` unless told otherwise."""
        return self.covers or (self.url_name.rpartition("_")[0] or self.url_name,)


@dataclass(frozen=True, slots=True)
class Link:
    """An item as the template draws it."""

    label: str | Promise
    href: str
    is_current: bool


@dataclass(slots=True)
class Navigation:
    """The items of one site. There is one, ``site``; tests make their own."""

    items: list[NavigationItem] = field(default_factory=list)

    def add(self, item: NavigationItem) -> None:
        if any(known.url_name == item.url_name for known in self.items):
            raise ValueError(f"{item.url_name} is in the menu already.")
        self.items.append(item)
        self.items.sort(key=lambda known: known.order)

    def links(self, request: HttpRequest, *, in_account_menu: bool = False) -> list[Link]:
        """Return what the reader of ``request`` may open, in order, the current one marked."""
        shown = [
            item
            for item in self.items
            if item.in_account_menu == in_account_menu and item.shown(request)
        ]
        current = _current(shown, view_name=_view_name(request))
        return [Link(item.label, reverse(item.url_name), item is current) for item in shown]


site = Navigation()
add_item = site.add


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _current(items: Iterable[NavigationItem], *, view_name: str) -> NavigationItem | None:
    fitting = [
        (len(beginning), item)
        for item in items
        for beginning in item.beginnings
        if view_name.startswith(beginning)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. The menus are worked out only when a template draws them."""
    user = getattr(request, "user", None)
    # Between the two steps of signing in nothing of the menu would open.
    has_menu = bool(user and user.is_authenticated) and getattr(request, "has_menu", True)

    def menu(in_account_menu: bool) -> list[Link]:
        return site.links(request, in_account_menu=in_account_menu) if has_menu else []

    return {
        "is_demonstration": settings.DEMO,
        "organisation_name": settings.ORGANISATION_NAME,
        "navigation": SimpleLazyObject(lambda: menu(in_account_menu=False)),
        "account_navigation": SimpleLazyObject(lambda: menu(in_account_menu=True)),
    }


Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 20


def page_of(request: HttpRequest, rows: QuerySet[Row], *, size: int = PAGE_SIZE) -> Page[Row]:
    """Return the page of ``rows`` that ``?page=`` asks for; the nearest one when there is no such.

    ``rows`` must be in a total order, or a row could be on two pages or on none.
    """
    return Paginator(rows, size).get_page(request.GET.get("page"))
