"""Sponsors: who can be named, who writes until when, who reads it, and what the database keeps."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.selectors.relations import Relation
from common.errors import Conflict, Forbidden
from courses.models import SponsorStatement
from courses.needs_selection import statements
from courses.policies.selection_sponsors import may_write_statement
from courses.reminders_selection import statements_to_write_soon
from courses.services.selection_applying import (
    save_application,
    send_application,
    withdraw_application,
)
from courses.services.selection_panel import name_panel_member, stand_down
from courses.services.selection_sponsors import write_statement
from notifications.models import Notice
from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import colleague_of, host_of
from tests.factories.selection import (
    CLOSES,
    IntakeFactory,
    PanelIntakeFactory,
    lead_of,
    panellist,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SAID = "They lead across three wards and hold on when it is hard."


@pytest.fixture
def intake():
    return PanelIntakeFactory(asks_sponsor=True)


@pytest.fixture
def sponsor(intake):
    return employ(organisation=host_of(intake.session))


@pytest.fixture
def applicant(intake):
    return colleague_of(intake.session)


def applied(intake, person, email=""):
    answers = {question.pk: "To lead." for question in intake.questions.all()}
    return save_application(
        intake=intake, answers=answers, person=person, by=person, now=NOW, sponsor=email
    )


def named(intake, person, sponsor):
    return applied(intake, person, sponsor.email).sponsorship


def written(statement, text=SAID, *, by=None, now=NOW):
    return write_statement(statement=statement, text=text, by=by or statement.sponsor, now=now)


def refused(act, kind=Conflict):
    with pytest.raises(kind) as refusal:
        act()
    return refusal.value.code


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("is_sponsor", [True, False])
@pytest.mark.parametrize("is_on_panel", [True, False])
def test_only_the_sponsor_writes_and_nobody_who_applies_or_chooses(
    relation, is_sponsor, is_on_panel
):
    allowed = may_write_statement(
        {relation},
        statement=SponsorStatement(),
        is_sponsor=is_sponsor,
        is_on_panel=is_on_panel,
    )

    assert allowed == (is_sponsor and not is_on_panel and relation != Relation.SELF)


def test_whoever_is_named_is_told_once_and_their_words_go_with_the_application(
    intake, applicant, sponsor
):
    statement = named(intake, applicant, sponsor)
    application = applied(intake, applicant, sponsor.email.upper())
    send_application(application=application, by=applicant, now=NOW)

    statement = written(statement)

    assert (statement.text, statement.given_at) == (SAID, NOW)
    told = Notice.objects.filter(rule__startswith="courses.sponsor")
    assert set(told.values_list("recipient_id", "rule")) == {
        (sponsor.pk, "courses.sponsor_asked"),
        (applicant.pk, "courses.sponsor_wrote"),
    }
    event = Event.objects.get(verb="write_sponsor_statement")
    assert (event.by_person, event.subject_id) == (sponsor, applicant.pk)
    assert SAID not in str(event.facts)


def test_why_somebody_cannot_be_named_is_not_told_apart(intake, applicant):
    outsider = employ()
    left = employ(organisation=host_of(intake.session))
    left.is_active = False
    left.save()
    chooses = panellist(intake).person

    messages = set()
    for email in ("nobody@nhs.net", outsider.email, left.email, chooses.email, applicant.email):
        with pytest.raises(Conflict) as refusal:
            applied(intake, applicant, email)
        messages.add((refusal.value.code, str(refusal.value.message)))

    assert len(messages) == 1
    assert messages.pop()[0] == "no_sponsor_there"
    assert not SponsorStatement.objects.exists()


def test_another_is_named_until_the_first_has_written(intake, applicant, sponsor):
    first = employ(organisation=host_of(intake.session))
    named(intake, applicant, first)

    statement = named(intake, applicant, sponsor)

    assert list(SponsorStatement.objects.values_list("sponsor_id")) == [(sponsor.pk,)]
    assert Notice.objects.filter(recipient=first, rule="courses.sponsor_let_go").count() == 1
    written(statement)
    assert refused(lambda: named(intake, applicant, first)) == "sponsor_has_written"
    assert refused(lambda: applied(intake, applicant)) == "sponsor_has_written"


def test_nobody_is_named_where_the_intake_does_not_ask(applicant, sponsor, intake):
    other = IntakeFactory(session__offering__host=host_of(intake.session))

    applied(other, applicant, sponsor.email)

    assert not SponsorStatement.objects.exists()


def test_nobody_but_the_sponsor_writes(intake, applicant, sponsor):
    statement = named(intake, applicant, sponsor)

    for other in (applicant, lead_of(intake), PersonFactory()):
        assert refused(lambda by=other: written(statement, by=by), Forbidden) == "may_not_write"


def test_a_statement_is_written_once_with_words_and_before_applications_close(
    intake, applicant, sponsor
):
    statement = named(intake, applicant, sponsor)

    assert refused(lambda: written(statement, "  ")) == "nothing_said"
    assert refused(lambda: written(statement, "word " * 501)) == "statement_too_long"
    assert refused(lambda: written(statement, now=CLOSES)) == "applications_closed"
    written(statement, now=CLOSES - timedelta(seconds=1))
    assert refused(lambda: written(statement)) == "already_written"


def test_nothing_is_written_about_an_application_that_was_taken_back(intake, applicant, sponsor):
    statement = named(intake, applicant, sponsor)
    application = send_application(application=statement.application, by=applicant, now=NOW)
    withdraw_application(application=application, by=applicant, now=NOW)

    assert refused(lambda: written(statement)) == "application_over"


def test_who_sponsors_does_not_choose_and_the_other_way_round(intake, applicant, sponsor):
    statement = named(intake, applicant, sponsor)

    def name():
        return name_panel_member(
            intake=intake, email=sponsor.email, role="MEMBER", by=lead_of(intake), now=NOW
        )

    assert refused(name) == "sponsors"
    application = send_application(application=statement.application, by=applicant, now=NOW)
    withdraw_application(application=application, by=applicant, now=NOW)
    member = name()
    stand_down(member=member, by=lead_of(intake), now=NOW)
    assert named(intake, applicant, sponsor).sponsor == sponsor


def test_the_database_keeps_who_may_sponsor_when_and_what_was_said(intake, applicant, sponsor):
    chooses = panellist(intake).person
    draft = applied(intake, applicant)
    plain = IntakeFactory(session__offering__host=host_of(intake.session))
    unasked = applied(plain, applicant)
    for application, person in ((draft, applicant), (draft, chooses), (unasked, sponsor)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SponsorStatement.objects.create(application=application, sponsor=person, named_at=NOW)
    statement = named(intake, applicant, sponsor)
    rows = SponsorStatement.objects.filter(pk=statement.pk)

    with pytest.raises(IntegrityError, match="sponsors somebody"), transaction.atomic():
        intake.panel.create(person=sponsor, role="MEMBER", named_at=NOW)
    for change in ({"text": SAID, "given_at": CLOSES}, {"given_at": NOW}, {"text": SAID}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    written(statement)
    with pytest.raises(Exception, match="Cannot update rows"), transaction.atomic():
        rows.update(text="Something else.")
    assert SponsorStatement.objects.get().text == SAID


def test_a_sponsor_is_reminded_once_in_the_last_days(intake, applicant, sponsor):
    statement = named(intake, applicant, sponsor)
    other = IntakeFactory(session__offering__host=host_of(intake.session), asks_sponsor=True)
    written(named(other, applicant, sponsor))
    early, last = CLOSES.date() - timedelta(days=4), CLOSES.date() - timedelta(days=3)

    assert list(statements_to_write_soon(early)) == []
    for day in (last, CLOSES.date()):
        (due,) = statements_to_write_soon(day)
        assert (due.recipient_id, due.subject_key, due.period) == (
            *(sponsor.pk, f"sponsor_statement:{statement.pk}"),
            "closing",
        )
    assert list(statements_to_write_soon(CLOSES.date() + timedelta(days=1))) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_home_page_asks_the_sponsor_and_nobody_else(
    intake, sponsor, django_assert_num_queries, rows
):
    for _ in range(rows):
        named(intake, colleague_of(intake.session), sponsor)
    named(intake, colleague_of(intake.session), employ(organisation=host_of(intake.session)))

    # Whether anything waits, standing, and what waits.
    with django_assert_num_queries(5):
        asked = list(statements(sponsor, TODAY))

    assert len(asked) == rows
    assert list(statements(lead_of(intake), TODAY)) == []


def test_a_sponsor_is_named_on_the_page_and_writes_on_their_own(client, intake, applicant, sponsor):
    client.force_login(applicant)
    page = reverse("courses:intake_apply", args=[intake.pk])
    field = f"answer_{intake.questions.get().pk}"

    wrong = client.post(page, {field: "To lead.", "sponsor": "nobody@nhs.net", "act": "save"})
    client.post(page, {field: "To lead.", "sponsor": sponsor.email, "act": "send"})

    assert wrong.status_code == 422
    assert "Nobody in your organisation who can write for you" in text_of(wrong)
    assert "nobody@nhs.net" in text_of(wrong)
    statement = SponsorStatement.objects.get()
    own = reverse("courses:sponsor_statement", args=[statement.pk])
    assert client.get(own).status_code == 404
    client.force_login(sponsor)
    empty = client.post(own, {"text": ""})
    assert (empty.status_code, "Enter your statement" in text_of(empty)) == (422, True)
    client.post(own, {"text": SAID})
    assert SAID in text_of(client.get(own))
    client.force_login(applicant)
    shown = client.get(reverse("courses:application_show", args=[statement.application_id]))
    assert SAID in text_of(shown)


def test_a_sponsor_who_has_left_still_finds_what_is_asked_and_writes_it(
    client, intake, applicant, sponsor
):
    statement = named(intake, applicant, sponsor)
    sponsor.assignments.update(ends_on=TODAY - timedelta(days=1))
    employ(person=sponsor)
    own = reverse("courses:sponsor_statement", args=[statement.pk])
    client.force_login(sponsor)

    asked = text_of(client.get("/"))
    client.post(own, {"text": SAID})

    assert f"Write about {applicant.full_name}" in asked
    assert own in asked
    assert SAID in text_of(client.get(own))
    written_by = Event.objects.get(verb="write_sponsor_statement")
    assert (written_by.by_person_id, written_by.subject_id) == (sponsor.pk, applicant.pk)


def test_a_draft_is_saved_and_sent_after_the_sponsor_has_written(
    client, intake, applicant, sponsor
):
    written(named(intake, applicant, sponsor))
    client.force_login(applicant)
    page = reverse("courses:intake_apply", args=[intake.pk])
    field = f"answer_{intake.questions.get().pk}"

    before = text_of(client.get(page))
    client.post(page, {field: "To lead.", "act": "send"})

    assert SAID in before
    assert 'name="sponsor"' not in before
    assert SponsorStatement.objects.get().application.state == "SUBMITTED"


def test_the_panel_reads_the_statement_or_that_there_is_none(client, intake, applicant, sponsor):
    member = panellist(intake)
    statement = named(intake, applicant, sponsor)
    send_application(application=statement.application, by=applicant, now=NOW)
    alone = applied(intake, colleague_of(intake.session))
    send_application(application=alone, by=alone.person, now=NOW)
    client.force_login(member.person)

    def read(application):
        address = reverse("courses:application_assess", args=[application.pk])
        return text_of(client.get(address))

    assert "There is no statement." in read(statement.application)
    written(statement)
    assert SAID in read(statement.application)
    assert "sent without a sponsor" in read(alone)
