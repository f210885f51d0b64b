"""What stages of approval and contests hold of people."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Keep, Link, holds_nobody, register
from accounts.rights.classes import DEVELOPMENT


def declare_approval_rights() -> None:
    register(
        Holding(
            "courses.Approval",
            title=_("Who was asked about requests for courses"),
            record_class=DEVELOPMENT,
            key="approval",
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "stage",
                        "asks",
                        "state",
                        "working_days",
                        "on_silence",
                        "asked_at",
                        "due_on",
                        "escalated_at",
                        "escalated_to",
                        "decided_at",
                        "decided_by",
                        "decided_by_rule",
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
    register(
        Holding(
            "courses.Contest",
            title=_("Refusals of courses that were contested"),
            record_class=DEVELOPMENT,
            key="contest",
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "text",
                        "state",
                        "contested_at",
                        "decided_at",
                        "decided_by",
                        "answer",
                        "led_to__state",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at",),
                    on_erasure=Keep(_("It is the refusal of whoever asked.")),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("ApprovalRule",),
        because="How an organisation decides says nothing about anybody.",
    )
