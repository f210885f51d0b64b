"""Who accredits what, from a day to a day, and the work of renewing it."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import EVERYTHING, standing
from common.workflow import Workflow, transition
from courses.models.awards import Body
from courses.models.catalogue import Programme
from courses.models.offerings import Offering

if TYPE_CHECKING:
    from accounts.actors import Actor

# Whose roles keep what is accredited, and work on renewing it.
KEEPS_ACCREDITATION = ("LEARNING_LEAD", "PROGRAMME_LEAD")
_ONE_TARGET = (
    Q(programme__isnull=False, offering__isnull=True, provider__isnull=True)
    | Q(programme__isnull=True, offering__isnull=False, provider__isnull=True)
    | Q(programme__isnull=True, offering__isnull=True, provider__isnull=False)
)


class AccreditationQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "AccreditationQuerySet":
        """With what they accredit: a programme or an offering one sees, and who teaches it."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        offerings = Offering.objects.visible_to(actor, on=on)
        mine = place.organisation_ids | place.covered_by(*KEEPS_ACCREDITATION)
        return self.filter(
            Q(programme_id__in=Programme.objects.visible_to(actor, on=on).values("pk"))
            | Q(offering_id__in=offerings.values("pk"))
            | Q(provider_id__in=offerings.values(teacher=Coalesce("provider_id", "host_id")))
            | Q(provider_id__in=mine | place.above_ids)
        )

    def kept_by(self, actor: "Actor", *, on: date) -> "AccreditationQuerySet":
        """Those of organisations, and of what they teach or own, that a role of ``actor``
        covers."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        return self.filter(holder_in(place.covered_by(*KEEPS_ACCREDITATION)))


def holder_in(organisations: Collection[int]) -> Q:
    """Accreditations held by one of ``organisations``: who teaches the offering, else hosts it;
    the provider; who owns the programme."""
    return (
        Q(provider_id__in=organisations)
        | Q(offering__provider_id__in=organisations)
        | Q(offering__provider__isnull=True, offering__host_id__in=organisations)
        | Q(programme__owner_id__in=organisations)
    )


class Accreditation(Dated):
    """A body accredits a programme, one offering of it, or a provider, from a day to a day.

    What has lapsed stays; a renewal is the next row.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="accreditations"
    )
    offering = models.ForeignKey(
        Offering, on_delete=models.PROTECT, null=True, blank=True, related_name="accreditations"
    )
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=60, blank=True)
    credits = models.PositiveSmallIntegerField(_("credits"), null=True, blank=True)
    credit_scheme = models.CharField(_("credit scheme"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("accreditation_ends_after_start"),
            models.CheckConstraint(name="accreditation_of_one_thing", condition=_ONE_TARGET),
            models.CheckConstraint(
                name="accreditation_credits_have_a_scheme",
                condition=Q(credits__isnull=True) | ~Q(credit_scheme=""),
            ),
            never_twice("accreditation_once_per_body", "programme", "body"),
            never_twice("accreditation_of_offering_once", "offering", "body"),
            never_twice("accreditation_of_provider_once", "provider", "body"),
        ]
        indexes = [models.Index(name="accreditation_ending", fields=["ends_on"])]

    def __str__(self) -> str:
        return f"{self.body_id} {self.level}".strip()

    @property
    def named(self) -> str:
        """What is accredited, as pages name it."""
        if self.offering:
            parts = (self.offering.programme.title, self.offering.route, self.offering.host.name)
            return ", ".join(part for part in parts if part)
        return self.programme.title if self.programme else str(self.provider)

    @property
    def holder_id(self) -> int | None:
        """Whose leads renew it; None for a national programme, which the reference data keep."""
        if self.offering:
            return self.offering.provider_id or self.offering.host_id
        return self.programme.owner_id if self.programme else self.provider_id


class RenewalState(models.TextChoices):
    PREPARING = "PREPARING", _("Being prepared")
    SUBMITTED = "SUBMITTED", _("Sent to the body")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused by the body")
    LET_GO = "LET_GO", _("Not renewed")


OPEN_RENEWALS = ("PREPARING", "SUBMITTED")
RENEWAL_WORKFLOW = Workflow(
    transition(
        "submit", {RenewalState.PREPARING}, RenewalState.SUBMITTED, label=_("It has been sent")
    ),
    transition(
        "send_back",
        {RenewalState.SUBMITTED},
        RenewalState.PREPARING,
        label=_("The body asks for more"),
    ),
    transition("grant", {RenewalState.SUBMITTED}, RenewalState.GRANTED, label=_("It is granted")),
    transition("refuse", {RenewalState.SUBMITTED}, RenewalState.REFUSED, label=_("It is refused")),
    transition(
        "let_go",
        {RenewalState.PREPARING, RenewalState.SUBMITTED},
        RenewalState.LET_GO,
        label=_("It will not be renewed"),
    ),
)


class AccreditationRenewalQuerySet(models.QuerySet["AccreditationRenewal"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "AccreditationRenewalQuerySet":
        """Those of organisations that a role of the actor covers."""
        place = standing(actor, on=on)
        if place.is_everywhere:
            return self.filter(EVERYTHING)
        return self.filter(organisation_id__in=place.covered_by(*KEEPS_ACCREDITATION))

    def open(self) -> "AccreditationRenewalQuerySet":
        return self.filter(state__in=OPEN_RENEWALS)

    def settled(self) -> "AccreditationRenewalQuerySet":
        """Those that are over, the latest first."""
        return self.exclude(state__in=OPEN_RENEWALS).order_by("-settled_at", "-pk")


class AccreditationRenewal(models.Model):
    """The work of having one accreditation renewed, by whom and until when.

    Granted, it has a ``successor``: the accreditation that holds from then on.
    """

    accreditation = models.ForeignKey(
        Accreditation, on_delete=models.PROTECT, related_name="renewals"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=9, choices=RenewalState.choices, default=RenewalState.PREPARING
    )
    worked_on_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(_("to be sent by"))
    successor = models.OneToOneField(
        Accreditation, on_delete=models.PROTECT, null=True, related_name="renewal_of"
    )
    started_at = models.DateTimeField(_("started"))
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = AccreditationRenewalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="renewal_one_at_a_time",
                fields=["accreditation"],
                condition=Q(state__in=OPEN_RENEWALS),
            ),
            models.CheckConstraint(
                name="renewal_granted_means_a_successor",
                condition=Q(state="GRANTED", successor__isnull=False)
                | (~Q(state="GRANTED") & Q(successor__isnull=True)),
            ),
            models.CheckConstraint(
                name="renewal_settled_means_when",
                condition=Q(state__in=OPEN_RENEWALS, settled_at__isnull=True)
                | (~Q(state__in=OPEN_RENEWALS) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="renewal_is_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("accreditation")),
            ),
        ]
        indexes = [
            models.Index(
                name="renewal_due", fields=["due_on"], condition=Q(state__in=OPEN_RENEWALS)
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="renewal_steps", field="state", transitions=RENEWAL_WORKFLOW.fsm()),
        ]

    def __str__(self) -> str:
        return f"Renewal of {self.accreditation_id}: {self.state}"
