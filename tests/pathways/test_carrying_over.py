from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Event
from accounts.scope import run_as
from common.errors import Conflict, Forbidden
from jobs.models import Document, Job, OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from pathways.models import Attainment, Crosswalk, CrosswalkKind
from pathways.selectors.trees import Tree, read_tree
from pathways.services.carrying_over import CARRIER, ask_to_carry_over, carry_over
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_it_stands_for,
    say_what_became_of,
)
from pathways.services.trees import write_tree
from tests.factories.accounts import employ
from tests.factories.clock import NOW, TODAY
from tests.factories.editions import (
    author_of,
    competency,
    next_edition,
    publish,
    published_edition,
)
from tests.factories.pathways import AttainmentFactory
from tests.factories.trees import node, small_tree

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def counting_rule():
    return "LATEST"


@pytest.fixture
def before(counting_rule):
    return published_edition(counting_rule=counting_rule)


@pytest.fixture
def after(before):
    """An edition in use, in which "b.1" became "b.8"."""
    draft, _author = next_edition(before)
    tree = read_tree(draft)
    keys = {one.code: one.key for one in tree.nodes}
    kept = [one for one in tree.nodes if one.code != "b.1"]
    new = [node("COMPETENCY", "b.8", keys["b"], code="b.8")]
    write_tree(version=draft, tree=Tree((*kept, *new)), revision=draft.revision, now=NOW)
    return publish(draft)


@pytest.fixture
def author(before):
    return author_of(before.framework)


def rule(after, author, old="b.1", new="b.8", levels=None, kind=CrosswalkKind.REPLACED):
    [said] = say_what_became_of(
        version=after,
        before=competency(after.based_on, old),
        after=[competency(after, new)],
        kind=kind,
        reason="It says more.",
        by=author,
        now=NOW,
    )
    return confirm_crosswalk(version=after, rule=said, levels=levels, by=author, now=NOW)


def carry(version, now=NOW):
    with run_as(CARRIER):
        return {row.before: row.people for row in carry_over(version=version, by=CARRIER, now=now)}


def held(person, version, code):
    rows = Attainment.objects.filter(person=person, competency=competency(version, code))
    return list(rows.order_by("pk").values_list("rank", "source", "attained_on", "valid_to"))


def shown(person, version, code, rank=2, **fields):
    fields = {"attained_on": YESTERDAY, **fields}
    return AttainmentFactory(
        person=person, competency=competency(version, code), rank=rank, **fields
    )


def test_the_level_that_counts_goes_over_as_what_it_stands_for(before, after, author):
    person = employ()
    shown(person, before, "b.1", 4, attained_on=TODAY - timedelta(days=9), source="MANAGER")
    latest = shown(person, before, "b.1", 3, source="APPRAISAL", valid_to=TOMORROW)
    said = rule(after, author, levels={3: 2, 4: 4})
    rows = list(Attainment.objects.order_by("pk").values())

    carried = carry(after)

    assert carried == {"b.1": 1}
    assert held(person, after, "b.8") == [(2, "CROSSWALK", TODAY, TOMORROW)]
    assert list(Attainment.objects.order_by("pk").values())[:-1] == rows
    new = Attainment.objects.get(source="CROSSWALK")
    assert new.source_key == f"crosswalk:{said.pk}:{latest.pk}"
    assert (new.recorded_at, new.recorded_by) == (NOW, None)
    event = Event.objects.get(verb="carry_over")
    assert (event.about_id, event.facts["levels"]) == (after.pk, 1)


def test_ones_own_word_stays_ones_own_word(before, after, author):
    person = employ()
    shown(person, before, "b.1", 3, source="SELF")
    rule(after, author)

    carry(after)

    assert held(person, after, "b.8") == [(3, "CARRIED", TODAY, None)]


@pytest.mark.parametrize(
    "fields",
    [
        {"rank": None},
        {"attained_on": TOMORROW},
        {"valid_to": YESTERDAY},
        {"rank": 1},
    ],
)
def test_what_does_not_count_or_stands_for_nothing_stays(before, after, author, fields):
    person = employ()
    shown(person, before, "b.1", **{"rank": 2, **fields})
    rule(after, author, levels={2: 2, 3: 3})

    assert carry(after) == {"b.1": 0}
    assert held(person, after, "b.8") == []


def test_without_confirmation_nothing_goes_over(before, after, author):
    person = employ()
    shown(person, before, "b.1")
    rule(after, author)
    Crosswalk.objects.update(confirmed_at=None, confirmed_by=None)

    assert carry(after) == {}
    assert held(person, after, "b.8") == []


