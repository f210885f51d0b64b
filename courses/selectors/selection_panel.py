"""Panels: who sits, what each may read, and how far scoring and voting have come."""

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Cast

from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from courses.models import (
    MOST_POINTS,
    Application,
    ApplicationQuerySet,
    ApplicationState,
    Intake,
    IntakeCriterion,
    IntakePanelMember,
    PanelInterest,
    PanelScore,
    PanelVote,
    SelectionStage,
)
from courses.policies.selection import Seat, may_assess

_STAGES = {
    ApplicationState.SUBMITTED: SelectionStage.SHORTLIST,
    ApplicationState.ASSESSED: SelectionStage.CHOICE,
}
SCORED_STATES = (ApplicationState.SHORTLISTED, ApplicationState.ASSESSED)
_SHARE = DecimalField(max_digits=9, decimal_places=4)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many members voted at one stage, and how many of them for the applicant."""

    cast: int
    in_favour: int


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What the panel gave by one criterion: who, how many points, and why."""

    criterion: IntakeCriterion
    scores: tuple[PanelScore, ...]


def panel_of(intake: Intake) -> QuerySet[IntakePanelMember]:
    """Who sits on the panel now, the chair first."""
    rows = intake.panel.filter(stood_down_at__isnull=True).select_related("person")
    return rows.order_by("role", "person__family_name", "pk")


def sits_on_panel(person: Person, intake: Intake) -> bool:
    return panel_of(intake).filter(person=person).exists()


def member_of(person: Person, intake: Intake) -> IntakePanelMember | None:
    return panel_of(intake).filter(person=person).first()


def seat_of(member: IntakePanelMember | None, application: Application) -> Seat | None:
    """What ``member`` is to one application."""
    if member is None:
        return None
    has_interest = application.interests.filter(member=member).exists()
    return Seat(is_chair=member.is_chair, has_interest=has_interest)


def is_chair_barred(application: Application, *, on: date) -> bool:
    """Whether the panel has no chair who may assess the application."""
    chair = panel_of(application.intake).filter(role="CHAIR").first()
    if chair is None:
        return True
    seat = seat_of(chair, application)
    relations = relations_to(chair.person, application.person, on=on)
    return not may_assess(relations, seat=seat, application=application)


def sitting_on(application: Application) -> QuerySet[IntakePanelMember]:
    """Members whose scores and votes on the application count: none who declared an interest."""
    declared = PanelInterest.objects.filter(application=application, member=OuterRef("pk"))
    rows = application.intake.panel.filter(stood_down_at__isnull=True)
    return rows.filter(~Exists(declared)).exclude(person_id=application.person_id)


def stage_to_vote_on(application: Application) -> SelectionStage | None:
    return _STAGES.get(ApplicationState(application.state))


def has_scored(member: IntakePanelMember, application: Application) -> bool:
    """Whether the member has scored the application by every criterion."""
    return application.scores.filter(member=member).exists()


def members_who_scored(application: Application) -> int:
    """How many of those whose scores count have scored; each scores by all criteria at once."""
    return sitting_on(application).filter(scores__application=application).distinct().count()


def tally_of(application: Application, stage: SelectionStage) -> Tally:
    rows = PanelVote.objects.filter(application=application, stage=stage)
    counted = rows.filter(member__in=sitting_on(application)).aggregate(
        cast=Count("pk"), in_favour=Count("pk", filter=Q(is_for=True))
    )
    return Tally(**counted)


def own_vote(
    member: IntakePanelMember, application: Application, stage: SelectionStage
) -> PanelVote | None:
    return application.votes.filter(member=member, stage=stage).first()


def scores_shown_to(member: IntakePanelMember, application: Application) -> list[ScoreLine]:
    """What the panel gave, by criterion: nothing before one's own scores are in."""
    if not has_scored(member, application):
        return []
    counted = application.scores.filter(member__in=sitting_on(application))
    rows = list(counted.select_related("member__person").order_by("member_id"))
    return [
        ScoreLine(
            criterion=criterion,
            scores=tuple(row for row in rows if row.criterion_id == criterion.pk),
        )
        for criterion in application.intake.criteria.order_by("position")
    ]


def as_read_by(rows: ApplicationQuerySet, member: IntakePanelMember) -> ApplicationQuerySet:
    """Applications with what the member did about each; ``mean`` is what the panel gave, as a
    share of all points by weight between 0 and 1, and is told once one's own scores are in. Their
    order says no more than that."""
    declared = PanelInterest.objects.filter(application=OuterRef("pk"), member=member)
    scored = PanelScore.objects.filter(application=OuterRef("pk"), member=member)
    rows = rows.annotate(has_interest=Exists(declared), is_scored=Exists(scored), mean=_mean())
    told = Case(When(is_scored=True, has_interest=False, then=F("mean")))
    return rows.order_by(
        "state", "reserve_rank", told.desc(nulls_last=True), "person__family_name", "pk"
    )


def _mean() -> Subquery:
    """Points by weight over all there were to give, of those whose scores count."""
    declared = PanelInterest.objects.filter(
        application=OuterRef("application"), member=OuterRef("member")
    )
    given = PanelScore.objects.filter(
        ~Exists(declared), application=OuterRef("pk"), member__stood_down_at__isnull=True
    )
    weighed = (
        given.order_by()
        .values("application")
        .annotate(
            share=Cast(Sum(F("points") * F("criterion__weight")), _SHARE)
            / (MOST_POINTS * Sum("criterion__weight"))
        )
    )
    return Subquery(weighed.values("share"), output_field=_SHARE)


def works_with(person: Person, intake: Intake, *, on: date) -> bool:
    """Whether the person works for, or sits on the board of, who hosts or teaches the course."""
    offering = intake.session.offering
    there = {offering.host_id}
    if offering.provider_id is not None:
        there.add(offering.provider_id)
    return main_organisation_id(person, on=on, within=there) is not None


def person_at(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
