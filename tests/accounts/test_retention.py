import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import SystemJob
from accounts.models import (
    Event,
    EventText,
    LegalHold,
    Organisation,
    RetentionAction,
    RetentionRule,
    RetentionRun,
)
from accounts.rights import EXPIRIES, RECORD_CLASSES
from accounts.selectors.retention import rules_for
from accounts.services import letting_go
from accounts.services.ledger import record
from accounts.services.letting_go import let_go, look
from accounts.services.retention import RuleTerms, change_rule, lift_hold, set_hold
from common.errors import Conflict, Forbidden
from config.reference.retention import load_retention_rules
from courses.models import Enrolment
from talent.models import Nomination
from tests.accounts.old_records import LONG_AGO, moved_twice, old_enrolment, old_nomination
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory

pytestmark = pytest.mark.django_db

JOB = SystemJob("tests", organisation_ids=None)
DESTROY = RuleTerms(
    keep_months=12,
    action=RetentionAction.DESTROY,
    is_automatic=False,
    is_duty=False,
    is_confirmed=True,
    source="Board paper 12",
)


@pytest.fixture
def rules():
    load_retention_rules()


@pytest.fixture
def organisation(rules):
    return OrganisationFactory()


@pytest.fixture
def officer(organisation):
    return grant(employ(organisation=organisation), "AUDITOR", organisation)


def found(run, kind):
    count = run.counts.get(expiry=kind)
    return count.due, count.held, count.done


# --- The rules


def test_every_class_has_a_rule_that_nobody_has_confirmed_and_none_runs_by_itself(rules):
    loaded = RetentionRule.objects.all()

    assert {rule.record_class for rule in loaded} == set(RECORD_CLASSES)
    assert {(rule.is_confirmed, rule.is_automatic, rule.is_duty) for rule in loaded} == {
        (False, False, False)
    }
    assert all(rule.source for rule in loaded)


def test_loading_again_leaves_what_somebody_changed(rules):
    RetentionRule.objects.filter(record_class="TALENT").update(keep_months=3, is_confirmed=True)

    load_retention_rules()

    rule = RetentionRule.objects.get(record_class="TALENT")
    assert (rule.keep_months, rule.is_confirmed) == (3, True)
    assert RetentionRule.objects.count() == len(RECORD_CLASSES)


def test_an_organisation_has_a_rule_of_its_own_and_the_others_keep_theirs(organisation, officer):
    other = OrganisationFactory()

    change_rule(
        organisation=organisation,
        record_class="DEVELOPMENT",
        terms=DESTROY,
        reason="The board decided so.",
        by=officer,
        now=NOW,
    )

    assert rules_for(organisation.pk)["DEVELOPMENT"].keep_months == 12
    assert rules_for(other.pk)["DEVELOPMENT"].keep_months == 72
    event = Event.objects.get(verb="change_retention_rule")
    assert event.facts["from"]["months"] == 72
    assert event.facts["to"]["months"] == 12
    assert EventText.objects.get(event=event).text == "The board decided so."


def test_changing_a_rule_again_changes_the_same_row(organisation, officer):
    for _ in range(2):
        rule = change_rule(
            organisation=organisation,
            record_class="DEVELOPMENT",
            terms=DESTROY,
            reason="The board decided so.",
            by=officer,
            now=NOW,
        )

    assert rule.version == 2
    assert RetentionRule.objects.filter(organisation=organisation).count() == 1


