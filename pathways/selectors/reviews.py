"""Reviews of an edition, and what stands between a draft and its publication."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from pathways.models import Competency, FrameworkVersion, Review, ReviewOutcome, VersionState
from pathways.models.authoring import ReviewQuerySet
from pathways.selectors.crosswalks import confirmed_off_scale, unaccounted

MOST_NAMED = 5


def reviews_seen(actor: Actor, *, on: date) -> ReviewQuerySet:
    """The reviews of the frameworks that ``actor`` writes or reviews, the newest first."""
    rows = Review.objects.visible_to(actor, on=on)
    return rows.select_related(
        "version__framework", "reviewer", "asked_by", "asked_by_client"
    ).order_by("-asked_at", "-pk")


def counts(review: Review, *, version: FrameworkVersion) -> bool:
    """Whether a sign-off is for the draft as it stands now."""
    return review.outcome == ReviewOutcome.SIGNED_OFF and review.revision == version.revision


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One thing to be done before an edition can be published."""

    code: str
    sentence: str


def hurdles(version: FrameworkVersion) -> list[Hurdle]:
    """What stands between the draft and its publication, in the order in which it is done."""
    found = []
    if not Competency.objects.filter(version=version, is_assessable=True).exists():
        sentence = _("There is no competency yet that people are asked about.")
        found.append(Hurdle("nothing_to_publish", sentence))
    lost = list(unaccounted(version).values_list("code", flat=True))
    if lost:
        found.append(Hurdle("unaccounted", _left_over(lost)))
    off_scale = confirmed_off_scale(version).values_list("after__code", flat=True)
    if codes := list(dict.fromkeys(off_scale)):
        found.append(Hurdle("levels_off_scale", _off_scale(codes)))
    reviews = list(version.reviews.all())
    if any(review.outcome == ReviewOutcome.ASKED for review in reviews):
        found.append(Hurdle("review_waits", _("A reviewer has not answered yet.")))
    if not any(counts(review, version=version) for review in reviews):
        found.append(Hurdle("not_signed_off", _not_signed_off(reviews)))
    return found


def _left_over(codes: list[str]) -> str:
    return ngettext(
        "Say what became of %(count)d competency of the edition before: %(codes)s.",
        "Say what became of %(count)d competencies of the edition before: %(codes)s.",
        len(codes),
    ) % {"count": len(codes), "codes": _named(codes)}


def _off_scale(codes: list[str]) -> str:
    sentence = _(
        "The scale changed after it was confirmed which level stands for which. "
        "Confirm it again for: %(codes)s."
    )
    return sentence % {"codes": _named(codes)}


def _named(codes: list[str]) -> str:
    return ", ".join(codes[:MOST_NAMED]) + (" …" if len(codes) > MOST_NAMED else "")


def _not_signed_off(reviews: list[Review]) -> str:
    if any(review.outcome == ReviewOutcome.SIGNED_OFF for review in reviews):
        return _("It was signed off before it changed. Ask for a review of how it is now.")
    return _("No reviewer has signed it off.")


def editions_before(version: FrameworkVersion) -> QuerySet[FrameworkVersion]:
    """Editions of the same framework that are in use and have no last day yet."""
    rows = FrameworkVersion.objects.filter(
        framework_id=version.framework_id, state=VersionState.PUBLISHED, valid_to__isnull=True
    )
    return rows.exclude(pk=version.pk).order_by("-valid_from", "-pk")


def editions_that_go_on(version: FrameworkVersion, *, on: date) -> QuerySet[FrameworkVersion]:
    """Editions that were to end before ``version``, which would not if it were retired on ``on``:
    before it has begun. Afterwards there is nothing here."""
    rows = FrameworkVersion.objects.filter(ended_for=version, state=VersionState.PUBLISHED)
    begun = version.valid_from <= on
    return rows.none() if begun else rows.order_by("-valid_from", "-pk")


def replacements_of(version: FrameworkVersion, *, on: date) -> QuerySet[FrameworkVersion]:
    """Editions that can take the place of ``version`` if it is retired on ``on``."""
    return editions_before(version) | editions_that_go_on(version, on=on)
