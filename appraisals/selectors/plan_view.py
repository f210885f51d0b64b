"""A development plan as it is read: one object for the page and for the PDF, so neither can differ.

Everything in it is ready to be shown, in the reader's language; templates only arrange it.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import line_manager_of
from appraisals.models import (
    PLAN_ACTION_WORKFLOW,
    DevelopmentPlan,
    Objective,
    ObjectiveState,
    PlanAction,
)
from common.charts import Radar
from common.dates import london_date
from courses.selectors.recommendations import Recommendation, recommended_programmes
from pathways.drawings import gap_radar
from pathways.selectors.gap import DomainMean, Gap, GapRow, GapState, gap_analysis


@dataclass(frozen=True, slots=True)
class GapLine:
    """One requirement of the role and what has been shown of it."""

    competency_id: int
    domain_code: str
    domain: str
    title: str
    required: str
    held: str
    state: str
    state_label: str
    shown_by: str
    shown_on: date | None
    is_essential: bool


@dataclass(frozen=True, slots=True)
class DomainLine:
    """The mean level of a domain that the role asks for, and the mean of what has been shown."""

    code: str
    title: str
    required: float
    held: float | None


@dataclass(frozen=True, slots=True)
class GapPart:
    """How far the person is from the role; ``maximum`` is the highest level of the framework."""

    role: str
    met: int
    below: int
    not_shown: int
    asked: int
    maximum: int
    domains: tuple[DomainLine, ...]
    lines: tuple[GapLine, ...]
    radar: Radar | None


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    title: str
    measure: str
    due_on: date
    state_label: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action; ``steps`` are the (name, label) of what may be done with it next."""

    pk: int
    kind_label: str
    title: str
    competency: str
    due_on: date
    state: str
    state_label: str
    is_overdue: bool
    programme_id: int | None
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A recommended programme, what it would close, and its next session."""

    programme_id: int
    title: str
    provider: str
    closes: tuple[str, ...]
    is_entitled: bool
    session_on: date | None
    session_place: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything a development plan says to ``reader`` on a day."""

    title: str
    person_name: str
    post_title: str
    organisation_name: str
    manager_name: str
    starts_on: date
    ends_on: date | None
    on: date
    gap: GapPart | None
    objectives: tuple[ObjectiveLine, ...]
    actions: tuple[ActionLine, ...]
    courses: tuple[CourseLine, ...]


def plan_view(*, plan: DevelopmentPlan, reader: Actor, on: date) -> PlanView:
    """Read ``plan`` as ``reader`` may see it on ``on``, in a constant number of queries.

    Objectives are shown only to the parties of the appraisal. Courses are those on offer to the
    plan's person, whoever reads.
    """
    person = plan.person
    gap = None
    if plan.role_profile:
        gap = gap_analysis(person_id=person.pk, role_profile=plan.role_profile, on=on)
    post_title, organisation_name = _place(person, on=on)
    manager = line_manager_of(person, on=on)
    actions = _actions(plan, on=on)
    return PlanView(
        title=plan.title,
        person_name=person.full_name,
        post_title=post_title,
        organisation_name=organisation_name,
        manager_name=manager.full_name if manager else "",
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        on=on,
        gap=_gap_part(gap) if gap and gap.rows else None,
        objectives=_objectives(plan, reader=reader, on=on),
        actions=actions,
        courses=_courses(gap, person=person, actions=actions, on=on),
    )


def _place(person: Person, *, on: date) -> tuple[str, str]:
    """The post and organisation of the longest-held assignment, else of the board seat."""
    held = person.assignments.on(on).select_related("post", "organisation")
    assignment = held.order_by("starts_on", "pk").first()
    if assignment:
        return assignment.post.title, assignment.organisation.name
    seats = person.board_seats.on(on).select_related("organisation")
    seat = seats.order_by("starts_on", "pk").first()
    return (seat.get_kind_display(), seat.organisation.name) if seat else ("", "")


def _gap_part(gap: Gap) -> GapPart:
    return GapPart(
        role=gap.role.title,
        met=gap.met_count,
        below=len(gap.open_rows),
        not_shown=len(gap.not_shown_rows),
        asked=len(gap.rows),
        maximum=gap.top_rank,
        domains=tuple(_domain_line(domain) for domain in gap.domains()),
        lines=tuple(_gap_line(row) for row in gap.rows),
        radar=gap_radar(gap),
    )


def _domain_line(domain: DomainMean) -> DomainLine:
    held = None if domain.held is None else round(domain.held, 1)
    required = round(domain.required, 1)
    return DomainLine(code=domain.code, title=domain.title, required=required, held=held)


def _gap_line(row: GapRow) -> GapLine:
    labels = {
        GapState.MET: _("Met"),
        GapState.BELOW: _("To develop"),
        GapState.NOT_SHOWN: _("Not shown yet"),
    }
    return GapLine(
        competency_id=row.competency_id,
        domain_code=row.domain_code,
        domain=row.domain_title,
        title=row.title,
        required=row.required_label,
        held=row.held_label,
        state=row.state,
        state_label=labels[row.state],
        shown_by=row.source_label,
        shown_on=row.attained_on,
        is_essential=row.is_essential,
    )


def _objectives(plan: DevelopmentPlan, *, reader: Actor, on: date) -> tuple[ObjectiveLine, ...]:
    """What was agreed and falls into the plan's time."""
    agreed = (
        Objective.objects.visible_to(reader, on=on)
        .filter(person_id=plan.person_id, due_on__gte=plan.starts_on)
        .exclude(state=ObjectiveState.PROPOSED)
    )
    return tuple(
        ObjectiveLine(one.title, one.measure, one.due_on, one.get_state_display())
        for one in agreed.order_by("due_on", "pk")
    )


def _actions(plan: DevelopmentPlan, *, on: date) -> tuple[ActionLine, ...]:
    rows = plan.actions.select_related("competency").order_by("due_on", "pk")
    return tuple(_action_line(row, on=on) for row in rows)


def _action_line(action: PlanAction, *, on: date) -> ActionLine:
    steps = PLAN_ACTION_WORKFLOW.available(current=action.state)
    return ActionLine(
        pk=action.pk,
        kind_label=action.get_kind_display(),
        title=action.title,
        competency=action.competency.title if action.competency else "",
        due_on=action.due_on,
        state=action.state,
        state_label=action.get_state_display(),
        is_overdue=action.is_overdue(on=on),
        programme_id=action.programme_id,
        steps=tuple((step, PLAN_ACTION_WORKFLOW.label(step)) for step in steps),
    )


def _courses(
    gap: Gap | None, *, person: Person, actions: tuple[ActionLine, ...], on: date
) -> tuple[CourseLine, ...]:
    """Recommended programmes that are not in the plan already."""
    if gap is None:
        return ()
    planned = {action.programme_id for action in actions if action.state != "DROPPED"}
    found = recommended_programmes(gap=gap, actor=person, on=on)
    return tuple(_course_line(one) for one in found if one.programme.pk not in planned)


def _course_line(one: Recommendation) -> CourseLine:
    session = one.next_session
    return CourseLine(
        programme_id=one.programme.pk,
        title=one.programme.title,
        provider=one.programme.provider,
        closes=tuple(row.title for row in one.closes),
        is_entitled=one.is_entitled,
        session_on=london_date(session.starts_at) if session else None,
        session_place=session.place if session else "",
    )
