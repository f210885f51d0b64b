"""What a panel must have done before its decision about an application is written down."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Application, ApplicationState, SelectionStage
from courses.policies.selection import may_decide_for_panel
from courses.selectors.selection_panel import (
    is_chair_barred,
    member_of,
    own_vote,
    seat_of,
    tally_of,
)


def refuse_unless_decides_for_panel(
    application: Application, *, by: Actor, now: datetime
) -> Person:
    """The chair writes decisions down; another member where the chair may not assess."""
    on = london_date(now)
    member = member_of(by, application.intake) if isinstance(by, Person) else None
    allowed = may_decide_for_panel(
        relations_to(by, application.person, on=on),
        seat=seat_of(member, application),
        application=application,
        is_chair_barred=is_chair_barred(application, on=on),
    )
    if not isinstance(by, Person) or not allowed:
        raise Forbidden(
            _(
                "A panel chooses here, and its chair writes down what was decided. Another member"
                " does where the chair has an interest."
            ),
            code="panel_chooses",
        )
    return by


def refuse_unless_panel_agrees(
    application: Application, *, stage: SelectionStage, is_for: bool, by: Person
) -> None:
    """Enough members have voted, the one who writes it down among them, and more than half of
    them for what is decided. ``application`` is as it was before the step.

    Refuses: ``not_assessed``, ``no_quorum``, ``vote_first``, ``no_majority``.
    """
    if application.state == ApplicationState.SHORTLISTED:
        raise Conflict(
            _("Not enough of the panel have scored this application yet."), code="not_assessed"
        )
    quorum, tally = application.intake.quorum or 0, tally_of(application, stage)
    if tally.cast < quorum:
        raise Conflict(
            _("%(cast)d of the panel have voted. At least %(quorum)d have to.")
            % {"cast": tally.cast, "quorum": quorum},
            code="no_quorum",
        )
    member = member_of(by, application.intake)
    if member is None or own_vote(member, application, stage) is None:
        raise Conflict(
            _("Vote yourself before you write down what was decided."), code="vote_first"
        )
    agree = tally.in_favour if is_for else tally.cast - tally.in_favour
    if agree * 2 <= tally.cast:
        raise Conflict(
            _("%(agree)d of %(cast)d voted for this. Talk it over, and change votes if it helps.")
            % {"agree": agree, "cast": tally.cast},
            code="no_majority",
        )
