"""Taking certificates back, and putting others in their place."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from courses.models import CERTIFICATE_WORKFLOW, Certificate, RevocationReason
from courses.policies.certificates import may_end
from courses.selectors.certificate_words import Words
from courses.services.certificate_news import tell_of_end
from courses.services.certificates import Draft, write_out
from courses.services.signing_keys import Signer, hold_signer
from courses.services.status_lists import revoke_numbers


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands otherwise on the certificate that takes the place of another, and why."""

    person_name: str
    completed_on: date
    reason: str


@transaction.atomic
def revoke(
    *,
    certificate: Certificate,
    reason: RevocationReason,
    text: str,
    by: Actor,
    now: datetime,
) -> Certificate:
    """Take a certificate back for good: from now on whoever checks it is told so.

    Refuses: ``may_not_end``, ``stale_state``, ``reason_missing``.
    """
    signer, certificate = _hold(certificate, by=by, now=now)
    if not text.strip():
        raise Conflict(_("Enter why the certificate is revoked."), code="reason_missing")
    certificate.state = CERTIFICATE_WORKFLOW.target("revoke", current=certificate.state)
    certificate.end_reason = reason
    _end(certificate, signer=signer, by=by, now=now)
    _record(
        certificate,
        verb="revoke_certificate",
        rule="may_end",
        by=by,
        now=now,
        facts={"serial": certificate.serial, "reason": str(reason)},
        private={"text": text},
    )
    tell_of_end(certificate, now=now)
    return certificate


@transaction.atomic
def reissue(
    *, certificate: Certificate, correction: Correction, by: Actor, now: datetime
) -> Certificate:
    """Put another certificate in the place of one: a new name, or a mistake put right.

    What it says otherwise stays as it was. The former one no longer counts.
    Refuses: ``may_not_end``, ``stale_state``, ``reason_missing``, ``nothing_changed``,
    ``completed_in_future``, ``ended_before_completed``.
    """
    signer, former = _hold(certificate, by=by, now=now)
    _refuse_unless_corrects(former, correction, on=london_date(now))
    former.state = CERTIFICATE_WORKFLOW.target("replace", current=former.state)
    _end(former, signer=signer, by=by, now=now)
    draft = Draft(
        person=former.person,
        organisation_id=former.organisation_id,
        words=_words_on(former),
        completed_on=correction.completed_on,
        award=former.award,
        enrolment=former.enrolment,
        expires_on=former.expires_on,
        replaces=former,
        person_name=correction.person_name,
    )
    host = former.issuer.organisation
    newer = write_out(host, [draft], by=by, now=now, rule="may_end", verb="reissue_certificate")[0]
    _record(
        former,
        verb="replace_certificate",
        rule="may_end",
        by=by,
        now=now,
        facts={"serial": former.serial, "newer": newer.serial},
        private={"text": correction.reason},
    )
    return newer


def _hold(certificate: Certificate, *, by: Actor, now: datetime) -> tuple[Signer, Certificate]:
    """The key of the issuer first, as everybody does, and then the certificate as it is."""
    signer = hold_signer(certificate.issuer)
    rows = Certificate.objects.select_for_update(of=("self",)).select_related(
        "person", "award", "enrolment", "issuer__organisation", "status_entry__status_list"
    )
    held = rows.get(pk=certificate.pk)
    refuse_unless_may_end(held, by=by, now=now)
    return signer, held


def refuse_unless_may_end(certificate: Certificate, *, by: Actor, now: datetime) -> None:
    at_issuer = roles_at(by, certificate.issuer_id, on=london_date(now))
    is_ones_own = isinstance(by, Person) and by.pk == certificate.person_id
    if not may_end(at_issuer, certificate=certificate, is_ones_own=is_ones_own):
        raise Forbidden(
            _(
                "Only a learning lead or programme lead of the organisation that issued it can do "
                "this, and nobody with a certificate of their own."
            ),
            code="may_not_end",
        )


def _end(certificate: Certificate, *, signer: Signer, by: Actor, now: datetime) -> None:
    certificate.ended_at = now
    certificate.ended_by = by if isinstance(by, Person) else None
    certificate.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    revoke_numbers([certificate.status_entry], signer=signer, now=now)


def _refuse_unless_corrects(former: Certificate, correction: Correction, *, on: date) -> None:
    if not correction.reason.strip():
        raise Conflict(_("Enter what was wrong or has changed."), code="reason_missing")
    if correction.completed_on > on:
        raise Conflict(
            _("Enter a day of completion that is not in the future."), code="completed_in_future"
        )
    if former.expires_on and former.expires_on < correction.completed_on:
        raise Conflict(
            _(
                "It would end before that day. Enter a day of completion up to %(day)s, or issue a"
                " new certificate."
            )
            % {"day": long_date(former.expires_on)},
            code="ended_before_completed",
        )
    said = (former.person_name, former.completed_on)
    if said == (correction.person_name, correction.completed_on):
        raise Conflict(
            _("Change the name or the day of completion. The certificate says this already."),
            code="nothing_changed",
        )


def _words_on(certificate: Certificate) -> Words:
    names = Words.__dataclass_fields__
    return Words(**{name: getattr(certificate, name) for name in names})


def _record(
    certificate: Certificate,
    *,
    verb: str,
    rule: str,
    by: Actor,
    now: datetime,
    facts: dict[str, str],
    private: dict[str, str],
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=certificate,
        rule=rule,
        organisation_id=certificate.issuer_id,
        subject_id=certificate.person_id,
        facts=facts,
        private=private,
    )
