import io
import zipfile

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Forbidden
from jobs.models import Document, Job, OutboxMessage
from jobs.services.outbox import deliver_message
from jobs.services.packs import ask_for_pack
from notifications.models import Notice
from notifications.selectors.notices import in_words
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db


def deliver_all():
    for pk in OutboxMessage.objects.filter(state="WAITING").values_list("pk", flat=True):
        deliver_message(message_id=pk, now=NOW)


def told(person):
    return in_words(Notice.objects.filter(recipient=person).order_by("pk"))


def test_a_person_asks_for_a_copy_and_a_worker_makes_it():
    person = employ()

    job = ask_for_pack(person=person, by=person, now=NOW)
    deliver_all()

    document = Document.objects.get(owner=person)
    job.refresh_from_db()
    assert (job.state, job.document) == ("DONE", document)
    assert document.content_type == "application/zip"
    with document.file.open("rb") as stored:
        names = set(zipfile.ZipFile(io.BytesIO(stored.read())).namelist())
    assert names == {"information.html", "information.json"}
    assert document.size == document.file.size
    assert [line.text for line in told(person)] == ["The copy of your information is ready."]


def test_asking_twice_before_it_is_begun_makes_one_copy():
    person = employ()

    first = ask_for_pack(person=person, by=person, now=NOW)
    second = ask_for_pack(person=person, by=person, now=NOW)

    assert first == second
    assert OutboxMessage.objects.filter(kind="jobs.information_pack").count() == 1


def test_a_second_delivery_makes_nothing_more():
    person = employ()
    ask_for_pack(person=person, by=person, now=NOW)
    [pk] = OutboxMessage.objects.values_list("pk", flat=True)

    deliver_message(message_id=pk, now=NOW)
    deliver_message(message_id=pk, now=NOW)

    assert Document.objects.filter(owner=person).count() == 1
    assert Event.objects.filter(verb="export_information").count() == 1


def test_the_data_protection_officer_asks_and_only_the_person_gets_it():
    organisation = OrganisationFactory()
    person = employ(organisation=organisation)
    officer = grant(employ(organisation=organisation), "AUDITOR", organisation)

    ask_for_pack(person=person, by=officer, now=NOW)
    deliver_all()

    assert Document.objects.get().owner == person
    assert Event.objects.filter(verb="ask_for", by_person=officer, subject=person).count() == 1
    assert [line.text for line in told(person)] == [
        "Your data protection officer has asked for a copy of your information for you.",
        "The copy of your information is ready.",
    ]
    assert told(officer) == []


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "TALENT_LEAD", "ORGANISATION_ADMINISTRATOR"])
def test_nobody_else_can_ask(role):
    organisation = OrganisationFactory()
    person = employ(organisation=organisation)
    other = grant(employ(organisation=organisation), role, organisation)

    with pytest.raises(Forbidden):
        ask_for_pack(person=person, by=other, now=NOW)

    assert Job.objects.count() == 0


def test_who_has_lost_their_account_gets_no_copy():
    person = employ()
    job = ask_for_pack(person=person, by=person, now=NOW)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    deliver_all()

    job.refresh_from_db()
    assert (job.state, job.document) == ("FAILED", None)
    assert Document.objects.count() == 0


def test_the_page_shows_what_is_held_and_asks_for_a_copy(client):
    person = employ()
    client.force_login(person)

    page = client.get(reverse("jobs:information_show")).content.decode()
    answer = client.post(reverse("jobs:information_ask"), follow=True)

    assert ">Posts</th>" in page
    assert ">Nominations</th>" not in page
    assert "waiting for its turn" in answer.content.decode()
    assert Job.objects.get().owner == person


@pytest.mark.parametrize("posts", [1, 3])
def test_the_page_costs_the_same_however_much_is_held(client, posts, django_assert_num_queries):
    person = PersonFactory()
    for _ in range(posts):
        employ(person=person)
    employ()
    client.force_login(person)
    client.get(reverse("jobs:information_show"))

    with django_assert_num_queries(13):
        page = client.get(reverse("jobs:information_show")).content.decode()

    assert f"</span>{posts}</td>" in page


def test_the_page_shows_only_ones_own_copies(client):
    person, other = employ(), employ()
    ask_for_pack(person=other, by=other, now=NOW)
    client.force_login(person)

    page = client.get(reverse("jobs:information_show")).content.decode()

    assert "Copies you asked for" not in page


def test_nobody_else_can_open_a_copy(client):
    person = employ()
    ask_for_pack(person=person, by=person, now=NOW)
    deliver_all()
    address = reverse("jobs:document_download", args=[Document.objects.get().public_id])
    client.force_login(employ())

    assert client.get(address).status_code == 404
