"""An organisation's own subjects of mandatory training: adding them, their levels, their end."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.scope import lifted
from accounts.selectors.relations import Relation, roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import Subject, SubjectLevel, SubjectRequirement, SubjectSet
from courses.models.compliance_subjects import MOST_LEVELS
from courses.policies.compliance import may_set_training_rules
from courses.selectors.compliance_places import organisations_above
from courses.selectors.esr_names import format_competency, name_of, says_a_period
from courses.selectors.staff_record_matching import LevelBook
from courses.services.compliance_rules import Period, set_refresh_period

RULE = "may_set_training_rules"
# What those below ask of an ended subject is not within the sight of whoever ends it.
ENDS = SystemJob("courses.end_subject", organisation_ids=None)
_CODE = 36


class NewSubject(NamedTuple):
    """``vpd``: the three digits by which the staff record names the organisation. Without
    ``labels`` it has one level, which has none; without ``months`` it counts for good."""

    title: str
    vpd: str
    labels: tuple[str, ...] = ()
    higher_counts: bool = True
    months: int | None = None


class LevelWords(NamedTuple):
    """``esr_titles``: other titles under which the staff record keeps the level."""

    label: str
    esr_titles: tuple[str, ...] = ()


@transaction.atomic
def add_subject(
    *, organisation: Organisation, wanted: NewSubject, by: Actor, now: datetime
) -> Subject:
    """Add a subject that ``organisation`` and those below it can ask for.

    Refuses: ``may_not_set_training_rules``, ``title_says_a_period``, ``too_many_levels``,
    ``subject_exists``, ``title_taken``.
    """
    # Two who add subjects here at once queue, so that no code or title is given twice.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _refuse_unless_may(organisation.pk, by=by, now=now)
    labels = wanted.labels or ("",)
    _refuse_words([wanted.title, *(f"{wanted.title} - {label}" for label in wanted.labels)])
    if len(labels) > MOST_LEVELS:
        raise _too_many()
    if Subject.objects.filter(owner=organisation, title__iexact=wanted.title).exists():
        raise Conflict(
            _("This organisation has or had a subject of this name. Enter another name."),
            code="subject_exists",
        )
    made = Subject.objects.create(
        code=_code_of(wanted.title, organisation),
        title=wanted.title,
        subject_set=SubjectSet.LOCAL,
        owner=organisation,
        vpd=wanted.vpd,
        higher_counts=wanted.higher_counts,
    )
    levels = SubjectLevel.objects.bulk_create(
        SubjectLevel(subject=made, rank=rank, label=label)
        for rank, label in enumerate(labels, start=1)
    )
    _refuse_unless_told_apart(levels, now=now)
    _record(made, verb="add_subject", by=by, now=now, facts={"levels": len(labels)})
    if wanted.months is not None:
        # Who was trained in it before it was written down here is asked to renew it as well.
        period = Period(made, wanted.months, london_date(now), reaches_back=True)
        set_refresh_period(organisation=organisation, wanted=period, by=by, now=now)
    return made


@transaction.atomic
def write_level(
    *,
    subject: Subject,
    level: SubjectLevel | None,
    wanted: LevelWords,
    by: Actor,
    now: datetime,
) -> SubjectLevel:
    """Say how a level is called here and in the staff record; without ``level`` add the next.

    Refuses: ``may_not_set_training_rules``, ``subject_ended``, ``title_says_a_period``,
    ``level_needs_a_name``, ``level_exists``, ``title_taken``, ``too_many_levels``.
    """
    held = _locked(subject, by=by, now=now)
    _refuse_words([f"{held.title} - {wanted.label}"])
    _refuse_unnamed(held, level, wanted.label)
    _refuse_taken(held, level, wanted.esr_titles, now=now)
    kept = level or SubjectLevel(subject=held, rank=_next_rank(held))
    kept.label, kept.esr_titles = wanted.label, list(wanted.esr_titles)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Conflict(
            _("Another level of this subject has this name. Enter another name."),
            code="level_exists",
        ) from None
    _refuse_unless_told_apart([kept], now=now)
    facts = {"level": kept.pk, "titles": len(kept.esr_titles)}
    _record(held, verb="write_subject_level", by=by, now=now, facts=facts)
    return kept


@transaction.atomic
def end_subject(*, subject: Subject, by: Actor, now: datetime) -> None:
    """It is asked of nobody from today on, here and below. What was learned in it stays.

    Refuses: ``may_not_set_training_rules``, ``subject_ended``.
    """
    held = _locked(subject, by=by, now=now)
    today = london_date(now)
    with lifted(ENDS):
        asked = list(
            SubjectRequirement.objects.from_day_on(today)
            .filter(level__subject=held)
            .order_by("pk")
            .select_for_update(of=("self",))
        )
        # One by one, as each ends: there is one for each group of each organisation, which finds it
        # among its own events.
        for requirement in asked:
            record(
                by=by,
                now=now,
                verb="end_training_requirement",
                about=requirement,
                rule=RULE,
                organisation_id=requirement.organisation_id,
                facts={"level": requirement.level_id, "from": today.isoformat()},
            )
            requirement.stop(on=today)
    held.ended_on = today
    held.save(update_fields=["ended_on"])
    _record(held, verb="end_subject", by=by, now=now, facts={"requirements": len(asked)})


def _relations(subject: Subject, *, by: Actor, now: datetime) -> frozenset[Relation]:
    if subject.owner_id is None:
        return frozenset()
    return frozenset(roles_at(by, subject.owner_id, on=london_date(now)))


def _locked(subject: Subject, *, by: Actor, now: datetime) -> Subject:
    """Two who change one subject at once queue here, and so does who asks for it."""
    held = Subject.objects.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)
    if not may_set_training_rules(_relations(held, by=by, now=now)):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of whose subject it is can do this."),
            code="may_not_set_training_rules",
        )
    if held.ended_on is not None:
        raise Conflict(_("This subject has ended."), code="subject_ended")
    return held


def _refuse_unless_may(organisation_id: int, *, by: Actor, now: datetime) -> None:
    if not may_set_training_rules(roles_at(by, organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or an HR administrator of the organisation can do this."),
            code="may_not_set_training_rules",
        )


def _refuse_words(titles: Iterable[str]) -> None:
    """The staff record writes the period behind the title, so that a title has none itself."""
    if any(says_a_period(title) for title in titles):
        raise Conflict(
            _("Enter the name without its period: the staff record is told the period apart."),
            code="title_says_a_period",
        )


def _refuse_unnamed(subject: Subject, level: SubjectLevel | None, label: str) -> None:
    others = subject.levels.exclude(pk=level.pk) if level else subject.levels.all()
    if others.exists() and (not label or others.filter(label="").exists()):
        raise Conflict(
            _("Each of several levels has a name. Name the level that is there first."),
            code="level_needs_a_name",
        )


def _refuse_taken(
    subject: Subject, level: SubjectLevel | None, titles: Iterable[str], *, now: datetime
) -> None:
    """A title that meant two levels would be understood as neither."""
    book = _book_of(subject, now=now)
    living = SubjectLevel.objects.filter(subject__ended_on=None).select_related("subject")
    others = living.exclude(pk=level.pk) if level else living
    for title in titles:
        known = book.level_id(title)
        other = others.filter(pk=known).first() if known else None
        if other:
            raise Conflict(
                _("“%(title)s” is %(other)s already. Leave it out.")
                % {"title": title, "other": other},
                code="title_taken",
            )


def _refuse_unless_told_apart(levels: Iterable[SubjectLevel], *, now: datetime) -> None:
    """The staff record tells levels apart by letters and figures alone."""
    for level in levels:
        name = format_competency(name_of(level, months=None))
        if _book_of(level.subject, now=now).level_id(name) != level.pk:
            raise Conflict(
                _(
                    "The staff record could not tell “%(title)s” from another subject or level."
                    " Enter another name."
                )
                % {"title": level},
                code="title_taken",
            )


def _book_of(subject: Subject, *, now: datetime) -> LevelBook:
    owner_id = subject.owner_id or 0
    return LevelBook(owner_id, above=organisations_above([owner_id], on=london_date(now))[owner_id])


def _next_rank(subject: Subject) -> int:
    rank: int = subject.levels.aggregate(top=Max("rank"))["top"] or 0
    if rank >= MOST_LEVELS:
        raise _too_many()
    return rank + 1


def _too_many() -> Conflict:
    return Conflict(
        _("A subject has up to %(most)d levels.") % {"most": MOST_LEVELS}, code="too_many_levels"
    )


def _code_of(title: str, organisation: Organisation) -> str:
    """The title in letters that addresses have, numbered where it is taken."""
    code = slugify(title)[:_CODE].strip("-") or "subject"
    taken = set(
        Subject.objects.filter(Q(code=code) | Q(code__startswith=f"{code}-"), owner=organisation)
        .order_by("pk")
        .values_list("code", flat=True)
    )
    numbered = (f"{code}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (code, *numbered) if one not in taken)


def _record(
    subject: Subject, *, verb: str, by: Actor, now: datetime, facts: dict[str, Any]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=subject,
        rule=RULE,
        organisation_id=subject.owner_id,
        facts={"subject": subject.pk, **facts},
    )
