from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Event
from accounts.services.seeds import rewrite_seeds
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.second_step import (
    code_of,
    recovery_codes_of,
    send_code,
    send_password,
    set_up_app,
    with_password,
)

pytestmark = pytest.mark.django_db


def test_seeds_outlive_the_key_that_wrote_them(client, settings):
    person = with_password(PersonFactory())
    secret, codes = set_up_app(person), recovery_codes_of(person)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60

    changed = rewrite_seeds(now=NOW)
    settings.SECRET_KEY_FALLBACKS = []
    send_password(client, person)

    assert changed == 2
    assert recovery_codes_of(person) == codes
    assert send_code(client, code_of(secret))["Location"] == "/"
    assert Event.objects.get(verb="rewrite_seeds").facts == {"seeds": 2}


def test_seeds_of_the_newest_key_are_left_alone():
    set_up_app(PersonFactory())
    out = StringIO()

    call_command("rewrite_seeds", stdout=out)

    assert out.getvalue() == "0 seeds were written again under the newest key.\n"
    assert not Event.objects.exists()
