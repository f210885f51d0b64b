"""Many scopes of three trusts, opened in turn over few connections, each counting what it sees."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from django.db import connection, connections

from accounts.actors import SystemJob
from accounts.models import Organisation, Post
from accounts.scope import opened
from tests.factories.clock import TODAY
from tests.roles import as_in_production


def rounds(trusts: list[Organisation], *, times: int, threads: int) -> Counter[str]:
    """Open ``times`` scopes in ``threads``; count who saw their own trust only ("own"), another's
    ("crossed"), and what was left behind for somebody without a scope ("left behind")."""
    shares = [times // threads + (number < times % threads) for number in range(threads)]
    with as_in_production(), ThreadPoolExecutor(threads) as pool:
        counted = pool.map(lambda share: _turns(trusts, share), shares)
        return sum(counted, Counter[str]())


def _turns(trusts: list[Organisation], times: int) -> Counter[str]:
    found: Counter[str] = Counter()
    try:
        for trust, _turn in zip(cycle(trusts), range(times), strict=False):
            actor = SystemJob("tests.crossing", organisation_ids=frozenset({trust.pk}))
            with opened(actor, on=TODAY):
                seen = set(Post.objects.values_list("organisation_id", flat=True))
            found["own" if seen == {trust.pk} else "crossed"] += 1
            found["left behind"] += Post.objects.exists()
            connection.close()
    finally:
        connections.close_all()
    return found


@contextmanager
def connecting(**changed: Any) -> Iterator[None]:
    """New connections of the tests are made in another way meanwhile."""
    held = connections.settings["default"]
    before = dict(held)
    connection.close()
    held.update(changed)
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        held.clear()
        held.update(before)
