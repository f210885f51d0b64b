"""Packages of other systems that are fetched for a draft."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow, transition
from pathways.models.authoring import FrameworkImport
from pathways.models.frameworks import FrameworkVersion, authored_by

if TYPE_CHECKING:
    from accounts.actors import Actor


class FetchState(models.TextChoices):
    WAITING = "WAITING", _("On its way")
    FETCHED = "FETCHED", _("Fetched")
    FAILED = "FAILED", _("Could not be fetched")


FETCH_WORKFLOW = Workflow(
    transition("arrive", {FetchState.WAITING}, FetchState.FETCHED),
    transition("fail", {FetchState.WAITING}, FetchState.FAILED),
)


class PackageFetchQuerySet(models.QuerySet["PackageFetch"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "PackageFetchQuerySet":
        """Whoever writes or reviews the framework."""
        return self.filter(authored_by(actor, on=on, prefix="version__framework__"))


class PackageFetch(models.Model):
    """An author asks that a CASE package is fetched from an address and compared with a draft.

    A query in ``address`` may hold a secret: it is there until the package has come or failed, and
    shown to whoever asked alone. ``started_at`` is when a worker took it up last. ``imported`` is
    the checked copy that came of it, ``reason`` why none did. ``takes_title`` lets the package say
    what a framework that was started for it is called.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="fetches")
    address = models.CharField(_("address"), max_length=500)
    takes_title = models.BooleanField(_("the package names the framework"), default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("taken up"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    state = models.CharField(
        _("state"), max_length=8, choices=FetchState.choices, default=FetchState.WAITING
    )
    reason = models.CharField(_("why it could not be fetched"), max_length=1000, blank=True)
    imported = models.OneToOneField(
        FrameworkImport, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = PackageFetchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="package_fetch_one_on_its_way",
                fields=["version"],
                condition=Q(state="WAITING"),
            ),
            models.CheckConstraint(
                name="package_fetch_ends_with_a_copy_or_a_reason",
                condition=Q(
                    state="WAITING", ended_at__isnull=True, reason="", imported__isnull=True
                )
                | Q(state="FETCHED", ended_at__isnull=False, reason="", imported__isnull=False)
                | Q(state="FAILED", ended_at__isnull=False, imported__isnull=True) & ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(name="package_fetch_of_version", fields=["version", "-asked_at"])]
        triggers = [
            pgtrigger.FSM(
                name="package_fetch_steps", field="state", transitions=FETCH_WORKFLOW.fsm()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_address} ({self.state})"

    @property
    def shown_address(self) -> str:
        """The address without its query, which may say more than where something lies."""
        return self.address.partition("#")[0].partition("?")[0]
