"""What certificates hold of a person."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Keep, Link, Withheld, holds_nobody, register
from accounts.rights.classes import STAFF_RECORD

_OF_ANOTHER = Keep(_("It is somebody else's certificate."))


def declare_credentials_rights() -> None:
    register(
        Holding(
            "courses.Certificate",
            title=_("Certificates"),
            record_class=STAFF_RECORD,
            key="certificate",
            guards=("courses.Certificate:certificate_stays",),
            links=(
                Link(
                    "person",
                    shown=(
                        *("title", "person_name", "issuer_name", "programme_title"),
                        *("award_kind", "level", "body", "accreditation", "criteria"),
                        *("hours", "credits", "outcomes", "completed_on", "issued_on"),
                        *("issued_at", "expires_on", "serial", "state", "ended_at"),
                        *("end_reason", "organisation__name", "issuer__name", "award__title"),
                        *("enrolment__session__starts_at", "replaces__serial"),
                        *("issued_by", "ended_by"),
                    ),
                    withheld={
                        "public_id": Withheld.INTERNAL,
                        "lineage": Withheld.INTERNAL,
                        "status_entry": Withheld.INTERNAL,
                        "token": Withheld.SECURITY,
                    },
                    on_erasure=Delete(),
                ),
                Link("issued_by", is_about=False, shown=("issued_on",), on_erasure=_OF_ANOTHER),
                Link("ended_by", is_about=False, shown=("ended_at",), on_erasure=_OF_ANOTHER),
            ),
        )
    )
    register(
        Holding(
            "courses.Credential",
            title=_("Certificates as programs read them"),
            record_class=STAFF_RECORD,
            guards=("courses.Credential:credential_is_append_only",),
            links=(
                Link(
                    "certificate__person",
                    shown=("certificate__title", "signed", "signed_at"),
                    withheld={"key": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("Issuer", "SigningKey", "SigningSecret", "StatusList", "StatusEntry"),
        because="Keys and numbers are an organisation's, and say nothing of whoever is certified.",
    )
