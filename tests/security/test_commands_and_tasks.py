"""Commands and tasks find their rows where nothing is seen until a scope is opened.

What a test arranges it sees whole; in production nobody does. Each command and each task that
touches people's rows is tried here as it runs there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import Event, LegalHold, Person, RetentionRun, StaffIdentity
from accounts.tasks import look_at_retention, verify_ledger
from config.reference.retention import load_retention_rules
from jobs.models import Job
from jobs.rights import PACK
from notifications.models import Notice
from talent.models import Nomination, TalentConsent
from tests.accounts.ledger import tell
from tests.accounts.old_records import old_nomination
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import TalentConsentFactory
from tests.second_step import set_up_app

pytestmark = pytest.mark.django_db


@contextmanager
def nothing_seen() -> Iterator[None]:
    """The connection as a process of production opens it."""
    with connection.cursor() as cursor:
        cursor.execute("SET waymark.everywhere TO ''")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET waymark.everywhere TO 'on'")


def run(*words: str) -> str:
    out = StringIO()
    with nothing_seen():
        call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def organisation():
    load_retention_rules()
    return OrganisationFactory()


@pytest.fixture
def officer(organisation):
    return grant(employ(organisation=organisation), "AUDITOR", organisation)


@pytest.fixture
def leaver(organisation):
    person = employ(organisation=organisation)
    person.assignments.update(ends_on=TODAY - timedelta(days=1))
    TalentConsentFactory(person=person)
    return person


def test_nothing_is_seen_without_a_scope(officer):
    with nothing_seen():
        assert not Event.objects.exists()
        assert not officer.assignments.exists()


def test_an_erasure_reaches_what_only_the_person_sees(leaver, officer):
    run("erase_person", leaver.email, "--apply", "--by", officer.email, "--reason", "Asked")

    leaver.refresh_from_db()
    assert leaver.full_name == "Erased person"
    assert not TalentConsent.objects.filter(person=leaver).exists()
    assert not leaver.assignments.exists()


def test_looking_at_an_erasure_counts_what_is_there(leaver):
    said = run("erase_person", leaver.email)

    assert "Removed: Posts, 1" in said
    assert leaver.assignments.count() == 1


def test_a_copy_holds_what_there_is(leaver, tmp_path):
    run("export_person", leaver.email, "--to", str(tmp_path / "copy.zip"))

    with ZipFile(tmp_path / "copy.zip") as copy:
        told = copy.read("information.json").decode()
    assert leaver.assignments.get().organisation.name in told
    assert Event.objects.get(verb="export_information").subject == leaver


def test_what_has_been_kept_long_enough_goes_from_the_command(organisation, officer):
    old_nomination(organisation)

    said = run("apply_retention", "--apply", "--by", officer.email)

    assert "1 due, 0 held, 1 dealt with" in said
    assert not Nomination.objects.exists()


def test_each_night_counts_and_tells_the_officers(organisation, officer):
    old_nomination(organisation)

    with nothing_seen():
        waiting = look_at_retention()

    assert waiting == 1
    assert Notice.objects.filter(recipient=officer).count() == 1


def test_an_officer_counts_on_the_page_what_only_others_see(client, organisation, officer):
    old = old_nomination(organisation)
    LegalHold.objects.create(
        organisation=OrganisationFactory(),
        person=old.person,
        reason="An inquiry elsewhere",
        set_by=officer,
        set_at=NOW,
    )
    client.force_login(officer)

    client.post(reverse("accounts:retention_look", args=[organisation.pk]))

    counted = RetentionRun.objects.get().counts.get(expiry="talent.nominations")
    assert (counted.due, counted.held) == (1, 1)


def test_an_officer_asks_on_a_page_for_a_copy_for_somebody(client, organisation, officer):
    person = employ(organisation=organisation)
    client.force_login(officer)

    answer = client.post(reverse("jobs:information_ask_for"), {"email": person.email})

    assert answer.status_code == 302
    assert Job.objects.filter(owner=person, kind=PACK).count() == 1


def test_signing_in_with_an_organisation_is_offered_and_linked(organisation, monkeypatch):
    person, code = employ(organisation=organisation), organisation.ods_code
    monkeypatch.setattr("sys.stdin", StringIO("a piped secret\n"))
    named = ["--issuer", "https://login.example", "--tenant", str(uuid4()), "--client-id", "w"]

    run("organisation_sign_in", "offer", code, *named)
    run("organisation_sign_in", "link", code, person.email, str(uuid4()))

    assert StaffIdentity.objects.get().person == person
    assert Event.objects.filter(verb="link_identity", subject=person).count() == 1


def test_seeds_are_written_again(settings):
    set_up_app(Person.objects.get(pk=employ().pk))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60

    assert run("rewrite_seeds").startswith("1 seeds")
    assert Event.objects.filter(verb="rewrite_seeds").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_verified_whole():
    for _ in range(3):
        tell(OrganisationFactory())

    said = run("verify_ledger")
    with nothing_seen():
        broken = verify_ledger()

    assert "Read 3 events, 3 links" in said
    assert broken == 0
