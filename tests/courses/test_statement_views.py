"""The pages, files, PDF and endpoints of statements."""

from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse

from courses.models import Statement
from courses.selectors.statements import statement_view
from courses.services.statement_documents import (
    KIND,
    make_statement_pdf,
    queue_statement_pdf,
    statement_page,
)
from courses.services.statements import draft_statements
from jobs.models import Document, Job, OutboxMessage
from jobs.services.outbox import deliver_message
from tests.api_client import hr_system
from tests.courses.test_statements import (
    MONTH,
    host,
    issued,
    lead,
    payer,
    place,
    session,
)
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.money import PRICE, learning_lead_of

__all__ = ["host", "issued", "lead", "payer", "session"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# As in test_running_views: signing in, and the scope of the request.
SIGN_IN = 7
DAYS = {
    "first_day": "1",
    "first_month": "11",
    "first_year": "2026",
    "last_day": "20",
    "last_month": "11",
    "last_year": "2026",
}


def show(statement):
    return reverse("courses:statement_show", args=[statement.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    client, host, lead, session, rows, django_assert_num_queries
):
    for _ in range(rows):
        place(session, OrganisationFactory(), "COMPLETED")
    draft_statements(host=host, **MONTH, by=lead, now=NOW)
    Statement.objects.create(
        host=OrganisationFactory(),
        payer=OrganisationFactory(name="Somebody else's"),
        starts_on=TODAY,
        ends_on=TODAY,
        drafted_at=NOW,
    )
    client.force_login(lead)
    client.get(reverse("courses:statement_list"))

    with django_assert_num_queries(SIGN_IN + 6):
        response = client.get(reverse("courses:statement_list"))

    assert response.content.decode().count("data-statement") == rows
    assert "Somebody else" not in response.content.decode()
    assert "£1,200" in text_of(response)


def test_statements_are_drafted_and_issued_on_the_pages(client, host, lead, payer, session):
    place(session, payer, "COMPLETED")
    client.force_login(lead)

    drafted = client.post(reverse("courses:statement_list"), {**DAYS, "host": host.pk})
    statement = Statement.objects.get()
    issued = client.post(show(statement), {"issue": "yes"})

    assert (drafted.status_code, issued.url) == (302, show(statement))
    page = text_of(client.get(show(statement)))
    assert "Statement of charges RX1-00001" in page
    assert "Issue this statement" not in page


def test_days_without_anything_to_charge_are_said_on_the_form(client, host, lead):
    client.force_login(lead)

    response = client.post(reverse("courses:statement_list"), {**DAYS, "host": host.pk})

    assert response.status_code == 422
    assert "No place of another organisation is left to be charged" in text_of(response)


def test_a_line_is_credited_on_the_page(client, issued, lead):
    client.force_login(lead)
    line = issued.lines.latest("pk")

    nothing = client.post(show(issued), {"reason": "A mistake"})
    done = client.post(show(issued), {"reason": "They came", "lines": [line.pk]})

    assert nothing.status_code == 422
    assert "Select the lines to credit" in text_of(nothing)
    assert done.status_code == 302
    note = Statement.objects.get(kind="CREDIT")
    assert "They came" in text_of(client.get(show(note)))
    assert "Nobody appeared, credited" in text_of(client.get(show(issued)))


def test_who_is_charged_reads_names_and_changes_nothing(client, issued, payer, lead):
    client.force_login(learning_lead_of(payer))
    line = issued.lines.earliest("pk")
    name = line.enrolment.person.full_name

    page = text_of(client.get(show(issued)))
    refused = client.post(show(issued), {"reason": "No", "lines": [line.pk]})
    client.force_login(lead)

    assert name in page
    assert refused.status_code == 403
    assert name not in text_of(client.get(show(issued)))


def test_nobody_else_finds_it_or_drafts_any(client, issued, payer):
    client.force_login(employ(organisation=payer))

    assert client.get(show(issued)).status_code == 404
    assert client.post(reverse("courses:statement_list"), DAYS).status_code == 403


def test_the_file_has_names_for_who_is_charged_and_a_credit_is_negative(
    client, issued, payer, lead
):
    client.force_login(lead)
    ours = client.get(show(issued), {"format": "csv"}).content.decode("utf-8-sig")
    client.post(show(issued), {"reason": "All", "lines": [line.pk for line in issued.lines.all()]})
    note = Statement.objects.get(kind="CREDIT")
    client.force_login(learning_lead_of(payer))
    theirs = client.get(show(note), {"format": "csv"}).content.decode("utf-8-sig")

    assert ours.splitlines()[0] == (
        "Reference,Course,Session on,Why,Price in pounds,Amount in pounds"
    )
    assert ours.splitlines()[1].endswith("Place used,1200.0,1200.0")
    assert theirs.splitlines()[0].startswith("Reference,Person,")
    assert theirs.splitlines()[1].endswith("Place used,1200.0,-1200.0")


def test_the_pdf_is_made_for_who_asks_with_tags_a_title_and_the_facts_of_the_page(
    client, issued, payer
):
    reader = learning_lead_of(payer)
    client.force_login(reader)

    response = client.post(reverse("courses:statement_pdf", args=[issued.pk]))
    assert deliver_message(message_id=OutboxMessage.objects.get(kind=KIND).pk, now=NOW)

    assert response.url == reverse("jobs:job_show", args=[Job.objects.get().public_id])
    document = Document.objects.get()
    assert (document.owner, document.title) == (reader, "Statement of charges RX1-00001")
    with document.file.open("rb") as file, pikepdf.open(file) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title) == "Statement of charges RX1-00001"
    html = statement_page(statement_view(issued, actor=reader, on=TODAY))
    assert "Second trust" in html
    assert "£1,800" in html


def test_whoever_lost_sight_of_it_meanwhile_gets_no_pdf(issued, payer):
    reader = learning_lead_of(payer)
    job = queue_statement_pdf(statement=issued, owner=reader, by=reader, now=NOW)
    reader.role_grants.update(ends_on=TODAY - timedelta(days=1))

    make_statement_pdf({"job_id": job.pk, "statement_id": issued.pk}, NOW)

    job.refresh_from_db()
    assert (job.state, job.reason) == ("FAILED", "You can no longer see this statement.")


def test_programs_of_both_sides_read_what_is_issued_and_no_names(
    issued, host, lead, payer, session
):
    place(session, payer, "COMPLETED")
    draft_statements(host=host, **MONTH, by=lead, now=NOW)
    charging = hr_system(host, scopes=["funds:read"])
    charged = hr_system(payer, scopes=["funds:read"])
    other = hr_system(OrganisationFactory(), scopes=["funds:read"])

    def read(system, **query):
        rows = system.get("/api/v1/statements/", query).json()["results"]
        return [(row["reference"], row["total_pence"], row["places"]) for row in rows]

    assert read(charging) == [("RX1-00001", PRICE + PRICE // 2, 2), ("", PRICE, 1)]
    assert read(charging, state="ISSUED") == read(charged) == [("RX1-00001", 180_000, 2)]
    assert read(other) == []
    lines = charged.get(f"/api/v1/statements/{issued.pk}/lines/").json()["results"]
    assert [(line["reason"], line["pence"]) for line in lines] == [
        ("USED", PRICE),
        ("MISSED", PRICE // 2),
    ]
    assert other.get(f"/api/v1/statements/{issued.pk}/lines/").status_code == 404


def test_an_issued_statement_has_one_number_however_often_it_is_sent(client, issued, lead):
    client.force_login(lead)

    again = client.post(show(issued), {"issue": "yes"})

    assert again.status_code == 409
    assert Statement.objects.get().number == 1
