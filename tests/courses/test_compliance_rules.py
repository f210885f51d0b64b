from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.selectors.relations import Relation
from common.errors import Conflict, Forbidden
from courses.models import RefreshPeriod, RenewalRule, SubjectRecord, SubjectRequirement
from courses.policies.compliance import (
    may_exempt,
    may_record_training,
    may_set_training_rules,
    may_strike_training,
)
from courses.selectors.compliance_rules import training_rules
from courses.services.compliance_rules import (
    Asking,
    Period,
    Renewing,
    end_requirement,
    require_training,
    set_refresh_period,
    set_renewal_rule,
)
from tests.factories.accounts import OrganisationFactory, employ, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import (
    RefreshPeriodFactory,
    SubjectLevelFactory,
    SubjectRequirementFactory,
    ask,
    level_of,
    subject_of,
    teach,
    trained,
    with_role,
)
from tests.factories.courses import OfferingFactory, ProgrammeFactory

YESTERDAY = TODAY - timedelta(days=1)
PAGE = "courses:training_rules"


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return with_role("LEARNING_LEAD", trust)


def test_who_may_do_what():
    keeps = {Relation.LEARNING_LEAD, Relation.HR_ADMINISTRATOR}

    assert {one for one in Relation if may_set_training_rules({one})} == keeps
    assert {one for one in Relation if may_strike_training({one})} == keeps
    assert {one for one in Relation if may_exempt({one}, {one})} == keeps
    assert {one for one in Relation if may_record_training({one})} == keeps | {Relation.API_CLIENT}
    for one in keeps:
        assert not may_exempt({one}, set())
        assert not may_exempt({one, Relation.SELF}, {one})
        assert not may_strike_training({one, Relation.SELF})


def test_training_is_asked_of_people_once_and_until_it_is_not(trust, lead):
    fire = subject_of("Fire safety")
    wanted = Asking(level_of(fire), TODAY, staff_group="03")

    made = require_training(organisation=trust, wanted=wanted, by=lead, now=NOW)
    with pytest.raises(Conflict) as refusal:
        require_training(organisation=trust, wanted=wanted, by=lead, now=NOW)
    assert refusal.value.code == "required_already"
    end_requirement(requirement=made, by=lead, now=NOW + timedelta(days=3))

    made.refresh_from_db()
    assert made.ends_on == TODAY + timedelta(days=2)
    verbs = Event.objects.filter(organisation=trust).values_list("verb", flat=True)
    assert {"require_training", "end_training_requirement"} <= set(verbs)


def test_a_requirement_that_never_began_is_taken_away(trust, lead):
    made = SubjectRequirementFactory(organisation=trust, starts_on=TODAY + timedelta(days=9))

    end_requirement(requirement=made, by=lead, now=NOW)

    assert not SubjectRequirement.objects.exists()


