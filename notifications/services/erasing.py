"""The part of an erasure that finds what others were told about the person."""

from collections.abc import Iterator

from django.db.models import F, Func, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import Erasing
from jobs.models import OutboxMessage
from notifications.models import Digest, KeptMail, Notice


def erase_what_others_were_told(erasing: Erasing) -> Iterator[tuple[str | Promise, int]]:
    """Remove notices about the person's records, kept mail that names them, and queued mail."""
    others = Notice.objects.exclude(recipient=erasing.person)
    # "enrolment:12" and "enrolment:12:confirmed" are both about enrolment 12.
    row = Func(F("subject_key"), Value("^[^:]+:[^:]+"), function="SUBSTRING")
    told = others.annotate(row=row).filter(row__in=erasing.keys)
    yield _("Notices to others about the person"), told.delete()[0]
    named = Q(to__iexact=erasing.email)
    for words in {erasing.full_name, erasing.email} - {""}:
        named |= Q(text__icontains=words) | Q(html__icontains=words) | Q(subject__icontains=words)
    yield _("Mail kept by the demonstration"), KeptMail.objects.filter(named).delete()[0]
    digests = Digest.objects.filter(recipient=erasing.person).values_list("pk", flat=True)
    keys = [f"digest:{pk}" for pk in digests]
    yield _("Queued mail"), OutboxMessage.objects.filter(key__in=keys).delete()[0]
