from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Event
from pathways.models import Evidence, RoleProfile
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.files import KEPT, pdf
from tests.factories.pathways import competencies_of, follow, role_asking
from tests.factories.showing import (
    ClaimEvidenceFactory,
    EvidenceFactory,
    EvidenceUseFactory,
    PriorLearningClaimFactory,
)
from tests.security.showing_rows import file_evidence

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    person = follow(employ(organisation=OrganisationFactory()), role_asking(2, 2))
    client.force_login(person)
    return person


def add(client, kind, **data):
    return client.post(reverse(f"pathways:evidence_add_{kind}"), data)


def upload(name="review.pdf", content=None):
    return SimpleUploadedFile(name, pdf() if content is None else content)


def test_a_file_is_added_with_the_competencies_it_speaks_for(client, reader):
    skill = competencies_of(RoleProfile.objects.get())[0]

    response = add(client, "file", title="Rota review", file=upload(), competencies=[skill.pk])

    evidence = Evidence.objects.get()
    assert response.url == reverse("pathways:evidence_show", args=[evidence.public_id])
    assert (evidence.person, evidence.file_name) == (reader, "review.pdf")
    assert [use.competency for use in evidence.uses.all()] == [skill]


def test_a_wrong_form_keeps_what_was_typed_and_says_that_the_file_was_not_kept(client, reader):
    response = add(client, "file", title="", text="I led the review.", file=upload())

    html = response.content.decode()
    assert response.status_code == 422
    assert "Enter a name for this evidence" in html
    assert "Select the file again. It was not kept." in html
    assert "I led the review." in html
    assert not Evidence.objects.exists()


def test_a_hostile_file_is_refused_beside_the_field_with_what_was_typed_still_there(
    client, reader, settings
):
    page = b"<!DOCTYPE html><script>alert(1)</script>"

    response = add(client, "file", title="Photo", file=upload("photo.png", page))

    html = response.content.decode()
    assert response.status_code == 422
    assert "is not a complete PNG file" in html
    assert 'href="#id_file"' in html
    assert 'value="Photo"' in html
    assert not Path(settings.MEDIA_ROOT, "evidence").exists()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,a",
        "ftp://a.example/b",
        "//a.example",
        "intranet",
        "https://",
        "https://name:secret@a.example/",
        "https://a.example/" + "b" * 500,
        "http://[::1",
    ],
)
def test_addresses_that_are_not_of_the_web_are_refused(client, reader, address):
    response = add(client, "link", title="Audit", url=address)

    assert response.status_code == 422
    assert not Evidence.objects.exists()


def test_links_and_reflections_are_added(client, reader):
    add(client, "link", title="Audit", url="https://intranet.example/a?b=c")
    add(client, "reflection", title="Handover", text="It went well.")

    assert set(Evidence.objects.values_list("kind", "url", "text")) == {
        ("LINK", "https://intranet.example/a?b=c", ""),
        ("REFLECTION", "", "It went well."),
    }


def test_a_reflection_without_words_is_refused(client, reader):
    response = add(client, "reflection", title="Handover", text=" ")

    assert response.status_code == 422
    assert "Enter your reflection" in response.content.decode()


@pytest.mark.parametrize("name", KEPT)
def test_every_byte_comes_back_as_an_attachment_of_its_own_type(client, reader, name):
    add(client, "file", title="A", file=upload(name, KEPT[name]))
    evidence = Evidence.objects.get()

    response = client.get(reverse("pathways:evidence_download", args=[evidence.public_id]))

    assert b"".join(response.streaming_content) == KEPT[name]
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["Content-Type"] == evidence.content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_stored_file_is_reached_by_no_address_of_its_own(client, reader):
    evidence = file_evidence(reader, title="A")

    for beginning in ("/", "/media/", "/static/", "/documents/"):
        assert client.get(f"{beginning}{evidence.file.name}").status_code == 404


@pytest.mark.parametrize("name", ["show", "download", "change", "remove"])
def test_somebody_elses_evidence_is_not_there(client, reader, name):
    theirs = file_evidence(employ(), title="A")
    address = reverse(f"pathways:evidence_{name}", args=[theirs.public_id])

    assert client.get(address).status_code == 404
    assert client.post(address).status_code in {404, 405}
    assert not Event.objects.exists()


def test_a_line_manager_opens_what_was_shown_with_a_claim_and_the_person_learns_of_it(client):
    manager = employ()
    person = employ(manager=manager)
    evidence = file_evidence(person, title="Rota review")
    ClaimEvidenceFactory(claim=PriorLearningClaimFactory(person=person), evidence=evidence)
    client.force_login(manager)

    page = client.get(reverse("pathways:evidence_show", args=[evidence.public_id]))
    file = client.get(reverse("pathways:evidence_download", args=[evidence.public_id]))
    change = client.get(reverse("pathways:evidence_change", args=[evidence.public_id]))

    assert (page.status_code, file.status_code, change.status_code) == (200, 200, 404)
    assert BytesIO(b"".join(file.streaming_content)).getvalue() == pdf()
    assert [event.verb for event in Event.objects.filter(subject=person)] == ["read_evidence"]
    assert "Remove this evidence" not in page.content.decode()


def test_words_are_changed_and_evidence_removed_on_its_pages(client, reader):
    evidence = file_evidence(reader, title="Old")
    args = [evidence.public_id]

    client.post(reverse("pathways:evidence_change", args=args), {"title": "New"})
    ask = client.get(reverse("pathways:evidence_remove", args=args))
    client.post(reverse("pathways:evidence_remove", args=args))

    evidence.refresh_from_db()
    assert "The file is deleted for good" in ask.content.decode()
    assert (evidence.title, evidence.removed_at is None) == ("New", False)
    assert client.get(reverse("pathways:evidence_download", args=args)).status_code == 404
    assert "This was removed on" in (
        client.get(reverse("pathways:evidence_show", args=args)).content.decode()
    )


def test_what_is_removed_says_first_where_it_was_shown(client, reader):
    evidence = EvidenceFactory(person=reader)
    claim = PriorLearningClaimFactory(person=reader, title="Diploma of 2019")
    ClaimEvidenceFactory(claim=claim, evidence=evidence)

    html = client.get(
        reverse("pathways:evidence_remove", args=[evidence.public_id])
    ).content.decode()

    assert "Diploma of 2019" in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_ones_own_in_a_fixed_number_of_statements(
    client, reader, django_assert_num_queries, rows
):
    for number in range(rows):
        EvidenceUseFactory(evidence=EvidenceFactory(person=reader, title=f"Audit {number}"))
    EvidenceFactory(person=employ(), title="Somebody else's")
    client.get(reverse("pathways:evidence_list"))

    with django_assert_num_queries(12):
        html = client.get(reverse("pathways:evidence_list")).content.decode()

    assert html.count("data-evidence") == rows
    assert "Somebody else" not in html
