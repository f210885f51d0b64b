"""What is held of a person about protected time."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Keep, Link, holds_nobody, register
from accounts.rights.classes import DEVELOPMENT


def declare_study_time_rights() -> None:
    register(
        Holding(
            "courses.StudyTimeMove",
            title=_("Protected study time"),
            record_class=DEVELOPMENT,
            guards=("courses.StudyTimeMove:study_time_is_append_only",),
            links=(
                Link(
                    "person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "organisation__name",
                        "minutes",
                        "source",
                        "source_on",
                        "target",
                        "target_on",
                        "reason",
                        "text",
                        "moved_at",
                        "moved_by",
                        "moved_by_client__name",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "moved_by",
                    is_about=False,
                    shown=("moved_at",),
                    on_erasure=Keep(_("It is the time of whoever it was promised to.")),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.Backfill",
            title=_("Cover for protected study time"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "organisation__name",
                        "on_day",
                        "minutes",
                        "state",
                        "band",
                        "rate_pence",
                        "cost_pence",
                        "asked_at",
                        "asked_by",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "asked_by",
                    is_about=False,
                    shown=("asked_at",),
                    on_erasure=Keep(_("It covers whoever had the time.")),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("StudyTimeRule", "BackfillRate"),
        because="They say when somebody is reminded and what an hour costs, not of whom.",
    )
