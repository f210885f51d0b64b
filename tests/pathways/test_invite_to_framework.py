"""The command that lets somebody write or review a framework: the first author of a national one
is invited by nobody else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from notifications.models import Notice
from pathways.models import Collaborator
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.authoring import written
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import FrameworkFactory, FrameworkVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def national():
    framework = FrameworkFactory(owner=None, code="NATIONAL", title="Leading in the NHS")
    return FrameworkVersionFactory(framework=framework, label="2026")


def invite(person, *options, part="AUTHOR", framework="NATIONAL"):
    said = StringIO()
    call_command("invite_to_framework", person.email, part, framework, *options, stdout=said)
    return said.getvalue().strip()


def test_the_first_author_of_a_national_framework_gets_to_their_pages(client, national):
    author = employ()

    said = invite(author, framework="national")

    assert said == f"{author.full_name} is author of Leading in the NHS from 20 November 2026."
    assert Notice.objects.get(recipient=author).url == reverse("pathways:authoring_list")
    event = Event.objects.get(verb="invite_collaborator")
    assert (event.by_job, event.subject, event.organisation) == (
        "invite_to_framework",
        author,
        None,
    )
    client.force_login(author)
    assert "Leading in the NHS, 2026" in client.get("/authoring/").content.decode()
    answer = client.post(
        reverse("pathways:edition_draft", args=[national.pk]), {"label": "2027"}, follow=True
    )
    assert "You can now write edition 2027." in answer.content.decode()


def test_days_are_those_that_were_given(national):
    reviewer, last = employ(), TODAY + timedelta(days=30)

    invite(reviewer, "--from", "2026-12-01", "--until", str(last), part="REVIEWER")

    row = Collaborator.objects.get()
    assert (row.part, str(row.starts_on), row.ends_on) == ("REVIEWER", "2026-12-01", last)


def test_it_holds_for_that_framework_alone(client, national):
    theirs = written(1, framework__owner=OrganisationFactory())
    author = employ()
    invite(author)

    client.force_login(author)

    assert client.get(reverse("pathways:authoring_show", args=[national.pk])).status_code == 200
    assert client.get(reverse("pathways:authoring_show", args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize(
    ("options", "framework", "sentence"),
    [
        ((), "NOBODYS", "No framework has the code NOBODYS."),
        (("--from", "2026-11-19"), "NATIONAL", "The first day is today or later"),
        (("--until", "2026-11-19"), "NATIONAL", "the last day is not before it"),
        (("--from", "tomorrow"), "NATIONAL", "Write it as 2027-03-07."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(national, options, framework, sentence):
    with pytest.raises(CommandError, match=sentence):
        invite(employ(), *options, framework=framework)

    assert not Collaborator.objects.exists()


def test_who_cannot_sign_in_or_takes_part_already_is_refused(national):
    author, gone = employ(), PersonFactory(is_active=False)
    invite(author)

    with pytest.raises(CommandError, match="takes part in this way already"):
        invite(author)
    with pytest.raises(CommandError, match="Nobody who can sign in has the address"):
        invite(gone)

    assert Collaborator.objects.get().person == author
