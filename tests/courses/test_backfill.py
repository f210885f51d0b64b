from datetime import date, timedelta

import pytest

from accounts.models import Event, ReportingLine
from common.errors import Conflict, Forbidden
from courses.models import (
    Account,
    Backfill,
    BackfillRate,
    StudyTimeRule,
)
from courses.selectors.study_time import Pocket
from courses.selectors.study_time_rules import DEFAULT_DAYS, Days, days_of, rate_of
from courses.services.backfill import ask_for_backfill, settle_backfill
from courses.services.enrolment import withdraw
from courses.services.study_time import confirm_time, plan_time, take_time_back
from courses.services.study_time_rules import keep_backfill_rate, keep_time_rule
from courses.wordings_study_time import cover_without_time
from notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.study_time import A_DAY, STAFFING, planned, promised, timed

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return PersonFactory()


@pytest.fixture
def place(manager):
    return planned(promised(manager=manager, band="7", title="Ward manager"))


@pytest.fixture
def lead(place):
    return grant(PersonFactory(), "LEARNING_LEAD", place.organisation)


def rate(organisation, band="", pence=3_000, **fields):
    given = {"organisation": organisation, "band": band, "starts_on": TODAY, **fields}
    return BackfillRate.objects.create(pence_per_hour=pence, **given)


def cover(place, by, *, day=A_DAY, minutes=90):
    return ask_for_backfill(enrolment=place, day=day, minutes=minutes, by=by, now=NOW)


def refused(act, **given):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        act(now=NOW, **given)
    return refusal.value.code


def test_cover_costs_what_an_hour_of_the_band_costs_on_its_day(place, manager):
    rate(place.organisation, pence=9_999)
    rate(place.organisation, "7", 2_890)
    asked = cover(place, manager)

    arranged = settle_backfill(backfill=asked, step="arrange", by=manager, now=NOW)

    assert (asked.band, asked.state, asked.cost_pence) == ("7", "WANTED", None)
    assert (arranged.state, arranged.rate_pence, arranged.cost_pence) == ("ARRANGED", 2_890, 4_335)
    events = Event.objects.filter(verb__endswith="_backfill").order_by("pk")
    assert [event.facts["state"] for event in events] == ["WANTED", "ARRANGED"]


def test_a_later_change_of_the_rate_changes_no_cost_that_was_agreed(place, manager, lead):
    rate(place.organisation, pence=3_000)
    arranged = settle_backfill(backfill=cover(place, manager), step="arrange", by=manager, now=NOW)
    dearer = BackfillRate(organisation=place.organisation, starts_on=TODAY, pence_per_hour=6_000)

    keep_backfill_rate(rate=dearer, by=lead, now=NOW)
    worked = settle_backfill(
        backfill=arranged, step="work", by=manager, now=NOW + timedelta(days=30)
    )

    assert (worked.state, worked.cost_pence) == ("WORKED", 4_500)


def test_cover_that_is_not_found_costs_nothing_and_can_be_found_later(place, manager):
    rate(place.organisation)
    backfill = cover(place, manager)

    states = []
    for step in ("arrange", "not_found", "arrange", "not_needed"):
        backfill = settle_backfill(backfill=backfill, step=step, by=manager, now=NOW)
        states.append((backfill.state, backfill.cost_pence))

    assert states == [
        ("ARRANGED", 4_500),
        ("NOT_FOUND", None),
        ("ARRANGED", 4_500),
        ("NOT_NEEDED", None),
    ]
    given = {"backfill": backfill, "step": "arrange", "by": manager}
    assert refused(settle_backfill, **given) == "stale_state"


def test_cover_is_for_what_is_planned_and_once_a_day(place, manager):
    given = {"enrolment": place, "by": manager}

    too_much = refused(ask_for_backfill, day=A_DAY, minutes=181, **given)
    another_day = refused(ask_for_backfill, day=A_DAY + timedelta(days=1), minutes=1, **given)
    cover(place, manager)
    twice = refused(ask_for_backfill, day=A_DAY, minutes=60, **given)

    assert (too_much, another_day, twice) == (
        "not_so_much_time",
        "not_so_much_time",
        "cover_asked_for",
    )


def test_nobody_says_that_cover_was_worked_before_its_day_or_without_a_rate(place, manager):
    backfill = cover(place, manager)
    given = {"backfill": backfill, "by": manager}

    no_rate = refused(settle_backfill, step="arrange", **given)
    rate(place.organisation)
    settle_backfill(backfill=backfill, step="arrange", by=manager, now=NOW)
    too_early = refused(settle_backfill, step="work", **given)

    assert (no_rate, too_early) == ("no_rate", "day_to_come")


def test_only_who_gives_the_time_arranges_cover(place, manager, lead):
    backfill = cover(place, manager)
    others = (place.person, employ(organisation=place.organisation), lead)

    codes = {refused(settle_backfill, backfill=backfill, step="arrange", by=by) for by in others}
    codes |= {
        refused(ask_for_backfill, enrolment=place, day=A_DAY, minutes=1, by=by) for by in others
    }

    assert codes == {"may_not_arrange_cover"}
    assert Backfill.objects.get().state == "WANTED"


