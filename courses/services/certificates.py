"""Issuing certificates: to whoever completed a course, and by name."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event, Organisation, Person
from accounts.selectors.relations import main_organisation_id, roles_at
from accounts.services.ledger import event_row, record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    Award,
    Certificate,
    Credential,
    Enrolment,
    Issuer,
)
from courses.policies.certificates import may_issue
from courses.selectors.certificate_words import Words, earned_by, is_given_by_us, words_of_award
from courses.services.certificate_news import tell_of_certificates
from courses.services.issuers import issuer_of
from courses.services.open_badges import claims_of
from courses.services.signing_keys import Signer, hold_signer
from courses.services.status_lists import draw


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate that is about to be issued: to whom, for what, and what it says."""

    person: Person
    organisation_id: int
    words: Words
    completed_on: date
    award: Award | None = None
    enrolment: Enrolment | None = None
    expires_on: date | None = None
    replaces: Certificate | None = None
    person_name: str = ""


@transaction.atomic
def issue_for(*, enrolments: Sequence[Enrolment], by: Actor, now: datetime) -> list[Certificate]:
    """Give everybody who completed what that brings; whoever has it already gets nothing more.

    A part of work that waits, asked for when the course was completed. A fixed number of
    statements for each organisation that issues, however many people there are.
    """
    has = set(
        Certificate.objects.filter(enrolment__in=enrolments, replaces__isnull=True).values_list(
            "enrolment_id", "award_id"
        )
    )
    drafts: dict[Organisation, list[Draft]] = {}
    for earned in earned_by([row for row in enrolments if row.state == "COMPLETED"]):
        enrolment, award = earned.enrolment, earned.award
        if (enrolment.pk, award.pk if award else None) in has:
            continue
        host = enrolment.session.offering.host
        draft = Draft(
            person=enrolment.person,
            organisation_id=enrolment.organisation_id,
            words=earned.words,
            completed_on=earned.completed_on,
            award=award,
            enrolment=enrolment,
            expires_on=earned.expires_on,
        )
        drafts.setdefault(host, []).append(draft)
    return [
        certificate
        for host, wanted in sorted(drafts.items(), key=lambda pair: pair[0].pk)
        for certificate in write_out(host, wanted, by=by, now=now, rule="completed")
    ]


@dataclass(frozen=True, slots=True)
class Grant:
    """An award that a lead gives somebody by name: for what was completed before, or elsewhere."""

    award: Award
    completed_on: date
    hours: int | None = None
    expires_on: date | None = None


@transaction.atomic
def issue_by_name(
    *, person: Person, grant: Grant, organisation: Organisation, by: Actor, now: datetime
) -> Certificate:
    """Give ``person`` an award in the name of ``organisation``.

    Refuses: ``may_not_issue``, ``award_of_another_body``, ``has_it_already``,
    ``completed_in_future``.
    """
    on = london_date(now)
    _refuse_unless_may_issue(organisation.pk, to=person, by=by, on=on)
    if not is_given_by_us(grant.award):
        raise Conflict(
            _("This award is given by the body that awards it, not by a certificate of ours."),
            code="award_of_another_body",
        )
    if grant.completed_on > on:
        raise Conflict(
            _("Enter a day of completion that is not in the future."), code="completed_in_future"
        )
    belongs = main_organisation_id(person, on=on) or organisation.pk
    issuer = issuer_of(organisation, by=by, now=now)
    hold_signer(issuer)
    known = issuer.certificates.filter(person=person, award=grant.award, state="ISSUED")
    if known.filter(completed_on=grant.completed_on).exists():
        raise Conflict(
            _("%(person)s has this certificate for that day already.")
            % {"person": person.full_name},
            code="has_it_already",
        )
    draft = Draft(
        person=person,
        organisation_id=belongs,
        words=words_of_award(grant.award, hours=grant.hours),
        completed_on=grant.completed_on,
        award=grant.award,
        expires_on=grant.expires_on,
    )
    return write_out(organisation, [draft], by=by, now=now, rule="may_issue")[0]


def sign_again(*, issuer: Issuer, by: Actor, now: datetime, most: int = 500) -> int:
    """Sign certificates anew whose credential was signed with a key that is given up.

    Returns how many; fewer than ``most`` means that none is left.
    """
    with transaction.atomic():
        signer = hold_signer(issuer)
        believed = Credential.objects.filter(key__compromised_on__isnull=True)
        rows = issuer.certificates.filter(state="ISSUED").exclude(
            pk__in=believed.values("certificate_id")
        )
        rows = rows.select_related("issuer", "person", "status_entry__status_list")
        left = list(rows.order_by("pk")[:most])
        _sign(left, signer=signer, now=now)
        if left:
            record(
                by=by,
                now=now,
                verb="sign_certificates_again",
                about=issuer,
                rule="key_given_up",
                organisation_id=issuer.pk,
                facts={"certificates": len(left)},
            )
    return len(left)


def write_out(
    host: Organisation,
    drafts: Sequence[Draft],
    *,
    by: Actor,
    now: datetime,
    rule: str,
    verb: str = "issue_certificate",
) -> list[Certificate]:
    """Issue what was judged: numbers, rows, credentials, events and news, each at once for all."""
    issuer = issuer_of(host, by=by, now=now)
    signer = hold_signer(issuer)
    entries = draw(issuer, count=len(drafts), signer=signer, now=now)
    issued_by = by if isinstance(by, Person) else None
    rows = []
    for draft, entry in zip(drafts, entries, strict=True):
        row = Certificate(
            person=draft.person,
            organisation_id=draft.organisation_id,
            issuer=issuer,
            award=draft.award,
            enrolment=draft.enrolment,
            replaces=draft.replaces,
            person_name=draft.person_name or draft.person.full_name,
            issuer_name=draft.replaces.issuer_name if draft.replaces else issuer.name,
            completed_on=draft.completed_on,
            expires_on=draft.expires_on,
            issued_at=now,
            issued_on=london_date(now),
            issued_by=issued_by,
            status_entry=entry,
            **asdict(draft.words),
        )
        if draft.replaces:
            row.lineage = draft.replaces.lineage
        rows.append(row)
    Certificate.objects.bulk_create(rows)
    _sign(rows, signer=signer, now=now)
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb=verb,
            about=row,
            rule=rule,
            organisation_id=row.issuer_id,
            subject_id=row.person_id,
            facts={"serial": row.serial, "award": row.award_id, "enrolment": row.enrolment_id},
        )
        for row in rows
    )
    tell_of_certificates(rows, now=now)
    return rows


def _sign(rows: Sequence[Certificate], *, signer: Signer, now: datetime) -> None:
    Credential.objects.bulk_create(
        Credential(
            certificate=row,
            key=signer.key,
            signed=signer.sign(
                claims_of(row, email=row.person.email, salt=secrets.token_urlsafe(16))
            ),
            signed_at=now,
        )
        for row in rows
    )


def _refuse_unless_may_issue(organisation_id: int, *, to: Person, by: Actor, on: date) -> None:
    is_to_oneself = isinstance(by, Person) and by.pk == to.pk
    if not may_issue(roles_at(by, organisation_id, on=on), is_to_oneself=is_to_oneself):
        raise Forbidden(
            _(
                "Only a learning lead or programme lead of the organisation can issue its "
                "certificates, and nobody to themselves."
            ),
            code="may_not_issue",
        )
