"""What is said by itself: an accreditation is about to end, or its renewal is overdue."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from accounts.models import RoleGrant
from common.dates import add_months
from courses.models import KEEPS_ACCREDITATION, Accreditation, AccreditationRenewal
from courses.selectors.accreditation import ending_unfollowed, with_targets
from notifications.registry import Due

MONTHS_BEFORE = 6


def accreditation_ending(on: date) -> Iterator[Due]:
    """Told once to the leads of who holds it, six months before it ends with nobody at work."""
    rows = ending_unfollowed(
        with_targets(Accreditation.objects.all()), first=on, last=add_months(on, MONTHS_BEFORE)
    )
    found = list(rows.exclude(renewals__state__in=["PREPARING", "SUBMITTED"]).order_by("pk"))
    holders = {row.holder_id for row in found}
    grants = RoleGrant.objects.on(on).filter(
        role__in=KEEPS_ACCREDITATION, organisation_id__in=holders
    )
    leads: dict[int, set[int]] = {}
    for organisation_id, person_id in grants.values_list("organisation_id", "person_id"):
        leads.setdefault(organisation_id, set()).add(person_id)
    for row in found:
        for recipient_id in sorted(leads.get(row.holder_id or 0, ())):
            yield _due(row, recipient_id=recipient_id, due_on=row.ends_on)


def renewal_overdue(on: date) -> Iterator[Due]:
    """Told once to whoever works on it, on the day after it should have been sent."""
    renewals = AccreditationRenewal.objects.filter(state="PREPARING", due_on__lt=on)
    rows = {
        row.pk: row
        for row in with_targets(
            Accreditation.objects.filter(pk__in=renewals.values("accreditation_id"))
        )
    }
    for renewal in renewals.order_by("pk"):
        row = rows[renewal.accreditation_id]
        yield _due(row, recipient_id=renewal.worked_on_by_id, due_on=renewal.due_on)


def _due(row: Accreditation, *, recipient_id: int, due_on: date) -> Due:
    return Due(
        recipient_id=recipient_id,
        subject_key=f"accreditation:{row.pk}",
        period=due_on.isoformat(),
        url=reverse("courses:accreditation_show", args=[row.pk]),
        due_on=due_on,
        facts={"what": row.named, "body": row.body.name, "day": due_on.isoformat()},
    )