def test_another_organisation_s_lead_sets_nothing(trust):
    stranger = with_role("LEARNING_LEAD", OrganisationFactory())
    subject = subject_of("Fire safety")
    kept = SubjectRequirementFactory(organisation=trust)

    for act in (
        lambda: require_training(
            organisation=trust, wanted=Asking(level_of(subject), TODAY), by=stranger, now=NOW
        ),
        lambda: end_requirement(requirement=kept, by=stranger, now=NOW),
        lambda: set_refresh_period(
            organisation=trust, wanted=Period(subject, 36, TODAY), by=stranger, now=NOW
        ),
        lambda: set_renewal_rule(
            organisation=trust, wanted=Renewing(30, True, (30,), TODAY), by=stranger, now=NOW
        ),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_set_training_rules"

    assert SubjectRequirement.objects.get() == kept
    assert not RefreshPeriod.objects.filter(organisation=trust).exists()


def test_a_new_period_takes_the_place_of_the_one_before_and_leaves_what_was_issued(trust, lead):
    fire = subject_of("Fire safety", months=24)
    RefreshPeriodFactory(subject=fire, organisation=trust, months=36)
    row = trained(employ(organisation=trust), fire, on=date(2026, 1, 10), months=36)

    set_refresh_period(organisation=trust, wanted=Period(fire, 48, TODAY), by=lead, now=NOW)

    ours = RefreshPeriod.objects.filter(organisation=trust).order_by("starts_on")
    assert [(one.months, one.ends_on) for one in ours] == [(36, YESTERDAY), (48, None)]
    assert SubjectRecord.objects.get() == row


def test_a_period_that_reaches_back_counts_again_beside_what_was_issued(trust, lead):
    fire = subject_of("Fire safety", months=24)
    person = employ(organisation=trust)
    first = trained(person, fire, on=date(2026, 1, 10), months=24)
    elsewhere = employ(organisation=OrganisationFactory())
    trained(elsewhere, fire, on=date(2026, 1, 10), months=24)
    second_job = employ(organisation=OrganisationFactory(), starts_on=date(2019, 1, 1))
    employ(person=second_job, organisation=trust)
    trained(second_job, fire, on=date(2026, 1, 10), months=24)
    wanted = Period(fire, 12, TODAY, reaches_back=True, reason="Two fires")

    set_refresh_period(organisation=trust, wanted=wanted, by=lead, now=NOW)

    again = SubjectRecord.objects.get(source="RULE")
    assert (again.person, again.completed_on) == (person, first.completed_on)
    assert again.expires_on == date(2027, 1, 10)
    assert SubjectRecord.objects.filter(person=person).count() == 2
    assert Event.objects.get(verb="set_refresh_period").facts["records"] == 1


def test_asking_more_often_than_nationally_takes_a_reason(trust, lead):
    fire = subject_of("Fire safety", months=24)

    with pytest.raises(Conflict) as refusal:
        set_refresh_period(organisation=trust, wanted=Period(fire, 12, TODAY), by=lead, now=NOW)
    assert refusal.value.code == "reason_missing"
    set_refresh_period(
        organisation=trust, wanted=Period(fire, 12, TODAY, reason="Two fires"), by=lead, now=NOW
    )

    assert RefreshPeriod.objects.get(organisation=trust).reason == "Two fires"


def test_rules_are_not_made_for_the_past(trust, lead):
    fire = subject_of("Fire safety")

    for act in (
        lambda: require_training(
            organisation=trust, wanted=Asking(level_of(fire), YESTERDAY), by=lead, now=NOW
        ),
        lambda: set_refresh_period(
            organisation=trust, wanted=Period(fire, 36, YESTERDAY), by=lead, now=NOW
        ),
        lambda: set_renewal_rule(
            organisation=trust, wanted=Renewing(30, True, (30,), YESTERDAY), by=lead, now=NOW
        ),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "rule_in_the_past"


def test_what_was_done_before_is_counted_again_from_today_only(trust, lead):
    later = Period(subject_of("Fire safety"), 36, TODAY + timedelta(days=1), reaches_back=True)

    with pytest.raises(Conflict) as refusal:
        set_refresh_period(organisation=trust, wanted=later, by=lead, now=NOW)

    assert refusal.value.code == "reaches_back_today_only"


def test_a_rule_about_renewing_takes_the_place_of_the_one_before(trust, lead):
    for days in (30, 60):
        set_renewal_rule(
            organisation=trust,
            wanted=Renewing(days, True, (7, 30, 30), TODAY),
            by=lead,
            now=NOW,
        )

    rule = RenewalRule.objects.get()
    assert (rule.window_days, rule.remind_days) == (60, [30, 7])


def text_of(response):
    return " ".join(response.content.decode().split())


def asked_on(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


@pytest.mark.usefixtures("clock")
def test_a_lead_sets_the_rules_on_the_page(client, trust, lead):
    fire = subject_of("Fire safety", months=24)
    client.force_login(lead)
    address = reverse(PAGE)
    level = level_of(fire).pk

    client.post(address, {"step": "ask", "asked_level": level, **asked_on("asked_from", TODAY)})
    wrong = client.post(
        address,
        {"step": "refresh", "level": level, "months": 12, **asked_on("starts_on", TODAY)},
    )
    client.post(
        address,
        {
            "step": "refresh",
            "level": level,
            "months": 12,
            "reason": "Two fires",
            **asked_on("starts_on", TODAY),
        },
    )
    client.post(
        address,
        {
            "step": "renewal",
            "window_days": 60,
            "keeps_anniversary": "on",
            "remind_days": "60, 14",
            **asked_on("holds_from", TODAY),
        },
    )
    page = text_of(client.get(address))

    assert wrong.status_code == 422
    assert "Enter why you ask for it more often" in text_of(wrong)
    assert "Everybody" in page
    assert "12 months" in page
    assert "Two fires" in page
    assert "60, 14 days before" in page
    requirement = SubjectRequirement.objects.get(organisation=trust)
    client.post(address, {"step": "end", "requirement": requirement.pk})
    assert not SubjectRequirement.objects.exists()


@pytest.mark.usefixtures("clock")
def test_the_page_shows_the_period_of_the_organisation_whose_subject_it_is(client, trust, lead):
    above = OrganisationFactory()
    place_below(trust, above)
    subject = SubjectLevelFactory(subject__owner=above, subject__vpd="457").subject
    RefreshPeriodFactory(subject=subject, organisation=above, months=7)
    client.force_login(lead)

    page = text_of(client.get(reverse(PAGE)))

    [rule] = training_rules(trust, actor=lead, on=TODAY).levels
    assert (rule.national, rule.ours, rule.has_own) == (None, 7, False)
    assert "7 months" in page
    assert "As nationally" not in page


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("typed", ["", "0", "ninety", "1,2,3,4,5,6,7,8,9", "400"])
def test_what_is_wrong_with_reminders_is_said_and_kept(client, trust, lead, typed):
    client.force_login(lead)

    response = client.post(
        reverse(PAGE),
        {
            "step": "renewal",
            "window_days": 60,
            "remind_days": typed,
            **asked_on("holds_from", TODAY),
        },
    )

    assert response.status_code == 422
    assert not RenewalRule.objects.exists()


@pytest.mark.usefixtures("clock")
def test_rules_of_another_organisation_are_not_there(client, trust, lead):
    other = OrganisationFactory()
    fire = subject_of("Fire safety")
    client.force_login(lead)
    sent = {
        "step": "ask",
        "asked_level": level_of(fire).pk,
        **asked_on("asked_from", TODAY),
    }

    assert client.get(reverse(PAGE), {"organisation": other.pk}).status_code == 404
    assert client.post(f"{reverse(PAGE)}?organisation={other.pk}", sent).status_code == 404
    assert not SubjectRequirement.objects.exists()


@pytest.mark.usefixtures("clock")
def test_the_page_tells_what_asking_more_often_costs(client, trust, lead):
    fire = subject_of("Fire safety", months=24)
    ask(trust, fire)
    RefreshPeriodFactory(subject=fire, organisation=trust, months=12, reason="Two fires")
    programme = ProgrammeFactory(study_hours=9)
    teach(fire, programme=programme)
    OfferingFactory(programme=programme, host=trust, study_hours=2)
    for _ in range(19):
        employ(organisation=trust)
    for _ in range(12):
        employ(organisation=OrganisationFactory())
    client.force_login(lead)

    page = text_of(client.get(reverse(PAGE)))

    # Twenty people, two hours once a year instead of every second year.
    assert page.count("data-oftener") == 1
    row = page.split("data-oftener")[1].split("</tr>")[0]
    row = " ".join(row.replace("<span>", " ").replace("</span>", " ").split())
    assert row.count(" 20 </td>") == 2
    assert "Two fires" in row


@pytest.mark.parametrize(("people", "told"), [(8, (None, None)), (19, (20, 20))])
def test_people_who_are_few_are_not_counted(trust, lead, people, told):
    fire = subject_of("Fire safety", months=24)
    ask(trust, fire)
    RefreshPeriodFactory(subject=fire, organisation=trust, months=12, reason="Two fires")
    teach(fire, programme=ProgrammeFactory(study_hours=2))
    for _ in range(people):
        employ(organisation=trust)

    (row,) = training_rules(trust, actor=lead, on=TODAY).more_often

    assert (row.people, row.hours) == told
