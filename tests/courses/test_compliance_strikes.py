from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import RecordSource, SubjectRecord
from courses.selectors.compliance import asked_of
from courses.services.compliance_records import Learned, write_records
from courses.services.compliance_strikes import strike_out
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW
from tests.factories.compliance import (
    RefreshPeriodFactory,
    RenewalRuleFactory,
    SubjectRequirementFactory,
    level_of,
    subject_of,
    trained,
    with_role,
)


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def hr(trust):
    return with_role("HR_ADMINISTRATOR", trust)


@pytest.fixture
def person(trust):
    return employ(organisation=trust)


def completed(person, subject, day, *, source=RecordSource.COURSE):
    """Training whose last day the rules say."""
    row = Learned(
        person_id=person.pk,
        level_id=level_of(subject).pk,
        completed_on=day,
        source=source,
        source_key=f"enrolment:{day}",
        organisation_id=None,
    )
    return write_records(learned=[row], by=person, now=NOW)[0]


def counts(person):
    """(day, last day) of what counts, in the order in which it was written."""
    rows = SubjectRecord.objects.filter(person=person, struck_at__isnull=True).order_by("pk")
    return [(row.completed_on, row.expires_on) for row in rows]


def strike(row, by):
    strike_out(training=row, reason="It was another Amara.", by=by, now=NOW)


def test_a_record_is_struck_out_with_a_reason_and_stays(trust):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    row = trained(person, subject_of("Fire safety"))

    strike_out(training=row, reason="It was another Amara.", by=hr, now=NOW)

    row.refresh_from_db()
    assert row.struck_at == NOW
    event = Event.objects.get(verb="strike_training")
    assert (event.subject_id, event.organisation_id) == (person.pk, trust.pk)
    assert "another Amara" not in str(event.facts)


@pytest.mark.parametrize("who", ["person", "manager", "hr_elsewhere"])
def test_nobody_else_strikes_out_a_record(trust, who):
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    row = trained(person, subject_of("Fire safety"))
    by = {
        "person": person,
        "manager": manager,
        "hr_elsewhere": with_role("HR_ADMINISTRATOR", OrganisationFactory()),
    }[who]

    with pytest.raises(Forbidden) as refusal:
        strike_out(training=row, reason="A mistake", by=by, now=NOW)

    assert refusal.value.code == "may_not_strike_training"
    row.refresh_from_db()
    assert row.struck_at is None


def test_a_record_is_struck_out_once_and_not_without_a_reason(trust):
    hr, person = with_role("HR_ADMINISTRATOR", trust), employ(organisation=trust)
    row = trained(person, subject_of("Fire safety"))

    with pytest.raises(Conflict) as refusal:
        strike_out(training=row, reason=" ", by=hr, now=NOW)
    assert refusal.value.code == "reason_missing"
    strike_out(training=row, reason="A mistake", by=hr, now=NOW)
    with pytest.raises(Conflict) as refusal:
        strike_out(training=row, reason="A mistake", by=hr, now=NOW)
    assert refusal.value.code == "struck_already"


