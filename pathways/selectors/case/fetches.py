"""Packages on their way to drafts, as the authors of those see them."""

from datetime import date

from django.db.models import QuerySet

from accounts.actors import Actor
from pathways.models import FrameworkVersion, PackageFetch


def fetches_seen(actor: Actor, *, on: date) -> QuerySet[PackageFetch]:
    rows = PackageFetch.objects.visible_to(actor, on=on)
    return rows.select_related("version__framework", "asked_by", "imported").defer(
        "imported__content", "imported__before"
    )


def fetches_of(version: FrameworkVersion, *, actor: Actor, on: date) -> QuerySet[PackageFetch]:
    """What was asked for ``version``, the newest first."""
    return fetches_seen(actor, on=on).filter(version=version).order_by("-asked_at", "-pk")
