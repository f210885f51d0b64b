"""What a sponsor says about somebody who applies for a place."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import panel_sql
from courses.models.applications import Application

if TYPE_CHECKING:
    from accounts.actors import Actor

# Until the application is sent or its intake closes, whichever comes last.
STATEMENT_STATES = ("DRAFT", "SUBMITTED")
MOST_STATEMENT_WORDS = 500


class SponsorStatementQuerySet(models.QuerySet["SponsorStatement"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SponsorStatementQuerySet":
        """Those that the actor is asked for; and, once written, with the application."""
        seen = Q(application__in=Application.objects.visible_to(actor, on=on).values("pk"))
        seen &= Q(given_at__isnull=False)
        if actor.actor_kind == "person":
            seen |= Q(sponsor_id=actor.pk)
        return self.filter(seen)


class SponsorStatement(models.Model):
    """``sponsor`` was named by an applicant, and has written, once, what they say about them."""

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="sponsorship"
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(_("named"))
    text = models.TextField(_("statement"), blank=True)
    given_at = models.DateTimeField(_("written"), null=True)

    objects = SponsorStatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sponsor_statement_given_means_words",
                condition=Q(given_at__isnull=True, text="")
                | Q(given_at__isnull=False, given_at__gte=F("named_at"), text__regex=r"\S"),
            ),
        ]
        indexes = [
            models.Index(
                name="sponsor_statement_to_write",
                fields=["sponsor"],
                condition=Q(given_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sponsor_statement_by_who_may",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=panel_sql.SPONSORED_BY_WHO_MAY,
            ),
            pgtrigger.Trigger(
                name="sponsor_statement_in_time",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__given_at__isnull=False),
                func=panel_sql.STATEMENT_IN_TIME,
            ),
            pgtrigger.ReadOnly(
                name="sponsor_statement_keeps_who",
                fields=["application", "sponsor", "named_at"],
            ),
            pgtrigger.Protect(
                name="sponsor_statement_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__given_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Statement of {self.sponsor_id} for application {self.application_id}"

    def can_be_written(self, *, now: datetime) -> bool:
        """While nothing is written, applications are open, and this one is still wanted."""
        application = self.application
        return (
            self.given_at is None
            and application.state in STATEMENT_STATES
            and now < application.intake.closes_at
        )
