"""Two secrets for a program while it changes over, and the end of one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from allauth.idp.oidc.models import Token
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import ApiClientSecret, Event
from accounts.services import client_secrets as service
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client, narrow_client, stop_client
from common.dates import london_midnight
from common.errors import Conflict, Forbidden
from tests.api_client import HrSystem, token_for
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW, TODAY

SYSTEM = SystemJob("tests", organisation_ids=None)
PEOPLE = "/api/v1/people/"


def opened(*, now=None, scopes=("people:read",), organisation=None):
    """A client and its first secret, which begins to live at ``now``."""
    return create_client(
        name="HR system",
        organisation=organisation or OrganisationFactory(),
        scopes=scopes,
        by=SYSTEM,
        now=now or timezone.now(),
    )


def called_with(client, secret):
    """The client, with a token that it was given for ``secret``."""
    return HrSystem(
        api_client=client, token=token_for(client.client_id, secret).json()["access_token"]
    )


@pytest.mark.django_db
def test_both_secrets_open_while_a_program_changes_over():
    client, old = opened()

    _secret, new = add_secret(client=client, by=SYSTEM, now=timezone.now())

    assert old != new
    assert [called_with(client, text).get(PEOPLE).status_code for text in (old, new)] == [200, 200]


@pytest.mark.django_db
def test_a_third_secret_is_refused_until_one_is_revoked():
    client, _text = opened(now=NOW)
    add_secret(client=client, by=SYSTEM, now=NOW)

    with pytest.raises(Conflict) as refusal:
        add_secret(client=client, by=SYSTEM, now=NOW)
    revoke_secret(secret=client.secrets.earliest("pk"), by=SYSTEM, now=NOW)
    add_secret(client=client, by=SYSTEM, now=NOW)

    assert refusal.value.code == "two_secrets_already"
    assert client.secrets.live(at=NOW).count() == 2


@pytest.mark.django_db
def test_a_secret_that_is_over_makes_room_for_another():
    client, _text = opened(now=NOW)
    add_secret(client=client, by=SYSTEM, now=NOW, expires_on=TODAY + timedelta(days=30))
    later = NOW + timedelta(days=40)

    third, _text = add_secret(client=client, by=SYSTEM, now=later)

    assert third.slot == 2
    assert client.secrets.live(at=later).count() == 2


@pytest.mark.django_db
def test_a_secret_lasts_to_the_end_of_its_last_day_and_a_year_without_one():
    client, _text = opened(now=NOW)
    named, _text = add_secret(client=client, by=SYSTEM, now=NOW, expires_on=date(2027, 3, 31))

    assert named.expires_at == london_midnight(date(2027, 4, 1))
    assert client.secrets.earliest("pk").expires_at == london_midnight(date(2027, 11, 20))


@pytest.mark.django_db
@pytest.mark.parametrize("last", [TODAY, TODAY - timedelta(days=1), date(2027, 11, 20)])
def test_a_secret_ends_after_today_and_within_a_year(last):
    client, _text = opened(now=NOW)

    with pytest.raises(Conflict) as refusal:
        add_secret(client=client, by=SYSTEM, now=NOW, expires_on=last)

    assert refusal.value.code == "expiry_out_of_reach"
    assert client.secrets.count() == 1


def unknown(client, text):
    return "wm_somethingelsethatisnotasecretofanybody0000"


def revoked(client, text):
    revoke_secret(secret=client.secrets.get(), by=SYSTEM, now=timezone.now())
    return text


def expired(client, text):
    ApiClientSecret.objects.update(
        created_at=timezone.now() - timedelta(days=30),
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    return text


def stopped(client, text):
    stop_client(client=client, by=SYSTEM, now=timezone.now())
    return text


@pytest.mark.django_db
@pytest.mark.parametrize("end", [unknown, revoked, expired, stopped])
def test_a_secret_that_opens_nothing_is_refused_as_an_unknown_one_is(end):
    client, text = opened()
    given = end(client, text)

    response = token_for(client.client_id, given)

    nobody = token_for("nobody", text)
    assert (response.status_code, response.content) == (nobody.status_code, nobody.content)
    assert response.status_code == 401
    assert response.json() == {"error": "invalid_client"}
    assert not Token.objects.exists()


@pytest.mark.django_db
def test_tokens_of_a_revoked_secret_end_and_those_of_the_other_go_on():
    client, old = opened()
    _secret, new = add_secret(client=client, by=SYSTEM, now=timezone.now())
    with_old, with_new = called_with(client, old), called_with(client, new)

    revoke_secret(secret=client.secrets.earliest("pk"), by=SYSTEM, now=timezone.now())

    assert (with_old.get(PEOPLE).status_code, with_new.get(PEOPLE).status_code) == (401, 200)


@pytest.mark.django_db
def test_a_token_written_while_its_secret_was_being_revoked_opens_nothing():
    client, text = opened()
    system = called_with(client, text)

    client.secrets.update(revoked_at=timezone.now(), slot=None)

    assert Token.objects.count() == 1
    assert system.get(PEOPLE).json()["code"] == "token_unknown"


@pytest.mark.django_db
def test_a_token_does_not_outlive_its_secret():
    client, text = opened()
    ends = timezone.now() + timedelta(minutes=5)
    client.secrets.update(expires_at=ends)

    response = token_for(client.client_id, text)

    assert 290 <= response.json()["expires_in"] <= 300
    assert Token.objects.get().expires_at <= ends


@pytest.mark.django_db
def test_the_day_of_use_is_kept():
    client, text = opened()
    before = client.secrets.get().last_used_on

    token_for(client.client_id, text)

    assert (before, client.secrets.get().last_used_on) == (None, timezone.localdate())


@pytest.mark.django_db
def test_a_secret_in_the_address_is_refused_and_left_out_of_the_log(client, caplog):
    opened_client, text = opened()
    address = f"{reverse('idp:oidc:token')}?client_id={opened_client.client_id}"

    response = client.post(
        f"{address}&client_secret={text}",
        {"grant_type": "client_credentials"},
    )

    assert response.status_code == 400
    assert "URL query" in response.json()["error_description"]
    assert text not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "client_id", ["", "a" * 101, "name\x00", "näme", "1 OR 1=1", "../x", "%00"]
)
def test_a_client_id_of_the_wrong_kind_is_unknown(client_id):
    response = token_for(client_id, "wm_secret")

    assert response.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Basic bm9jb2xvbg=="])
def test_basic_authentication_of_the_wrong_kind_is_unknown(client, header):
    response = client.post(
        reverse("idp:oidc:token"),
        {"grant_type": "client_credentials"},
        headers={"Authorization": header},
    )

    assert response.status_code == 401
    assert response.json() == {"error": "invalid_client"}


@pytest.mark.django_db
def test_a_program_ends_its_own_token_and_nobody_elses(client):
    ours, our_secret = opened()
    theirs, their_secret = opened()
    system = called_with(ours, our_secret)
    address = reverse("idp:oidc:revoke")

    def revoke(by, secret):
        form = {"client_id": by.client_id, "client_secret": secret, "token": system.token}
        return client.post(address, form).status_code, system.get(PEOPLE).status_code

    assert revoke(theirs, their_secret) == (200, 200)
    assert revoke(ours, "wm_wrong") == (401, 200)
    assert revoke(ours, our_secret) == (200, 401)


@pytest.mark.django_db
def test_scopes_taken_away_are_gone_from_tokens_too():
    client, text = opened(scopes=["people:read", "courses:read"])
    system = called_with(client, text)

    narrow_client(client=client, scopes=["courses:read"], by=SYSTEM, now=timezone.now())

    assert system.get(PEOPLE).status_code == 403
    assert system.get("/api/v1/courses/").status_code == 200
    assert token_for(client.client_id, text).json()["scope"] == "courses:read"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "scopes", [[], ["people:read", "courses:read"], ["people:read", "plans:read"], ["plans:read"]]
)
def test_scopes_are_only_ever_taken_away(scopes):
    client, _text = opened(scopes=["people:read", "courses:read"])

    with pytest.raises(Conflict) as refusal:
        narrow_client(client=client, scopes=scopes, by=SYSTEM, now=NOW)

    assert refusal.value.code == "not_fewer_scopes"
    assert client.client.get_scopes() == ["courses:read", "people:read"]


def adding(client, by):
    return add_secret(client=client, by=by, now=NOW)


def revoking(client, by):
    return revoke_secret(secret=client.secrets.get(), by=by, now=NOW)


def narrowing(client, by):
    return narrow_client(client=client, scopes=["people:read"], by=by, now=NOW)


def stopping(client, by):
    return stop_client(client=client, by=by, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [adding, revoking, narrowing, stopping])
def test_only_the_administrators_of_the_organisation_change_its_programs(change):
    trust = OrganisationFactory()
    client, _text = opened(now=NOW, scopes=["people:read", "courses:read"], organisation=trust)
    elsewhere = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", OrganisationFactory())
    lead = grant(PersonFactory(), "LEARNING_LEAD", trust)
    administrator = grant(PersonFactory(), "ORGANISATION_ADMINISTRATOR", trust)
    events = Event.objects.count()

    for stranger in (elsewhere, lead):
        with pytest.raises(Forbidden) as refusal:
            change(client, stranger)
        assert refusal.value.code == "may_not_change_client"
    assert Event.objects.count() == events
    change(client, administrator)

    assert Event.objects.count() == events + 1
    assert Event.objects.latest("pk").organisation_id == trust.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("again", "code"),
    [(revoking, "already_revoked"), (stopping, "already_stopped"), (adding, "client_stopped")],
)
def test_what_has_ended_does_not_end_or_begin_again(again, code):
    client, _text = opened(now=NOW)
    (revoking if again is revoking else stopping)(client, SYSTEM)

    with pytest.raises(Conflict) as refusal:
        again(client, SYSTEM)

    assert refusal.value.code == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"slot": 3},
        {"revoked_at": NOW},
        {"expires_at": NOW},
        {"expires_at": NOW + timedelta(days=367)},
    ],
)
def test_the_database_keeps_the_promises_of_a_secret(broken):
    client, _text = opened(now=NOW)
    # Two live secrets, so that the third could only be one too many.
    add_secret(client=client, by=SYSTEM, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        client.secrets.filter(slot=2).update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        client.secrets.filter(slot=2).update(slot=1)


def add_at_once(client, threads=6):
    """Ask for a secret from each of as many threads; returns what each came back with."""
    together = Barrier(threads, timeout=20)

    def attempt(_nth):
        try:
            connection.ensure_connection()
            together.wait()
            add_secret(client=client, by=SYSTEM, now=NOW)
        except (Conflict, IntegrityError) as refusal:
            return getattr(refusal, "code", "refused by the database")
        else:
            return "added"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(attempt, range(threads)))


@pytest.mark.django_db(transaction=True)
def test_secrets_added_at_once_are_never_three():
    client, _text = opened(now=NOW)

    outcomes = add_at_once(client)

    assert sorted(outcomes) == ["added"] + ["two_secrets_already"] * 5
    assert client.secrets.live(at=NOW).count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_several_take_the_same_place(monkeypatch):
    """The negative control: what the lock prevents, the constraint is left to refuse."""
    client, _text = opened(now=NOW)
    all_have_read = Barrier(6, timeout=20)
    write = service.write_secret

    def write_when_all_have_counted(**fields):
        all_have_read.wait()
        return write(**fields)

    monkeypatch.setattr(service, "locked", lambda client, **_others: client)
    monkeypatch.setattr(service, "write_secret", write_when_all_have_counted)

    outcomes = add_at_once(client)

    assert sorted(outcomes) == ["added"] + ["refused by the database"] * 5
    assert client.secrets.live(at=NOW).count() == 2


@pytest.mark.django_db
def test_the_command_changes_a_secret_over(capsys):
    client, _text = opened()

    call_command("api_client", "add-secret", client.client_id, "--until", "2027-03-31")
    shown = capsys.readouterr().out
    text = shown.partition("Client secret: ")[2].split()[0]
    call_command("api_client", "list")
    listed = capsys.readouterr().out
    old = client.secrets.earliest("pk")
    call_command("api_client", "revoke-secret", client.client_id, old.prefix)

    assert token_for(client.client_id, text).status_code == 200
    assert text not in listed
    assert f"{text[:9]}…  until 2027-03-31" in listed
    assert list(client.secrets.live(at=timezone.now())) == [client.secrets.latest("pk")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", [["stop", "nobody"], ["revoke-secret", "nobody", "wm_"], ["add-secret", "nobody"]]
)
def test_the_command_says_when_there_is_no_such_client(words):
    with pytest.raises(CommandError, match="There is no client nobody"):
        call_command("api_client", *words)


@pytest.mark.django_db
def test_a_secret_from_before_the_table_opens_until_it_is_replaced():
    """Those were hashed as passwords are; the migration carried the hashes over."""
    client, _text = opened()
    client.secrets.update(hash=make_password("an old secret"), prefix="")

    assert token_for(client.client_id, "an old secret").status_code == 200
    assert token_for(client.client_id, "another secret").status_code == 401