def test_what_a_mistake_let_count_for_good_ends_again(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = trained(person, fire, on=date(2025, 3, 1), months=None)
    later = completed(person, fire, date(2026, 3, 1))
    assert later.expires_on is None

    strike(mistake, hr)

    assert counts(person) == [
        (date(2026, 3, 1), None),
        (date(2026, 3, 1), date(2028, 3, 1)),
    ]
    again = SubjectRecord.objects.latest("pk")
    assert (again.source, again.recorded_by) == (RecordSource.CORRECTED, hr)
    assert Event.objects.get(verb="strike_training").facts["counted_again"] == 1


def test_each_that_followed_is_counted_again_from_the_one_before(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    RenewalRuleFactory(window_days=90, keeps_anniversary=True)
    mistake = trained(person, fire, on=date(2024, 6, 1), months=24)
    completed(person, fire, date(2026, 5, 1))
    completed(person, fire, date(2028, 4, 1))

    strike(mistake, hr)

    assert counts(person)[2:] == [
        (date(2026, 5, 1), date(2028, 5, 1)),
        (date(2028, 4, 1), date(2030, 5, 1)),
    ]


def test_what_the_mistake_does_not_explain_stays_as_it_was_said(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = trained(person, fire, on=date(2024, 3, 1), months=None)
    earlier = trained(person, fire, on=date(2023, 3, 1), months=12)
    said = trained(person, fire, on=date(2025, 3, 1), months=None)
    other = completed(person, subject_of("Moving and handling", months=12), date(2026, 3, 1))

    strike(mistake, hr)

    rows = (earlier, said, other)
    assert counts(person) == [(row.completed_on, row.expires_on) for row in rows]


def test_training_of_before_keeps_its_part_in_what_followed(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    good = trained(person, fire, on=date(2023, 3, 1), months=None)
    mistake = trained(person, fire, on=date(2024, 3, 1), months=None)
    later = completed(person, fire, date(2025, 3, 1))

    strike(mistake, hr)

    rows = (good, later)
    assert counts(person) == [(row.completed_on, row.expires_on) for row in rows]


def test_what_was_counted_again_of_a_mistake_goes_with_it(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = completed(person, fire, date(2026, 3, 1))
    trained(person, fire, on=date(2026, 3, 1), months=12, source="RULE", source_key="refresh:1")

    strike(mistake, hr)

    assert counts(person) == []


def test_what_another_source_tells_of_that_day_stays(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = completed(person, fire, date(2026, 3, 1))
    told = trained(person, fire, on=date(2026, 3, 1), months=12)
    again = trained(
        person, fire, on=date(2026, 3, 1), months=6, source="RULE", source_key="refresh:1"
    )

    strike(mistake, hr)

    rows = (told, again)
    assert counts(person) == [(row.completed_on, row.expires_on) for row in rows]


def test_the_rules_are_those_of_where_the_person_works(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    RefreshPeriodFactory(subject=fire, organisation=trust, months=12)
    mistake = trained(person, fire, on=date(2025, 3, 1), months=None)
    completed(person, fire, date(2026, 3, 1))

    strike(mistake, hr)

    assert counts(person)[-1] == (date(2026, 3, 1), date(2027, 3, 1))


def test_what_came_between_after_the_mistake_had_done_its_harm_hides_nothing(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = trained(person, fire, on=date(2025, 3, 1), months=None)
    completed(person, fire, date(2026, 3, 1))
    trained(person, fire, on=date(2025, 9, 1), months=12)

    strike(mistake, hr)

    assert counts(person)[-1] == (date(2026, 3, 1), date(2028, 3, 1))


def test_a_line_of_the_staff_record_without_an_end_is_counted_again(trust, hr, person):
    fire = subject_of("Fire safety", months=24)
    mistake = trained(person, fire, on=date(2025, 3, 1), months=None)
    followed = {"months": None, "on": date(2026, 3, 1)}
    trained(person, fire, source_key="esr:20:2026-03-01:RULES:0", **followed)
    said = trained(employ(organisation=trust), fire, source_key="esr:21:x:NEVER:0", **followed)
    other = trained(said.person, fire, on=date(2025, 3, 1), months=None)

    strike(mistake, hr)
    strike(other, hr)

    assert counts(person)[-1] == (date(2026, 3, 1), date(2028, 3, 1))
    assert counts(said.person) == [(date(2026, 3, 1), None)]


def test_a_second_employer_strikes_by_the_rules_of_the_first(client, trust, person):
    fire, second = subject_of("Fire safety", months=24), OrganisationFactory()
    RefreshPeriodFactory(subject=fire, organisation=second, months=12)
    employ(person=person, organisation=second, starts_on=date(2026, 1, 1))
    mistake = trained(person, fire, on=date(2025, 3, 1), months=None)
    completed(person, fire, date(2026, 3, 1))
    client.force_login(with_role("HR_ADMINISTRATOR", second))

    page = reverse("courses:training_person", args=[person.pk])
    client.post(page, {"step": "strike", "record": mistake.pk, "why": "It was another Amara."})

    mistake.refresh_from_db()
    assert mistake.struck_at
    assert counts(person)[-1] == (date(2026, 3, 1), date(2028, 3, 1))


def test_what_the_mistake_let_count_is_gone_from_days_before_it_was_struck(trust, hr, person):
    fire = subject_of("Fire safety", months=12)
    mistake = trained(person, fire, on=date(2023, 3, 1), months=None)
    completed(person, fire, date(2024, 3, 1))
    SubjectRequirementFactory(organisation=trust, level=level_of(fire))

    strike(mistake, hr)

    (asked,) = asked_of([person.pk], on=date(2026, 7, 1))
    assert (asked.state, asked.expires_on) == ("EXPIRED", date(2025, 3, 1))
