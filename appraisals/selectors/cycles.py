"""Rounds of appraisals with how far each is, for those who run them."""

from datetime import date

from django.db.models import Count, Q

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.visibility import standing
from appraisals.models import Cycle
from appraisals.models.cycles import CycleQuerySet


def cycles_with_counts(*, actor: Actor, on: date) -> CycleQuerySet:
    """The rounds the actor runs, the newest first, each with ``total``, ``drafting``, ``shared``,
    ``signed`` and ``overdue`` (open after the due day) on ``on``; one query."""
    open_ = ~Q(appraisals__state="SIGNED")
    return (
        Cycle.objects.visible_to(actor, on=on)
        .run_by(actor, on=on)
        .select_related("organisation", "form")
        .annotate(
            total=Count("appraisals"),
            drafting=Count("appraisals", filter=Q(appraisals__state="DRAFTING")),
            shared=Count("appraisals", filter=Q(appraisals__state="SHARED")),
            signed=Count("appraisals", filter=Q(appraisals__state="SIGNED")),
            overdue=Count("appraisals", filter=open_ & Q(appraisals__due_on__lt=on)),
        )
        .order_by("-opens_on", "organisation__name", "pk")
    )


def organisations_run_by(*, actor: Actor, on: date) -> list[Organisation]:
    """Where the actor may plan a round, by name."""
    ids = standing(actor, on=on).covered_by("HR_ADMINISTRATOR", "LEARNING_LEAD")
    rows = Organisation.objects.visible_to(actor, on=on).filter(pk__in=ids)
    return list(rows.order_by("name", "pk"))


def runs_cycles(*, actor: Actor, on: date) -> bool:
    """Whether the actor runs appraisals anywhere; no query once the standing is known."""
    return standing(actor, on=on).holds("HR_ADMINISTRATOR", "LEARNING_LEAD")
