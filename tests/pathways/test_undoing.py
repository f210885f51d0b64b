"""What a file did is undone whole: with what was said of the parts it took out, or not at all."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import Conflict
from pathways.models import (
    Association,
    Comment,
    Competency,
    Crosswalk,
    CrosswalkKind,
    CrosswalkLevel,
    Domain,
    Indicator,
    LevelDescriptor,
)
from pathways.selectors.crosswalks import rules_about, state_of
from pathways.selectors.workbooks.tables import Table, table_of
from pathways.selectors.workbooks.writing import as_csv
from pathways.services.crosswalks import (
    confirm_crosswalk,
    say_it_stands_for,
    say_what_became_of,
)
from pathways.services.imports import apply_import, undo_import
from pathways.services.taking_out import remove_competency
from tests.factories.authoring import CommentFactory
from tests.factories.clock import NOW
from tests.factories.editions import author_of, competency, next_edition, published_edition
from tests.factories.imports import checked
from tests.factories.pathways import CompetencyFactory, ScaleFactory
from tests.factories.trees import AssociationFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


class World:
    """A draft that follows an edition in use, with comments, rules and an association."""

    def __init__(self):
        self.before = published_edition()
        self.draft, self.author = next_edition(self.before)
        for code in ("a.1.1", "a.2", "b.1"):
            part = competency(self.draft, code)
            said = CommentFactory(version=self.draft, competency=part, text=f"About {code}?")
            CommentFactory(version=self.draft, competency=part, reply_to=said, text="Yes.")
        CommentFactory(version=self.draft, domain=self.draft.domains.get(code="b"))
        CommentFactory(version=self.draft)
        self.say("a.1", "a.2", "b.1")
        [rule] = self.say("b.1", "b.1")
        confirm_crosswalk(
            version=self.draft, rule=rule, levels={1: 2, 3: 4}, by=self.author, now=NOW
        )
        self.elsewhere = Competency.objects.get(pk=CompetencyFactory().pk)
        say_it_stands_for(
            version=self.draft,
            before=self.elsewhere,
            after=competency(self.draft, "a.2"),
            reason="",
            by=self.author,
            now=NOW,
        )

    def tie(self):
        ends = {
            "origin": competency(self.draft, "a.1"),
            "destination": competency(self.draft, "b.1"),
        }
        return AssociationFactory(version=self.draft, **ends)

    def say(self, of, *codes, reason="It says more."):
        before = competency(self.before, of)
        return say_what_became_of(
            version=self.draft,
            before=before,
            after=[competency(self.draft, code) for code in codes],
            kind=CrosswalkKind.SPLIT if len(codes) > 1 else CrosswalkKind.REPLACED,
            reason=reason,
            seen=state_of(rules_about(before, version=self.draft)),
            by=self.author,
            now=NOW,
        )

    def upload(self, change):
        """The draft's own table as ``change`` leaves its rows, each a dictionary."""
        table = table_of(self.draft)
        names = [column.name for column in table.columns]
        rows = change([dict(zip(names, row, strict=True)) for row in table.rows])
        told = tuple(tuple(row.get(name, "") for name in names) for row in rows)
        content = as_csv(Table(table.title, table.columns, told))
        return checked(self.draft, self.author, content)

    def shows(self):
        """Every row of every table that hangs on the draft, by what names it for good."""
        names = dict(Competency.objects.values_list("pk", "identifier"))
        domains = dict(Domain.objects.values_list("pk", "identifier"))

        def rows(model, *left_out, order="pk", **where):
            found = []
            for row in model.objects.filter(**where).order_by(order).values():
                kept = {name: row[name] for name in row if name not in left_out}
                for name in ("competency_id", "parent_id", "after_id", "origin_id"):
                    if name in kept:
                        kept[name] = names.get(kept[name])
                if "domain_id" in kept:
                    kept["domain_id"] = domains.get(kept["domain_id"])
                found.append(kept)
            return found

        draft, number = {"version": self.draft}, ("id", "position")
        texts = LevelDescriptor.objects.filter(competency__version=self.draft)
        seen = Indicator.objects.filter(descriptor__competency__version=self.draft)
        return {
            "domains": rows(Domain, *number, order="position", **draft),
            "competencies": [
                row
                for domain in self.draft.domains.order_by("position")
                for row in rows(Competency, *number, order="position", domain=domain)
            ],
            "descriptions": sorted(texts.values_list("identifier", "lineage", "text", "level")),
            "seen": sorted(seen.values_list("identifier", "lineage", "text", "position")),
            "comments": rows(Comment, **draft),
            "rules": rows(Crosswalk),
            "levels": sorted(CrosswalkLevel.objects.values_list("crosswalk", "rank", "becomes")),
            "ties": rows(Association, **draft),
        }


