"""A framework starts straight from a package, from a file or from an address."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from pathways.models import Competency, Framework, FrameworkImport, FrameworkVersion
from pathways.selectors.case.packages import package_of
from tests.common.answering import HOST, names, says, server
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import author_at
from tests.factories.pathways import FrameworkFactory, FrameworkVersionFactory, ScaleFactory
from tests.pathways.case_packages import as_file, chain, document, name, normal, package

__all__ = ["names", "server"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return author_at(OrganisationFactory())


@pytest.fixture
def told(author):
    return {
        "owner": author.role_grants.get().organisation_id,
        "code": "CASE-1",
        "title": "",
        "scale": ScaleFactory().pk,
        "label": "2027",
        "valid_from_day": "1",
        "valid_from_month": "4",
        "valid_from_year": "2027",
        "address": "",
        "token": "",
    }


def start(client, told, said=None):
    more = {} if said is None else {"file": SimpleUploadedFile("package.json", said)}
    return client.post(reverse("pathways:package_start"), {**told, **more})


def apply(client):
    imported = FrameworkImport.objects.get()
    return client.post(reverse("pathways:import_apply", args=[imported.public_id]))


def test_a_file_starts_a_framework_that_is_what_the_package_says(client, author, told):
    said = chain(4)
    client.force_login(author)

    shown = start(client, told, as_file(said))

    framework = Framework.objects.get(code="CASE-1")
    assert (framework.title, framework.publisher) == ("Leading in health care", "Standards body")
    assert not Competency.objects.exists()
    assert "Level 4" in client.get(shown["Location"]).content.decode()

    apply(client)

    version = FrameworkVersion.objects.select_related("framework", "scale").get()
    assert str(version.identifier) == name(0)
    assert normal(package_of(version)) == normal(said)


def test_undoing_gives_the_identifier_back(client, author, told):
    client.force_login(author)
    start(client, told, as_file(chain(4)))
    before = FrameworkVersion.objects.get().identifier
    apply(client)

    client.post(reverse("pathways:import_undo", args=[FrameworkImport.objects.get().public_id]))

    assert FrameworkVersion.objects.get().identifier == before


def test_an_identifier_that_another_edition_has_stays_its_own(client, author, told):
    elsewhere = FrameworkVersionFactory(
        framework=FrameworkFactory(owner=OrganisationFactory()), identifier=name(0)
    )
    client.force_login(author)
    start(client, told, as_file(chain(4)))

    apply(client)

    version = FrameworkVersion.objects.select_related("framework", "scale").get(
        framework__code="CASE-1"
    )
    assert version.identifier != elsewhere.identifier
    assert package_of(version)["CFDocument"]["identifier"] == str(version.identifier)


def test_an_author_may_call_it_something_else(client, author, told):
    client.force_login(author)

    start(client, {**told, "title": "Our way"}, as_file(chain(2)))

    assert Framework.objects.get(code="CASE-1").title == "Our way"


def test_an_address_starts_a_framework_whose_name_comes_with_the_package(
    client, author, told, server, settings
):
    settings.CASE_SERVERS_INSIDE = frozenset({f"{HOST}:{server.port}"})
    server.answer = says(as_file(chain(3)))
    client.force_login(author)

    shown = start(client, {**told, "address": f"https://{HOST}:{server.port}/"})
    assert Framework.objects.get(code="CASE-1").title == "Framework CASE-1"
    message = OutboxMessage.objects.get(kind="pathways.fetch_package")
    deliver_message(message_id=message.pk, now=message.due_at)

    assert Framework.objects.get(code="CASE-1").title == "Leading in health care"
    page = client.get(shown["Location"], follow=True)
    assert "Level 3" in page.content.decode()


def test_a_title_that_is_too_long_for_us_is_shortened(client, author, told):
    long = document(name(0), title="Lead " * 60)
    client.force_login(author)

    start(client, told, as_file(package(CFDocument=long)))

    assert len(Framework.objects.get(code="CASE-1").title) <= 200


@pytest.mark.parametrize(
    ("more", "said", "sentence"),
    [
        ({}, None, "Select a file, or enter an address"),
        ({"address": f"https://{HOST}/"}, b"{}", "Select a file or enter an address, not both"),
        ({"address": "https://10.0.0.1/"}, None, "the name of a public server"),
        ({}, b"{", "The file is not JSON"),
        ({}, b"{}", "This is not a CASE package"),
        ({"code": "TAKEN"}, b'{"CFDocument": {}}', "TAKEN"),
        ({"scale": ""}, b"{}", "Select a scale"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_starts_nothing(
    client, author, told, more, said, sentence
):
    FrameworkFactory(code="TAKEN")
    client.force_login(author)

    answer = start(client, {**told, **more}, said)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="2027"' in answer.content.decode()
    assert Framework.objects.count() == 1


def test_a_package_with_mistakes_starts_nothing_and_says_them_on_the_form(client, author, told):
    client.force_login(author)

    answer = start(client, told, as_file({"CFDocument": {}}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There are mistakes in this package." in page
    assert "has no “creator”. Add it." in page
    assert 'value="CASE-1"' in page
    assert not Framework.objects.exists()
    assert not FrameworkImport.objects.exists()
    start(client, told, as_file(chain(2)))
    assert Framework.objects.get().code == "CASE-1"


def test_a_package_that_could_not_be_fetched_is_fetched_again_or_uploaded_for_the_same_draft(
    client, author, told, server, settings
):
    settings.CASE_SERVERS_INSIDE = frozenset({f"{HOST}:{server.port}"})
    server.answer = says(b"", status="404 Not Found")
    client.force_login(author)
    shown = start(client, {**told, "address": f"https://{HOST}:{server.port}/"})
    delivered()
    version = FrameworkVersion.objects.get()
    again = reverse("pathways:fetch_new", args=[version.pk])

    page = client.get(shown["Location"]).content.decode()

    assert f'href="{again}?again"' in page
    assert f'href="{reverse("pathways:import_new", args=[version.pk])}"' in page
    server.answer = says(as_file(chain(3)))
    client.post(again, {"address": f"https://{HOST}:{server.port}/"})
    delivered()
    assert Framework.objects.get().title == "Leading in health care"


def delivered():
    """The worker comes by."""
    message = OutboxMessage.objects.filter(kind="pathways.fetch_package", state="WAITING").get()
    deliver_message(message_id=message.pk, now=message.due_at)


def test_only_framework_authors_start_and_only_for_their_own_organisation(client, author, told):
    client.force_login(employ(organisation=OrganisationFactory()))
    assert start(client, told, as_file(chain(2))).status_code == 403

    client.force_login(author)
    elsewhere = {**told, "owner": OrganisationFactory().pk}
    assert start(client, elsewhere, as_file(chain(2))).status_code == 422
    assert not Framework.objects.exists()
