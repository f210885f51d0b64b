"""What an issuer publishes: its keys, and the lists of what no longer counts."""

from datetime import date
from uuid import UUID

from django.db.models import Prefetch

from accounts.actors import Actor
from courses.models import Issuer, IssuerQuerySet, SigningKey, SigningKeyQuerySet, StatusList


def believed_keys(issuer: Issuer) -> list[SigningKey]:
    """The keys whose signatures count, the one in use first, then the newest."""
    keys = issuer.keys.believed().select_related("issuer").order_by("-starts_at", "-pk")
    return sorted(keys, key=lambda key: key.ends_at is not None)


def issuers_kept_by(actor: Actor, *, on: date) -> IssuerQuerySet:
    """Those that ``actor`` administers, by name, each with its keys, the newest first."""
    keys = Prefetch("keys", queryset=SigningKey.objects.order_by("-starts_at", "-pk"))
    return Issuer.objects.kept_by(actor, on=on).prefetch_related(keys).order_by("name", "pk")


def keys_kept_by(actor: Actor, *, on: date) -> SigningKeyQuerySet:
    """The keys of issuers that ``actor`` administers."""
    issuers = Issuer.objects.kept_by(actor, on=on)
    return SigningKey.objects.filter(issuer__in=issuers).select_related("issuer")


def published_issuer(public_id: UUID) -> Issuer | None:
    return Issuer.objects.filter(public_id=public_id).first()


def published_list(public_id: UUID) -> StatusList | None:
    return StatusList.objects.filter(public_id=public_id).first()