def without(*codes):
    return lambda rows: [row for row in rows if row["code"] not in codes]


def test_what_was_said_of_the_parts_that_a_file_took_out_comes_back_with_them():
    world = World()
    before = world.shows()
    imported = world.upload(without("a.2", "b.1"))

    apply_import(imported=imported, by=world.author, now=NOW)

    assert not Crosswalk.objects.filter(after__isnull=False).exists()
    assert Comment.objects.filter(part_name="b.1 Title of b.1").count() == 2
    undo_import(imported=imported, by=world.author, now=LATER)
    assert world.shows() == before


def test_undoing_loses_no_rule_that_was_said_since_about_the_same():
    world = World()
    imported = world.upload(without("b.1"))
    apply_import(imported=imported, by=world.author, now=NOW)
    world.say("b.1", "a.1", reason="Said since.")
    before = world.shows()

    with pytest.raises(Conflict) as refusal:
        undo_import(imported=imported, by=world.author, now=LATER)

    assert refusal.value.code == "rules_moved_on"
    assert "b.1" in refusal.value.message
    assert world.shows() == before


def test_undoing_leaves_nothing_said_to_be_left_out_that_comes_back():
    world = World()
    imported = world.upload(without("a.2"))
    apply_import(imported=imported, by=world.author, now=NOW)
    say_what_became_of(
        version=world.draft,
        before=competency(world.before, "a.2"),
        after=[],
        kind=CrosswalkKind.RETIRED,
        reason="Nobody asked.",
        by=world.author,
        now=NOW,
    )
    before = world.shows()

    with pytest.raises(Conflict) as refusal:
        undo_import(imported=imported, by=world.author, now=LATER)

    assert refusal.value.code == "rules_moved_on"
    assert "a.2" in refusal.value.message
    assert world.shows() == before


def test_a_rule_is_confirmed_again_where_the_scale_of_a_file_is_undone():
    world = World()
    short = ScaleFactory(levels=["Learning", "Able"])
    before = world.shows()
    imported = world.upload(
        lambda rows: [row | ({"scale": short.code} if row["code"] == "b.1" else {}) for row in rows]
    )

    apply_import(imported=imported, by=world.author, now=NOW)

    rule = Crosswalk.objects.get(before__code="b.1", after__code="b.1")
    assert (rule.confirmed_at, rule.levels.count()) == (None, 0)
    undo_import(imported=imported, by=world.author, now=LATER)
    assert world.shows() == before


def test_undoing_loses_no_rule_that_was_said_since_of_what_the_file_brought():
    world = World()
    new = {"code": "b.7", "title": "Listens"}
    imported = world.upload(lambda rows: [*rows, {**rows[-1], "reference": "", **new}])
    apply_import(imported=imported, by=world.author, now=NOW)
    world.say("a.2", "b.7")

    with pytest.raises(Conflict) as refusal:
        undo_import(imported=imported, by=world.author, now=LATER)

    assert refusal.value.code == "rules_moved_on"
    assert "b.7" in refusal.value.message


def test_a_comment_on_what_a_file_brought_stays_when_that_is_undone():
    world = World()
    new = {"code": "b.7", "title": "Listens"}
    imported = world.upload(lambda rows: [*rows, {**rows[-1], "reference": "", **new}])
    apply_import(imported=imported, by=world.author, now=NOW)
    said = CommentFactory(version=world.draft, competency=competency(world.draft, "b.7"))

    undo_import(imported=imported, by=world.author, now=LATER)

    said.refresh_from_db()
    assert (said.competency, said.part_name) == (None, "b.7 Listens")


