"""Numbers in status lists: drawn by lot, set when something is revoked, and signed again."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, F

from accounts.actors import Actor
from accounts.services.ledger import record
from courses.models import Issuer, StatusEntry, StatusList
from courses.services.open_badges import list_claims
from courses.services.signing_keys import Signer, hold_signer

# A list is signed anew each day, long before it lapses.
SIGN_AGAIN_AFTER = timedelta(hours=20)
_MOST = 500


def draw(issuer: Issuer, *, count: int, signer: Signer, now: datetime) -> list[StatusEntry]:
    """Give out ``count`` numbers by lot, so that their order says nothing of when or to whom.

    ``signer`` is held, so nobody else draws for the issuer meanwhile. A list that is half full is
    followed by another, because it would take ever more lots to find a free number.
    """
    drawn: list[StatusEntry] = []
    while len(drawn) < count:
        status_list = _list_with_room(issuer, signer=signer, now=now)
        taken = set(status_list.entries.values_list("index", flat=True))
        room = status_list.size // 2 - len(taken)
        wanted = min(count - len(drawn), room)
        numbers = _lots(wanted, taken=taken, size=status_list.size)
        drawn += StatusEntry.objects.bulk_create(
            StatusEntry(status_list=status_list, index=number) for number in numbers
        )
    return drawn


def revoke_numbers(entries: Sequence[StatusEntry], *, signer: Signer, now: datetime) -> None:
    """Set numbers of one issuer for good and serve lists that say so, in the transaction of the
    revocation. ``signer`` is held."""
    unset = StatusEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    unset.filter(revoked_at__isnull=True).update(revoked_at=now)
    lists = StatusList.objects.filter(pk__in={entry.status_list_id for entry in entries})
    for status_list in lists.select_related("issuer").order_by("pk"):
        _sign(status_list, signer=signer, now=now)


@transaction.atomic
def sign_lists_again(*, by: Actor, now: datetime, issuer: Issuer) -> int:
    """Sign the lists of ``issuer`` anew: before they lapse, or with the key that is in use now."""
    signer = hold_signer(issuer)
    lists = list(issuer.status_lists.select_related("issuer").order_by("pk"))
    for status_list in lists:
        _sign(status_list, signer=signer, now=now)
    record(
        by=by,
        now=now,
        verb="sign_status_lists",
        about=issuer,
        rule="before_they_lapse",
        organisation_id=issuer.pk,
        facts={"lists": len(lists)},
    )
    return len(lists)


def issuers_with_old_lists(*, now: datetime) -> list[Issuer]:
    """Those with a list that was signed yesterday; the oldest first."""
    old = StatusList.objects.filter(signed_at__lt=now - SIGN_AGAIN_AFTER)
    return list(Issuer.objects.filter(pk__in=old.values("issuer_id")).order_by("pk")[:_MOST])


def _list_with_room(issuer: Issuer, *, signer: Signer, now: datetime) -> StatusList:
    lists = issuer.status_lists.annotate(given=Count("entries")).filter(given__lt=F("size") / 2)
    return lists.order_by("pk").first() or _new_list(issuer, signer=signer, now=now)


def _new_list(issuer: Issuer, *, signer: Signer, now: datetime) -> StatusList:
    status_list = StatusList(issuer=issuer, public_id=uuid4(), signed_at=now)
    status_list.signed = signer.sign(list_claims(status_list, (), now=now))
    status_list.save(force_insert=True)
    return status_list


def _lots(count: int, *, taken: set[int], size: int) -> Iterable[int]:
    numbers: set[int] = set()
    while len(numbers) < count:
        number = secrets.randbelow(size)
        if number not in taken:
            numbers.add(number)
    # A set has an order of its own, and it is not one that says when somebody came.
    return secrets.SystemRandom().sample(sorted(numbers), count)


def _sign(status_list: StatusList, *, signer: Signer, now: datetime) -> None:
    revoked = status_list.entries.filter(revoked_at__isnull=False)
    numbers = revoked.values_list("index", flat=True)
    status_list.signed = signer.sign(list_claims(status_list, numbers, now=now))
    status_list.signed_at = now
    status_list.save(update_fields=["signed", "signed_at"])
