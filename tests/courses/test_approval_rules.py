"""Writing the rule of an organisation: dated, by whoever keeps it, never over an older one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.selectors.relations import Relation
from common.errors import Conflict, Forbidden
from courses.models import Approval, ApprovalRule, Asked, Contest, Enrolment, OnSilence
from courses.policies.approvals import (
    may_answer_contest,
    may_contest,
    may_decide,
    may_keep_approval_rule,
)
from courses.services.approval_rules import Terms, set_rule
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.approvals import ApprovalRuleFactory, around
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db

TERMS = Terms(working_days=7, on_silence=OnSilence.REFUSE, refusal_months=3)
TYPED = {
    "working_days": "7",
    "on_silence": "REFUSE",
    "refusal_months": "3",
    "unasked_up_to": "25",
    "second_above": "1,000.50".replace(",", ""),
    "second_approver": "SECOND_LINE",
    "starts_on_day": "4",
    "starts_on_month": "1",
    "starts_on_year": "2027",
}
SINGLE = [frozenset({relation}) for relation in Relation]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return grant(PersonFactory(), "LEARNING_LEAD", trust)


def written(trust, by, terms=TERMS, starts_on=TODAY):
    return set_rule(organisation=trust, terms=terms, starts_on=starts_on, by=by, now=NOW)


def allowed(rule):
    return {next(iter(each)) for each in SINGLE if rule(each)}


def test_a_new_rule_ends_the_one_before_and_overwrites_nothing(trust, lead):
    before = ApprovalRuleFactory(organisation=trust, working_days=4)
    other = ApprovalRuleFactory()

    rule = written(trust, lead, starts_on=date(2027, 1, 4))

    before.refresh_from_db()
    other.refresh_from_db()
    assert (before.working_days, before.ends_on) == (4, date(2027, 1, 3))
    assert (rule.working_days, rule.starts_on, rule.ends_on) == (7, date(2027, 1, 4), None)
    assert other.ends_on is None
    event = Event.objects.latest("pk")
    assert (event.verb, event.organisation) == ("set_approval_rule", trust)
    assert event.facts["on_silence"] == "REFUSE"


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "ORGANISATION_ADMINISTRATOR"])
def test_leads_and_administrators_of_an_organisation_above_write_it_too(trust, role):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)

    assert written(trust, grant(PersonFactory(), role, board)).pk


def test_nobody_else_writes_it(trust):
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())
    for by in (grant(PersonFactory(), "HR_ADMINISTRATOR", trust), elsewhere, PersonFactory()):
        with pytest.raises(Forbidden) as refusal:
            written(trust, by)
        assert refusal.value.code == "may_not_keep_rule"
    assert not ApprovalRule.objects.exists()


@pytest.mark.parametrize(
    ("terms", "starts_on", "code"),
    [
        (TERMS, TODAY - timedelta(days=1), "rule_in_the_past"),
        (replace(TERMS, second_above_pence=5), TODAY, "terms_contradict"),
        (replace(TERMS, second_approver=Asked.SECOND_LINE), TODAY, "terms_contradict"),
        (
            replace(
                TERMS, unasked_up_to_pence=9, second_above_pence=8, second_approver="SECOND_LINE"
            ),
            TODAY,
            "terms_contradict",
        ),
    ],
)
def test_what_cannot_hold_is_refused(trust, lead, terms, starts_on, code):
    with pytest.raises(Conflict) as refusal:
        written(trust, lead, terms=terms, starts_on=starts_on)

    assert refusal.value.code == code
    assert not ApprovalRule.objects.exists()


def test_two_rules_do_not_begin_on_one_day(trust, lead):
    written(trust, lead)

    with pytest.raises(Conflict) as refusal:
        written(trust, lead)

    assert refusal.value.code == "rule_begins_already"


@pytest.mark.parametrize(
    "wrong",
    [
        {"working_days": 0},
        {"working_days": 31},
        {"refusal_months": 0},
        {"second_above_pence": 5},
        {"second_approver": "LEARNING_LEAD"},
        {"unasked_up_to_pence": 6, "second_above_pence": 5, "second_approver": "SECOND_LINE"},
        {"ends_on": TODAY - timedelta(days=9_000)},
    ],
)
def test_the_database_keeps_rules_in_bounds(wrong):
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalRuleFactory(**wrong)


def test_the_database_has_one_rule_at_a_time(trust):
    ApprovalRuleFactory(organisation=trust)

    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalRuleFactory(organisation=trust, starts_on=TODAY)


# --- Who may


def test_a_second_approver_is_asked_and_nobody_else():
    request = Enrolment(basis="APPROVAL", state="REQUESTED")
    given = {"enrolment": request, "has_line_manager": True}

    second = allowed(lambda own: may_decide(own, own, stage=Approval(asks="SECOND_LINE"), **given))
    lead = allowed(lambda own: may_decide(own, own, stage=Approval(asks="LEARNING_LEAD"), **given))
    passed_on = Approval(state="ESCALATED", escalated_to="SECOND_LINE")
    either = allowed(lambda own: may_decide(own, own, stage=passed_on, **given))

    assert (second, lead) == ({Relation.SECOND_LINE}, {Relation.LEARNING_LEAD})
    assert either == {Relation.LINE_MANAGER, Relation.DELEGATE, Relation.SECOND_LINE}


def test_who_decided_one_stage_decides_no_other():
    request = Enrolment(basis="APPROVAL", state="REQUESTED")
    given = {"enrolment": request, "has_line_manager": True, "decided_before": True}

    assert allowed(lambda own: may_decide(own, own, stage=Approval(), **given)) == set()


def test_contests_are_made_by_the_person_and_answered_by_the_next_line_or_the_lead():
    refused = Enrolment(basis="APPROVAL", state="REFUSED")
    made = Contest(enrolment=refused)

    answers = allowed(lambda own: may_answer_contest(own, own, contest=made, decided_before=False))

    assert allowed(lambda own: may_contest(own, enrolment=refused)) == {Relation.SELF}
    assert answers == {Relation.SECOND_LINE, Relation.LEARNING_LEAD}
    assert not allowed(lambda own: may_answer_contest(own, own, contest=made, decided_before=True))
    own_lead = frozenset({Relation.SELF, Relation.LEARNING_LEAD})
    assert not may_answer_contest(own_lead, own_lead, contest=made, decided_before=False)


def test_rules_are_kept_by_leads_and_administrators():
    assert allowed(may_keep_approval_rule) == {
        Relation.LEARNING_LEAD,
        Relation.ORGANISATION_ADMINISTRATOR,
    }


# --- The page


def test_the_page_says_what_holds_and_writes_what_is_typed(client, clock, trust, lead):
    client.force_login(lead)
    address = reverse("courses:approval_rule")

    before = client.get(address).content.decode()
    done = client.post(address, TYPED)

    assert "The rule of the service holds" in before
    assert (done.status_code, done["Location"]) == (302, f"{address}?organisation={trust.pk}")
    rule = ApprovalRule.objects.get()
    assert (rule.organisation, rule.starts_on) == (trust, date(2027, 1, 4))
    assert (rule.unasked_up_to_pence, rule.second_above_pence) == (2_500, 100_050)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"second_approver": ""}, "Select the second approver"),
        ({"second_above": ""}, "Enter the price above which the second approver is asked"),
        ({"second_above": "20"}, "Enter a price that is not below the one"),
        ({"working_days": "31"}, "Enter a number that is 30 or less"),
        ({"on_silence": ""}, "Select what happens if nobody answers"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, clock, lead, change, sentence):
    client.force_login(lead)

    response = client.post(reverse("courses:approval_rule"), {**TYPED, **change})

    page = response.content.decode()
    assert (response.status_code, sentence in page) == (422, True)
    assert 'value="2027"' in page
    assert not ApprovalRule.objects.exists()


def test_a_rule_that_begins_already_is_said_on_the_page(client, clock, trust, lead):
    written(trust, lead, starts_on=date(2027, 1, 4))
    client.force_login(lead)

    response = client.post(reverse("courses:approval_rule"), TYPED)

    assert response.status_code == 422
    assert "A rule begins on that day or later already" in response.content.decode()


def test_who_keeps_several_chooses_and_sees_no_other(client, clock):
    board = OrganisationFactory(kind="ICB", name="Board")
    first, second = (
        place_below(OrganisationFactory(name=name), board) for name in ("Alder", "Birch")
    )
    other = OrganisationFactory(name="Quillfeather")
    ApprovalRuleFactory(organisation=second, working_days=13)
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", board))

    chosen = client.get(reverse("courses:approval_rule"), {"organisation": second.pk})
    foreign = client.get(reverse("courses:approval_rule"), {"organisation": other.pk})

    assert chosen.context["organisation"] == second
    assert chosen.context["rule"].working_days == 13
    assert foreign.context["organisation"] == first
    assert "Quillfeather" not in foreign.content.decode()


def test_others_are_refused_the_page(client, clock):
    client.force_login(around().manager)

    assert client.get(reverse("courses:approval_rule")).status_code == 403
