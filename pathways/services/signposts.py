"""Keeping the resources of an organisation: adding, changing and withdrawing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Competency, Level, Resource, ResourceLevel
from pathways.policies.signposts import may_keep_resources
from pathways.selectors.resources import competencies_to_help_with


@dataclass(frozen=True, slots=True)
class ResourceContent:
    """What a resource says. ``ranks``: competency's id -> the level up to which it helps."""

    kind: str
    title: str
    summary: str = ""
    url: str = ""
    minutes: int | None = None
    ranks: Mapping[int, int] = field(default_factory=dict)

    def words(self) -> dict[str, str | int | None]:
        return {
            "kind": self.kind,
            "title": self.title,
            "summary": self.summary,
            "url": self.url,
            "minutes": self.minutes,
        }


@transaction.atomic
def add_resource(
    *, owner: Organisation, content: ResourceContent, by: Actor, now: datetime
) -> Resource:
    """Offer something to learn from to the people of ``owner`` and of those below it."""
    _refuse_unless_may_keep(owner.pk, by=by, now=now)
    _refuse_levels_off_the_scale(content.ranks)
    resource = Resource.objects.create(owner=owner, **content.words())
    _set_levels(resource, content.ranks)
    _record("add_resource", resource, content, by=by, now=now)
    return resource


@transaction.atomic
def change_resource(
    *, resource: Resource, content: ResourceContent, by: Actor, now: datetime
) -> Resource:
    """Make ``resource`` say ``content``; a level in what ``by`` could not choose stays.

    Refuses what was withdrawn: ``resource_withdrawn``.
    """
    resource = _locked(resource)
    _refuse_unless_may_keep(resource.owner_id, by=by, now=now)
    _refuse_withdrawn(resource)
    _refuse_levels_off_the_scale(content.ranks)
    for name, value in content.words().items():
        setattr(resource, name, value)
    resource.save()
    # Levels of other editions were not among what could be chosen: they stay.
    offered = competencies_to_help_with(actor=by, on=london_date(now))
    dropped = resource.levels.filter(competency__in=offered)
    dropped.exclude(competency_id__in=list(content.ranks)).delete()
    _set_levels(resource, content.ranks)
    _record("change_resource", resource, content, by=by, now=now)
    return resource


@transaction.atomic
def withdraw_resource(*, resource: Resource, by: Actor, now: datetime) -> Resource:
    """Offer ``resource`` to nobody any more. Twice: ``resource_withdrawn``."""
    resource = _locked(resource)
    _refuse_unless_may_keep(resource.owner_id, by=by, now=now)
    _refuse_withdrawn(resource)
    resource.is_in_use = False
    resource.save(update_fields=["is_in_use"])
    record(
        by=by,
        now=now,
        verb="withdraw_resource",
        about=resource,
        rule="may_keep_resources",
        organisation_id=resource.owner_id,
        facts={"title": resource.title},
    )
    return resource


def _locked(resource: Resource) -> Resource:
    return Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)


def _refuse_unless_may_keep(owner_id: int | None, *, by: Actor, now: datetime) -> None:
    # What has no owner is of the whole service, and kept with the reference data.
    at_owner = roles_at(by, owner_id, on=london_date(now)) if owner_id else frozenset()
    if not may_keep_resources(at_owner):
        raise Forbidden(
            _("Only the learning leads of an organisation keep its resources."),
            code="may_not_keep_resources",
        )


def _refuse_withdrawn(resource: Resource) -> None:
    if not resource.is_in_use:
        raise Conflict(
            _("This resource has been withdrawn. Add it again if it is needed."),
            code="resource_withdrawn",
        )


def _refuse_levels_off_the_scale(ranks: Mapping[int, int]) -> None:
    rows = Competency.objects.filter(pk__in=list(ranks)).values_list(
        "pk", "scale_id", "version__scale_id"
    )
    scales = {pk: own or edition for pk, own, edition in rows}
    known = set(
        Level.objects.filter(scale_id__in=set(scales.values())).values_list("scale_id", "rank")
    )
    if any((scales.get(key), rank) not in known for key, rank in ranks.items()):
        raise Conflict(
            _("This level is not on the scale of every competency you selected."),
            code="level_not_on_scale",
        )


def _set_levels(resource: Resource, ranks: Mapping[int, int]) -> None:
    ResourceLevel.objects.bulk_create(
        [
            ResourceLevel(resource=resource, competency_id=competency_id, rank=rank)
            for competency_id, rank in ranks.items()
        ],
        update_conflicts=True,
        unique_fields=["resource", "competency"],
        update_fields=["rank"],
    )


def _record(
    verb: str, resource: Resource, content: ResourceContent, *, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=resource,
        rule="may_keep_resources",
        organisation_id=resource.owner_id,
        facts={
            "title": content.title,
            "levels": {str(key): rank for key, rank in content.ranks.items()},
        },
    )
