"""Taking parts out of a draft, by hand or by a file, unless something else refers to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.scope import lifted
from common.errors import Conflict
from pathways.models import (
    Association,
    Comment,
    Competency,
    Crosswalk,
    Domain,
    Indicator,
    LevelDescriptor,
)
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node
from pathways.services.part_comments import set_comments_aside
from pathways.services.rows import delete_rows

# What does not keep a competency: its words, what was said about it, and what it was to replace.
_KEEPS_NOTHING = {
    (Competency, "parent"),
    (LevelDescriptor, "competency"),
    (Comment, "competency"),
    (Crosswalk, "after"),
    # Looked for by themselves, and told in other words.
    (Association, "origin"),
    (Association, "destination"),
}
_TAKES_RULES = SystemJob("take_rules_with_a_competency", organisation_ids=None)
_MODELS: dict[str, type[models.Model]] = {
    DOMAIN: Domain,
    COMPETENCY: Competency,
    DESCRIPTOR: LevelDescriptor,
    INDICATOR: Indicator,
}


def remove_rows(gone: Iterable[models.Model]) -> None:
    """Delete ``gone`` with the rules that lead to it; the comments about it stay.

    What stands below a part has to be named with it (see ``remove_branches``). Refused, with the
    codes, while an association or anything beside the edition refers to it.
    """
    ids: dict[type[models.Model], list[int]] = defaultdict(list)
    for row in gone:
        ids[type(row)].append(row.pk)
    domains, competencies = ids[Domain], ids[Competency]
    if competencies:
        _refuse_if_tied(competencies)
        _refuse_if_used(competencies)
        with lifted(_TAKES_RULES):
            Crosswalk.objects.filter(after__in=competencies).delete()
    set_comments_aside(domains=domains, competencies=competencies)
    for model in (Indicator, LevelDescriptor, Competency, Domain):
        delete_rows(model, ids[model])


def remove_branches(*, domains: Iterable[int] = (), competencies: Iterable[int]) -> None:
    """The same for whole domains and competencies, by their ids, with what they say."""
    of_these = list(competencies)
    descriptors = LevelDescriptor.objects.filter(competency__in=of_these)
    remove_rows(
        [
            *Domain.objects.filter(pk__in=domains),
            *Competency.objects.filter(pk__in=of_these),
            *descriptors,
            *Indicator.objects.filter(descriptor__in=descriptors),
        ]
    )


def _refuse_if_tied(ids: list[int]) -> None:
    tied = Association.objects.filter(Q(origin__in=ids) | Q(destination__in=ids))
    pairs = tied.values_list("origin_id", "destination_id")
    with lifted(SystemJob("look_for_associations", organisation_ids=None)):
        ends = {one for pair in pairs for one in pair} & set(ids)
    if ends:
        sentence = _(
            "Other competencies are tied to %(codes)s. Remove those associations, then leave it "
            "out."
        )
        raise Conflict(sentence % {"codes": _codes(ends)}, code="tied_by_association")


def _refuse_if_used(ids: list[int]) -> None:
    """Roles, evidence, courses: whatever points at a competency, on whatever floor it stands."""
    used: set[int] = set()
    # Also what the reader may not see keeps a competency; only our own codes are told of it.
    with lifted(SystemJob("look_for_uses_of_a_competency", organisation_ids=None)):
        for model, name in _pointing_at_competencies():
            rows = model._base_manager.filter(**{f"{name}__in": ids})  # noqa: SLF001 (documented)
            used.update(rows.values_list(name, flat=True).distinct())
    if used:
        sentence = _(
            "Roles, courses or records refer to %(codes)s. Take it out of those, then leave it out."
        )
        raise Conflict(sentence % {"codes": _codes(used)}, code="competency_in_use")


def _pointing_at_competencies() -> Iterator[tuple[type[models.Model], str]]:
    for relation in Competency._meta.get_fields(include_hidden=True):  # noqa: SLF001 (documented)
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model = relation.related_model
        if (model, relation.field.name) not in _KEEPS_NOTHING:
            yield model, relation.field.name


def _codes(ids: Iterable[int]) -> str:
    codes = Competency.objects.filter(pk__in=ids).order_by("domain__position", "position")
    return ", ".join(codes.values_list("code", flat=True))


def refuse_taken_identifiers(nodes: Iterable[Node]) -> None:
    """An identifier names one row for good, so no second row may bring the same."""
    told: dict[str, dict[str, Node]] = defaultdict(dict)
    for node in nodes:
        if node.identifier:
            told[node.kind][node.identifier] = node
    for kind, named in told.items():
        rows = _MODELS[kind]._base_manager.filter(identifier__in=named)  # noqa: SLF001 (documented)
        with lifted(SystemJob("look_for_identifiers", organisation_ids=None)):
            taken = [str(one) for one in rows.values_list("identifier", flat=True)[:5]]
        if taken:
            sentence = _(
                "These identifiers belong to something else already: %(identifiers)s. "
                "Give these parts new ones."
            )
            raise Conflict(sentence % {"identifiers": ", ".join(taken)}, code="identifier_taken")
