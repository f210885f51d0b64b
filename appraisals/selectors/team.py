"""A line manager's team on one page: appraisal, open gaps and next course of each report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import Assignment, Person, ReportingKind, ReportingLine
from accounts.models.posts import AssignmentQuerySet
from appraisals.models import Appraisal
from common.dates import london_midnight
from courses.models import Enrolment, EnrolmentState
from pathways.models import PostRole, Requirement
from pathways.selectors.gap import levels_held


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One report in one post. ``open_gaps`` is None where the post follows no role profile."""

    assignment: Assignment
    appraisal: Appraisal | None
    open_gaps: int | None
    next_course: Enrolment | None
    is_held_by_me: bool

    @property
    def person_id(self) -> int:
        return self.assignment.person_id


def reports(*, actor: Person, on: date) -> AssignmentQuerySet:
    """The assignments the actor line-manages on ``on``, by name."""
    lines = ReportingLine.objects.on(on).filter(
        manager_id=actor.pk, kind=ReportingKind.LINE_MANAGER
    )
    rows = Assignment.objects.visible_to(actor, on=on).on(on)
    return (
        rows.filter(pk__in=lines.values("assignment_id"))
        .select_related("person", "post")
        .order_by("person__family_name", "person__given_name", "pk")
    )


def team_of(
    *, actor: Person, assignments: Iterable[Assignment], on: date
) -> tuple[TeamMember, ...]:
    """``assignments`` (one page of ``reports``) with what the team page says of each; five
    queries however many there are."""
    rows = tuple(assignments)
    appraisals = _latest_appraisals(rows, actor=actor, on=on)
    gaps = _open_gaps(rows, on=on)
    courses = _next_courses(rows, actor=actor, on=on)
    return tuple(
        TeamMember(
            assignment=row,
            appraisal=(appraisal := appraisals.get(row.pk)),
            open_gaps=gaps.get(row.pk),
            next_course=courses.get(row.person_id),
            is_held_by_me=appraisal is not None and appraisal.appraiser_id == actor.pk,
        )
        for row in rows
    )


def _latest_appraisals(
    rows: tuple[Assignment, ...], *, actor: Person, on: date
) -> Mapping[int, Appraisal]:
    found = (
        Appraisal.objects.visible_to(actor, on=on)
        .filter(assignment_id__in=[row.pk for row in rows])
        .order_by("assignment_id", "-due_on", "-pk")
        .distinct("assignment_id")
    )
    return {appraisal.assignment_id: appraisal for appraisal in found}


def _open_gaps(rows: tuple[Assignment, ...], *, on: date) -> Mapping[int, int]:
    """How many competencies of the post's role are below what it asks; what was never shown is
    not a gap."""
    roles = dict(
        PostRole.objects.filter(post_id__in=[row.post_id for row in rows]).values_list(
            "post_id", "role_profile_id"
        )
    )
    asked: dict[int, list[tuple[int, int]]] = {role: [] for role in roles.values()}
    required = Requirement.objects.filter(role_profile_id__in=asked).values_list(
        "role_profile_id", "competency_id", "rank"
    )
    for role, competency, rank in required:
        asked[role].append((competency, rank))
    held = levels_held(person_ids=[row.person_id for row in rows], on=on)
    return {
        row.pk: sum(
            held.get(row.person_id, {}).get(competency, rank) < rank
            for competency, rank in asked[roles[row.post_id]]
        )
        for row in rows
        if row.post_id in roles
    }


def _next_courses(
    rows: tuple[Assignment, ...], *, actor: Person, on: date
) -> Mapping[int, Enrolment]:
    found = (
        Enrolment.objects.visible_to(actor, on=on)
        .filter(
            person_id__in=[row.person_id for row in rows],
            state=EnrolmentState.CONFIRMED,
            session__starts_at__gte=london_midnight(on),
        )
        .select_related("session__offering__programme")
        .order_by("person_id", "session__starts_at", "pk")
        .distinct("person_id")
    )
    return {enrolment.person_id: enrolment for enrolment in found}
