from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden, Stale
from pathways.models import Competency, Crosswalk, CrosswalkKind, CrosswalkLevel
from pathways.selectors.crosswalks import fates_of, rules_about, state_of, unaccounted
from pathways.selectors.reviews import hurdles
from pathways.selectors.trees import Tree, read_tree
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_it_stands_for,
    say_what_became_of,
)
from pathways.services.items import CompetencyText, write_competency
from pathways.services.trees import write_tree
from tests.factories.accounts import employ
from tests.factories.clock import NOW
from tests.factories.editions import author_of, competency, next_edition, published_edition
from tests.factories.pathways import ScaleFactory
from tests.factories.trees import big_tree, node

pytestmark = pytest.mark.django_db


@pytest.fixture
def before():
    return published_edition()


@pytest.fixture
def draft(before):
    """The next edition: "b.1" is left out, and there are two new ones in its place."""
    draft, _author = next_edition(before)
    tree = read_tree(draft)
    keys = {one.code: one.key for one in tree.nodes}
    kept = [one for one in tree.nodes if one.code != "b.1"]
    new = [node("COMPETENCY", code, keys["b"], code=code, at=9) for code in ("b.8", "b.9")]
    write_tree(version=draft, tree=Tree((*kept, *new)), revision=draft.revision, now=NOW)
    return draft


@pytest.fixture
def author(before):
    return author_of(before.framework)


def say(draft, author, *codes, kind=CrosswalkKind.REPLACED, reason="It says more.", of="b.1"):
    before = competency(draft.based_on, of)
    return say_what_became_of(
        version=draft,
        before=before,
        seen=state_of(rules_about(before, version=draft)),
        after=[competency(draft, code) for code in codes],
        kind=kind,
        reason=reason,
        by=author,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("kind", "codes"),
    [("REPLACED", ["b.8"]), ("SPLIT", ["b.8", "b.9"]), ("MERGED", ["a.2"]), ("RETIRED", [])],
)
def test_what_was_said_accounts_for_it(draft, author, kind, codes):
    assert [row.code for row in unaccounted(draft)] == ["b.1"]

    rules = say(draft, author, *codes, kind=CrosswalkKind(kind))

    assert not unaccounted(draft).exists()
    assert [rule.after.code if rule.after else None for rule in rules] == (codes or [None])
    fate = next(one for one in fates_of(draft) if one.before.code == "b.1")
    assert {rule.pk for rule in fate.rules} == {rule.pk for rule in rules}
    event = Event.objects.filter(verb="say_what_became_of").get()
    assert (event.about_id, event.facts["kind"]) == (draft.pk, kind)


def test_saying_something_else_takes_the_place_of_what_was_said(draft, author):
    say(draft, author, "b.8", "b.9", kind=CrosswalkKind.SPLIT)

    say(draft, author, "b.9", reason="On second thoughts.")

    assert [rule.after.code for rule in Crosswalk.objects.all()] == ["b.9"]


def test_what_somebody_said_in_the_meantime_is_not_overwritten(draft, author):
    say(draft, author, "b.8")

    for seen in ("", "1.0"):
        with pytest.raises(Stale) as refusal:
            say_what_became_of(
                version=draft,
                before=competency(draft.based_on, "b.1"),
                after=[competency(draft, "b.9")],
                kind=CrosswalkKind.REPLACED,
                reason="It says less.",
                seen=seen,
                by=author,
                now=NOW,
            )
        assert refusal.value.code == "rules_moved_on"

    assert Crosswalk.objects.get().after.code == "b.8"


def test_a_rule_that_was_confirmed_in_the_meantime_is_not_confirmed_otherwise(draft, author):
    [seen] = say(draft, author, "b.8")
    confirm_crosswalk(version=draft, rule=seen, levels={2: 1}, by=author, now=NOW)

    with pytest.raises(Stale) as refusal:
        confirm_crosswalk(version=draft, rule=seen, levels={2: 2}, by=author, now=NOW)

    assert refusal.value.code == "rules_moved_on"
    assert levels_of(seen) == {2: 1}


