"""What is held of people who show what they can do, and of those who confirm it."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Keep, Link, Withheld, register
from accounts.rights.classes import DEVELOPMENT, STAFF_RECORD

_OF_ANOTHER = Keep(_("It is about somebody else."))


def declare_assessing() -> None:
    _verification()
    _evidence()
    _prior_learning()
    _others()


def _verification() -> None:
    register(
        Holding(
            "pathways.AssessorAppointment",
            title=_("Who may assess you, and whom you may assess"),
            record_class=STAFF_RECORD,
            links=(
                Link(
                    "subject",
                    shown=(
                        "assessor",
                        "organisation",
                        "framework__title",
                        "appointed_by",
                        "starts_on",
                        "ends_on",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "assessor",
                    is_about=False,
                    shown=("organisation", "framework__title", "starts_on", "ends_on"),
                    on_erasure=Delete(),
                ),
                Link("appointed_by", is_about=False, shown=("starts_on",), on_erasure=_OF_ANOTHER),
            ),
        )
    )
    register(
        Holding(
            "pathways.VerificationRequest",
            title=_("Requests to confirm levels"),
            record_class=STAFF_RECORD,
            key="verification",
            links=(
                Link(
                    "subject",
                    shown=(
                        "assessor",
                        "organisation",
                        "message",
                        "asked_at",
                        "state",
                        "decided_at",
                        "decided_by",
                        "statement",
                    ),
                    withheld={"appointment": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "assessor", is_about=False, shown=("asked_at", "state"), on_erasure=_OF_ANOTHER
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at", "statement"),
                    on_erasure=_OF_ANOTHER,
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.VerificationItem",
            title=_("Levels you asked to have confirmed"),
            record_class=STAFF_RECORD,
            links=(
                Link(
                    "request__subject",
                    shown=("competency__title", "rank", "outcome", "reason"),
                    withheld={
                        "framework": Withheld.INTERNAL,
                        "claimed": Withheld.INTERNAL,
                        "confirmed": Withheld.INTERNAL,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.VerificationEvidence",
            title=_("Evidence shown with a request"),
            record_class=STAFF_RECORD,
            links=(
                Link("item__request__subject", shown=("evidence__title",), on_erasure=Delete()),
            ),
        )
    )


def _evidence() -> None:
    register(
        Holding(
            "pathways.Evidence",
            title=_("Your evidence"),
            record_class=DEVELOPMENT,
            key="evidence",
            links=(
                Link(
                    "person",
                    shown=(
                        "kind",
                        "title",
                        "happened_on",
                        "text",
                        "url",
                        "file_name",
                        "content_type",
                        "size",
                        "added_at",
                        "removed_at",
                    ),
                    withheld={
                        "public_id": Withheld.INTERNAL,
                        "checksum": Withheld.INTERNAL,
                        "file": Withheld.INTERNAL,
                    },
                    files=("file",),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.EvidenceUse",
            title=_("What your evidence speaks for"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "evidence__person",
                    shown=("evidence__title", "competency__title"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _prior_learning() -> None:
    register(
        Holding(
            "pathways.PriorLearningClaim",
            title=_("Claims of prior learning"),
            record_class=DEVELOPMENT,
            key="claim",
            links=(
                Link(
                    "person",
                    shown=(
                        "assessor",
                        "organisation",
                        "title",
                        "provider",
                        "finished_on",
                        "statement",
                        "submitted_at",
                        "state",
                        "decided_at",
                        "decided_by",
                        "decision",
                    ),
                    withheld={"appointment": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "assessor",
                    is_about=False,
                    shown=("submitted_at", "state"),
                    on_erasure=_OF_ANOTHER,
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at", "decision"),
                    on_erasure=_OF_ANOTHER,
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.ClaimedLevel",
            title=_("Levels you claimed"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "claim__person",
                    shown=("competency__title", "rank", "accepted", "accepted_rank", "reason"),
                    withheld={"framework": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.ClaimEvidence",
            title=_("Evidence shown with a claim"),
            record_class=DEVELOPMENT,
            links=(Link("claim__person", shown=("evidence__title",), on_erasure=Delete()),),
        )
    )


def _others() -> None:
    register(
        Holding(
            "pathways.Qualification",
            title=_("Your qualifications and registrations"),
            record_class=STAFF_RECORD,
            links=(
                Link(
                    "person",
                    shown=(
                        "title",
                        "is_registration",
                        "awarding_body",
                        "level",
                        "awarded_on",
                        "valid_to",
                        "added_at",
                        "checked_at",
                        "checked_by",
                    ),
                    on_erasure=Delete(),
                ),
                Link("checked_by", is_about=False, shown=("checked_at",), on_erasure=_OF_ANOTHER),
            ),
        )
    )
    register(
        Holding(
            "pathways.CoachOffer",
            title=_("What you offer to coach in"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "person",
                    shown=("organisation", "competency__title", "note", "starts_on", "ends_on"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
