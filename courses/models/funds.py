"""What pays for places: funds with a budget, what is committed of them, and the rule by which an
organisation pays and charges."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, BoardSeat, Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import covers, standing
from common.workflow import Workflow, transition
from courses.models.catalogue import Programme
from courses.models.enrolments import Enrolment

if TYPE_CHECKING:
    from accounts.actors import Actor

# Roles that read the accounts of an organisation's training; the learning lead also keeps them.
SEES_MONEY = ("LEARNING_LEAD", "ORGANISATION_ADMINISTRATOR", "AUDITOR")


class FundKind(models.TextChoices):
    STUDY_LEAVE = "STUDY_LEAVE", _("Study leave allowance of one person")
    LEVY = "LEVY", _("Apprenticeship levy")
    TRAINING = "TRAINING", _("Training budget")
    CENTRAL = "CENTRAL", _("Central funding, also for organisations below")


class WhenShort(models.TextChoices):
    """What happens to a wish for which no fund has enough left."""

    REFUSE = "REFUSE", _("The place is refused, and the person is told whom to ask")
    GO_AHEAD = "GO_AHEAD", _("The place is given without a fund")


def no_kinds() -> list[str]:
    return []


class MoneyRuleQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "MoneyRuleQuerySet":
        """Everybody of an organisation may know by what rule it pays; a role those it covers."""
        place = standing(actor, on=on)
        mine = place.organisation_ids | place.covered_by(*SEES_MONEY)
        return self.filter(covers(place, mine, field="organisation_id"))


class MoneyRule(Dated):
    """How an organisation pays for places, and what it charges for those that are not used.

    ``kinds`` are tried in their order; without any, places need no fund. ``missed_percent`` of the
    price is charged for a place on which nobody appears, ``late_percent`` for one that is given up
    fewer than ``late_days`` days before the session.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(
        models.CharField(max_length=11, choices=FundKind.choices),
        verbose_name=_("funds in their order"),
        default=no_kinds,
        blank=True,
    )
    when_short = models.CharField(
        _("when no fund has enough left"),
        max_length=8,
        choices=WhenShort.choices,
        default=WhenShort.REFUSE,
    )
    missed_percent = models.PositiveSmallIntegerField(_("charge for a missed place"), default=0)
    late_percent = models.PositiveSmallIntegerField(_("charge for a late withdrawal"), default=0)
    late_days = models.PositiveSmallIntegerField(_("days before that are late"), default=0)

    objects = MoneyRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("money_rule_ends_after_start"),
            never_twice("money_rule_once_at_a_time", "organisation"),
            models.CheckConstraint(
                name="money_rule_charges_the_price_at_most",
                condition=Q(missed_percent__lte=100, late_percent__lte=100),
            ),
            models.CheckConstraint(
                name="money_rule_late_within_a_year", condition=Q(late_days__lte=365)
            ),
        ]

    def __str__(self) -> str:
        return f"Rule of {self.organisation_id} from {self.starts_on}"


class FundQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "FundQuerySet":
        """Funds of organisations that one's role covers, those one holds while one belongs to the
        organisation, one's own allowance; a program those of its organisations."""
        place = standing(actor, on=on)
        if actor.actor_kind != "person":
            return self.filter(covers(place, place.organisation_ids, field="organisation_id"))
        covered = place.covered_by(*SEES_MONEY).within("organisation_id")
        held = Q(holder_id=actor.pk, organisation_id__in=place.organisation_ids)
        return self.filter(covered | held | Q(person_id=actor.pk))

    def with_holder(self, *, on: date) -> "FundQuerySet":
        """With ``holder``, and ``is_held``: whether they are still there to answer for it."""
        there = {
            "person_id": OuterRef("holder_id"),
            "organisation_id": OuterRef("organisation_id"),
            "person__is_active": True,
        }
        works = Exists(Assignment.objects.on(on).filter(**there))
        sits = Exists(BoardSeat.objects.on(on).filter(**there))
        return self.select_related("holder").annotate(is_held=works | sits)

    def with_owed(self) -> "FundQuerySet":
        """Annotate ``owed_pence``: what it should have spent beside that, and could not."""
        owed = Commitment.objects.filter(fund=OuterRef("pk"), state=CommitmentState.OWED)
        total = owed.order_by().values("fund").annotate(total=Sum("owed_pence")).values("total")
        return self.annotate(
            owed_pence=Coalesce(Subquery(total), 0, output_field=BigIntegerField())
        )