def test_a_competency_that_is_named_twice_follows_once(draft, author):
    rules = say(draft, author, "b.8", "b.9", "b.8", kind=CrosswalkKind.SPLIT)

    assert [rule.after.code for rule in rules] == ["b.8", "b.9"]


@pytest.mark.parametrize(
    ("kind", "codes", "reason", "code"),
    [
        ("REPLACED", ["b.8", "b.9"], "So.", "wrong_number"),
        ("REPLACED", [], "So.", "wrong_number"),
        ("SPLIT", ["b.8"], "So.", "wrong_number"),
        ("SPLIT", ["b.8", "b.8"], "So.", "wrong_number"),
        ("MERGED", [], "So.", "wrong_number"),
        ("RETIRED", ["b.8"], "So.", "wrong_number"),
        ("SAME", ["b.8"], "So.", "wrong_number"),
        ("EQUIVALENT", ["b.8"], "So.", "wrong_number"),
        ("REPLACED", ["b.8"], "  ", "reason_missing"),
    ],
)
def test_what_makes_no_sense_is_refused(draft, author, kind, codes, reason, code):
    with pytest.raises(Conflict) as refusal:
        say(draft, author, *codes, kind=CrosswalkKind(kind), reason=reason)

    assert refusal.value.code == code
    assert not Crosswalk.objects.exists()


def test_only_competencies_of_the_two_editions_are_named(draft, author, before):
    other = published_edition()

    for old, new in (
        (competency(other, "b.1"), competency(draft, "b.8")),
        (competency(before, "b.1"), competency(other, "b.1")),
        (competency(draft, "b.8"), competency(draft, "b.9")),
    ):
        with pytest.raises(Conflict) as refusal:
            say_what_became_of(
                version=draft,
                before=old,
                after=[new],
                kind=CrosswalkKind.REPLACED,
                reason="So.",
                by=author,
                now=NOW,
            )
        assert refusal.value.code == "not_of_these_editions"


def test_only_authors_of_the_framework_say_and_confirm(draft, author, before):
    [rule] = say(draft, author, "b.8")
    stranger = employ(organisation=before.framework.owner)

    for act in (
        lambda: say(draft, stranger, "b.9"),
        lambda: confirm_crosswalk(version=draft, rule=rule, levels=None, by=stranger, now=NOW),
        lambda: confirm_what_stayed(version=draft, by=stranger, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_write_framework"
    assert Crosswalk.objects.get().confirmed_at is None


def levels_of(rule):
    return dict(rule.levels.order_by("rank").values_list("rank", "becomes"))


def test_without_a_table_every_level_stands_for_itself(draft, author):
    [rule] = say(draft, author, "b.8")

    confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)

    rule.refresh_from_db()
    assert (rule.confirmed_at, rule.confirmed_by) == (NOW, author)
    assert levels_of(rule) == {1: 1, 2: 2, 3: 3, 4: 4}


def test_a_table_says_which_level_stands_for_which_and_may_be_put_right(draft, author):
    [rule] = say(draft, author, "b.8")

    seen = confirm_crosswalk(version=draft, rule=rule, levels={2: 1, 3: 2}, by=author, now=NOW)
    confirm_crosswalk(version=draft, rule=seen, levels={3: 2, 4: 4}, by=author, now=NOW)

    assert levels_of(rule) == {3: 2, 4: 4}


def test_levels_off_either_scale_are_refused(draft, author):
    [rule] = say(draft, author, "b.8")

    for levels in ({5: 1}, {1: 5}):
        with pytest.raises(Conflict) as refusal:
            confirm_crosswalk(version=draft, rule=rule, levels=levels, by=author, now=NOW)
        assert refusal.value.code == "level_not_on_scale"
    assert not CrosswalkLevel.objects.exists()


def test_a_rule_that_is_gone_is_not_confirmed(draft, author):
    [rule] = say(draft, author, "b.8")
    say(draft, author, "b.9")

    with pytest.raises(Conflict) as refusal:
        confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)

    assert refusal.value.code == "rule_gone"
    assert Crosswalk.objects.get().confirmed_at is None