def test_running_again_adds_only_what_has_come_to_count_since(before, after, author):
    person, other = employ(), employ()
    shown(person, before, "b.1", 2)
    rule(after, author)
    carry(after)

    again = carry(after, now=NOW + timedelta(hours=1))
    shown(other, before, "b.1", 4)
    later = carry(after, now=NOW + timedelta(hours=2))

    assert (again, later) == ({"b.1": 0}, {"b.1": 1})
    assert held(person, after, "b.8") == [(2, "CARRIED", TODAY, None)]
    assert held(other, after, "b.8") == [(4, "CARRIED", TODAY, None)]
    assert Crosswalk.objects.get().carried_at == NOW


def test_of_several_that_became_one_the_lowest_level_goes_over(before, after, author):
    person = employ()
    shown(person, before, "b.1", 4)
    shown(person, before, "a.2", 2)
    for old in ("b.1", "a.2"):
        rule(after, author, old=old, new="b.8", kind=CrosswalkKind.MERGED)

    carried = carry(after)

    assert carried == {"b.1": 0, "a.2": 1}
    assert held(person, after, "b.8") == [(2, "CARRIED", TODAY, None)]


def test_what_was_shown_of_the_new_one_since_is_not_covered(before, after, author):
    person = employ()
    shown(person, before, "b.1", 4, attained_on=YESTERDAY)
    shown(person, after, "b.8", 1, attained_on=TODAY)
    rule(after, author)

    assert carry(after) == {"b.1": 0}
    assert held(person, after, "b.8") == [(1, "SELF", TODAY, None)]


@pytest.mark.parametrize("counting_rule", ["HIGHEST"])
def test_the_rule_of_the_older_framework_says_which_level_counts(before, after, author):
    person = employ()
    shown(person, before, "b.1", 4, attained_on=TODAY - timedelta(days=9))
    shown(person, before, "b.1", 2)
    rule(after, author)

    carry(after)

    assert held(person, after, "b.8") == [(4, "CARRIED", TODAY, None)]


def test_levels_of_another_framework_go_over_by_a_rule_between_the_two(after, author):
    other = published_edition()
    person = employ()
    shown(person, other, "a.2", 3)
    said = say_it_stands_for(
        version=after,
        before=competency(other, "a.2"),
        after=competency(after, "a.2"),
        reason="",
        by=author,
        now=NOW,
    )
    confirm_crosswalk(version=after, rule=said, levels={3: 4}, by=author, now=NOW)

    carry(after)

    assert held(person, after, "a.2") == [(4, "CARRIED", TODAY, None)]


def test_rules_into_another_edition_carry_nothing_here(before, after, author):
    person = employ()
    shown(person, before, "b.1")
    rule(after, author)
    other = published_edition()

    assert carry(other) == {}
    assert held(person, after, "b.8") == []


@pytest.mark.django_db(transaction=True)
def test_an_author_asks_for_it_and_gets_a_table_of_what_it_did(before, after, author):
    people = [employ(), employ()]
    for person in people:
        shown(person, before, "b.1", 3)
    rule(after, author)

    job = ask_to_carry_over(version=after, by=author, now=NOW)
    again = ask_to_carry_over(version=after, by=author, now=NOW)
    message = OutboxMessage.objects.get(kind="pathways.carry_over")
    done = deliver_message(message_id=message.pk, now=NOW)

    assert (again, done) == (job, True)
    document = Document.objects.get(jobs=job)
    with document.file as kept:
        lines = kept.read().decode("utf-8-sig").split()
    assert lines[-1] == "b.1,b.8,2"
    assert Notice.objects.get(recipient=author).rule == "pathways.levels_carried_over"
    assert Job.objects.get().state == "DONE"
    assert [held(person, after, "b.8")[0][0] for person in people] == [3, 3]


@pytest.mark.django_db(transaction=True)
def test_no_spreadsheet_takes_a_code_of_the_table_for_a_formula():
    nodes = [
        replace(one, code="\uff1db.1") if one.code == "b.1" else one for one in small_tree().nodes
    ]
    draft, author = next_edition(published_edition(Tree(tuple(nodes))))
    after = publish(draft)
    confirm_what_stayed(version=after, by=author, now=NOW)

    ask_to_carry_over(version=after, by=author, now=NOW)
    deliver_message(message_id=OutboxMessage.objects.get(kind="pathways.carry_over").pk, now=NOW)

    with Document.objects.get().file as kept:
        lines = kept.read().decode("utf-8-sig").split()
    assert lines[-1] == "'\uff1db.1,'\uff1db.1,0"


def test_asking_is_the_authors_and_waits_for_publishing_and_for_a_rule(before, after, author):
    draft, _author = next_edition(after, label="2028")
    cases = [
        (after, employ(organisation=before.framework.owner), "may_not_write_framework"),
        (draft, author, "not_in_use"),
        (after, author, "nothing_confirmed"),
    ]

    for version, by, code in cases:
        with pytest.raises((Conflict, Forbidden)) as refusal:
            ask_to_carry_over(version=version, by=by, now=NOW)
        assert refusal.value.code == code
    assert not Job.objects.exists()
