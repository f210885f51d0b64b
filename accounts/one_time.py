"""Codes count once: kept with the row of the authenticator app, so that it holds without a cache.

The library remembers used codes in the cache for one period, but a code is taken during three, and
a cache may be away.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

_LAST = "last_period"


@transaction.atomic
def spend_code(authenticator: Authenticator, code: str) -> bool:
    """Take a code that was found right; return False when it, or a later one, was taken before.

    Recovery codes are struck off by the library, under a lock of its own.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    # Two who send the same code at the same moment queue here, and one of them gets in.
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    period = _period_of(row, code)
    if period is None or period <= row.data.get(_LAST, -1):
        return False
    row.data[_LAST] = period
    row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


def _period_of(authenticator: Authenticator, code: str) -> int | None:
    """The newest half minute, of those a code may come from, that ``code`` belongs to."""
    secret = decrypt(authenticator.data["secret"])
    fitting = [
        period
        for period in yield_hotp_counters_from_time()
        if format_hotp_value(hotp_value(secret, period)) == code
    ]
    return max(fitting, default=None)