def test_between_two_scales_a_table_is_needed(draft, author):
    scale = ScaleFactory(levels=["Learning", "Able"])
    competency(draft, "b.8").__class__.objects.filter(version=draft, code="b.8").update(scale=scale)
    [rule] = say(draft, author, "b.8")

    with pytest.raises(Conflict) as refusal:
        confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)
    confirm_crosswalk(version=draft, rule=rule, levels={1: 1, 4: 2}, by=author, now=NOW)

    assert refusal.value.code == "levels_needed"
    assert levels_of(rule) == {1: 1, 4: 2}


def measured_otherwise_by_hand(draft, author, scale):
    row = competency(draft, "b.8")
    text = CompetencyText(row.code, row.title, scale=scale)
    write_competency(
        domain=row.domain, competency=row, text=text, revision=draft.revision, by=author, now=NOW
    )


def measured_otherwise_by_a_tree(draft, author, scale):
    tree = read_tree(draft)
    nodes = (
        replace(one, scale_code=scale.code) if one.code == "b.8" else one for one in tree.nodes
    )
    write_tree(version=draft, tree=Tree(tuple(nodes)), revision=draft.revision, now=NOW)


@pytest.mark.parametrize("measure", [measured_otherwise_by_hand, measured_otherwise_by_a_tree])
def test_a_rule_is_confirmed_for_the_scale_that_was_there(draft, author, measure):
    rules = [*say(draft, author, "b.8"), *say(draft, author, "b.9", of="a.2")]
    for rule in rules:
        confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)

    measure(draft, author, ScaleFactory(levels=["Learning", "Able"]))

    moved, other = (Crosswalk.objects.get(pk=rule.pk) for rule in rules)
    assert (moved.confirmed_at, moved.confirmed_by, levels_of(moved)) == (None, None, {})
    assert (moved.revision, other.revision) == (2, 1)
    assert levels_of(other) == {1: 1, 2: 2, 3: 3, 4: 4}


def test_the_scale_of_the_edition_by_its_own_name_is_no_other_scale(draft, author):
    [rule] = say(draft, author, "b.8")
    confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)

    measured_otherwise_by_hand(draft, author, draft.scale)

    assert levels_of(rule) == {1: 1, 2: 2, 3: 3, 4: 4}


def test_an_edition_waits_for_levels_that_are_not_on_the_scale_by_now(draft, author):
    [rule] = say(draft, author, "b.8")
    confirm_crosswalk(version=draft, rule=rule, levels={1: 1, 2: 3}, by=author, now=NOW)
    before = [one.code for one in hurdles(draft)]
    short = ScaleFactory(levels=["Learning", "Able"])

    Competency.objects.filter(version=draft, code="b.8").update(scale=short)

    found = {one.code: one.sentence for one in hurdles(draft)}
    assert ("levels_off_scale" in before, "levels_off_scale" in found) == (False, True)
    assert found["levels_off_scale"].endswith("Confirm it again for: b.8.")


def test_what_stayed_is_confirmed_at_once_and_once(draft, author):
    say(draft, author, "b.8")
    say(draft, author, "b.9", of="a.2")

    made = confirm_what_stayed(version=draft, by=author, now=NOW)
    again = confirm_what_stayed(version=draft, by=author, now=NOW)

    assert (made, again) == (2, 0)
    same = Crosswalk.objects.filter(kind="SAME").order_by("before__code")
    assert [(rule.before.code, rule.after.code) for rule in same] == [
        ("a.1", "a.1"),
        ("a.1.1", "a.1.1"),
    ]
    assert all(levels_of(rule) == {1: 1, 2: 2, 3: 3, 4: 4} for rule in same)


