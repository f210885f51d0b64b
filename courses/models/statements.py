"""What one organisation charges another for places: statements, their lines, and credit notes."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import ends_after_start
from accounts.visibility import covers, standing
from courses.models.enrolments import Enrolment
from courses.models.funds import SEES_MONEY

if TYPE_CHECKING:
    from accounts.actors import Actor


class StatementKind(models.TextChoices):
    CHARGE = "CHARGE", _("Statement of charges")
    CREDIT = "CREDIT", _("Credit note")


class StatementState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    ISSUED = "ISSUED", _("Issued")


class ChargeReason(models.TextChoices):
    USED = "USED", _("Place used")
    MISSED = "MISSED", _("Nobody appeared")
    LATE = "LATE", _("Given up late")


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "StatementQuerySet":
        """Learning leads, administrators, auditors and programs of the organisation that charges;
        of the one that is charged once it is issued."""
        place = standing(actor, on=on)
        reach = place.organisation_ids
        if actor.actor_kind == "person":
            covered = place.covered_by(*SEES_MONEY)
            issued = covered.within("payer_id") & Q(state=StatementState.ISSUED)
            return self.filter(covered.within("host_id") | issued)
        issued = covers(place, reach, field="payer_id") & Q(state=StatementState.ISSUED)
        return self.filter(covers(place, reach, field="host_id") | issued)


class Statement(models.Model):
    """What ``host`` charges ``payer`` for places of its people on sessions between two days, or
    credits it of an earlier statement (``corrects``).

    A draft can be made anew; once issued it has a number and is frozen, and is put right by a
    credit note alone.
    """

    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        _("kind"), max_length=6, choices=StatementKind.choices, default=StatementKind.CHARGE
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes"
    )
    reason = models.CharField(_("why it is credited"), max_length=300, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=6, choices=StatementState.choices, default=StatementState.DRAFT
    )
    number = models.PositiveIntegerField(_("number"), null=True)
    drafted_at = models.DateTimeField(_("drafted"))
    issued_at = models.DateTimeField(_("issued"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("statement_ends_after_start"),
            models.CheckConstraint(
                name="statement_charges_somebody_else", condition=~Q(host=F("payer"))
            ),
            models.UniqueConstraint(name="statement_number_once", fields=["host", "number"]),
            models.UniqueConstraint(
                name="statement_one_draft_of_a_period",
                fields=["host", "payer", "starts_on", "ends_on"],
                condition=Q(state="DRAFT", kind="CHARGE"),
            ),
            models.CheckConstraint(
                name="statement_issued_means_number_who_and_when",
                condition=Q(
                    state="ISSUED",
                    number__isnull=False,
                    number__gte=1,
                    issued_at__isnull=False,
                    issued_by__isnull=False,
                )
                | Q(
                    state="DRAFT",
                    number__isnull=True,
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="statement_credit_means_of_what_and_why",
                condition=(Q(kind="CREDIT", corrects__isnull=False) & ~Q(reason=""))
                | Q(kind="CHARGE", corrects__isnull=True, reason=""),
            ),
        ]
        indexes = [models.Index(name="statement_payer", fields=["payer", "-issued_at"])]
        triggers = [
            pgtrigger.Protect(
                name="statement_issued_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="ISSUED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number or 'draft'} of {self.host_id} to {self.payer_id}"

    @property
    def reference(self) -> str:
        """What the statement is called in letters: the code of who charges, and its number."""
        code = self.host.ods_code or str(self.host_id)
        return f"{code}-{self.number:05}" if self.number else ""


class StatementLine(models.Model):
    """One place that is charged, or (``corrects``) credited as it was charged.

    Text and amounts are as they were when it was drafted. ``is_credited``: a credit note took it
    back, so that the place can be charged anew; kept by the database.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.SET_NULL, null=True, related_name="charges"
    )
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="credit"
    )
    reference = models.CharField(_("reference of the place"), max_length=30)
    programme = models.CharField(_("programme"), max_length=200)
    session_on = models.DateField(_("session on"))
    reason = models.CharField(_("why it is charged"), max_length=6, choices=ChargeReason.choices)
    price_pence = models.PositiveIntegerField(_("price of the place in pence"))
    pence = models.PositiveIntegerField(_("charged in pence"))
    is_credited = models.BooleanField(_("taken back"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="statement_line_place_charged_once",
                fields=["enrolment"],
                condition=Q(corrects__isnull=True, is_credited=False),
            ),
            models.CheckConstraint(
                name="statement_line_charges_the_price_at_most",
                condition=Q(pence__gte=1, pence__lte=F("price_pence")),
            ),
        ]
        triggers = [
            # The one thing that may change of what was issued is that a credit note takes it back;
            # and what leads to a person may go.
            pgtrigger.Trigger(
                name="statement_line_issued_is_frozen",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT FROM courses_statement
                         WHERE id = COALESCE(NEW.statement_id, OLD.statement_id)
                           AND state = 'ISSUED'
                    ) AND (
                        TG_OP <> 'UPDATE'
                        OR to_jsonb(NEW) - 'is_credited' - 'enrolment_id'
                           <> to_jsonb(OLD) - 'is_credited' - 'enrolment_id'
                        OR (OLD.is_credited AND NOT NEW.is_credited)
                        OR (NEW.is_credited AND NOT OLD.is_credited AND pg_trigger_depth() < 2)
                        OR NEW.enrolment_id <> OLD.enrolment_id
                    ) THEN
                        RAISE EXCEPTION 'the statement of line % is issued',
                            COALESCE(NEW.id, OLD.id) USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
            pgtrigger.Trigger(
                name="statement_line_takes_back",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__corrects__isnull=False),
                func="""
                    UPDATE courses_statementline SET is_credited = true WHERE id = NEW.corrects_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.pence}"
