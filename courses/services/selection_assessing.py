"""What members of a panel do with an application: declare an interest, read, score and vote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.services.ledger import record
from accounts.services.reading import record_reading
from common.dates import london_date, long_moment
from common.errors import Conflict, Forbidden
from courses.models import (
    APPLICATION_WORKFLOW,
    Application,
    ApplicationState,
    IntakePanelMember,
    PanelInterest,
    PanelScore,
    PanelVote,
)
from courses.policies.selection import may_assess, may_declare_interest
from courses.selectors.selection_panel import (
    SCORED_STATES,
    has_scored,
    member_of,
    members_who_scored,
    seat_of,
    stage_to_vote_on,
)
from courses.services.selection_applying import lock_application


@dataclass(frozen=True, slots=True)
class Given:
    """How many points somebody gives by one criterion, and why."""

    points: int
    reason: str


@transaction.atomic
def declare_interest(
    *, application: Application, what: str, by: Actor, now: datetime
) -> PanelInterest:
    """Say what ties one to an applicant. From then on one neither reads nor scores nor votes on
    that application, and what one has scored and voted counts no more.

    Refuses: ``may_not_declare``, ``stale_state``, ``already_declared``, ``nothing_said``.
    """
    application, session = lock_application(application.pk)
    member = refuse_unless_may_declare(application, by=by, now=now)
    _refuse_when_decided(application)
    if application.interests.filter(member=member).exists():
        raise Conflict(_("You have declared an interest already."), code="already_declared")
    if not what.strip():
        raise Conflict(_("Enter what ties you to the applicant."), code="nothing_said")
    interest = PanelInterest.objects.create(
        application=application, member=member, what=what, declared_at=now
    )
    record(
        by=by,
        now=now,
        verb="declare_panel_interest",
        about=application,
        rule="may_declare_interest",
        organisation_id=session.offering.host_id,
        subject_id=member.person_id,
        facts={"intake": application.intake_id},
        private={"what": what},
    )
    return interest


@transaction.atomic
def open_for_panel(*, application: Application, by: Actor, now: datetime) -> IntakePanelMember:
    """Let a member of the panel read an application; who read it when is written down.

    Refuses: ``may_not_assess``.
    """
    member = refuse_unless_assesses(application, by=by, now=now)
    record_reading(
        parties={application.person_id},
        by=by,
        now=now,
        verb="read_application",
        about=application,
        rule="may_assess",
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
    )
    return member


@transaction.atomic
def score_application(
    *, application: Application, given: Mapping[int, Given], by: Actor, now: datetime
) -> Application:
    """Score an application by every criterion at once, with a reason for each. It is assessed as
    soon as as many members have scored as the intake asks for.

    ``given``: by the number of the criterion. Refuses: ``may_not_assess``, ``not_to_score``,
    ``already_scored``, ``scores_missing``.
    """
    application, _session = lock_application(application.pk)
    member = refuse_unless_assesses(application, by=by, now=now)
    _refuse_unless_to_score(application, member, given)
    PanelScore.objects.bulk_create(
        PanelScore(
            application=application,
            member=member,
            criterion_id=criterion_id,
            points=score.points,
            reason=score.reason,
            scored_at=now,
        )
        for criterion_id, score in given.items()
    )
    _record(
        application,
        verb="score_application",
        by=by,
        now=now,
        facts={"criteria": len(given)},
        private={"reasons": "\n\n".join(score.reason for score in given.values())},
    )
    _assess_at_quorum(application, by=by, now=now)
    return application


@transaction.atomic
def cast_vote(*, application: Application, is_for: bool, by: Actor, now: datetime) -> PanelVote:
    """Vote on whether an application goes on; one's own vote can be changed until it is decided.

    Refuses: ``may_not_assess``, ``still_open``, ``not_to_vote``, ``score_first``.
    """
    application, _session = lock_application(application.pk)
    member = refuse_unless_assesses(application, by=by, now=now)
    refuse_while_open(application, now=now)
    stage = stage_to_vote_on(application)
    if stage is None:
        raise Conflict(_("There is nothing to vote on now."), code="not_to_vote")
    if application.state == ApplicationState.ASSESSED and not has_scored(member, application):
        raise Conflict(_("Score the application before you vote."), code="score_first")
    vote, _is_new = PanelVote.objects.update_or_create(
        application=application,
        member=member,
        stage=stage,
        defaults={"is_for": is_for, "cast_at": now},
    )
    facts = {"stage": str(stage)}
    _record(application, verb="vote_on_application", by=by, now=now, facts=facts)
    return vote


def refuse_unless_may_declare(
    application: Application, *, by: Actor, now: datetime
) -> IntakePanelMember:
    """Return the seat on the panel of whoever may declare an interest in the applicant."""
    member = _member(application, by)
    seat = seat_of(member, application)
    relations = relations_to(by, application.person, on=london_date(now))
    if member is None or not may_declare_interest(relations, seat=seat, application=application):
        raise Forbidden(
            _("Only who sits on the panel declares an interest, and in somebody else."),
            code="may_not_declare",
        )
    return member


def refuse_unless_assesses(
    application: Application, *, by: Actor, now: datetime
) -> IntakePanelMember:
    """Return the seat on the panel of whoever may read, score and vote."""
    member = _member(application, by)
    relations = relations_to(by, application.person, on=london_date(now))
    seat = seat_of(member, application)
    if member is None or not may_assess(relations, seat=seat, application=application):
        raise Forbidden(
            _(
                "Members of the panel read and score, and never their own application, that of"
                " somebody they manage, or one in which they have declared an interest."
            ),
            code="may_not_assess",
        )
    return member


def refuse_while_open(application: Application, *, now: datetime) -> None:
    closes_at = application.intake.closes_at
    if now < closes_at:
        raise Conflict(
            _("People can apply until %(when)s. Decide after that, with all of them before you.")
            % {"when": long_moment(closes_at)},
            code="still_open",
        )


def _member(application: Application, by: Actor) -> IntakePanelMember | None:
    return member_of(by, application.intake) if isinstance(by, Person) else None


def _refuse_when_decided(application: Application) -> None:
    if application.state not in (ApplicationState.SUBMITTED, *SCORED_STATES):
        raise Conflict(
            _("This application is decided, so an interest changes nothing any more."),
            code="stale_state",
        )


def _refuse_unless_to_score(
    application: Application, member: IntakePanelMember, given: Mapping[int, Given]
) -> None:
    if application.state not in SCORED_STATES:
        raise Conflict(
            _("Applications are scored once they are shortlisted and until they are decided."),
            code="not_to_score",
        )
    if has_scored(member, application):
        raise Conflict(
            _("You have scored this application. What you gave stays as it is."),
            code="already_scored",
        )
    asked = set(application.intake.criteria.values_list("pk", flat=True))
    if set(given) != asked or not all(score.reason.strip() for score in given.values()):
        raise Conflict(
            _("Give points and a reason for every criterion."),
            code="scores_missing",
        )


def _assess_at_quorum(application: Application, *, by: Actor, now: datetime) -> None:
    quorum = application.intake.quorum or 0
    if application.state != ApplicationState.SHORTLISTED:
        return
    if members_who_scored(application) < quorum:
        return
    application.state = APPLICATION_WORKFLOW.target("assess", current=application.state)
    application.assessed_at = now
    application.save(update_fields=["state", "assessed_at"])
    _record(application, verb="assess_application", by=by, now=now, facts={"quorum": quorum})


def _record(
    application: Application,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=application,
        rule="may_assess",
        organisation_id=application.organisation_id,
        subject_id=application.person_id,
        facts={"intake": application.intake_id, "state": str(application.state), **(facts or {})},
        private=dict(private or {}),
    )