def test_rules_and_rates_hold_from_a_day_and_end_what_held_before(place, lead):
    organisation = place.organisation
    rate(organisation, starts_on=date(2026, 1, 1))
    later = TODAY + timedelta(days=10)

    keep_backfill_rate(
        rate=BackfillRate(organisation=organisation, starts_on=later, pence_per_hour=4_000),
        by=lead,
        now=NOW,
    )
    for days, first in ((Days(10, 20), TODAY), (Days(14, 21), later)):
        keep_time_rule(organisation=organisation, days=days, starts_on=first, by=lead, now=NOW)

    rates = [rate_of(organisation.pk, band="7", on=day) for day in (TODAY, later)]
    assert rates == [3_000, 4_000]
    found = [days_of(organisation.pk, on=day) for day in (TODAY - timedelta(days=1), TODAY, later)]
    assert found == [DEFAULT_DAYS, Days(10, 20), Days(14, 21)]
    assert StudyTimeRule.objects.get(starts_on=TODAY).ends_on == later - timedelta(days=1)


def test_a_rule_that_was_to_come_gives_way_to_one_from_an_earlier_day(place, lead):
    given = {"organisation": place.organisation, "by": lead, "now": NOW}
    keep_time_rule(days=Days(10, 20), starts_on=TODAY + timedelta(days=10), **given)

    keep_time_rule(days=Days(7, 14), starts_on=TODAY + timedelta(days=5), **given)

    rule = StudyTimeRule.objects.get()
    assert (rule.remind_days, rule.ends_on) == (7, None)


def test_a_rule_is_kept_by_its_organisation_and_makes_sense(place, lead, manager):
    given = {"organisation": place.organisation, "days": Days(10, 20), "starts_on": TODAY}
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())

    codes = [refused(keep_time_rule, by=by, **given) for by in (manager, elsewhere)]
    given["by"] = lead
    codes.append(refused(keep_time_rule, **{**given, "days": Days(20, 20)}))
    codes.append(refused(keep_time_rule, **{**given, "starts_on": TODAY - timedelta(days=1)}))
    unsaved = BackfillRate(organisation=place.organisation, starts_on=TODAY, pence_per_hour=3_000)
    codes.append(refused(keep_backfill_rate, rate=unsaved, by=manager))

    assert codes == [
        "may_not_keep_time_rules",
        "may_not_keep_time_rules",
        "days_out_of_order",
        "day_in_the_past",
        "may_not_keep_time_rules",
    ]


def told_of_cover():
    notices = Notice.objects.filter(rule="courses.cover_without_time")
    return [(one.recipient_id, cover_without_time(one.facts)) for one in notices.order_by("pk")]


def later(place, minutes):
    """The person studies on another day instead."""
    pocket = Pocket(Account.PLANNED, A_DAY, minutes)
    day = A_DAY + timedelta(days=1)
    plan_time(enrolment=place, pocket=pocket, day=day, by=place.person, now=NOW)


def test_who_asked_for_cover_is_told_once_no_time_is_left_on_its_day(place, manager):
    """Nothing is assumed about the cover itself: a shift may be booked."""
    backfill = cover(place, manager)

    later(place, 60)
    partly = told_of_cover()
    later(place, 120)

    backfill.refresh_from_db()
    (told,) = told_of_cover()
    assert partly == []
    sentence = (
        f"{place.person.full_name} has no protected time on 3 December 2026 any more, for which you"
        " asked for 1 hour 30 minutes of cover"
        f" ({place.session.offering.programme.title}). Say what became of the cover."
    )
    assert told == (manager.pk, sentence)
    assert backfill.state == "WANTED"


def test_who_asked_for_cover_is_told_when_the_place_is_given_up(place, manager):
    cover(place, manager)

    withdraw(enrolment=place, by=place.person, now=NOW)

    assert [recipient for recipient, _sentence in told_of_cover()] == [manager.pk]


def test_nobody_is_told_of_what_they_did_themselves(place, manager):
    cover(place, manager)
    pocket = Pocket(Account.PLANNED, A_DAY, 180)

    take_time_back(enrolment=place, pocket=pocket, why=STAFFING, by=manager, now=NOW)

    assert told_of_cover() == []


def test_cover_that_nobody_looks_for_is_not_asked_about(place, manager):
    settle_backfill(backfill=cover(place, manager), step="not_found", by=manager, now=NOW)

    later(place, 180)

    assert told_of_cover() == []


def test_time_that_was_had_needs_its_cover(place, manager):
    cover(place, manager)
    pocket = Pocket(Account.PLANNED, A_DAY, 180)

    confirm_time(
        enrolment=place,
        pocket=pocket,
        had_on=A_DAY,
        by=place.person,
        now=NOW + (A_DAY - TODAY),
    )

    assert told_of_cover() == []


def test_another_place_of_theirs_on_that_day_needs_the_cover(place, manager):
    cover(place, manager)
    timed(seated(SessionFactory(), 1, person=place.person), unanswered=A_DAY)

    later(place, 180)

    assert told_of_cover() == []


def test_whoever_manages_now_is_told_where_who_asked_has_gone(place, manager):
    cover(place, manager)
    lines = ReportingLine.objects.filter(person=place.person)
    successor = PersonFactory()
    lines.update(manager=successor)

    later(place, 180)

    assert [recipient for recipient, _sentence in told_of_cover()] == [successor.pk]


def test_each_time_that_it_is_lost_is_told(place, manager):
    cover(place, manager)

    later(place, 180)
    back = Pocket(Account.PLANNED, A_DAY + timedelta(days=1), 180)
    plan_time(enrolment=place, pocket=back, day=A_DAY, by=place.person, now=NOW)
    later(place, 180)

    assert [recipient for recipient, _sentence in told_of_cover()] == [manager.pk] * 2


def test_what_was_told_of_the_cover_is_named_after_the_place_that_goes_with_the_person(
    place, manager
):
    cover(place, manager)

    later(place, 180)

    key = Notice.objects.get(rule="courses.cover_without_time").subject_key
    assert key.startswith(f"enrolment:{place.pk}:")
