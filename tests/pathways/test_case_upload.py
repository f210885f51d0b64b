"""A package goes through the pages on which tables are brought in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pathways.models import Competency, FrameworkImport
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.pathways import FrameworkFactory, FrameworkVersionFactory
from tests.pathways.case_packages import as_file, chain, name

pytestmark = pytest.mark.django_db


def test_an_author_uploads_looks_applies_and_undoes(client):
    trust = OrganisationFactory()
    author = grant(employ(organisation=trust), "FRAMEWORK_AUTHOR", trust)
    draft = FrameworkVersionFactory(
        framework=FrameworkFactory(owner=trust), identifier=name(0), state="DRAFT"
    )
    client.force_login(author)
    file = SimpleUploadedFile("package.json", as_file(chain(3)))

    shown = client.post(
        reverse("pathways:import_new", args=[draft.pk]), {"file": file}, follow=True
    ).content.decode()
    imported = FrameworkImport.objects.get(version=draft)
    client.post(reverse("pathways:import_apply", args=[imported.public_id]))
    applied = Competency.objects.filter(version=draft).count()
    client.post(reverse("pathways:import_undo", args=[imported.public_id]))

    assert "Level 3" in shown
    assert imported.format == "CASE"
    assert (applied, Competency.objects.filter(version=draft).count()) == (2, 0)


def test_a_broken_package_is_refused_on_the_form(client):
    trust = OrganisationFactory()
    author = grant(employ(organisation=trust), "FRAMEWORK_AUTHOR", trust)
    draft = FrameworkVersionFactory(framework=FrameworkFactory(owner=trust), state="DRAFT")
    client.force_login(author)
    file = SimpleUploadedFile("package.json", b'{"CFDocument": ')

    answer = client.post(reverse("pathways:import_new", args=[draft.pk]), {"file": file})

    assert answer.status_code == 422
    assert "The file is not JSON: see line 1" in answer.content.decode()
    assert not FrameworkImport.objects.exists()
