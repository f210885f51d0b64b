"""Naming a sponsor while one applies, and writing what a sponsor says."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from common.dates import london_date, long_moment
from common.errors import Conflict, Forbidden
from common.text import count_words
from courses.models import (
    MOST_STATEMENT_WORDS,
    STATEMENT_STATES,
    Application,
    ApplicationState,
    Session,
    SessionState,
    SponsorStatement,
)
from courses.policies.selection_sponsors import may_write_statement
from courses.selectors.selection_panel import sits_on_panel
from courses.selectors.selection_sponsors import sponsor_at, sponsorship_of
from courses.services.notices import facts_of
from courses.services.seats import lock_session
from notifications.services.notices import notify

# Somebody who has left the organisation still answers an applicant who asked them.
WRITER = SystemJob("courses.write_own_statement", organisation_ids=None)


def name_sponsor(
    application: Application, *, email: str, session: Session, by: Actor, now: datetime
) -> None:
    """Let whoever has ``email`` write about the applicant, in place of whoever was named before;
    nobody any more where it is empty. Called under the lock of the session, for a draft.

    Refuses: ``no_sponsor_there``, ``sponsor_has_written``.
    """
    known = sponsorship_of(application)
    if (known.sponsor.email if known else "").casefold() == email.strip().casefold():
        return
    if known and known.given_at:
        raise Conflict(
            _("%(sponsor)s has written their statement already, so they stay your sponsor.")
            % {"sponsor": known.sponsor.full_name},
            code="sponsor_has_written",
        )
    sponsor = _found(email, application, now=now) if email.strip() else None
    if known:
        _let_go(known, application, session=session, by=by, now=now)
    if sponsor:
        _ask(sponsor, application, session=session, by=by, now=now)


@transaction.atomic
def write_statement(
    *, statement: SponsorStatement, text: str, by: Actor, now: datetime
) -> SponsorStatement:
    """Say what one thinks of an applicant, once; they and whoever chooses read it.

    Refuses: ``may_not_write``, ``already_written``, ``application_over``, ``applications_closed``,
    ``nothing_said``, ``statement_too_long``.
    """
    with lifted(WRITER):
        session = lock_session(statement.application.intake.session_id)
        held = _held(statement, session)
        _refuse_unless_may_write(held, by=by, now=now)
        _refuse_unless_wanted(held, now=now)
        _refuse_unless_words(text)
        held.text, held.given_at = text, now
        held.save(update_fields=["text", "given_at"])
        _record(
            held.application,
            verb="write_sponsor_statement",
            rule="may_write_statement",
            by=by,
            now=now,
            private={"text": text},
        )
        _tell_applicant(held, session=session, now=now)
    return held


def _held(statement: SponsorStatement, session: Session) -> SponsorStatement:
    """The applicant may have named somebody else while this was written."""
    rows = SponsorStatement.objects.select_related("application__intake", "application__person")
    held = rows.select_for_update(of=("self",)).filter(pk=statement.pk).first()
    if held is None or session.state != SessionState.OPEN:
        raise _needs_none()
    return held


def _found(email: str, application: Application, *, now: datetime) -> Person:
    person = sponsor_at(email, application, on=london_date(now))
    if person is None:
        raise Conflict(
            _(
                "Nobody in your organisation who can write for you has this address. Check it, or"
                " name somebody else."
            ),
            code="no_sponsor_there",
        )
    return person


def _ask(
    sponsor: Person, application: Application, *, session: Session, by: Actor, now: datetime
) -> None:
    statement = SponsorStatement.objects.create(
        application=application, sponsor=sponsor, named_at=now
    )
    _record(application, verb="name_sponsor", rule="may_apply", by=by, now=now, sponsor=sponsor)
    closes_at = application.intake.closes_at.isoformat()
    notify(
        recipient=sponsor,
        rule="courses.sponsor_asked",
        subject_key=f"sponsor_statement:{statement.pk}",
        url=reverse("courses:sponsor_statement", args=[statement.pk]),
        now=now,
        facts={
            **facts_of(session),
            "person": application.person.full_name,
            "closes_at": closes_at,
        },
    )


def _let_go(
    known: SponsorStatement, application: Application, *, session: Session, by: Actor, now: datetime
) -> None:
    _record(
        application, verb="let_sponsor_go", rule="may_apply", by=by, now=now, sponsor=known.sponsor
    )
    notify(
        recipient=known.sponsor,
        rule="courses.sponsor_let_go",
        subject_key=f"sponsor_statement:{known.pk}:over",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={**facts_of(session), "person": application.person.full_name},
    )
    known.delete()


def _refuse_unless_may_write(statement: SponsorStatement, *, by: Actor, now: datetime) -> None:
    person = by if isinstance(by, Person) else None
    application = statement.application
    allowed = may_write_statement(
        relations_to(by, application.person, on=london_date(now)),
        statement=statement,
        is_sponsor=person is not None and person.pk == statement.sponsor_id,
        is_on_panel=person is not None and sits_on_panel(person, application.intake),
    )
    if not allowed:
        raise Forbidden(
            _("Only the sponsor whom the applicant named can write this."), code="may_not_write"
        )


def _refuse_unless_wanted(statement: SponsorStatement, *, now: datetime) -> None:
    application = statement.application
    if statement.given_at:
        raise Conflict(
            _("You have written this statement. It can be read, and no longer changed."),
            code="already_written",
        )
    if application.state not in STATEMENT_STATES:
        raise _needs_none()
    closes_at = application.intake.closes_at
    if now >= closes_at:
        raise Conflict(
            _("Applications closed on %(when)s, so no statement can be added any more.")
            % {"when": long_moment(closes_at)},
            code="applications_closed",
        )


def _needs_none() -> Conflict:
    return Conflict(_("This application needs no statement any more."), code="application_over")


def _refuse_unless_words(text: str) -> None:
    if not text.strip():
        raise Conflict(_("Enter your statement."), code="nothing_said")
    if count_words(text) > MOST_STATEMENT_WORDS:
        raise Conflict(
            _("Shorten your statement to %(most)d words or fewer.")
            % {"most": MOST_STATEMENT_WORDS},
            code="statement_too_long",
        )


def _tell_applicant(statement: SponsorStatement, *, session: Session, now: datetime) -> None:
    application = statement.application
    page = ("courses:application_show", application.pk)
    if application.state == ApplicationState.DRAFT:
        page = ("courses:intake_apply", application.intake_id)
    notify(
        recipient=application.person,
        rule="courses.sponsor_wrote",
        subject_key=f"sponsor_statement:{statement.pk}:written",
        url=reverse(page[0], args=[page[1]]),
        now=now,
        facts=facts_of(session),
    )


def _record(
    application: Application,
    *,
    verb: str,
    rule: str,
    by: Actor,
    now: datetime,
    sponsor: Person | None = None,
    private: dict[str, str] | None = None,
) -> None:
    facts = {"intake": application.intake_id}
    record(
        by=by,
        now=now,
        verb=verb,
        about=application,
        rule=rule,
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
        facts=facts | ({"sponsor": sponsor.pk} if sponsor else {}),
        private=private or {},
    )