class Fund(Dated):
    """Money that may pay for places on sessions between two days, a financial year as a rule.

    ``reserved_pence`` and ``spent_pence`` are the sums of its commitments, kept by the database,
    which refuses whatever would bring them above ``amount_pence``: a fund cannot be overspent.
    With ``programmes`` it pays for those alone; the apprenticeship levy pays for nothing else.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=11, choices=FundKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    programmes = models.ManyToManyField(Programme, related_name="+", blank=True)
    amount_pence = models.PositiveBigIntegerField(_("budget in pence"))
    reserved_pence = models.PositiveBigIntegerField(_("reserved in pence"), default=0)
    spent_pence = models.PositiveBigIntegerField(_("spent in pence"), default=0)

    objects = FundQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("fund_ends_after_start"),
            models.CheckConstraint(name="fund_has_an_end", condition=Q(ends_on__isnull=False)),
            models.CheckConstraint(
                name="fund_never_overspent",
                condition=Q(amount_pence__gte=F("reserved_pence") + F("spent_pence")),
            ),
            models.CheckConstraint(
                name="fund_of_a_person_is_an_allowance",
                condition=Q(kind="STUDY_LEAVE", person__isnull=False)
                | (~Q(kind="STUDY_LEAVE") & Q(person__isnull=True)),
            ),
            models.UniqueConstraint(
                name="fund_title_once_from_a_day", fields=["organisation", "title", "starts_on"]
            ),
            never_twice(
                "fund_one_allowance_at_a_time",
                "organisation",
                "person",
                condition=Q(person__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fund_totals_are_sums",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("reserved_pence", "spent_pence"),
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.reserved_pence + NEW.spent_pence = 0 THEN
                            RETURN NEW;
                        END IF;
                    ELSIF pg_trigger_depth() > 1 OR (NEW.reserved_pence, NEW.spent_pence)
                            = (OLD.reserved_pence, OLD.spent_pence) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'the totals of fund % are the sums of its commitments', NEW.id
                        USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> int:
        """What is neither reserved nor spent, in pence."""
        return self.amount_pence - self.reserved_pence - self.spent_pence


class CommitmentState(models.TextChoices):
    RESERVED = "RESERVED", _("Reserved")
    SPENT = "SPENT", _("Spent")
    RELEASED = "RELEASED", _("Released")
    OWED = "OWED", _("Owed: the fund has too little left")


_RESERVED, _SPENT, _RELEASED, _OWED = CommitmentState
# A register can be put right, and what was charged with it; by then the fund may have given away
# what it released.
COMMITMENT_WORKFLOW = Workflow(
    transition("spend", {_RESERVED, _RELEASED, _OWED}, _SPENT),
    transition("release", {_RESERVED, _SPENT, _OWED}, _RELEASED),
    transition("owe", {_RELEASED, _SPENT}, _OWED),
)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "CommitmentQuerySet":
        """With their funds."""
        return self.filter(fund__in=Fund.objects.visible_to(actor, on=on))


class Commitment(models.Model):
    """What a fund owes for one enrolment: ``pence`` reserved when the wish was granted, of which
    ``spent_pence`` were spent in the end.

    ``owed_pence`` is what it should spend beside that and cannot: a register was put right after
    the fund had given away what it released. It is in no total, and spent once the fund has it.
    ``rule`` and ``passed_over`` say why this fund: the funds that came first by that rule and had
    less left than the price. The amount outlives the enrolment, because accounts do.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="commitments")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.SET_NULL, null=True, related_name="commitments"
    )
    rule = models.ForeignKey(MoneyRule, on_delete=models.PROTECT, related_name="+")
    passed_over = models.JSONField(_("funds with too little left"))
    pence = models.PositiveIntegerField(_("reserved in pence"))
    spent_pence = models.PositiveIntegerField(_("spent in pence"), default=0)
    owed_pence = models.PositiveIntegerField(_("owed in pence"), default=0)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CommitmentState.choices,
        default=CommitmentState.RESERVED,
    )
    reserved_at = models.DateTimeField(_("reserved"))
    settled_at = models.DateTimeField(_("spent or released"), null=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="commitment_one_live_per_enrolment",
                fields=["enrolment"],
                condition=~Q(state="RELEASED"),
            ),
            models.CheckConstraint(
                name="commitment_spends_what_it_reserved_at_most",
                condition=Q(state="SPENT", spent_pence__gte=1, spent_pence__lte=F("pence"))
                | Q(state="OWED", spent_pence__lt=F("pence"))
                | (~Q(state__in=("SPENT", "OWED")) & Q(spent_pence=0)),
            ),
            models.CheckConstraint(
                name="commitment_owes_what_it_did_not_spend_at_most",
                condition=Q(
                    state="OWED", owed_pence__gte=1, owed_pence__lte=F("pence") - F("spent_pence")
                )
                | (~Q(state="OWED") & Q(owed_pence=0)),
            ),
            models.CheckConstraint(
                name="commitment_settled_means_when",
                condition=Q(state="RESERVED", settled_at__isnull=True)
                | (~Q(state="RESERVED") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="commitment_is_of_something", condition=Q(pence__gte=1)),
        ]
        indexes = [models.Index(name="commitment_fund", fields=["fund", "-reserved_at"])]
        triggers = [
            pgtrigger.FSM(
                name="commitment_steps", field="state", transitions=COMMITMENT_WORKFLOW.fsm()
            ),
            pgtrigger.ReadOnly(
                name="commitment_keeps_its_fund",
                fields=["fund", "pence", "rule", "passed_over", "reserved_at"],
            ),
            # Moving the totals locks the fund's row, so whoever commits more waits for it; a fund
            # out of sight would leave them wrong, so it is refused.
            pgtrigger.Trigger(
                name="commitment_moves_totals",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                func="""
                    UPDATE courses_fund SET
                        reserved_pence = reserved_pence
                            + CASE WHEN NEW.state = 'RESERVED' THEN NEW.pence ELSE 0 END
                            - CASE WHEN OLD.state = 'RESERVED' THEN OLD.pence ELSE 0 END,
                        spent_pence = spent_pence
                            + COALESCE(NEW.spent_pence, 0) - COALESCE(OLD.spent_pence, 0)
                     WHERE id = COALESCE(NEW.fund_id, OLD.fund_id);
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'the fund of commitment % is out of sight',
                            COALESCE(NEW.id, OLD.id);
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of fund {self.fund_id} for enrolment {self.enrolment_id}"
