"""What row-level security costs a request: the talent search in three scopes and a list of the API.

The same request is answered in turns with walls and without: by a role that no policy holds for,
with no scope to be set and no transaction around it, and with the search reading its table as if
there were no view. What is asked for lies in a copy of the database, so that each request begins
and ends a transaction of its own, as in production.
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
        rows = [_search(world, scope) for scope in ("trust", "system", "region")]
        people = f"{reverse('v1:people')}?page_size=100"
        return [*rows, _row("API list of 100 people", api_caller(), [people])]


def _search(world: World, scope: str) -> Row:
    get = browser_of(world.leads[scope]).get
    page = reverse("talent:profile_list")
    paths = [f"{page}?words={words}&role={world.role.pk}" for words in WORDS]
    return _row(f"Talent search, {scope} scope, of {PEOPLE:,} people", get, paths)


def _row(name: str, get: Get, paths: list[str]) -> Row:
    """The medians of both, taken in turns with the same addresses."""
    around: dict[str, Callable[[], Any]] = {"with": nullcontext, "without": without_walls}
    times: dict[str, list[float]] = {how: [] for how in around}
    asked = {how: _statements(get, paths[0], within=within) for how, within in around.items()}
    for number in range(_WARM_UP + ROUNDS):
        call = partial(get, paths[number % len(paths)])
        for how, within in around.items():
            with within():
                began = perf_counter()
                call()
                took = (perf_counter() - began) * 1000
            if number >= _WARM_UP:
                times[how].append(took)
    figures = {how: median(found) for how, found in times.items()}
    described = {how: f"{figures[how]:.1f} ms, {asked[how]} statements" for how in around}
    return Row(name, described["with"], described["without"], figures["with"] / figures["without"])


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