def test_what_is_left_out_has_no_levels_to_confirm_and_what_is_replaced_has(draft, author):
    say(draft, author, kind=CrosswalkKind.RETIRED)
    say(draft, author, "b.9", of="a.2")

    fates = {fate.before.code: fate for fate in fates_of(draft)}

    assert fates["b.1"].is_confirmed
    assert not fates["a.2"].is_confirmed


@pytest.mark.parametrize("size", [1, 60])
def test_confirming_what_stayed_takes_as_many_statements_at_any_size(
    django_assert_num_queries, size
):
    draft, author = next_edition(published_edition(big_tree(competencies=size)))

    with django_assert_num_queries(15):
        made = confirm_what_stayed(version=draft, by=author, now=NOW)

    assert made == size


def test_a_rule_that_carried_levels_over_stays(draft, author):
    [rule] = say(draft, author, "b.8")
    confirm_crosswalk(version=draft, rule=rule, levels=None, by=author, now=NOW)
    Crosswalk.objects.update(carried_at=NOW)

    for act in (
        lambda: say(draft, author, "b.9"),
        lambda: confirm_crosswalk(version=draft, rule=rule, levels={1: 1}, by=author, now=NOW),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "levels_carried_over"
    assert levels_of(rule) == {1: 1, 2: 2, 3: 3, 4: 4}


def test_what_was_not_confirmed_has_carried_nothing(draft, author):
    say(draft, author, "b.8")

    with pytest.raises(IntegrityError, match="carried_by_what_was_confirmed"), transaction.atomic():
        Crosswalk.objects.update(carried_at=NOW)


def test_a_rule_goes_when_what_it_leads_to_leaves_the_draft(draft, author):
    say(draft, author, "b.8")
    tree = read_tree(draft)
    kept = Tree(tuple(one for one in tree.nodes if one.code != "b.8"))

    write_tree(version=draft, tree=kept, revision=draft.revision, now=NOW)

    assert not Crosswalk.objects.exists()
    assert [row.code for row in unaccounted(draft)] == ["b.1"]


def test_a_competency_stands_for_one_of_another_framework_but_not_in_a_circle(draft, author):
    other = published_edition()
    theirs, ours = competency(other, "a.1"), competency(draft, "b.8")

    say_it_stands_for(
        version=draft, before=theirs, after=ours, reason="Same words.", by=author, now=NOW
    )
    with pytest.raises(Conflict) as twice:
        say_it_stands_for(version=draft, before=theirs, after=ours, reason="", by=author, now=NOW)
    with pytest.raises(Conflict) as circle:
        say_it_stands_for(
            version=other,
            before=ours,
            after=theirs,
            reason="",
            by=author_of(other.framework),
            now=NOW,
        )
    with pytest.raises(Conflict) as same:
        say_it_stands_for(
            version=draft,
            before=competency(draft.based_on, "a.1"),
            after=ours,
            reason="",
            by=author,
            now=NOW,
        )

    assert twice.value.code == "crosswalk_there"
    assert circle.value.code == "crosswalk_cycle"
    assert "b.8 → a.1 → b.8" in circle.value.message
    assert same.value.code == "same_framework"
    assert Crosswalk.objects.get().kind == CrosswalkKind.EQUIVALENT


@pytest.mark.parametrize("rules", [1, 3])
def test_the_fates_take_as_many_statements_at_any_size(
    draft, author, django_assert_num_queries, rules
):
    for code in ("b.1", "a.2", "a.1")[:rules]:
        say(draft, author, "b.8", of=code, kind=CrosswalkKind.MERGED)

    with django_assert_num_queries(4):
        found = fates_of(draft)

    assert sum(len(fate.rules) for fate in found) == rules
    assert [fate.before.code for fate in found] == ["a.1", "a.1.1", "a.2", "b.1"]
