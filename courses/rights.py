"""What courses hold of a person: the places they asked for, had and completed."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import (
    Delete,
    Expiry,
    Holding,
    Keep,
    Link,
    holds_nobody,
    register,
    register_expiry,
)
from accounts.rights.classes import DEVELOPMENT


def declare_rights() -> None:
    _expiries()
    register(
        Holding(
            "courses.Enrolment",
            title=_("Places on courses"),
            record_class=DEVELOPMENT,
            key="enrolment",
            links=(
                Link(
                    "person",
                    shown=(
                        "session__offering__programme__title",
                        "session__starts_at",
                        "session__place",
                        "organisation__name",
                        "state",
                        "basis",
                        "seat",
                        "study_hours",
                        "price_pence",
                        "moved_from__session__starts_at",
                        "application__sent_at",
                        "requested_at",
                        "requested_by_client__name",
                        "reason",
                        "queued_at",
                        "offer_ends_at",
                        "confirmed_at",
                        "decided_at",
                        "decided_by",
                        "decided_by_rule",
                        "refusal_reason",
                        "refusal_text",
                        "refused_until",
                        "ended_at",
                        "start_then",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at",),
                    on_erasure=Keep(_("It is the request of whoever asked.")),
                ),
            ),
        )
    )
    catalogue = ("Programme", "Outcome", "Prerequisite", "Accreditation")
    asked = ("RoleProgramme", "Mandate")
    awards = ("Award", "Body", "OfferingAward", "ProgrammeAward")
    holds_nobody(
        "courses",
        (*catalogue, *asked, *awards, "Offering", "OfferingShare", "Session"),
        because="The catalogue says what is taught, not who learns.",
    )


def _expiries() -> None:
    register_expiry(
        Expiry(
            "courses.enrolments",
            title=_("Places on courses that are over"),
            model_label="courses.Enrolment",
            record_class=DEVELOPMENT,
            due=lambda before: Q(ended_at__date__lte=before),
            person="person_id",
            organisation="organisation_id",
            may_destroy=True,
            newest_first="moved_to",
            children=(
                ("courses.Contest", "enrolment_id"),
                ("courses.Approval", "enrolment_id"),
                ("courses.StudyTimeMove", "enrolment_id"),
                ("courses.Backfill", "enrolment_id"),
            ),
            empties={"reason": "", "refusal_text": ""},
        )
    )
