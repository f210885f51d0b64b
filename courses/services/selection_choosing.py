"""Deciding who is shortlisted, offered a place, or put on the reserve list, and saying why."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from accounts.services.reading import record_reading
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    APPLICATION_WORKFLOW,
    Application,
    SelectionDecision,
    SelectionStage,
    Session,
)
from courses.policies.selection import may_choose
from courses.selectors.running import relations_to_offering
from courses.selectors.selection import competes_for, free_places
from courses.selectors.selection_sponsors import sponsorship_of
from courses.services.seats import refuse_when_settled
from courses.services.selection_applying import lock_application
from courses.services.selection_assessing import refuse_while_open
from courses.services.selection_panel_decisions import (
    refuse_unless_decides_for_panel,
    refuse_unless_panel_agrees,
)
from courses.services.selection_reserves import (
    end_of_offer,
    offer_what_is_left,
    tell_applicant,
)

_SHORTLISTING = ("shortlist", "not_shortlist")
_DECIDED = ("state", "place", "reserve_rank", "offer_ends_at")
_IN_FAVOUR = ("shortlist", "offer", "reserve")
_VERBS = {
    SelectionStage.SHORTLIST: "shortlist_application",
    SelectionStage.CHOICE: "choose_application",
}
_RULES = {
    "SHORTLISTED": "courses.application_shortlisted",
    "NOT_SHORTLISTED": "courses.application_turned_down",
    "OFFERED": "courses.application_offered",
    "RESERVE": "courses.application_reserve",
    "NOT_CHOSEN": "courses.application_turned_down",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decides, by the name of its step, and why."""

    step: str
    reasons: str

    @property
    def stage(self) -> SelectionStage:
        is_first = self.step in _SHORTLISTING
        return SelectionStage.SHORTLIST if is_first else SelectionStage.CHOICE

    @property
    def is_for(self) -> bool:
        return self.step in _IN_FAVOUR


@transaction.atomic
def decide_application(
    *, application: Application, judgement: Judgement, by: Actor, now: datetime
) -> Application:
    """Take one step with an application: on to the shortlist, to an offer, to the end of the
    reserve list, or no further. The applicant reads the reasons. Places that are still free after
    the last decision are offered to the reserve list.

    Where the intake has a panel it is the panel's decision. Refuses: ``may_not_choose`` or
    ``panel_chooses``, ``stale_state``, ``still_open``, ``reasons_missing``, ``not_assessed``,
    ``no_quorum``, ``vote_first``, ``no_majority``, ``no_place_left``, ``session_not_open``,
    ``session_started``.
    """
    application, session = lock_application(application.pk)
    chooser = _chooser(application, session=session, by=by, now=now)
    before = application.state
    target = APPLICATION_WORKFLOW.target(judgement.step, current=before)
    refuse_while_open(application, now=now)
    if not judgement.reasons.strip():
        raise Conflict(_("Give your reasons. The applicant reads them."), code="reasons_missing")
    refuse_when_settled(session, now=now)
    if application.intake.quorum is not None:
        refuse_unless_panel_agrees(
            application, stage=judgement.stage, is_for=judgement.is_for, by=chooser
        )
    application.state = target
    if judgement.step == "offer":
        _give_place(application, session=session, now=now)
    elif judgement.step == "reserve":
        application.reserve_rank = _end_of_reserve_list(application)
    _write(application, judgement, by=chooser, now=now)
    _record(application, judgement, before=before, by=by, now=now)
    tell_applicant(application, rule=_RULES[application.state], session=session, now=now)
    offer_what_is_left(application.intake, session=session, by=by, now=now)
    application.refresh_from_db(fields=_DECIDED)
    return application


@transaction.atomic
def open_application(*, application: Application, by: Actor, now: datetime) -> None:
    """Let somebody who may decide about an application read it; who read it when is written down.

    Refuses: ``may_not_choose``; ``panel_chooses``, see ``open_for_panel``.
    """
    session = application.intake.session
    if application.intake.quorum is not None:
        raise Forbidden(
            _("A panel chooses here, and only its members read what was sent."),
            code="panel_chooses",
        )
    _refuse_unless_may_choose(application, session=session, by=by, now=now)
    record_reading(
        parties={application.person_id},
        by=by,
        now=now,
        verb="read_application",
        about=application,
        rule="may_choose",
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
    )


def _chooser(application: Application, *, session: Session, by: Actor, now: datetime) -> Person:
    if application.intake.quorum is not None:
        return refuse_unless_decides_for_panel(application, by=by, now=now)
    return _refuse_unless_may_choose(application, session=session, by=by, now=now)


def _refuse_unless_may_choose(
    application: Application, *, session: Session, by: Actor, now: datetime
) -> Person:
    on = london_date(now)
    at_offering = relations_to_offering(by, session.offering, on=on)
    to_person = relations_to(by, application.person, on=on)
    sponsor = sponsorship_of(application)
    competes = competes_for(by, application.intake)
    allowed = may_choose(
        at_offering,
        to_person,
        application=application,
        is_sponsor=sponsor is not None and sponsor.sponsor == by,
        competes=competes,
    )
    if competes:
        raise Forbidden(
            _(
                "You have applied for this course yourself. A lead who has not applied decides"
                " about the applications."
            ),
            code="may_not_choose",
        )
    if not isinstance(by, Person) or not allowed:
        raise Forbidden(
            _(
                "Learning leads and programme leads who run the course decide, and never about"
                " themselves, people they manage or people who named them as their sponsor. Ask a"
                " colleague to decide about this one."
            ),
            code="may_not_choose",
        )
    return by


def _write(application: Application, judgement: Judgement, *, by: Person, now: datetime) -> None:
    SelectionDecision.objects.create(
        application=application,
        stage=judgement.stage,
        outcome=application.state,
        reasons=judgement.reasons,
        decided_by=by,
        decided_at=now,
    )
    application.save(update_fields=_DECIDED)


def _give_place(application: Application, *, session: Session, now: datetime) -> None:
    places = free_places(application.intake, session)
    if not places:
        raise Conflict(
            _("No place is left to offer. Put the person on the reserve list instead."),
            code="no_place_left",
        )
    application.place = places[0]
    application.offer_ends_at = end_of_offer(application.intake, session, now=now)


def _end_of_reserve_list(application: Application) -> int:
    ranks = Application.objects.filter(intake=application.intake_id).aggregate(
        last=Max("reserve_rank")
    )
    return (ranks["last"] or 0) + 1


def _record(
    application: Application, judgement: Judgement, *, before: str, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=_VERBS[judgement.stage],
        about=application,
        rule="may_choose",
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
        facts={
            "intake": application.intake_id,
            "from": str(before),
            "state": str(application.state),
        },
        private={"reasons": judgement.reasons},
    )
