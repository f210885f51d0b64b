"""The editions of one framework: their names, and whether one can be followed."""

from django.db.models import Value
from django.db.models.functions import Lower

from pathways.models import Framework, FrameworkVersion


def label_is_taken(
    framework: Framework, label: str, *, besides: FrameworkVersion | None = None
) -> bool:
    """Whether another edition has this name, in small or capital letters, as the database judges
    it."""
    editions = framework.versions.annotate(name=Lower("label")).filter(name=Lower(Value(label)))
    if besides is not None:
        editions = editions.exclude(pk=besides.pk)
    return editions.exists()


def follower_of(version: FrameworkVersion) -> FrameworkVersion | None:
    """The edition that follows ``version`` already, published or still being written.

    What is left out is said of the older edition alone: two that follow it would share that.
    """
    return version.followed_by.order_by("-pk").first()
