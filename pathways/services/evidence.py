"""The evidence bank: what a person keeps to show what they can do, added, changed and removed."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from accounts.services.reading import record_reading
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Evidence, EvidenceKind, EvidenceUse
from pathways.policies.evidence import may_keep_evidence
from pathways.selectors.evidence import bytes_kept, competencies_to_show
from pathways.services.files import MEGABYTE, Recognised, recognise

MOST_KEPT = 100 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says of a piece of evidence, and the competencies it speaks for."""

    title: str
    text: str = ""
    url: str = ""
    happened_on: date | None = None
    competency_ids: Collection[int] = ()


@transaction.atomic
def add_link(*, person: Person, words: Words, by: Actor, now: datetime) -> Evidence:
    """Keep a link to something that lies elsewhere."""
    return _add(Evidence(kind=EvidenceKind.LINK, url=words.url), person, words, by=by, now=now)


@transaction.atomic
def add_reflection(*, person: Person, words: Words, by: Actor, now: datetime) -> Evidence:
    """Keep what somebody wrote about what they did and learned."""
    return _add(Evidence(kind=EvidenceKind.REFLECTION), person, words, by=by, now=now)


@transaction.atomic
def add_file(
    *, person: Person, words: Words, content: IO[bytes], name: str, by: Actor, now: datetime
) -> Evidence:
    """Keep a file, whose type is decided by what is in it.

    Refuses ``Conflict`` with a sentence for what we do not keep (``pathways.services.files``) and
    when all files of the person would take more than 100 MB (``evidence_full``).
    """
    _lock(person)
    found = recognise(content, name=name)
    _refuse_beyond_quota(person, found)
    evidence = Evidence(
        kind=EvidenceKind.FILE,
        file_name=found.name,
        content_type=found.content_type,
        size=found.size,
        checksum=_checksum(content),
    )
    return _add(evidence, person, words, by=by, now=now, content=content)


@transaction.atomic
def change_evidence(*, evidence: Evidence, words: Words, by: Actor, now: datetime) -> Evidence:
    """Change what is said of a piece of evidence, and what it speaks for; never the file itself,
    because somebody may have judged by it. A link leads where it led for the same reason."""
    evidence = _own(evidence, by=by, now=now)
    evidence.title, evidence.text = words.title, words.text
    evidence.happened_on = words.happened_on
    evidence.save(update_fields=["title", "text", "happened_on"])
    _use(evidence, words.competency_ids, on=london_date(now))
    _record(evidence, "change_evidence", by=by, now=now)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Actor, now: datetime) -> Evidence:
    """Remove a piece of evidence: its file goes for good, its row stays where it was shown."""
    evidence = _own(evidence, by=by, now=now)
    if evidence.file:
        # Only once the row says so: a file cannot be taken back.
        gone = partial(evidence.file.storage.delete, str(evidence.file.name))
        transaction.on_commit(gone, robust=True)
    evidence.file = ""
    evidence.removed_at = now
    evidence.save(update_fields=["file", "removed_at"])
    _record(evidence, "remove_evidence", by=by, now=now)
    return evidence


def read_evidence(*, evidence: Evidence, by: Actor, now: datetime) -> None:
    """Leave a trace that somebody other than its person opened a piece of evidence."""
    record_reading(
        by=by,
        now=now,
        verb="read_evidence",
        about=evidence,
        rule="shown_evidence",
        organisation_id=main_organisation_id(evidence.person, on=london_date(now)),
        subject_id=evidence.person_id,
        parties=(evidence.person_id,),
    )


def _lock(person: Person) -> None:
    # Two files sent at once would otherwise both find the last place free.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _refuse_beyond_quota(person: Person, found: Recognised) -> None:
    if bytes_kept(person=person) + found.size > MOST_KEPT:
        raise Conflict(
            _(
                "Your files would take more than 100 MB. Remove some that you no longer need,"
                " then upload this one."
            ),
            code="evidence_full",
        )


def _checksum(content: IO[bytes]) -> str:
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    content.seek(0)
    return digest


def _refuse_unless_own(person: Person, *, by: Actor, now: datetime) -> None:
    if not may_keep_evidence(relations_to(by, person, on=london_date(now))):
        raise Forbidden(
            _("Only the person themselves can change what they keep as evidence."),
            code="may_not_keep_evidence",
        )


def _add(
    evidence: Evidence,
    person: Person,
    words: Words,
    *,
    by: Actor,
    now: datetime,
    content: IO[bytes] | None = None,
) -> Evidence:
    _refuse_unless_own(person, by=by, now=now)
    evidence.person, evidence.added_at = person, now
    evidence.title, evidence.text = words.title, words.text
    evidence.happened_on = words.happened_on
    if content is not None:
        evidence.file.save(evidence.file_name, File(content), save=False)
    evidence.save(force_insert=True)
    _use(evidence, words.competency_ids, on=london_date(now))
    _record(evidence, "add_evidence", by=by, now=now)
    return evidence


def _own(evidence: Evidence, *, by: Actor, now: datetime) -> Evidence:
    """The locked row of a piece of evidence that is still kept, for its person only."""
    evidence = (
        Evidence.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=evidence.pk)
    )
    _refuse_unless_own(evidence.person, by=by, now=now)
    if evidence.removed_at is not None:
        raise Conflict(_("You have removed this evidence already."), code="evidence_removed")
    return evidence


def _use(evidence: Evidence, wanted: Collection[int], *, on: date) -> None:
    """Make the evidence speak for ``wanted`` and nothing else."""
    used = set(evidence.uses.values_list("competency_id", flat=True))
    offered = competencies_to_show(person=evidence.person, on=on).values_list("pk", flat=True)
    if not set(wanted) <= used | set(offered):
        raise Conflict(
            _("One of these competencies is not in a framework you use. Select again."),
            code="competency_not_offered",
        )
    evidence.uses.exclude(competency_id__in=wanted).delete()
    EvidenceUse.objects.bulk_create(
        EvidenceUse(evidence=evidence, competency_id=key) for key in sorted(set(wanted) - used)
    )


def _record(evidence: Evidence, verb: str, *, by: Actor, now: datetime) -> None:
    facts: dict[str, Any] = {"kind": str(evidence.kind)}
    if evidence.kind == EvidenceKind.FILE:
        facts |= {"content_type": evidence.content_type, "bytes": evidence.size}
    record(
        by=by,
        now=now,
        verb=verb,
        about=evidence,
        rule="may_keep_evidence",
        organisation_id=main_organisation_id(evidence.person, on=london_date(now)),
        subject_id=evidence.person_id,
        facts=facts,
    )
