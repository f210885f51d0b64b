"""What it takes to complete a session, and what each of its people still lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.actors import Actor
from common.dates import london_date
from courses.models import (
    AssessmentResult,
    CompletionRule,
    Enrolment,
    EvaluationInvitation,
    MeetingMark,
    Missing,
    Outcome,
    PartialCredit,
    Session,
)
from courses.selectors.registers import marks_of, share_attended, sittings_by_session
from courses.selectors.result_matching import standing_results
from courses.selectors.results import is_good_enough
from pathways.models import Competency

# From here somebody can complete.
MAY_COMPLETE = ("ATTENDED", "PARTIAL")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is: the share of the meetings they were at, in per cent, and what they lack
    of what ``rule`` asks for; ``result``: what was assessed, as far as it stands."""

    enrolment: Enrolment
    share: int
    rule: CompletionRule | None
    missing: tuple[Missing, ...]
    result: AssessmentResult | None = None

    @property
    def meets_rule(self) -> bool:
        return not self.missing

    @property
    def words(self) -> list[str]:
        """What is missing, as it is read."""
        return [str(what.label) for what in self.missing]


def rules_of(sessions: Iterable[Session]) -> dict[int, CompletionRule]:
    """The rule for each session, by its id: that of its offering on its last day; one statement.

    Sessions of offerings without a rule are left out: whoever attended may complete.
    """
    held = list(sessions)
    rows = CompletionRule.objects.filter(offering__in={session.offering_id for session in held})
    of_offering: dict[int, list[CompletionRule]] = {}
    for rule in rows.order_by("starts_on"):
        of_offering.setdefault(rule.offering_id, []).append(rule)
    found = {}
    for session in held:
        last_day = london_date(session.ends_at)
        for rule in of_offering.get(session.offering_id, ()):
            if rule.is_in_force(on=last_day):
                found[session.pk] = rule
    return found


def standings_of(enrolments: Sequence[Enrolment]) -> list[Standing]:
    """What each of ``enrolments`` (with their session) lacks; five statements for any number."""
    marks = marks_of(enrolments)
    sessions = {enrolment.session_id: enrolment.session for enrolment in enrolments}
    rules = rules_of(sessions.values())
    sittings = sittings_by_session(sessions.values())
    unanswered = _unanswered(enrolments)
    results = standing_results(enrolments)
    return [
        _standing(
            enrolment,
            list(marks.get(enrolment.pk, {}).values()),
            rule=rules.get(enrolment.session_id),
            sittings=len(sittings[enrolment.session_id]),
            is_unanswered=enrolment.pk in unanswered,
            result=results.get(enrolment.pk),
        )
        for enrolment in enrolments
    ]


def people_to_complete(session: Session, *, actor: Actor, on: date) -> list[Standing]:
    """Everybody on ``session`` who can complete, by name, with what they lack."""
    rows = Enrolment.objects.visible_to(actor, on=on)
    rows = rows.filter(session=session, state__in=MAY_COMPLETE)
    rows = rows.select_related("person", "organisation", "session")
    return standings_of(list(rows.order_by("person__family_name", "person__given_name", "pk")))


def outcomes_of(programme_ids: Iterable[int]) -> Mapping[int, Mapping[int, int]]:
    """What programmes bring: programme -> competency -> level."""
    brings: dict[int, dict[int, int]] = {}
    for outcome in Outcome.objects.filter(programme_id__in=list(programme_ids)):
        brings.setdefault(outcome.programme_id, {})[outcome.competency_id] = outcome.rank
    return brings


def credited(enrolment: Enrolment) -> set[int]:
    """The competencies for which somebody has credit for a part of the course."""
    rows = PartialCredit.objects.filter(enrolment=enrolment)
    return set(rows.values_list("competency_id", flat=True))


def outcomes_in_words(enrolment: Enrolment) -> dict[Competency, int]:
    """What the course of ``enrolment`` brings, with its titles, by title."""
    programme_id = enrolment.session.offering.programme_id
    brings = outcomes_of([programme_id]).get(programme_id, {})
    rows = Competency.objects.filter(pk__in=brings).order_by("title", "pk")
    return {row: brings[row.pk] for row in rows}


def _unanswered(enrolments: Iterable[Enrolment]) -> set[int]:
    """Who was asked how the session was and has not said: whoever was not asked lacks nothing."""
    rows = EvaluationInvitation.objects.filter(
        enrolment__in=[row.pk for row in enrolments], is_answered=False
    )
    return set(rows.values_list("enrolment_id", flat=True))


def _standing(
    enrolment: Enrolment,
    marks: list[MeetingMark],
    *,
    rule: CompletionRule | None,
    sittings: int,
    is_unanswered: bool,
    result: AssessmentResult | None,
) -> Standing:
    # Where attendance was recorded without marks, whoever attended was there.
    share = share_attended(marks, sittings=sittings) if marks else 100
    missing = []
    if rule is not None and share < rule.least_share:
        missing.append(Missing.ATTENDANCE)
    if rule is not None and rule.needs_evaluation and is_unanswered:
        missing.append(Missing.EVALUATION)
    if rule is not None and not is_good_enough(result, rule):
        missing.append(Missing.RESULT)
    return Standing(enrolment, share, rule, tuple(missing), result)
