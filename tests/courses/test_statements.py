"""What one organisation charges another: drafted from places, numbered, frozen, credited."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Statement, StatementLine
from courses.policies.statements import may_charge
from courses.selectors.statements import statement_view
from courses.services.statements import credit, draft_statements, issue_statement
from notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory
from tests.factories.money import PRICE, MoneyRuleFactory, learning_lead_of

pytestmark = pytest.mark.django_db

MONTH = {"first": date(2026, 11, 1), "last": TODAY}
BEGAN = NOW - timedelta(days=10)


@pytest.fixture
def host():
    organisation = OrganisationFactory(ods_code="RX1")
    MoneyRuleFactory(organisation=organisation, missed_percent=50, late_percent=25, late_days=7)
    return organisation


@pytest.fixture
def lead(host):
    return learning_lead_of(host)


@pytest.fixture
def payer():
    return OrganisationFactory(name="Second trust")


@pytest.fixture
def session(host):
    offering = OfferingFactory(host=host, programme__title="Leading well", price_pence=PRICE)
    return SessionFactory(offering=offering, starts_at=BEGAN, state="CLOSED", capacity=20)


def place(session, organisation, state, **fields):
    """Somebody's place on ``session`` as it ended, with what it cost."""
    ended = None if state == "ATTENDED" else BEGAN
    is_seated = state in {"ATTENDED", "ABSENT", "COMPLETED"}
    given = {
        "session": session,
        "organisation": organisation,
        "person": employ(organisation=organisation),
        "state": state,
        "price_pence": PRICE,
        "seat": session.enrolments.count() + 1 if is_seated else None,
        "confirmed_at": NOW - timedelta(days=40),
        "ended_at": ended,
    }
    return EnrolmentFactory(**{**given, **fields})


def draft(host, lead, **days):
    return draft_statements(host=host, **{**MONTH, **days}, by=lead, now=NOW)


def test_every_organisation_gets_a_statement_of_what_its_people_used_missed_or_gave_up_late(
    host, lead, payer, session
):
    other = OrganisationFactory()
    used = place(session, payer, "COMPLETED")
    missed = place(session, payer, "ABSENT")
    late = place(session, payer, "WITHDRAWN", ended_at=BEGAN - timedelta(days=1))
    place(session, payer, "WITHDRAWN", ended_at=BEGAN - timedelta(days=8))
    place(session, payer, "ATTENDED", price_pence=0)
    place(session, host, "COMPLETED")
    place(session, other, "ATTENDED")

    made = draft(host, lead)

    assert [(one.payer, one.state) for one in made] == [(payer, "DRAFT"), (other, "DRAFT")]
    lines = made[0].lines.order_by("pk")
    assert list(lines.values_list("enrolment", "reason", "pence")) == [
        (used.pk, "USED", PRICE),
        (missed.pk, "MISSED", PRICE // 2),
        (late.pk, "LATE", PRICE // 4),
    ]
    assert (lines[0].reference, lines[0].programme) == (f"E{used.pk}", "Leading well")
    assert lines[0].session_on == BEGAN.date()


def test_a_draft_is_made_anew_and_leaves_out_what_is_charged(host, lead, payer, session):
    place(session, payer, "COMPLETED")
    [first] = draft(host, lead)
    place(session, payer, "COMPLETED")
    [again] = draft(host, lead)
    assert (Statement.objects.get(), again.lines.count()) == (again, 2)
    assert first.pk != again.pk
    issue_statement(statement=again, by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        draft(host, lead)

    assert refusal.value.code == "nothing_to_charge"


def test_drafts_within_the_days_make_room_for_what_is_drafted_now(host, lead, payer, session):
    used = place(session, payer, "COMPLETED")
    [month] = draft(host, lead)

    [quarter] = draft(host, lead, first=MONTH["first"] - timedelta(days=40))

    assert list(Statement.objects.all()) == [quarter]
    assert list(quarter.lines.values_list("enrolment", flat=True)) == [used.pk]
    assert Event.objects.get(verb="discard_statement").about_id == month.pk


def test_a_draft_of_which_nothing_is_left_to_charge_goes(host, lead, payer, session):
    mistaken = place(session, payer, "ATTENDED")
    draft(host, lead)
    mistaken.delete()

    assert draft(host, lead) == []

    assert not Statement.objects.exists()
    assert Event.objects.filter(verb="discard_statement").count() == 1


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"first": TODAY + timedelta(days=1)}, "days_not_in_order"),
        ({"last": TODAY + timedelta(days=1)}, "not_over_yet"),
        ({"last": date(2026, 11, 9)}, "nothing_to_charge"),
    ],
)
def test_days_that_cannot_be_charged_are_refused(host, lead, payer, session, days, code):
    place(session, payer, "COMPLETED")

    with pytest.raises(Conflict) as refusal:
        draft(host, lead, **days)

    assert refusal.value.code == code
    assert not Statement.objects.exists()


def test_only_a_learning_lead_of_the_host_charges(host, payer, session):
    place(session, payer, "COMPLETED")
    auditor = grant(PersonFactory(), "AUDITOR", host)

    for somebody in (auditor, learning_lead_of(payer)):
        with pytest.raises(Forbidden) as refusal:
            draft(host, somebody)
        assert refusal.value.code == "may_not_charge"


def test_charging_is_for_learning_leads_alone():
    assert may_charge(frozenset({"LEARNING_LEAD"}))
    assert not may_charge(frozenset({"PROGRAMME_LEAD", "AUDITOR", "COLLEAGUE"}))


