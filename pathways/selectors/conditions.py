"""What a role asks for beside competencies, and how far a person meets it: met, not met, unknown.

"All of these" is met when all are, not met when one is not, else not known; "any one of these" is
met when one is, not met when none is, else not known. What nobody knows is never held against
anybody. An alternative for another background is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import StaffGroup
from common.dates import long_date
from pathways.models import (
    Background,
    ConditionKind,
    Operator,
    Qualification,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
)
from pathways.selectors.experience import Spell, months_of, spells_of

CLINICAL = frozenset(
    {
        StaffGroup.MEDICAL_AND_DENTAL,
        StaffGroup.NURSING_AND_MIDWIFERY,
        StaffGroup.ALLIED_HEALTH,
        StaffGroup.SCIENTIFIC_AND_TECHNICAL,
        StaffGroup.HEALTHCARE_SCIENTISTS,
        StaffGroup.CLINICAL_SERVICES,
    }
)


class Verdict(StrEnum):
    MET = "MET"
    NOT_MET = "NOT_MET"
    NOT_KNOWN = "NOT_KNOWN"


@dataclass(frozen=True, slots=True)
class JudgedCondition:
    """A condition with how far it is met and the sentence that says why."""

    condition: RoleCondition
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class JudgedGroup:
    """A group with what it holds, conditions first, each judged, and what follows for the whole."""

    group: RequirementGroup
    verdict: Verdict
    conditions: tuple[JudgedCondition, ...]
    groups: "tuple[JudgedGroup, ...]"


@dataclass(frozen=True, slots=True)
class _Facts:
    qualifications: tuple[Qualification, ...]
    spells: tuple[Spell, ...]
    on: date


def condition_groups(*, role: RoleProfile) -> list[RequirementGroup]:
    """The groups of ``role`` in order, each with its conditions; two statements."""
    inside = RoleCondition.objects.order_by("position")
    return list(
        RequirementGroup.objects.filter(role_profile=role)
        .prefetch_related(Prefetch("conditions", queryset=inside))
        .order_by("position")
    )


def conditions_met(*, person_id: int, role: RoleProfile, on: date) -> tuple[JudgedGroup, ...]:
    """How far a person meets on ``on`` what ``role`` asks for; four statements, however much.

    Only the alternatives for the person's background are judged. It is clinical or administrative
    by the staff group of the post held last; of whom no post is known, all are judged.
    """
    groups = condition_groups(role=role)
    if not groups:
        return ()
    held = Qualification.objects.filter(person_id=person_id, awarded_on__lte=on)
    facts = _Facts(
        tuple(held.order_by("-awarded_on", "pk")), spells_of(person_id=person_id, on=on), on
    )
    asked = _asked_of(background_of(facts.spells))
    inside: dict[int | None, list[RequirementGroup]] = {}
    for group in groups:
        if group.background in asked:
            inside.setdefault(group.parent_id, []).append(group)
    return tuple(_judge_group(group, inside, facts) for group in inside.get(None, ()))


def background_of(spells: Iterable[Spell]) -> Background | None:
    """Where somebody comes from, by the post outside of management held last, else the last."""
    known = list(spells)
    apart = [spell for spell in known if not spell.is_management] or known
    if not apart:
        return None
    last = max(apart, key=lambda spell: spell.last)
    return Background.CLINICAL if last.staff_group in CLINICAL else Background.ADMINISTRATIVE


def _asked_of(background: Background | None) -> set[str]:
    return {Background.ANY, background} if background else set(Background.values)


def _judge_group(
    group: RequirementGroup,
    inside: Mapping[int | None, list[RequirementGroup]],
    facts: _Facts,
) -> JudgedGroup:
    conditions = tuple(_judge(condition, facts) for condition in group.conditions.all())
    groups = tuple(_judge_group(inner, inside, facts) for inner in inside.get(group.pk, ()))
    verdicts = [one.verdict for one in conditions] + [inner.verdict for inner in groups]
    return JudgedGroup(group, joined(Operator(group.operator), verdicts), conditions, groups)


def joined(operator: Operator, verdicts: Iterable[Verdict]) -> Verdict:
    """What several verdicts come to. A group that holds nothing asks for nothing."""
    found = set(verdicts)
    if not found:
        return Verdict.MET
    decides, otherwise = (
        (Verdict.NOT_MET, Verdict.MET)
        if operator == Operator.ALL
        else (Verdict.MET, Verdict.NOT_MET)
    )
    if decides in found:
        return decides
    return Verdict.NOT_KNOWN if Verdict.NOT_KNOWN in found else otherwise


def _judge(condition: RoleCondition, facts: _Facts) -> JudgedCondition:
    if condition.kind == ConditionKind.EXPERIENCE:
        verdict, why = _judge_experience(condition, facts)
    else:
        verdict, why = _judge_qualification(condition, facts)
    return JudgedCondition(condition, verdict, why)


def _judge_experience(condition: RoleCondition, facts: _Facts) -> tuple[Verdict, str]:
    if not facts.spells:
        return Verdict.NOT_KNOWN, _("No post is known that this could be counted from.")
    months = months_of(
        facts.spells, staff_group=condition.staff_group, in_management=condition.in_management
    )
    words = ngettext(
        "%(months)d month counted from the posts held.",
        "%(months)d months counted from the posts held.",
        months,
    ) % {"months": months}
    return (Verdict.MET if months >= (condition.months or 0) else Verdict.NOT_MET), words


def _judge_qualification(condition: RoleCondition, facts: _Facts) -> tuple[Verdict, str]:
    is_registration = condition.kind == ConditionKind.REGISTRATION
    noted = [row for row in facts.qualifications if row.is_registration == is_registration]
    fitting = [row for row in noted if _fits(row, condition)]
    valid = [row for row in fitting if row.valid_to is None or row.valid_to >= facts.on]
    if valid:
        best = min(valid, key=lambda row: row.checked_at is None)
        return Verdict.MET, _held_words(best)
    if fitting and fitting[0].valid_to:
        ended = {"title": fitting[0].title, "day": long_date(fitting[0].valid_to)}
        return Verdict.NOT_MET, _("%(title)s was valid until %(day)s.") % ended
    if not noted:
        return Verdict.NOT_KNOWN, _("Nothing of this kind has been noted.")
    return Verdict.NOT_MET, _("What has been noted does not meet this.")


def _fits(row: Qualification, condition: RoleCondition) -> bool:
    """By its level where one is asked for (any subject of that level or above), else by words."""
    if condition.awarding_body and not _says(row.awarding_body, condition.awarding_body):
        return False
    if condition.level:
        return row.level is not None and row.level >= condition.level
    return bool(condition.awarding_body) or _says(row.title, condition.title)


def _says(text: str, wanted: str) -> bool:
    return wanted.casefold().strip() in text.casefold()


def _held_words(row: Qualification) -> str:
    facts = {"title": row.title, "day": long_date(row.awarded_on)}
    if row.checked_at:
        return _("%(title)s, awarded on %(day)s and checked.") % facts
    return _("%(title)s, awarded on %(day)s, not checked yet.") % facts
