from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.scope import run_as
from courses.models import Certificate, SigningKey
from courses.services.certificate_documents import make_pdfs
from courses.services.certificate_ends import Correction, reissue, revoke
from courses.services.verifying import Finding, judge, judge_image
from jobs.models import Document, Job, OutboxMessage
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.certificates import JOB, AwardFactory, brings, certified
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The session of the sign-in and the person it names come before whatever a page reads; and a
# savepoint around the request, two statements that open its scope, and the end of both.
SIGN_IN = 7
DAY = {"completed_on_day": "7", "completed_on_month": "3", "completed_on_year": "2026"}


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(days=2), capacity=60)


@pytest.fixture
def lead(session):
    return grant(employ(organisation=host_of(session)), "LEARNING_LEAD", host_of(session))


@pytest.fixture
def person(session):
    return employ(organisation=host_of(session), manager=employ(organisation=host_of(session)))


@pytest.fixture
def certificate(session, person):
    return certified(person, session=session)


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_own_certificates_are_listed_at_a_constant_cost(
    client, session, person, rows, django_assert_num_queries
):
    host = host_of(session)
    for turn in range(rows):
        earlier = SessionFactory(
            offering__host=host, starts_at=NOW - timedelta(days=3 + turn), capacity=3
        )
        certified(person, session=earlier)
    certified(session=session)
    client.force_login(person)

    with django_assert_num_queries(SIGN_IN + 3):
        response = client.get(address("certificate_list"))

    assert text_of(response).count("In force") == rows


def test_who_has_none_is_told_how_to_come_to_one(client, person):
    client.force_login(person)

    response = client.get(address("certificate_list"))

    assert "You have no certificates yet" in text_of(response)


def test_a_line_manager_sees_those_of_the_team_and_takes_no_badge(client, certificate, person):
    manager = person.managed_by_lines.get().manager
    client.force_login(manager)

    listed = client.get(address("certificate_list_of_person", person.pk))
    shown = client.get(address("certificate_show", certificate.public_id))
    taken = client.get(address("certificate_file", certificate.public_id, "svg"))

    assert certificate.title in text_of(listed)
    assert certificate.token not in text_of(shown)
    assert (shown.status_code, taken.status_code) == (200, 404)


def test_a_colleague_sees_nothing(client, certificate, session):
    client.force_login(employ(organisation=host_of(session)))

    answers = [
        client.get(address("certificate_show", certificate.public_id)),
        client.get(address("certificate_timeline", certificate.public_id)),
        client.post(address("certificate_pdf", certificate.public_id)),
        client.get(address("certificate_file", certificate.public_id, "jwt")),
        client.get(address("certificate_list_of_person", certificate.person_id)),
        client.post(address("certificate_revoke", certificate.public_id)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("jwt", "application/vc+jwt"), ("svg", "image/svg+xml"), ("png", "image/png")],
)
def test_the_person_takes_the_badge_along(client, certificate, person, kind, content_type):
    client.force_login(person)

    response = client.get(address("certificate_file", certificate.public_id, kind))

    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"].endswith(f'.{kind}"')
    judged = (
        judge(response.content.decode(), now=NOW)
        if kind == "jwt"
        else judge_image(response.content, now=NOW)
    )
    assert judged.finding == Finding.VALID


def test_there_is_no_other_kind_of_badge(client, certificate, person):
    client.force_login(person)

    response = client.get(address("certificate_file", certificate.public_id, "exe"))

    assert response.status_code == 404


def test_a_pdf_that_is_there_opens_and_one_that_is_not_is_made(client, certificate, person):
    client.force_login(person)
    asked = client.post(address("certificate_pdf", certificate.public_id))
    job = Job.objects.get()
    waiting = OutboxMessage.objects.get(kind="courses.certificate_pdfs")
    with run_as(JOB):
        make_pdfs(waiting.payload, NOW)

    again = client.post(address("certificate_pdf", certificate.public_id))

    assert asked["Location"] == reverse("jobs:job_show", args=[job.public_id])
    document = Document.objects.get()
    assert again["Location"] == reverse("jobs:document_download", args=[document.public_id])
    opened = client.get(again["Location"])
    assert opened.headers["Content-Type"] == "application/pdf"
    assert opened.getvalue().startswith(b"%PDF-")


