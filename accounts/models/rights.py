"""How long records are kept, what holds them longer, and what each run of retention found."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.standing import standing
from accounts.visibility import covers

if TYPE_CHECKING:
    from accounts.actors import Actor


class RetentionAction(models.TextChoices):
    REVIEW = "REVIEW", _("Somebody reviews it")
    ANONYMISE = "ANONYMISE", _("Names and texts are removed")
    DESTROY = "DESTROY", _("The record is destroyed")


class RetentionStart(models.TextChoices):
    """From when the time of a record is counted."""

    LEFT = "LEFT", _("The person's last post ended")
    COMPLETED = "COMPLETED", _("The training or plan ended")
    DECIDED = "DECIDED", _("The decision was made")
    HAPPENED = "HAPPENED", _("It happened")
    YEAR_END = "YEAR_END", _("The year ended")


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "RetentionRuleQuerySet":
        """Auditors: what counts everywhere, and what their organisations changed of it."""
        place = standing(actor, on=on)
        if not place.is_everywhere and not place.holds("AUDITOR"):
            return self.none()
        own = covers(place, place.covered_by("AUDITOR"), field="organisation_id")
        return self.filter(Q(organisation__isnull=True) | own)


class RetentionRule(models.Model):
    """How long records of a class are kept, and what happens then.

    Without an organisation it is the rule of the whole service, loaded from the reference data;
    with one it is that organisation's own, in place of it. ``keep_months`` None means that no time
    is known: then the record is never due by itself. ``is_confirmed``: somebody has checked the
    time against its source. ``is_automatic``: the nightly run may do it without a named person.
    ``is_duty``: a law makes us keep it, so an erasure leaves it.
    """

    record_class = models.CharField(_("records"), max_length=20)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    keep_months = models.PositiveSmallIntegerField(_("months kept"), null=True, blank=True)
    starts = models.CharField(_("counted from"), max_length=10, choices=RetentionStart.choices)
    action = models.CharField(
        _("what happens then"), max_length=10, choices=RetentionAction.choices
    )
    is_automatic = models.BooleanField(_("done without a named person"), default=False)
    is_duty = models.BooleanField(_("kept even when the person asks for erasure"), default=False)
    source = models.CharField(_("where the time comes from"), max_length=300)
    is_confirmed = models.BooleanField(_("checked against its source"), default=False)
    version = models.PositiveIntegerField(_("changes"), default=0)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="retention_rule_once",
                fields=["record_class", "organisation"],
                nulls_distinct=False,
            ),
            # What nobody has checked is never done by a machine on its own.
            models.CheckConstraint(
                name="retention_rule_automatic_means_confirmed",
                condition=Q(is_automatic=False) | Q(is_confirmed=True, keep_months__isnull=False),
            ),
            models.CheckConstraint(
                name="retention_rule_keeps_a_while",
                condition=Q(keep_months__isnull=True) | Q(keep_months__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.record_class


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "LegalHoldQuerySet":
        """Auditors of the organisation that set it. Whom it is about is not told."""
        place = standing(actor, on=on)
        return self.filter(covers(place, place.covered_by("AUDITOR"), field="organisation_id"))

    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at__isnull=True)


class LegalHold(models.Model):
    """Nothing about a person, or about anybody who worked in an organisation, goes while it lasts.

    ``organisation`` is whose data protection officer set it; without ``person`` it holds everybody
    who has or had a post there.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=500)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(_("set"))
    lifted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="legal_hold_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="legal_hold_lifted_after_it_was_set",
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("set_at")),
            ),
            models.UniqueConstraint(
                name="legal_hold_one_at_a_time",
                fields=["organisation", "person"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {self.pk}"


class RetentionRunQuerySet(models.QuerySet["RetentionRun"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "RetentionRunQuerySet":
        """Auditors: how many rows of their organisations, never whose."""
        place = standing(actor, on=on)
        return self.filter(covers(place, place.covered_by("AUDITOR"), field="organisation_id"))


class RetentionRun(models.Model):
    """One look at what is due in one organisation on a day, or one letting it go.

    ``asked_by`` is the named person who let it go; a dry run and what is automatic have none.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    on_day = models.DateField(_("day"))
    is_dry = models.BooleanField(_("only looked"), default=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="retention_run_latest", fields=["organisation", "-started_at"])
        ]

    def __str__(self) -> str:
        return f"Retention of {self.on_day}"


class RetentionCount(models.Model):
    """What a run found of one kind of record: due, left because of a hold, and dealt with."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="counts")
    expiry = models.CharField(_("kind of record"), max_length=60)
    record_class = models.CharField(_("records"), max_length=20)
    action = models.CharField(_("what happens"), max_length=10, choices=RetentionAction.choices)
    before = models.DateField(_("due before"))
    due = models.PositiveIntegerField(_("due"), default=0)
    held = models.PositiveIntegerField(_("held"), default=0)
    done = models.PositiveIntegerField(_("dealt with"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="retention_count_once", fields=["run", "expiry"]),
        ]

    def __str__(self) -> str:
        return f"{self.expiry}: {self.due}"
