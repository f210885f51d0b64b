"""Pools of people for a kind of role, and open nomination to them."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import covers, standing
from common.workflow import Workflow, transition
from pathways.models import RoleProfile
from talent.models.panels import pools_on_whose_panel, shown_to_panels
from talent.models.search import TalentProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class PoolQuerySet(models.QuerySet["Pool"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "PoolQuerySet":
        """That a pool exists is open to everybody in the organisation and below it, and to its
        panel."""
        place = standing(actor, on=on)
        led = covers(place, place.covered_by("TALENT_LEAD"), field="organisation_id")
        seen = led | Q(organisation_id__in=place.organisation_ids | place.above_ids)
        if actor.actor_kind == "person":
            seen |= Q(pk__in=pools_on_whose_panel(actor.pk, on=on))
        return self.filter(seen)


class Pool(models.Model):
    """People being prepared for a kind of role in an organisation, system or region."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    is_open = models.BooleanField(_("open to nominations"), default=True)

    objects = PoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pool_title_once", fields=["organisation", "title"]),
        ]

    def __str__(self) -> str:
        return self.title


class NominationState(models.TextChoices):
    PROPOSED = "PROPOSED", _("Waiting for a decision")
    ACCEPTED = "ACCEPTED", _("In the pool")
    DECLINED = "DECLINED", _("Not this time")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


LIVE_NOMINATIONS = (NominationState.PROPOSED, NominationState.ACCEPTED)

NOMINATION_WORKFLOW = Workflow(
    transition("accept", {NominationState.PROPOSED}, NominationState.ACCEPTED, label=_("Accept")),
    transition("decline", {NominationState.PROPOSED}, NominationState.DECLINED, label=_("Decline")),
    transition(
        "withdraw",
        {NominationState.PROPOSED, NominationState.ACCEPTED},
        NominationState.WITHDRAWN,
        label=_("Withdraw"),
    ),
)


class NominationRoute(models.TextChoices):
    SELF = "SELF", _("Put themselves forward")
    PEER = "PEER", _("Put forward by a colleague")
    MANAGER = "MANAGER", _("Put forward by the line manager")
    TALENT_TEAM = "TALENT_TEAM", _("Put forward by the talent team")


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "NominationQuerySet":
        """The person, who put them forward, and talent leads: the role must cover the pool and the
        person's consent must reach the lead, or the lead learns of somebody who hides from them.
        The pool's panel, as long as it is open and the consent reaches the pool's organisation."""
        place = standing(actor, on=on)
        found = TalentProfile.objects.visible_to(actor, on=on)
        seen = covers(place, place.covered_by("TALENT_LEAD"), field="pool__organisation_id") & Q(
            person_id__in=found.values("person_id")
        )
        if actor.actor_kind == "person":
            seen |= Q(person_id=actor.pk) | Q(nominated_by_id=actor.pk)
            panels = pools_on_whose_panel(actor.pk, on=on)
            seen |= Q(shown_to_panels(on=on), pool_id__in=panels, state__in=LIVE_NOMINATIONS)
        return self.filter(seen)


class Nomination(models.Model):
    """Somebody put a person forward for a pool; every decision has a reason the person can read."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    route = models.CharField(_("route"), max_length=12, choices=NominationRoute.choices)
    reason = models.TextField(_("why"))
    state = models.CharField(
        _("state"), max_length=10, choices=NominationState.choices, default=NominationState.PROPOSED
    )
    nominated_at = models.DateTimeField(_("put forward"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="nomination_one_live_per_person_and_pool",
                fields=["pool", "person"],
                condition=Q(state__in=["PROPOSED", "ACCEPTED"]),
            ),
            models.CheckConstraint(
                name="nomination_decided_means_who_when_and_why",
                condition=~Q(state__in=["ACCEPTED", "DECLINED"])
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision_reason="")),
            ),
            models.CheckConstraint(name="nomination_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="nomination_decided_by_somebody_else",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
            ),
        ]
        indexes = [
            models.Index(name="nomination_person", fields=["person", "state"]),
            models.Index(name="nomination_pool", fields=["pool", "state", "person"]),
        ]
        triggers = [
            pgtrigger.FSM(
                name="nomination_steps", field="state", transitions=NOMINATION_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for pool {self.pool_id}: {self.state}"