@pytest.mark.parametrize("code", ["a.1", "b.1"])
def test_what_is_tied_is_taken_out_neither_by_hand_nor_by_a_file(code):
    world = World()
    world.tie()
    before = world.shows()
    imported = world.upload(without(code, "a.1.1" if code == "a.1" else ""))

    with pytest.raises(Conflict) as by_file:
        apply_import(imported=imported, by=world.author, now=NOW)
    with pytest.raises(Conflict) as by_hand:
        remove_competency(
            competency=competency(world.draft, code),
            revision=world.draft.revision,
            by=world.author,
            now=NOW,
        )

    assert (by_file.value.code, by_file.value.message) == (
        by_hand.value.code,
        by_hand.value.message,
    )
    assert by_hand.value.code == "tied_by_association"
    assert world.shows() == before


def test_by_hand_the_rules_go_and_the_comments_stay_as_by_a_file():
    by_file, by_hand = World(), World()
    apply_import(imported=by_file.upload(without("b.1")), by=by_file.author, now=NOW)

    remove_competency(
        competency=competency(by_hand.draft, "b.1"),
        revision=by_hand.draft.revision,
        by=by_hand.author,
        now=NOW,
    )

    left = [
        (
            Comment.objects.filter(version=world.draft, part_name="b.1 Title of b.1").count(),
            Crosswalk.objects.filter(before__version=world.before).count(),
        )
        for world in (by_file, by_hand)
    ]
    assert left == [(2, 1), (2, 1)]


def test_a_competency_that_stands_for_one_of_another_framework_is_not_taken_out():
    world = World()
    other = published_edition()
    theirs, _author = next_edition(other)
    ours = competency(world.draft, "a.1.1")
    say_it_stands_for(
        version=theirs,
        before=ours,
        after=competency(theirs, "a.2"),
        reason="",
        by=author_of(other.framework),
        now=NOW,
    )

    with pytest.raises(Conflict) as refusal:
        remove_competency(competency=ours, revision=world.draft.revision, by=world.author, now=NOW)

    assert refusal.value.code == "competency_in_use"


# --- Whatever the file says

EDITS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(
            ["drop", "reword", "recode", "forget", "move", "nest", "describe", "add", "swap"]
        ),
    ),
    min_size=1,
    max_size=6,
)


def edited(edits):
    def change(rows):
        rows = [dict(row) for row in rows]
        for number, (at, deed) in enumerate(edits):
            if rows:
                _edit(rows, at % len(rows), deed, number)
        return rows

    return change


def _edit(rows, at, deed, number):
    row = rows[at]
    if deed == "drop":
        del rows[at]
    elif deed == "add":
        rows.insert(at, {**row, "reference": "", "code": f"n.{number}", "title": f"New {number}"})
    elif deed == "swap":
        rows[at], rows[0] = rows[0], rows[at]
    else:
        row |= {
            "reword": {"title": f"Other words {number}"},
            "recode": {"code": f"r.{number}"},
            "forget": {"reference": ""},
            "move": {"domain_code": f"d{number}", "domain_title": "Moved", "parent": ""},
            "nest": {"parent": rows[0]["code"] if at else ""},
            "describe": {"level_3_text": f"Does it {number}", "level_3_indicators": "One\nTwo"},
        }[deed]


@pytest.mark.parametrize("tied", [False, True])
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS)
def test_applying_and_undoing_leaves_every_table_as_it_was(tied, edits):
    world = World()
    if tied:
        world.tie()
    before = world.shows()
    imported = world.upload(edited(edits))

    refused = applied(world, imported)

    assert refused in {None, "file_refused", "nothing_to_apply", "tied_by_association"}
    if refused is None:
        undo_import(imported=imported, by=world.author, now=LATER)
    assert world.shows() == before


def applied(world, imported):
    """Apply it, or say with which code that was refused."""
    try:
        apply_import(imported=imported, by=world.author, now=NOW)
    except Conflict as refusal:
        return refusal.code
    return None
