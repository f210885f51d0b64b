"""Whatever is written, published, replaced or carried over: an old assessment shows what it did."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scope import run_as
from common.errors import Conflict
from pathways.models import Competency, CrosswalkKind, FrameworkVersion, LevelDescriptor
from pathways.selectors.crosswalks import rules_of, unaccounted
from pathways.selectors.gap import gap_analysis, levels_held
from pathways.selectors.trees import Tree, read_tree
from pathways.services.carrying_over import CARRIER, carry_over
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_what_became_of,
)
from pathways.services.editions import draft_edition
from pathways.services.trees import write_tree
from tests.factories.accounts import employ
from tests.factories.clock import NOW, TODAY
from tests.factories.editions import author_of, competency, publish, published_edition
from tests.factories.pathways import AttainmentFactory, RequirementFactory, RoleProfileFactory
from tests.factories.trees import node

pytestmark = pytest.mark.django_db

THEN = TODAY - timedelta(days=30)


class World:
    """A framework with one edition by which somebody was assessed on a day, and its author."""

    def __init__(self, rule):
        self.first = published_edition(counting_rule=rule)
        self.author = author_of(self.first.framework)
        self.person = employ()
        self.role = RoleProfileFactory(version=self.first)
        for rank, code in enumerate(("a.1", "a.2", "b.1"), start=2):
            asked = competency(self.first, code)
            RequirementFactory(role_profile=self.role, competency=asked, rank=rank)
            for days, level in ((40, 1), (35, 4), (31, 2)):
                AttainmentFactory(
                    person=self.person,
                    competency=asked,
                    rank=level,
                    attained_on=TODAY - timedelta(days=days),
                    source="MANAGER" if level == 4 else "SELF",
                )
        self.latest = self.first
        self.steps = 0

    def shows(self):
        """What the old assessment shows: the words, the levels asked for and those that counted."""
        gaps = [
            gap_analysis(person_id=self.person.pk, role_profile=self.role, on=day).rows
            for day in (THEN, TODAY)
        ]
        old = set(Competency.objects.filter(version=self.first).values_list("pk", flat=True))
        counted = levels_held(person_ids=[self.person.pk], on=THEN)[self.person.pk]
        return gaps, read_tree(self.first), {pk: counted[pk] for pk in old & set(counted)}

    @property
    def draft(self):
        return FrameworkVersion.objects.filter(
            framework=self.first.framework, state="DRAFT"
        ).first()


def begin(world, number):
    world.steps += 1
    draft_edition(
        framework=world.first.framework,
        based_on=world.latest,
        label=f"Edition {world.steps}",
        by=world.author,
        now=NOW,
    )


def _rewritten(world, change):
    draft = world.draft
    if draft is not None:
        tree = Tree(tuple(change(list(read_tree(draft).nodes))))
        write_tree(version=draft, tree=tree, revision=draft.revision, now=NOW)


def reword(world, number):
    _rewritten(
        world,
        lambda nodes: [
            one if n % 3 != number % 3 else replace(one, text=f"{one.text} {number}")
            for n, one in enumerate(nodes)
        ],
    )


def leave_out(world, number):
    def change(nodes):
        leaves = [one for one in nodes if one.code and one.kind == "COMPETENCY"]
        if not leaves:
            return nodes
        gone = {leaves[number % len(leaves)].key}
        kept = []
        for one in nodes:
            if one.key in gone or one.parent in gone:
                gone.add(one.key)
            else:
                kept.append(one)
        return kept

    _rewritten(world, change)


def add(world, number):
    def change(nodes):
        world.steps += 1
        code = f"n{world.steps}"
        top = next(one for one in nodes if one.kind == "DOMAIN")
        return [*nodes, node("COMPETENCY", code, top.key, code=code, at=number % 4)]

    _rewritten(world, change)


def account(world, number):
    draft = world.draft
    for gone in unaccounted(draft) if draft else ():
        heirs = Competency.objects.filter(version=draft).order_by("pk")
        heir = heirs[number % heirs.count() : number % heirs.count() + 1]
        kind = CrosswalkKind.REPLACED if heir and number % 2 else CrosswalkKind.RETIRED
        say_what_became_of(
            version=draft,
            before=gone,
            after=list(heir) if kind == CrosswalkKind.REPLACED else [],
            kind=kind,
            reason="It says more.",
            by=world.author,
            now=NOW,
        )


def put_in_use(world, number):
    draft = world.draft
    if draft is not None and not unaccounted(draft).exists():
        world.latest = publish(draft)


def confirm(world, number):
    confirm_what_stayed(version=world.latest, by=world.author, now=NOW)
    for rule in rules_of(world.latest).filter(confirmed_at=None):
        confirm_crosswalk(version=world.latest, rule=rule, levels=None, by=world.author, now=NOW)


def carry(world, number):
    with run_as(CARRIER):
        carry_over(version=world.latest, by=CARRIER, now=NOW + timedelta(hours=number))


def retire(world, number):
    FrameworkVersion.objects.filter(pk=world.first.pk, state="PUBLISHED").update(
        state="RETIRED", retired_at=NOW, retire_reason="Replaced.", valid_to=TODAY
    )


def write_over(world, number):
    """Somebody who can run statements tries to change the old words themselves."""
    attempts = (
        lambda: Competency.objects.filter(version=world.first).update(title=f"New {number}"),
        lambda: LevelDescriptor.objects.filter(competency__version=world.first).update(text="New"),
        lambda: FrameworkVersion.objects.filter(pk=world.first.pk).update(label="New"),
    )
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        attempts[number % 3]()


STEPS = (begin, reword, leave_out, add, account, put_in_use, confirm, carry, retire, write_over)


@given(
    rule=st.sampled_from(["LATEST", "CONFIRMED", "HIGHEST"]),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), min_size=4, max_size=14),
)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_sequence_of_edits_changes_what_an_old_assessment_shows(rule, steps):
    with transaction.atomic():
        world = World(rule)
        shown = world.shows()

        for step, number in steps:
            try:
                with transaction.atomic():
                    step(world, number)
            except Conflict:
                # Refused is as good as done: what counts is what can be seen afterwards.
                continue

        assert world.shows() == shown
        transaction.set_rollback(True)


def test_the_steps_do_something():
    """Else the test above would hold for want of anything happening."""
    world = World("LATEST")
    shown = world.shows()

    for step, number in (
        (begin, 0),
        (reword, 1),
        (leave_out, 3),
        (add, 1),
        (account, 1),
        (put_in_use, 0),
        (confirm, 0),
        (carry, 1),
        (retire, 0),
    ):
        step(world, number)

    assert world.latest.based_on == world.first
    assert read_tree(world.latest) != read_tree(world.first)
    new = Competency.objects.filter(version=world.latest)
    carried = levels_held(person_ids=[world.person.pk], on=TODAY)[world.person.pk]
    assert set(carried) & set(new.values_list("pk", flat=True))
    assert world.shows() == shown


def test_a_change_of_the_old_words_would_be_noticed():
    world = World("LATEST")
    shown = world.shows()

    AttainmentFactory(
        person=world.person, competency=competency(world.first, "a.1"), rank=3, attained_on=THEN
    )

    assert world.shows() != shown
