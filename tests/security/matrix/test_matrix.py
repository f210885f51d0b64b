"""Everybody at every address is answered as declared, and a refusal changes nothing."""

import os
from collections import defaultdict

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from tests.canaries.tokens import tokens_of
from tests.security.matrix.actors import ACTORS
from tests.security.matrix.conftest import TALLY
from tests.security.matrix.every_rule import DOORS, RULES
from tests.security.matrix.rules import OPEN_HALF_WAY, Access, Rule
from tests.security.matrix.ties import NOBODY
from tests.security.matrix.walk import Walk, rows_written

pytestmark = pytest.mark.django_db


# What a door remembers of who stands before it, and the library's copy of a person's own address.
_REMEMBERED = ("django_session", "usersessions_usersession", "account_emailaddress")


def _asked() -> dict[str, Rule]:
    """All rules, or those of one app, which is all that a weakened rule of that app can touch."""
    only = os.environ.get("WAYMARK_MATRIX_ONLY", "")
    names = [name for name in RULES if name.startswith((f"{only}:", "v1:"))]
    return {name: RULES[name] for name in names} if only else RULES


@pytest.fixture(scope="module")
def told():
    """(address, method) -> every field that any answer of this module has told."""
    return defaultdict(set)


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_is_answered_as_declared(matrix_town, told, pytestconfig, name):
    actor = ACTORS[name]
    with transaction.atomic():
        walk = Walk(matrix_town, actor, actor.cast(matrix_town)).through(_asked())
        transaction.set_rollback(True)

    pytestconfig.stash[TALLY].append(walk)
    for operation, fields in walk.told.items():
        told[operation] |= fields
    assert not walk.wrong, "\n".join(walk.wrong)
    assert walk.cells > len(_asked())
    if actor.is_half_way:
        assert walk.allowed == len(OPEN_HALF_WAY)
    else:
        assert (walk.allowed > 0) == actor.is_known


def test_every_declared_field_is_told_to_somebody(told):
    """Otherwise a field could be declared and never looked at. Runs after everybody has asked."""
    if len(told) == 0:
        pytest.skip("nobody has asked: run the whole module")
    declared = {
        (rule.address, method): access.fields
        for rule in RULES.values()
        for method, access in rule.methods.items()
        if rule.is_api and not access.is_file
    }

    assert {operation: set(fields) for operation, fields in told.items()} == declared


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("who", ["unknown", "known"])
def test_doors_answer_as_declared_and_show_nothing_of_anybody(matrix_town, name, who):
    door = DOORS[name]
    path = reverse(name, kwargs=door.arguments)
    for method in ("get", "post"):
        client = Client()
        with transaction.atomic():
            if who == "known":
                client.force_login(Person.objects.get(pk=matrix_town.actor.pk))
            before = rows_written(but=_REMEMBERED)
            response = getattr(client, method)(path)
            has_written = rows_written(but=_REMEMBERED) != before
            transaction.set_rollback(True)

        declared = door.known if who == "known" else door.unknown
        assert response.status_code == declared[method], f"{who}, {method}"
        assert {found for found in tokens_of(response.content) if found.owner != "actor"} == set()
        assert not has_written


def test_a_refused_request_that_writes_is_named_and_its_neighbours_are_not(matrix_town):
    """Without this the walk could pass because nobody looks at what was written."""
    address = "notifications:notice_read_all"
    writes = Rule(address, {"post": Access(sees=NOBODY, unseen=302)})
    refused = ("pathways:gap_organisation", "pathways:resource_add", "pathways:coach_end")
    rules = {name: RULES[name] for name in refused} | {address: writes}
    actor = ACTORS["manager"]

    with transaction.atomic():
        walk = Walk(matrix_town, actor, actor.cast(matrix_town)).through(rules)
        transaction.set_rollback(True)

    assert walk.cells > len(rules)
    assert walk.wrong == [f"manager post {address} of ours: refused, and yet something was written"]
