"""A certificate as people read it: one object for the page, the PDF and whoever checks it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from courses.models import Certificate

_BORDER = 2


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What a certificate says, and where it can be checked. Nothing of it changes with the day."""

    title: str
    person_name: str
    issuer_name: str
    programme_title: str
    award_kind: str
    level: str
    body: str
    accreditation: str
    criteria: str
    hours: int | None
    credits: int | None
    outcomes: tuple[dict[str, Any], ...]
    completed_on: date
    issued_on: date
    expires_on: date | None
    serial: str
    address: str

    @property
    def is_of_completion(self) -> bool:
        """No award was given: it says that the programme was completed."""
        return not self.award_kind

    @property
    def shows_programme(self) -> bool:
        """A certificate of completion is called what its programme is called."""
        return bool(self.programme_title) and self.programme_title != self.title


def certificate_view(certificate: Certificate) -> CertificateView:
    named = {
        name: getattr(certificate, name)
        for name in CertificateView.__dataclass_fields__
        if name not in {"address", "outcomes"}
    }
    return CertificateView(
        **named, outcomes=tuple(certificate.outcomes), address=address_of(certificate)
    )


def address_of(certificate: Certificate) -> str:
    """Where anybody who has this address can check the certificate."""
    path = reverse("courses:certificate_check", args=[certificate.token])
    return f"{settings.SITE_URL}{path}"


@dataclass(frozen=True, slots=True)
class QRCode:
    """A square drawing to be read by a telephone: how many dots wide, and one path for the dark."""

    size: int
    path: str


def qr_code(address: str) -> QRCode:
    """``address`` as a drawing, with a border that readers need around it."""
    rows = tuple(segno.make(address, error="m").matrix_iter(border=_BORDER))
    runs = (
        f"M{column} {line}h1v1h-1z"
        for line, row in enumerate(rows)
        for column, is_dark in enumerate(row)
        if is_dark
    )
    return QRCode(size=len(rows), path="".join(runs))
