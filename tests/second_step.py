"""An authenticator app in the tests' pocket, and the clock it shows codes by."""

import time
from datetime import datetime

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from accounts.models import Person

PASSWORD = "three words in a row"


def set_up_app(person: Person) -> str:
    """Give ``person`` an authenticator app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, *, periods_later: int = 0) -> str:
    """What the app shows now, or some half minutes later (earlier when negative)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods_later))


def wrong_code(secret: str) -> str:
    """A code that the app shows in none of the half minutes that count."""
    shown = {code_of(secret, periods_later=later) for later in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in shown)


def recovery_codes_of(person: Person) -> list[str]:
    return RecoveryCodes.activate(person).get_unused_codes()


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def send_password(client: Client, person: Person, password: str = PASSWORD, **more: str):
    return client.post(
        reverse("account_login"), {"login": person.email, "password": password, **more}
    )


def send_code(client: Client, code: object):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def stand_still(monkeypatch, moment: datetime) -> None:
    """The clock of the site shows ``moment``; that of the library goes on."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
