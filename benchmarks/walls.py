"""What row-level security costs a request: the talent search in three scopes and a list of the API.

The same request is answered in turns as it is, by a role that no policy holds for, and as if there
were no walls at all: by that role, with no scope to be set and no transaction around it, and with
the search reading its table straight away. What is asked for lies in a copy of the database, so
that each request begins and ends a transaction of its own, as in production.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.database import in_a_copy
from benchmarks.pages import api_caller, browser_of
from benchmarks.roles import bypassing_role, bypassing_walls
from benchmarks.row import Row
from benchmarks.talent_search import PEOPLE, WORDS, World, make_world
from benchmarks.timing import checked
from talent.selectors import search

ROUNDS = 60
_WARM_UP = 3
Get = Callable[[str], HttpResponse]


def run() -> list[Row]:
    with in_a_copy(), bypassing_role():
        world, _seconds = make_world()
        searches = [row for scope in world.leads for row in _search(world, scope)]
        people = f"{reverse('v1:people')}?page_size=100"
        return [*searches, *_rows("API list of 100 people", api_caller(), [people])]


def _search(world: World, scope: str) -> list[Row]:
    get = browser_of(world.leads[scope]).get
    page = reverse("talent:profile_list")
    paths = [f"{page}?words={words}&role={world.role.pk}" for words in WORDS]
    return _rows(f"Talent search, {scope} scope, of {PEOPLE:,} people", get, paths)


def _rows(name: str, get: Get, paths: list[str]) -> list[Row]:
    """The medians of each way, taken in turns with the same addresses."""
    ways: dict[str, Callable[[], Any]] = {
        "as it is": nullcontext,
        "beside a role that no policy holds for": bypassing_walls,
        "beside no walls at all": without_walls,
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    asked = {way: _statements(get, paths[0], within=within) for way, within in ways.items()}
    for number in range(_WARM_UP + ROUNDS):
        for way, within in ways.items():
            with within():
                began = perf_counter()
                get(paths[number % len(paths)])
                took = (perf_counter() - began) * 1000
            if number >= _WARM_UP:
                times[way].append(took)
    told = {way: f"{median(found):.1f} ms, {asked[way]} statements" for way, found in times.items()}
    ours, *others = ways
    return [
        Row(f"{name}, {way}", told[ours], told[way], median(times[ours]) / median(times[way]))
        for way in others
    ]


def _statements(get: Get, path: str, *, within: Callable[[], Any]) -> int:
    with within(), CaptureQueriesContext(connection) as asked:
        checked(partial(get, path))
    return len(asked)


@contextmanager
def without_walls() -> Iterator[None]:
    """The site as it would be if the database had no row-level security."""

    def unscoped(*args: Any, **kwargs: Any) -> Any:
        return nullcontext()

    with bypassing_walls(), ExitStack() as patched:
        for name in ("scope_middleware.opened", "authentication.enter"):
            patched.enter_context(patch(f"accounts.{name}", unscoped))
        patched.enter_context(patch.object(search, "_FINDABLE", search._TABLE))  # noqa: SLF001
        yield