def test_a_revoked_one_tells_the_person_why_and_what_to_do(client, certificate, person, lead):
    revoke(certificate=certificate, reason="NOT_COMPLETED", text="Secret", by=lead, now=NOW)
    client.force_login(person)

    said = text_of(client.get(address("certificate_show", certificate.public_id)))

    assert "This certificate was revoked on 20 November 2026." in said
    assert "What it says was not completed after all." in said
    assert "ask the learning lead" in said
    assert "Secret" not in said
    assert certificate.token not in said


def test_a_replaced_one_leads_its_owner_to_the_newer(client, certificate, person, lead):
    correction = Correction("Amara Hughes", certificate.completed_on, "Married")
    newer = reissue(certificate=certificate, correction=correction, by=lead, now=NOW)
    client.force_login(person)

    before = text_of(client.get(address("certificate_show", certificate.public_id)))
    after = text_of(client.get(address("certificate_show", newer.public_id)))
    listed = text_of(client.get(address("certificate_list")))

    assert address("certificate_show", newer.public_id) in before
    assert address("certificate_show", certificate.public_id) in after
    assert str(certificate.public_id) not in listed
    assert str(newer.public_id) in listed


@pytest.mark.parametrize("rows", [1, 3])
def test_what_was_issued_is_listed_at_a_constant_cost(
    client, session, lead, rows, django_assert_num_queries
):
    for turn in range(rows):
        held = SessionFactory(
            offering__host=host_of(session), starts_at=NOW - timedelta(days=3 + turn)
        )
        certified(session=held)
    certified(session=SessionFactory(starts_at=NOW - timedelta(days=2)))
    client.force_login(lead)

    with django_assert_num_queries(SIGN_IN + 3):
        response = client.get(address("certificates_issued"))

    assert text_of(response).count("In force") == rows


def test_what_was_issued_is_found_by_name_or_number(client, session, lead, person):
    mine = certified(person, session=session)
    other = certified(
        session=SessionFactory(offering__host=host_of(session), starts_at=NOW - timedelta(days=3))
    )
    client.force_login(lead)

    for words in (mine.serial, mine.serial.lower(), f"{person.given_name} {person.family_name}"):
        said = text_of(client.get(address("certificates_issued"), {"words": words}))
        assert mine.person_name in said
        assert other.person_name not in said
    nothing = text_of(client.get(address("certificates_issued"), {"words": "100%_"}))
    assert "No certificate fits these words" in nothing


def test_only_leads_see_what_was_issued(client, person):
    client.force_login(person)

    for name in ("certificates_issued", "certificate_issue", "issuer_list"):
        assert client.get(address(name)).status_code == 403


def test_a_lead_issues_by_name(client, lead, session, person):
    award = AwardFactory(title="Fire warden", owner=host_of(session))
    client.force_login(lead)
    sent = {
        "email": person.email.upper(),
        "organisation": host_of(session).pk,
        "award": award.pk,
        **DAY,
    }

    response = client.post(address("certificate_issue"), sent)

    certificate = Certificate.objects.get()
    assert response["Location"] == address("certificate_show", certificate.public_id)
    assert (certificate.person, certificate.title) == (person, "Fire warden")
    again = client.post(address("certificate_issue"), sent)
    assert again.status_code == 422
    assert "has this certificate for that day already" in text_of(again)
    assert person.email.upper() in text_of(again)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "nobody@waymark.example"}, "Enter the email address of somebody whose"),
        ({"award": ""}, "Select the award"),
        ({"completed_on_year": "2199"}, "Day of completion must be on or before 20 November 2026"),
        ({"completed_on_day": ""}, "Day of completion must include a day"),
        (
            {"expires_on_day": "6", "expires_on_month": "3", "expires_on_year": "2026"},
            "Enter a last day that is not before the completion",
        ),
        ({"hours": "0"}, "hours"),
    ],
)
def test_what_is_wrong_with_issuing_is_said_and_nothing_is_issued(
    client, lead, session, person, change, sentence
):
    award = AwardFactory(owner=host_of(session))
    client.force_login(lead)
    sent = {"email": person.email, "organisation": host_of(session).pk, "award": award.pk, **DAY}

    response = client.post(address("certificate_issue"), sent | change)

    assert response.status_code == 422
    assert Certificate.objects.count() == 0
    assert sentence in text_of(response)


