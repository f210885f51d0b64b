"""Writing the parts of a draft: domains, competencies and what their levels look like."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Conflict
from pathways.models import (
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    LevelDescriptor,
    Scale,
)
from pathways.selectors.codes import look_of
from pathways.services.numbering import number, rows_of
from pathways.services.unconfirming import unconfirm_rules
from pathways.services.writing import changed, hold_draft

Row = TypeVar("Row", Domain, Competency)
# At one level. A file may bring more, which stay as many.
MOST_INDICATORS = 50


class DomainText(NamedTuple):
    code: str
    title: str
    summary: str = ""


class CompetencyText(NamedTuple):
    code: str
    title: str
    summary: str = ""
    scale: Scale | None = None
    is_assessable: bool = True


class LevelText(NamedTuple):
    """What a level looks like, and what one sees a person do who has reached it."""

    text: str
    indicators: tuple[str, ...] = ()


@transaction.atomic
def write_domain(
    *,
    version: FrameworkVersion,
    domain: Domain | None,
    text: DomainText,
    revision: int,
    by: Actor,
    now: datetime,
) -> Domain:
    """Change ``domain`` of the draft, or add one at the end.

    Refuses what ``hold_draft`` refuses, ``item_gone``, ``code_taken`` and ``code_unreadable``.
    """
    held = hold_draft(version.pk, revision=revision, by=by, now=now)
    row = _domain(held, domain)
    _refuse_code(text.code, besides=held.domains.exclude(pk=row.pk))
    verb = "add_domain" if row.pk is None else "change_domain"
    for name, value in text._asdict().items():
        setattr(row, name, value)
    row.save()
    changed(held, verb=verb, about=row, by=by, now=now, facts={"code": row.code})
    return row


def _domain(version: FrameworkVersion, domain: Domain | None) -> Domain:
    if domain is None:
        last = version.domains.aggregate(last=Max("position"))["last"] or 0
        return Domain(version=version, position=last + 1)
    return still_there(version.domains.filter(pk=domain.pk).first())


@transaction.atomic
def write_competency(
    *,
    domain: Domain,
    competency: Competency | None,
    parent: Competency | None = None,
    text: CompetencyText,
    revision: int,
    by: Actor,
    now: datetime,
) -> Competency:
    """Change ``competency`` of the draft, or add one at the end of ``domain`` or of ``parent``.

    Refuses what ``hold_draft`` refuses, ``item_gone``, ``code_taken`` and, where levels off the new
    scale are described, ``levels_described``.
    """
    held = hold_draft(domain.version_id, revision=revision, by=by, now=now)
    row = _competency(held, domain, competency, parent)
    rows = Competency.objects.filter(version=held)
    _refuse_code(text.code, besides=rows.exclude(pk=row.pk))
    if row.pk is not None and row.scale_id != (text.scale.pk if text.scale else None):
        _change_scale(row, text.scale, version=held)
    verb = "add_competency" if row.pk is None else "change_competency"
    for name, value in text._asdict().items():
        setattr(row, name, value)
    row.save()
    if verb == "add_competency" and row.parent_id is not None:
        # It was added behind everything in the domain, and belongs behind its parent's branch.
        number(rows_of(row.domain_id, version=held))
        row.refresh_from_db(fields=["position"])
    changed(held, verb=verb, about=row, by=by, now=now, facts={"code": row.code})
    return row


def _competency(
    version: FrameworkVersion,
    domain: Domain,
    competency: Competency | None,
    parent: Competency | None,
) -> Competency:
    rows = Competency.objects.filter(version=version)
    if competency is not None:
        return still_there(rows.filter(pk=competency.pk).first())
    home = still_there(version.domains.filter(pk=domain.pk).first())
    if parent is not None:
        still_there(rows.filter(pk=parent.pk, domain=home).first())
    last = home.competencies.aggregate(last=Max("position"))["last"] or 0
    return Competency(domain=home, version=version, parent=parent, position=last + 1)


def _change_scale(competency: Competency, own: Scale | None, *, version: FrameworkVersion) -> None:
    scale = own or version.scale
    _refuse_described_levels(competency, scale)
    if scale.pk != (competency.scale_id or version.scale_id):
        unconfirm_rules([competency.pk])


def _refuse_described_levels(competency: Competency, scale: Scale) -> None:
    others = competency.descriptors.exclude(level__scale=scale).select_related("level")
    labels = [descriptor.level.label for descriptor in others.order_by("level__rank", "pk")]
    if labels:
        raise Conflict(
            _(
                "Levels of the present scale are described: %(levels)s. Empty those descriptions "
                "before you choose another scale."
            )
            % {"levels": ", ".join(labels)},
            code="levels_described",
        )


@transaction.atomic
def describe_levels(
    *,
    competency: Competency,
    levels: Mapping[int, LevelText],
    revision: int,
    by: Actor,
    now: datetime,
) -> Competency:
    """Say what ``competency`` looks like at its levels (level's id -> text); an empty text takes
    the description away. Descriptions and indicators that stay as they are stay the same rows.

    Refuses what ``hold_draft`` refuses, ``item_gone``, ``level_not_on_scale`` and, for indicators
    below no description, ``indicators_without_description``, or beyond ``MOST_INDICATORS`` at one
    level, ``too_many_indicators``.
    """
    held = hold_draft(competency.version_id, revision=revision, by=by, now=now)
    rows = Competency.objects.filter(version=held, pk=competency.pk)
    row = still_there(rows.select_related("scale").first())
    scale = row.scale or held.scale
    on_scale = dict(scale.levels.values_list("pk", "label"))
    if not levels.keys() <= on_scale.keys():
        raise Conflict(
            _("One of these levels is not on the framework's scale."), code="level_not_on_scale"
        )
    known = {descriptor.level_id: descriptor for descriptor in row.descriptors.all()}
    for level_id, told in levels.items():
        if told.indicators and not told.text:
            raise Conflict(
                _("Describe %(level)s, or empty what one sees at it.")
                % {"level": on_scale[level_id]},
                code="indicators_without_description",
            )
        _describe(row, known.get(level_id), level_id, told)
    changed(held, verb="describe_levels", about=row, by=by, now=now, facts={"code": row.code})
    return row


def _describe(
    competency: Competency, known: LevelDescriptor | None, level_id: int, told: LevelText
) -> None:
    if not told.text:
        if known is not None:
            known.indicators.all().delete()
            known.delete()
        return
    _refuse_too_many(known, told.indicators)
    descriptor = known or LevelDescriptor(competency=competency, level_id=level_id)
    if descriptor.text != told.text:
        descriptor.text = told.text
        descriptor.save()
    _write_indicators(descriptor, told.indicators)


def _refuse_too_many(known: LevelDescriptor | None, texts: tuple[str, ...]) -> None:
    if len(texts) <= MOST_INDICATORS:
        return
    if known is None or len(texts) > known.indicators.count():
        raise Conflict(
            _("Enter at most %(count)d things that one sees at a level.")
            % {"count": MOST_INDICATORS},
            code="too_many_indicators",
        )


def _write_indicators(descriptor: LevelDescriptor, texts: tuple[str, ...]) -> None:
    """Keep the rows whose words stay, so that they keep their identity; add and drop the others."""
    rows = list(descriptor.indicators.order_by("position"))
    spare: dict[str, Indicator] = {}
    for row in rows:
        spare.setdefault(row.text, row)
    kept = [spare.pop(text, None) for text in texts]
    stays = {row.pk for row in kept if row is not None}
    descriptor.indicators.exclude(pk__in=stays).delete()
    for position, (stayed, text) in enumerate(zip(kept, texts, strict=True), start=1):
        if stayed is None:
            Indicator.objects.create(descriptor=descriptor, text=text, position=position)
        elif stayed.position != position:
            stayed.position = position
            stayed.save(update_fields=["position"])


def _refuse_code(code: str, *, besides: QuerySet[Domain] | QuerySet[Competency]) -> None:
    look = look_of(code)
    if not look:
        raise Conflict(_("Enter a code that can be read."), code="code_unreadable")
    for other, title in besides.order_by("pk").values_list("code", "title"):
        if look_of(other) == look:
            raise Conflict(
                _("%(code)s is the code of “%(title)s” in this edition. Enter another code.")
                % {"code": other, "title": title},
                code="code_taken",
            )


def still_there(row: Row | None) -> Row:
    if row is None:
        raise Conflict(_("Somebody has taken this out of the draft."), code="item_gone")
    return row
