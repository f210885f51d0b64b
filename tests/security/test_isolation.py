"""Three trusts of the same shape: none finds a row of another, with the first wall or without."""

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from accounts import scope
from accounts.actors import ApiClientPrincipal, SystemJob
from accounts.models import Organisation, Person
from accounts.scope import opened
from accounts.walls import WALLS, Wall
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.security.addresses import SAMPLES, path_to
from tests.security.callers import bytes_of, program, signed_in
from tests.security.houses import House, house

WORDS = ("Harbinger", "Quillfeather", "Nightjar")
WALLED = sorted(table for table, wall in WALLS.items() if isinstance(wall, Wall))
READERS = ("person", "manager", "colleague", "learning", "hr", "talent", "program", "job")


@dataclass(frozen=True)
class Three:
    houses: tuple[House, ...]


@pytest.fixture(scope="module")
def three(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        patch.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        board = OrganisationFactory(kind="ICB")
        built = Three(tuple(house(board, word=word) for word in WORDS))
        # The row of a person is open, see accounts.table_walls; what is told about them is not.
        Person.objects.filter(family_name__in=WORDS).update(family_name="Smith")
        yield built
        transaction.set_rollback(True)


def actor_of(house, reader):
    if reader == "program":
        return ApiClientPrincipal(client=house.client.api_client, scopes=frozenset())
    if reader == "job":
        return SystemJob("tests", organisation_ids=frozenset({house.organisation.pk}))
    person = house.people[reader]
    return type(person).objects.get(pk=person.pk)


def tables_that_say(word):
    """The walled tables of which a row, read raw, holds ``word``."""
    found = set()
    with connection.cursor() as cursor:
        for table in WALLED:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE %s)",  # noqa: S608
                [f"%{word}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.mark.parametrize("reader", READERS)
def test_raw_rows_of_another_trust_are_not_there(three, reader):
    ours, *theirs = three.houses

    with opened(actor_of(ours, reader), on=TODAY):
        own = tables_that_say(WORDS[0])
        others = {word: tables_that_say(word) for word in WORDS[1:]}

    assert own >= {"pathways_roleprofile", "talent_pool"}
    assert others == {word: set() for word in WORDS[1:]}
    assert len(theirs) == 2


# Of the service, whichever house names it.
OF_EVERYBODY = {"training_level_of_everybody"}


def rows_seen(house):
    """Names of the rows of ``house`` that are there, read by their numbers."""
    return {
        name
        for name, row in house.rows.items()
        if isinstance(row, Model)
        and name not in OF_EVERYBODY
        and row._meta.db_table in WALLED
        and type(row)._base_manager.filter(pk=row.pk).exists()
    }


@pytest.mark.parametrize("mine", [0, 1, 2])
def test_each_trust_has_its_own_rows_and_no_others(three, mine):
    seen = []

    with opened(actor_of(three.houses[mine], "job"), on=TODAY):
        seen = [rows_seen(house) for house in three.houses]

    assert [bool(names) for names in seen] == [number == mine for number in range(3)]


def test_a_row_of_another_trust_is_neither_changed_nor_removed_nor_made(three):
    ours, theirs, _third = three.houses
    plan, nomination = theirs.rows["plan"], theirs.rows["nomination"]

    with opened(actor_of(ours, "hr"), on=TODAY):
        changed = type(plan).objects.filter(pk=plan.pk).update(title="Ours now")
        removed = type(nomination).objects.filter(pk=nomination.pk)._raw_delete("default")
        made = refused_by_the_wall(theirs.organisation)

    assert (changed, removed, made) == (0, 0, True)


def refused_by_the_wall(organisation: Organisation) -> bool:
    post = apps.get_model("accounts", "Post")
    try:
        with transaction.atomic():
            post.objects.bulk_create([post(organisation=organisation, title="Ours now")])
    except DatabaseError as refusal:
        return "row-level security" in str(refusal)
    return False


def pages_with(word, *, asked_by, of):
    """The addresses whose answer to ``asked_by`` about the rows of ``of`` holds ``word``."""
    found = set()
    for name, sample in SAMPLES.items():
        if sample.reader == "nobody":
            continue
        caller = (
            program("program", asked_by.client)
            if sample.reader == "client"
            else signed_in(sample.reader, asked_by.people[sample.reader])
        )
        answer = caller.send("get", path_to(name, of))
        if word.encode() in bytes_of(answer):
            found.add(name)
    return found


@pytest.fixture
def without_the_first_wall(monkeypatch):
    """Every ``visible_to`` lets everything through."""
    for model in apps.get_models():
        queryset = type(model._default_manager.all())
        if hasattr(queryset, "visible_to"):
            monkeypatch.setattr(queryset, "visible_to", lambda self, actor, *, on: self.all())


@pytest.mark.usefixtures("without_the_first_wall")
def test_without_the_first_wall_no_page_shows_another_trust(three):
    ours, theirs, _third = three.houses

    assert pages_with(WORDS[1], asked_by=ours, of=theirs) == set()


@pytest.mark.usefixtures("without_the_first_wall")
def test_negative_control_without_both_walls_pages_do_show_it(three, monkeypatch):
    ours, theirs, _third = three.houses
    monkeypatch.setattr(scope, "_enter_person", lambda person_id, place: None)

    assert len(pages_with(WORDS[1], asked_by=ours, of=theirs)) >= 5
