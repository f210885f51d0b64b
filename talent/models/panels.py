"""Who looks at the people put forward for a pool, beside the talent team."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import covers, standing
from talent.models.search import TalentProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class PanelMemberQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "PanelMemberQuerySet":
        """One's own seats, and those of the pools one leads."""
        place = standing(actor, on=on)
        seen = covers(place, place.covered_by("TALENT_LEAD"), field="pool__organisation_id")
        if actor.actor_kind == "person":
            seen |= Q(person_id=actor.pk)
        return self.filter(seen)


class PanelMember(Dated):
    """``person`` is on the panel of ``pool``: reads who is put forward, and decides nothing."""

    pool = models.ForeignKey("talent.Pool", on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("panel_member_ends_after_start"),
            never_twice("panel_member_once_at_a_time", "pool", "person"),
        ]
        indexes = [models.Index(name="panel_member_person", fields=["person", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.person_id} on the panel of pool {self.pool_id}"


def pools_on_whose_panel(person_id: Any, *, on: date) -> models.QuerySet[Any]:
    """The ids of the pools on whose panel ``person_id`` is on ``on``."""
    return PanelMember.objects.on(on).filter(person_id=person_id).values("pool_id")


def shown_to_panels(*, on: date) -> Exists:
    """A nomination whose person lets the pool's organisation find them on ``on``."""
    place = Func(
        OuterRef("pool__organisation_id"),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(models.BigIntegerField()),
    )
    found = TalentProfile.objects.filter(person_id=OuterRef("person_id"), found_until__gte=on)
    return Exists(found.filter(seen_from__contains=place))
