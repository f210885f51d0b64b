"""What stands in the addresses of certificates: rows of the demonstration."""

from typing import Any

from accounts.models import Person
from courses.models import Certificate, SigningKey


def _named(rows: Any) -> Certificate:
    found: Certificate | None = rows.order_by("pk").first()
    assert found is not None, "the demonstration has no certificate for this page"
    return found


def own_certificate(reader: Person) -> dict[str, Any]:
    return {"public_id": _named(Certificate.objects.filter(person=reader)).public_id}


def link_to(state: str) -> Any:
    """For whoever has the link, which is nobody in particular."""
    return lambda reader: {"token": _named(Certificate.objects.filter(state=state)).token}


def issued_there(state: str) -> Any:
    """One that an organisation issued where the reader is a lead."""

    def arguments(reader: Person) -> dict[str, Any]:
        places = reader.role_grants.values("organisation_id")
        rows = Certificate.objects.filter(issuer__in=places, state=state).exclude(person=reader)
        return {"public_id": _named(rows).public_id}

    return arguments


def key_in_use(step: str) -> Any:
    def arguments(reader: Person) -> dict[str, Any]:
        places = reader.role_grants.values("organisation_id")
        key = SigningKey.objects.filter(issuer__in=places, ends_at__isnull=True).first()
        assert key is not None
        return {"pk": key.pk, "step": step}

    return arguments


def whose_certificates(reader: Person) -> dict[str, Any]:
    """Somebody with one, of an organisation where the reader is a lead."""
    places = reader.role_grants.values("organisation_id")
    rows = Certificate.objects.filter(organisation__in=places, person__assignments__isnull=False)
    return {"pk": _named(rows.exclude(person=reader)).person_id}
