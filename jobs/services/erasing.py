"""The part of an erasure that finds what the queue holds and what others had made."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import Erasing
from jobs.models import Document, Job, OutboxMessage


def erase_what_others_made(erasing: Erasing) -> Iterator[tuple[str | Promise, int]]:
    """Remove queued work about the person, and documents that others had made of their records."""
    about = Job.objects.filter(about_key__in=erasing.keys)
    waiting = Job.objects.filter(Q(pk__in=about.values("pk")) | Q(owner=erasing.person))
    keys = [f"job:{pk}" for pk in waiting.values_list("pk", flat=True)]
    rows = OutboxMessage.objects.filter(key__in=keys)
    yield _("Rows of the queue"), rows.delete()[0]
    others = about.exclude(owner=erasing.person)
    documents = Document.objects.filter(
        pk__in=others.filter(document__isnull=False).values("document_id")
    )
    for document in documents:
        # A file goes once the row has gone for good.
        transaction.on_commit(partial(document.file.storage.delete, str(document.file.name)))
    made = list(documents.values_list("pk", flat=True))
    yield _("Work about the person that others asked for"), others.delete()[0]
    yield (
        _("Documents about the person that others had made"),
        Document.objects.filter(pk__in=made).delete()[0],
    )