def test_a_rule_that_nobody_has_checked_cannot_run_by_itself(organisation, officer):
    terms = RuleTerms(12, RetentionAction.DESTROY, True, False, False, "From memory")

    with pytest.raises(Conflict) as refusal:
        change_rule(
            organisation=organisation,
            record_class="TALENT",
            terms=terms,
            reason="Quicker",
            by=officer,
            now=NOW,
        )

    assert refusal.value.code == "not_confirmed"
    assert not RetentionRule.objects.filter(organisation=organisation).exists()


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", None])
def test_nobody_else_changes_a_rule_sets_a_hold_or_lets_go(organisation, role):
    other = employ(organisation=organisation)
    if role:
        grant(other, role, organisation)

    for act in (
        lambda: change_rule(
            organisation=organisation,
            record_class="TALENT",
            terms=DESTROY,
            reason="",
            by=other,
            now=NOW,
        ),
        lambda: set_hold(organisation=organisation, person=None, reason="No", by=other, now=NOW),
        lambda: look(organisation=organisation, by=other, now=NOW),
        lambda: let_go(organisation=organisation, by=other, now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()

    assert RetentionRun.objects.count() == 0


# --- Holds


def test_a_hold_is_set_once_and_lifted_once(organisation, officer):
    person = employ(organisation=organisation)
    hold = set_hold(organisation=organisation, person=person, reason="Case", by=officer, now=NOW)

    with pytest.raises(Conflict) as twice:
        set_hold(organisation=organisation, person=person, reason="Case", by=officer, now=NOW)
    lift_hold(hold=hold, by=officer, now=NOW)
    with pytest.raises(Conflict) as again:
        lift_hold(hold=hold, by=officer, now=NOW)

    assert (twice.value.code, again.value.code) == ("already_held", "already_lifted")
    verbs = Event.objects.filter(subject=person).values_list("verb", flat=True)
    assert set(verbs) >= {"set_legal_hold", "lift_legal_hold"}


def test_an_officer_holds_nobody_who_never_worked_there(organisation, officer):
    with pytest.raises(Conflict) as refusal:
        set_hold(organisation=organisation, person=employ(), reason="Case", by=officer, now=NOW)

    assert refusal.value.code == "never_worked_there"


def test_the_officer_of_another_organisation_does_not_lift_a_hold(organisation, officer):
    hold = set_hold(organisation=organisation, person=None, reason="Case", by=officer, now=NOW)
    other = grant(PersonFactory(), "AUDITOR", OrganisationFactory())

    with pytest.raises(Forbidden):
        lift_hold(hold=hold, by=other, now=NOW)

    assert LegalHold.objects.in_force().count() == 1


# --- What is due


def test_a_look_counts_what_is_due_and_changes_nothing(organisation, officer):
    old_nomination(organisation)
    old_nomination(organisation, at=NOW)
    old_nomination(organisation, state="ACCEPTED")
    old_nomination(OrganisationFactory())

    run = look(organisation=organisation, by=officer, now=NOW)

    assert found(run, "talent.nominations") == (1, 0, 0)
    assert Nomination.objects.count() == 4
    assert (run.is_dry, run.asked_by, run.finished_at) == (True, None, NOW)


def test_letting_go_takes_what_is_due_of_the_organisation_and_no_more(organisation, officer):
    gone = old_nomination(organisation)
    kept = [old_nomination(organisation, at=NOW), old_nomination(OrganisationFactory())]

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(run, "talent.nominations") == (1, 0, 1)
    assert set(Nomination.objects.all()) == set(kept)
    assert not Nomination.objects.filter(pk=gone.pk).exists()
    assert run.asked_by == officer
    facts = Event.objects.get(verb="let_go").facts
    assert facts == {"kind": "talent.nominations", "action": "DESTROY", "rows": 1}


@pytest.mark.parametrize(("days", "is_due"), [(0, True), (1, False)])
def test_a_record_is_due_on_the_day_its_time_is_over(organisation, officer, days, is_due):
    at = NOW.replace(year=NOW.year - 1) + timedelta(days=days)
    old_nomination(organisation, at=at)

    run = look(organisation=organisation, by=officer, now=NOW)

    assert found(run, "talent.nominations")[0] == is_due


@pytest.mark.parametrize("whose", ["person", "organisation"])
def test_what_is_held_stays_and_is_counted(organisation, officer, whose):
    nomination = old_nomination(organisation)
    person = nomination.person if whose == "person" else None
    hold = set_hold(organisation=organisation, person=person, reason="Case", by=officer, now=NOW)

    held = let_go(organisation=organisation, by=officer, now=NOW)
    lift_hold(hold=hold, by=officer, now=NOW)
    after = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(held, "talent.nominations") == (1, 1, 0)
    assert found(after, "talent.nominations") == (1, 0, 1)


def test_places_somebody_moved_between_go_one_after_another(organisation, officer, monkeypatch):
    monkeypatch.setattr(letting_go, "BATCH", 1)
    moved_twice(organisation)
    live = moved_twice(organisation, ends=NOW)

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert set(Enrolment.objects.all()) == set(live)
    assert found(run, "courses.enrolments")[2] == 3


def test_a_plan_goes_with_its_actions_where_its_person_worked_last(organisation, officer):
    person = employ(organisation=organisation)
    plan = DevelopmentPlanFactory(
        person=person, starts_on=TODAY - timedelta(days=3000), ends_on=TODAY - timedelta(days=2700)
    )
    PlanActionFactory(plan=plan)

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(run, "appraisals.plans") == (1, 0, 1)
    assert not type(plan).objects.exists()


def test_anonymising_empties_the_texts_and_is_not_due_again(organisation, officer):
    places = moved_twice(organisation)
    terms = RuleTerms(12, RetentionAction.ANONYMISE, False, False, True, "Board paper 12")
    change_rule(
        organisation=organisation,
        record_class="DEVELOPMENT",
        terms=terms,
        reason="Figures stay",
        by=officer,
        now=NOW,
    )

    first = let_go(organisation=organisation, by=officer, now=NOW)
    second = let_go(organisation=organisation, by=officer, now=NOW)

    left = Enrolment.objects.order_by("pk").values_list("pk", "reason")
    assert list(left) == [(place.pk, "") for place in places]
    assert found(first, "courses.enrolments") == (3, 0, 3)
    assert found(second, "courses.enrolments") == (0, 0, 0)


def test_old_texts_beside_the_ledger_are_erased_and_the_event_stays(organisation, officer):
    event = record(
        by=officer,
        now=LONG_AGO,
        verb="say",
        about=officer,
        organisation_id=organisation.pk,
        rule="tests",
        private={"reason": "Because of a long story"},
    )

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(run, "accounts.event_texts") == (1, 0, 1)
    assert EventText.objects.get(event=event).text is None
    assert "commitment" in Event.objects.get(pk=event.pk).facts["reason"]


def test_who_left_long_ago_is_listed_for_a_review_and_left(organisation, officer):
    long_ago = TODAY - timedelta(days=3000)
    employ(organisation=organisation, starts_on=long_ago, ends_on=long_ago)

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(run, "accounts.people_who_left") == (1, 0, 0)


def test_a_job_lets_go_only_what_runs_by_itself(organisation, officer):
    old_nomination(organisation)
    old_enrolment(organisation)
    terms = RuleTerms(12, RetentionAction.DESTROY, True, False, True, "Board paper 12")
    change_rule(
        organisation=organisation,
        record_class="TALENT",
        terms=terms,
        reason="Decided",
        by=officer,
        now=NOW,
    )

    let_go(organisation=organisation, by=JOB, now=NOW)

    assert Nomination.objects.count() == 0
    assert Enrolment.objects.count() == 1


def test_a_run_goes_on_batch_by_batch_until_nothing_is_due(organisation, officer, monkeypatch):
    monkeypatch.setattr(letting_go, "BATCH", 2)
    for _ in range(5):
        old_nomination(organisation)

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert found(run, "talent.nominations") == (5, 0, 5)
    assert [e.facts["rows"] for e in Event.objects.filter(verb="let_go").order_by("pk")] == [
        2,
        2,
        1,
    ]


def test_every_kind_of_record_can_be_counted(organisation, officer):
    RetentionRule.objects.filter(keep_months=None).update(keep_months=12)

    run = look(organisation=organisation, by=officer, now=NOW)

    assert {count.expiry for count in run.counts.all()} == set(EXPIRIES)


# --- The command


def test_the_command_looks_unless_told(organisation, officer, capsys):
    old_nomination(organisation)

    call_command("apply_retention", "--organisation", organisation.ods_code)

    said = capsys.readouterr().out
    assert "1 due, 0 held" in said
    assert "nothing was changed" in said
    assert Nomination.objects.count() == 1


def test_the_command_lets_go_for_a_named_officer(organisation, officer):
    old_nomination(organisation)

    call_command("apply_retention", "--apply", "--by", officer.email)

    assert Nomination.objects.count() == 0


def test_the_command_refuses_to_let_go_when_nobody_decides(organisation):
    old_nomination(organisation)

    with pytest.raises(CommandError, match="Name who decides"):
        call_command("apply_retention", "--apply")

    assert Nomination.objects.count() == 1


def test_the_command_refuses_somebody_who_is_no_officer(organisation):
    with pytest.raises(CommandError, match="no organisation here"):
        call_command("apply_retention", "--apply", "--by", employ().email)


# --- Killed in the middle


SLOW = """
import os, time, django
django.setup()
from django.utils import timezone
from accounts.models import Organisation, Person
from accounts.services import letting_go
letting_go.BATCH = 1
act = letting_go._act
def slowly(*arguments):
    act(*arguments)
    time.sleep(0.3)
letting_go._act = slowly
letting_go.let_go(
    organisation=Organisation.objects.get(pk=int(os.environ["PLACE"])),
    by=Person.objects.get(pk=int(os.environ["OFFICER"])),
    now=timezone.now(),
)
"""


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_killed_is_taken_up_where_it_ended():
    load_retention_rules()
    organisation = OrganisationFactory()
    officer = grant(employ(organisation=organisation), "AUDITOR", organisation)
    for _ in range(6):
        old_nomination(organisation)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "PLACE": str(organisation.pk),
            "OFFICER": str(officer.pk),
        },
    )
    try:
        wait_until(lambda: Nomination.objects.count() <= 4)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    left = Nomination.objects.count()
    [killed] = RetentionRun.objects.all()

    run = let_go(organisation=organisation, by=officer, now=NOW)

    assert 0 < left <= 4
    assert killed.finished_at is None
    assert run == killed
    assert found(run, "talent.nominations") == (6, 0, 6)
    done = sum(e.facts["rows"] for e in Event.objects.filter(verb="let_go"))
    assert done == 6
    assert Nomination.objects.count() == 0


def wait_until(condition):
    for _ in range(300):
        connection.close()
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("It never happened.")


def test_two_organisations_are_looked_at_apart(organisation, officer):
    old_nomination(organisation)
    other = Organisation.objects.get(pk=OrganisationFactory().pk)

    run = look(organisation=other, by=JOB, now=NOW)

    assert found(run, "talent.nominations") == (0, 0, 0)