@pytest.fixture
def issued(host, lead, payer, session):
    place(session, payer, "COMPLETED")
    place(session, payer, "ABSENT")
    [statement] = draft(host, lead)
    return issue_statement(statement=statement, by=lead, now=NOW)


def test_issuing_gives_the_next_number_and_tells_who_is_charged(host, lead, payer, session):
    reader = learning_lead_of(payer)
    learning_lead_of(OrganisationFactory())
    place(session, payer, "COMPLETED")
    place(session, OrganisationFactory(), "COMPLETED")

    numbers = [
        issue_statement(statement=one, by=lead, now=NOW).reference for one in draft(host, lead)
    ]

    assert numbers == ["RX1-00001", "RX1-00002"]
    notice = Notice.objects.get(rule="courses.statement_issued")
    assert (notice.recipient, notice.facts["reference"]) == (reader, "RX1-00001")
    assert Event.objects.filter(verb="issue_statement").count() == 2


def test_what_is_issued_is_not_issued_again(issued, lead):
    with pytest.raises(Conflict) as refusal:
        issue_statement(statement=issued, by=lead, now=NOW)

    assert refusal.value.code == "stale_state"


@pytest.mark.parametrize(
    "change",
    [
        lambda issued: Statement.objects.filter(pk=issued.pk).update(ends_on=TODAY),
        lambda issued: Statement.objects.filter(pk=issued.pk).delete(),
        lambda issued: issued.lines.update(pence=1),
        lambda issued: issued.lines.update(is_credited=True),
        lambda issued: issued.lines.all().delete(),
        lambda issued: issued.lines.update(enrolment=EnrolmentFactory()),
        lambda issued: StatementLine.objects.create(
            statement=issued,
            reference="E0",
            programme="Another",
            session_on=TODAY,
            reason="USED",
            price_pence=1,
            pence=1,
        ),
    ],
)
def test_the_database_freezes_what_is_issued(issued, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(issued)


def test_the_database_charges_no_place_twice(issued, session, payer):
    line = issued.lines.earliest("pk")
    again = Statement.objects.create(
        host=issued.host, payer=payer, starts_on=TODAY, ends_on=TODAY, drafted_at=NOW
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.create(
            statement=again,
            enrolment=line.enrolment,
            reference="E1",
            programme="Leading well",
            session_on=TODAY,
            reason="USED",
            price_pence=PRICE,
            pence=PRICE,
        )


def test_what_leads_to_a_person_may_go_and_the_amount_stays(issued):
    line = issued.lines.earliest("pk")

    line.enrolment.delete()

    line.refresh_from_db()
    assert (line.enrolment, line.pence) == (None, PRICE)


def test_a_credit_note_takes_lines_back_and_they_can_be_charged_anew(issued, host, lead):
    used, missed = issued.lines.order_by("pk")
    Enrolment.objects.filter(pk=missed.enrolment_id).update(state="ATTENDED", ended_at=None)

    note = credit(
        statement=issued, line_ids={missed.pk}, reason="They came after all", by=lead, now=NOW
    )

    assert (note.kind, note.state, note.reference) == ("CREDIT", "ISSUED", "RX1-00002")
    assert note.corrects == issued
    assert [(line.corrects, line.pence) for line in note.lines.all()] == [(missed, PRICE // 2)]
    for line in (used, missed):
        line.refresh_from_db()
    assert (used.is_credited, missed.is_credited) == (False, True)
    [anew] = draft(host, lead)
    assert [(line.enrolment_id, line.pence) for line in anew.lines.all()] == [
        (missed.enrolment_id, PRICE)
    ]


def test_crediting_what_cannot_be_is_refused(issued, lead, session, host, payer):
    line = issued.lines.earliest("pk")

    def refused(statement=issued, by=lead, line_ids=None, reason="A mistake"):
        with pytest.raises((Conflict, Forbidden)) as refusal:
            credit(
                statement=statement,
                line_ids={line.pk} if line_ids is None else line_ids,
                reason=reason,
                by=by,
                now=NOW,
            )
        return refusal.value.code

    place(session, payer, "COMPLETED")
    [open_draft] = draft(host, lead)
    assert refused(by=learning_lead_of(payer)) == "may_not_charge"
    assert refused(statement=open_draft) == "not_issued"
    assert refused(line_ids=set()) == "nothing_chosen"
    assert refused(reason=" ") == "reason_missing"
    note = credit(statement=issued, line_ids={line.pk}, reason="Twice", by=lead, now=NOW)
    assert refused() == "already_credited"
    assert refused(statement=note, line_ids={note.lines.get().pk}) == "not_issued"


def test_who_sees_a_statement(issued, host, lead, payer, session):
    place(session, payer, "COMPLETED")
    [open_draft] = draft(host, lead)

    def seen(actor):
        return list(Statement.objects.visible_to(actor, on=TODAY).order_by("pk"))

    assert seen(lead) == [issued, open_draft]
    assert seen(grant(PersonFactory(), "AUDITOR", host)) == [issued, open_draft]
    assert seen(learning_lead_of(payer)) == [issued]
    assert seen(employ(organisation=payer)) == []
    assert seen(learning_lead_of(OrganisationFactory())) == []


def test_people_are_named_to_the_organisation_they_go_for_alone(issued, lead, payer):
    names = {line.enrolment.person.full_name for line in issued.lines.all()}

    ours = statement_view(issued, actor=lead, on=TODAY)
    theirs = statement_view(issued, actor=learning_lead_of(payer), on=TODAY)

    assert {row.person for row in ours.lines} == {""}
    assert {row.person for row in theirs.lines} == names
    assert ours.total_pence == theirs.total_pence == PRICE + PRICE // 2