def test_another_organisation_s_award_people_and_name_cannot_be_chosen(client, lead, session):
    elsewhere = OrganisationFactory()
    stranger, award = employ(organisation=elsewhere), AwardFactory(owner=elsewhere)
    client.force_login(lead)

    response = client.post(
        address("certificate_issue"),
        {"email": stranger.email, "organisation": elsewhere.pk, "award": award.pk, **DAY},
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"email", "organisation", "award"}
    assert elsewhere.name not in text_of(response)


def test_a_lead_revokes(client, lead, certificate):
    client.force_login(lead)

    empty = client.post(address("certificate_revoke", certificate.public_id), {"text": "No"})
    response = client.post(
        address("certificate_revoke", certificate.public_id),
        {"reason": "MISCONDUCT", "text": "Somebody else sat the test"},
    )

    assert empty.status_code == 422
    assert response["Location"] == address("certificate_show", certificate.public_id)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.end_reason) == ("REVOKED", "MISCONDUCT")
    late = client.post(
        address("certificate_revoke", certificate.public_id),
        {"reason": "OTHER", "text": "Again"},
    )
    assert late.status_code == 409


@pytest.mark.parametrize("has_award", [True, False])
def test_only_what_can_be_issued_again_is_said_to_be(client, session, lead, person, has_award):
    if has_award:
        brings(session)
    certificate = certified(person, session=session)
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)
    client.force_login(person)

    page = text_of(client.get(address("certificate_show", certificate.public_id)))

    assert "ask the learning lead of the organisation that issued it." in page
    assert ("They can issue it again." in page) == has_award


def test_a_lead_issues_it_again_with_another_name(client, lead, certificate, person):
    person.family_name = "Hughes-Married"
    person.save()
    client.force_login(lead)

    page = client.get(address("certificate_reissue", certificate.public_id))
    unchanged = client.post(
        address("certificate_reissue", certificate.public_id),
        {
            "person_name": certificate.person_name,
            "reason": "No",
            "completed_on_day": "18",
            "completed_on_month": "11",
            "completed_on_year": "2026",
        },
    )
    response = client.post(
        address("certificate_reissue", certificate.public_id),
        {"person_name": person.full_name, "reason": "Married", **DAY},
    )

    assert "Hughes-Married" in text_of(page)
    assert unchanged.status_code == 422
    assert "The certificate says this already." in text_of(unchanged)
    newer = Certificate.objects.get(state="ISSUED")
    assert response["Location"] == address("certificate_show", newer.public_id)
    assert (newer.person_name, newer.replaces) == (person.full_name, certificate)


def test_an_administrator_keeps_the_keys(client, certificate, session):
    client.force_login(grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session)))
    certified(session=SessionFactory(starts_at=NOW - timedelta(days=2)))
    first = certificate.credentials.get().key

    listed = client.get(address("issuer_list"))
    client.post(address("key_end", first.pk, "change"))
    client.post(address("key_end", first.pk, "give-up"))
    again = client.post(address("key_end", first.pk, "give-up"))

    assert text_of(listed).count("did:web:") == 1
    assert first.key_id in text_of(listed)
    first.refresh_from_db()
    assert first.compromised_on is not None
    assert SigningKey.objects.filter(issuer=certificate.issuer).count() == 2
    assert again.status_code == 409
    assert client.get(address("key_end", first.pk, "sell")).status_code == 404


def test_an_administrator_with_nothing_issued_is_told_so(client):
    client.force_login(grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", OrganisationFactory()))

    said = text_of(client.get(address("issuer_list")))

    assert "Your organisation has not issued a certificate yet" in said


def test_what_happened_is_told(client, certificate, person, lead):
    revoke(certificate=certificate, reason="OTHER", text="Mistake", by=lead, now=NOW)
    client.force_login(person)

    said = text_of(client.get(address("certificate_timeline", certificate.public_id)))

    assert "issued the certificate" in said
    assert "revoked the certificate" in said
