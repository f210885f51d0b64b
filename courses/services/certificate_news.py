"""What follows a certificate: its owner is told, and the PDF is made."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from courses.models import Certificate, Enrolment, Issuer, SigningKey
from jobs.services.outbox import put
from notifications.services.notices import News, notify, notify_each

ISSUE = "courses.issue_certificates"
MAKE_PDFS = "courses.certificate_pdfs"
SIGN_AGAIN = "courses.sign_certificates_again"
# As many as a worker makes in some seconds: what a crash has made again.
CHUNK = 25


def ask_for_certificates(enrolments: Sequence[Enrolment], *, now: datetime) -> None:
    """Have those who completed given what that brings, after this transaction."""
    ids = sorted(row.pk for row in enrolments)
    if ids:
        key = f"certificates:{ids[0]}-{ids[-1]}:{len(ids)}:{now.timestamp()}"
        put(kind=ISSUE, key=key, payload={"enrolment_ids": ids}, now=now)


def ask_to_sign_again(issuer: Issuer, *, key: SigningKey, now: datetime) -> None:
    """Have the certificates signed with another key that ``key`` has signed."""
    put(kind=SIGN_AGAIN, key=f"sign-again:{key.pk}", payload={"issuer_id": issuer.pk}, now=now)


def tell_of_certificates(certificates: Sequence[Certificate], *, now: datetime) -> None:
    """Tell each owner, and have the PDFs made."""
    notify_each(
        (
            News(
                recipient_id=row.person_id,
                subject_key=f"certificate:{row.pk}:issued",
                url=reverse("courses:certificate_show", args=[row.public_id]),
                facts={"title": row.title, "issuer": row.issuer_name},
            )
            for row in certificates
        ),
        rule="courses.certificate_issued",
        now=now,
    )
    for start in range(0, len(certificates), CHUNK):
        ids = [row.pk for row in certificates[start : start + CHUNK]]
        key = f"certificate-pdfs:{ids[0]}-{ids[-1]}"
        put(kind=MAKE_PDFS, key=key, payload={"certificate_ids": ids}, now=now)


def tell_of_end(certificate: Certificate, *, now: datetime) -> None:
    """Tell the owner that a certificate no longer counts."""
    notify(
        recipient=certificate.person,
        rule="courses.certificate_revoked",
        subject_key=f"certificate:{certificate.pk}:revoked",
        url=reverse("courses:certificate_show", args=[certificate.public_id]),
        now=now,
        facts={"title": certificate.title, "issuer": certificate.issuer_name},
    )
