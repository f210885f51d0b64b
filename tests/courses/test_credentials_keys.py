"""Keys are changed and given up, and numbers of revoked certificates are published."""

from datetime import timedelta
from io import StringIO

import jwt
import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Event
from accounts.scope import run_as
from common.errors import Conflict, Forbidden
from courses.models import (
    SigningKey,
    SigningSecret,
    StatusEntry,
)
from courses.services.certificate_work import sign_again_waiting
from courses.services.issuers import change_key, give_key_up
from courses.services.signing_keys import hold_signer
from courses.services.status_lists import draw, issuers_with_old_lists, sign_lists_again
from jobs.models import OutboxMessage
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.certificates import (
    JOB,
    an_issuer,
    certified,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    SessionFactory,
    host_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(days=2), offering__study_hours=12)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def test_numbers_are_drawn_by_lot():
    issuer = an_issuer()

    with run_as(JOB):
        drawn = draw(issuer, count=200, signer=hold_signer(issuer), now=NOW)

    numbers = [entry.index for entry in drawn]
    assert len(set(numbers)) == 200
    assert numbers != sorted(numbers)
    assert max(numbers) - min(numbers) > 50_000


def test_a_list_that_is_half_full_is_followed_by_another():
    issuer = an_issuer()
    with run_as(JOB):
        signer = hold_signer(issuer)
        [first] = draw(issuer, count=1, signer=signer, now=NOW)
        held = first.status_list
        StatusEntry.objects.bulk_create(
            StatusEntry(status_list=held, index=index)
            for index in range(held.size // 2)
            if index != first.index
        )
        left = held.size // 2 - held.entries.count()

        drawn = draw(issuer, count=max(left, 0) + 3, signer=signer, now=NOW)

    assert len({entry.status_list_id for entry in drawn} - {held.pk}) == 1


def test_lists_are_signed_again_before_they_lapse(session):
    certificate = certified(session=session)
    held = certificate.status_entry.status_list
    tomorrow = NOW + timedelta(days=1)

    with run_as(JOB):
        assert issuers_with_old_lists(now=NOW) == []
        assert issuers_with_old_lists(now=tomorrow) == [certificate.issuer]
        sign_lists_again(by=JOB, now=tomorrow, issuer=certificate.issuer)

    before = held.signed
    held.refresh_from_db()
    assert (held.signed_at, held.signed != before) == (tomorrow, True)


def test_a_key_is_changed_and_the_former_one_stays_believed(session):
    certificate = certified(session=session)
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session))

    key = change_key(issuer=certificate.issuer, by=administrator, now=NOW + timedelta(hours=1))

    former = SigningKey.objects.get(ends_at__isnull=False)
    assert certificate.credentials.get().key == former
    assert set(SigningKey.objects.believed()) == {former, key}
    again = certified(session=SessionFactory(offering=session.offering, starts_at=NOW))
    assert again.credentials.get().key == key


def test_a_key_that_was_stolen_is_not_believed_and_its_certificates_are_signed_again(session):
    certificate = certified(session=session)
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", host_of(session))
    stolen = certificate.credentials.get().key

    give_key_up(key=stolen, by=administrator, now=NOW + timedelta(hours=1))
    asked = OutboxMessage.objects.get(kind="courses.sign_certificates_again")
    with run_as(JOB):
        sign_again_waiting(asked.payload, NOW + timedelta(hours=1))
        secrets = set(SigningSecret.objects.values_list("key_id", flat=True))

    stolen.refresh_from_db()
    assert (stolen.compromised_on, stolen.pk in secrets) == (TODAY, False)
    current = SigningKey.objects.get(ends_at__isnull=True)
    assert certificate.credentials.filter(key=current).exists()
    held = certificate.status_entry.status_list
    held.refresh_from_db()
    assert jwt.get_unverified_header(held.signed)["kid"] == current.address
    with pytest.raises(Conflict) as refused:
        give_key_up(key=stolen, by=administrator, now=NOW)
    assert refused.value.code == "key_given_up"


def test_only_administrators_of_the_organisation_change_its_keys(session, lead):
    issuer = an_issuer(host_of(session))
    stranger = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", OrganisationFactory())

    for by in (lead, stranger):
        with pytest.raises(Forbidden):
            change_key(issuer=issuer, by=by, now=NOW)

    assert SigningKey.objects.count() == 1


def test_private_keys_are_encrypted_and_out_of_everybody_s_sight():
    an_issuer()

    with run_as(JOB):
        sealed = SigningSecret.objects.get().sealed
    assert "PRIVATE KEY" not in sealed
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.everywhere', '', true)")
        seen = SigningSecret.objects.count()
        cursor.execute("SELECT set_config('waymark.everywhere', 'on', true)")
    assert seen == 0


def test_keys_are_encrypted_again_under_another_secret_key(session, settings):
    certificate = certified(session=session)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of this system, and long enough for that"
    said = StringIO()

    call_command("rewrite_signing_keys", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []

    assert said.getvalue().startswith("1 signing keys were encrypted again")
    with run_as(JOB):
        signer = hold_signer(certificate.issuer)
    assert signer.key == certificate.credentials.get().key
    call_command("rewrite_signing_keys", stdout=said)
    assert Event.objects.filter(verb="rewrite_signing_keys").count() == 1
