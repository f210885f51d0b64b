"""Saying who sits on the panel of an intake, and standing down from it."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Intake, IntakePanelMember, PanelInterest, PanelRole, Session
from courses.policies.selection import may_name_panel
from courses.selectors.running import relations_to_offering
from courses.selectors.selection import application_of, competes_for
from courses.selectors.selection_panel import member_of, panel_of, person_at, works_with
from courses.selectors.selection_sponsors import sponsors_somebody
from courses.services.notices import facts_of
from courses.services.seats import lock_session
from notifications.services.notices import notify


@transaction.atomic
def name_panel_member(
    *, intake: Intake, email: str, role: PanelRole, by: Actor, now: datetime
) -> IntakePanelMember:
    """Let whoever has ``email`` sit on the panel; they are told, and read what was sent. Whoever
    sat on it before keeps the interests they declared.

    Refuses: ``may_not_run``, ``may_not_name``, ``no_panel``, ``nobody_there``, ``applied``,
    ``sponsors``, ``already_on_panel``, ``has_a_chair``.
    """
    session = lock_session(intake.session_id)
    intake = _refuse_unless_may_name(intake, session=session, by=by, now=now)
    person = person_at(email)
    if person is None or not works_with(person, intake, on=london_date(now)):
        raise Conflict(
            _("Nobody who works for whoever runs the course has this address. Check it."),
            code="nobody_there",
        )
    if application_of(person, intake):
        raise Conflict(
            _("%(person)s has started to apply, and cannot choose between the others.")
            % {"person": person.full_name},
            code="applied",
        )
    if sponsors_somebody(person, intake):
        raise Conflict(
            _("%(person)s is the sponsor of somebody who applies, and cannot choose as well.")
            % {"person": person.full_name},
            code="sponsors",
        )
    if member_of(person, intake):
        raise Conflict(
            _("%(person)s is on this panel already.") % {"person": person.full_name},
            code="already_on_panel",
        )
    if role == PanelRole.CHAIR and panel_of(intake).filter(role=role).exists():
        raise Conflict(
            _("The panel has a chair. Let them stand down before you name another."),
            code="has_a_chair",
        )
    member = IntakePanelMember.objects.create(intake=intake, person=person, role=role, named_at=now)
    _keep_interests(member)
    _record(member, verb="name_panel_member", session=session, by=by, now=now)
    _tell(member, session=session, now=now)
    return member


@transaction.atomic
def stand_down(*, member: IntakePanelMember, by: Actor, now: datetime) -> IntakePanelMember:
    """End a seat on the panel at once. What the member scored and voted stays, and counts no more.

    Refuses: ``may_not_run``, ``may_not_name``, ``no_panel``, ``is_over``.
    """
    session = lock_session(member.intake.session_id)
    intake = _refuse_unless_may_name(member.intake, session=session, by=by, now=now)
    held = panel_of(intake).filter(pk=member.pk).first()
    if held is None:
        raise Conflict(_("They are not on this panel any more."), code="is_over")
    _end_seat(held, session=session, by=by, now=now)
    return held


def refuse_unless_names_panel(intake: Intake, *, by: Actor, now: datetime) -> None:
    """Leads of the course say who sits on the panel, and see it, unless they have applied."""
    at_offering = relations_to_offering(by, intake.session.offering, on=london_date(now))
    competes = competes_for(by, intake)
    if may_name_panel(at_offering, intake=intake, competes=competes):
        return
    if competes:
        raise Forbidden(
            _(
                "You have applied for this course yourself. A lead who has not applied names the"
                " panel."
            ),
            code="may_not_name",
        )
    raise Forbidden(
        _("Only a learning lead or programme lead of who hosts or teaches it can do this."),
        code="may_not_run",
    )


def end_panel(intake: Intake, *, session: Session, by: Actor, now: datetime) -> None:
    """End every seat on the panel of an intake for which no panel chooses any more. Called under
    the lock of the session, by whoever may plan the intake."""
    for member in panel_of(intake):
        _end_seat(member, session=session, by=by, now=now)


def _end_seat(member: IntakePanelMember, *, session: Session, by: Actor, now: datetime) -> None:
    member.stood_down_at = now
    member.save(update_fields=["stood_down_at"])
    _record(member, verb="stand_down_from_panel", session=session, by=by, now=now)


def _keep_interests(member: IntakePanelMember) -> None:
    """An interest belongs to the person, and everything that counts looks at their seat."""
    before = PanelInterest.objects.filter(
        member__intake=member.intake_id, member__person=member.person_id
    )
    once = before.order_by("application_id", "declared_at", "pk").distinct("application_id")
    PanelInterest.objects.bulk_create(
        PanelInterest(
            application_id=interest.application_id,
            member=member,
            what=interest.what,
            declared_at=interest.declared_at,
        )
        for interest in once
    )


def _refuse_unless_may_name(
    intake: Intake, *, session: Session, by: Actor, now: datetime
) -> Intake:
    """Return the intake as it is under the lock."""
    intake = Intake.objects.get(pk=intake.pk)
    intake.session = session
    refuse_unless_names_panel(intake, by=by, now=now)
    if intake.quorum is None:
        raise Conflict(
            _("No panel chooses here: the leads of the course do."),
            code="no_panel",
        )
    return intake


def _tell(member: IntakePanelMember, *, session: Session, now: datetime) -> None:
    notify(
        recipient=member.person,
        rule="courses.panel_named",
        subject_key=f"intake_panel:{member.pk}",
        url=reverse("courses:intake_show", args=[member.intake_id]),
        now=now,
        facts=facts_of(session),
    )


def _record(
    member: IntakePanelMember, *, verb: str, session: Session, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=member,
        rule="may_name_panel",
        organisation_id=session.offering.host_id,
        subject_id=member.person_id,
        facts={"intake": member.intake_id, "role": str(member.role)},
    )
