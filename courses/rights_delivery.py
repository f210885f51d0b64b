"""What registers and completing hold of a person."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import (
    Delete,
    Expiry,
    Holding,
    Keep,
    Link,
    Withheld,
    holds_nobody,
    register,
    register_expiry,
)
from accounts.rights.classes import DEVELOPMENT

_OF_ANOTHER = Keep(_("It is about somebody else."))
_OF_OTHERS = Keep(_("It is what was found of others."))


def declare_delivery_rights() -> None:
    _registers()
    _completing()
    _results()
    _files_of_results()
    _evaluations()
    _external_learning()


def _registers() -> None:
    register(
        Holding(
            "courses.MeetingMark",
            title=_("Registers you are on"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "begins_at",
                        "mark",
                        "minutes_late",
                        "reason",
                        "reason_text",
                        "reason_by",
                        "marked_at",
                        "marked_by",
                    ),
                    withheld={"version": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link("marked_by", is_about=False, shown=("marked_at",), on_erasure=_OF_ANOTHER),
                Link("reason_by", is_about=False, shown=("marked_at",), on_erasure=_OF_ANOTHER),
            ),
        )
    )


def _completing() -> None:
    register(
        Holding(
            "courses.CompletionException",
            title=_("Courses you completed although something was missing"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "missing",
                        "reason",
                        "made_at",
                        "made_by",
                    ),
                    on_erasure=Delete(),
                ),
                Link("made_by", is_about=False, shown=("made_at",), on_erasure=_OF_ANOTHER),
            ),
        )
    )
    register(
        Holding(
            "courses.PartialCredit",
            title=_("What you reached on courses that you completed in part"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "competency__title",
                        "rank",
                    ),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("CompletionRule",),
        because="It says what it takes to complete a course, not who did.",
    )


def _results() -> None:
    register(
        Holding(
            "courses.AssessmentResult",
            title=_("Results of your courses"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        *("enrolment__session__offering__programme__title", "score"),
                        *("judgement", "assessed_on", "recorded_at", "stands", "struck_at"),
                    ),
                    withheld={"file": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _files_of_results() -> None:
    register(
        Holding(
            "courses.ResultFile",
            title=_("Files of results that you brought in"),
            record_class=DEVELOPMENT,
            links=(
                Link("uploaded_by", is_about=False, shown=("uploaded_at",), on_erasure=_OF_OTHERS),
                Link("applied_by", is_about=False, shown=("applied_at",), on_erasure=_OF_OTHERS),
                Link("undone_by", is_about=False, shown=("undone_at",), on_erasure=_OF_OTHERS),
            ),
        )
    )
    register(
        Holding(
            "courses.ResultLine",
            title=_("What a file of results says of you"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        *("enrolment__session__offering__programme__title", "score"),
                        *("judgement", "assessed_on", "kind"),
                    ),
                    withheld={
                        "file": Withheld.INTERNAL,
                        "row": Withheld.INTERNAL,
                        "problem": Withheld.INTERNAL,
                        "cell": Withheld.INTERNAL,
                        "before": Withheld.INTERNAL,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register_expiry(
        Expiry(
            "courses.result_files",
            title=_("Files with what providers found of people"),
            model_label="courses.ResultFile",
            record_class=DEVELOPMENT,
            due=_files_that_are_over,
            person="lines__enrolment__person_id",
            organisation="session__offering__host_id",
            may_destroy=True,
            children=(("courses.ResultLine", "file_id"),),
        )
    )


def _files_that_are_over(before: date) -> Q:
    """What was applied can still be undone while its session goes on, however long that is."""
    applied = Q(applied_at__date__lte=before, session__ends_at__date__lte=before)
    return (
        Q(state="CHECKED", uploaded_at__date__lte=before)
        | Q(applied, state="APPLIED")
        | Q(state="UNDONE", undone_at__date__lte=before)
    )


def _external_learning() -> None:
    register(
        Holding(
            "courses.ExternalLearning",
            title=_("Courses you took elsewhere"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "claim__person",
                    shown=("claim__title", "started_on", "hours"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _evaluations() -> None:
    register(
        Holding(
            "courses.EvaluationInvitation",
            title=_("Sessions of which you were asked how they were"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        "enrolment__session__offering__programme__title",
                        "form__title",
                        "asked_at",
                        "closes_at",
                        "is_answered",
                    ),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("EvaluationForm", "EvaluationQuestion", "EvaluationBox"),
        because="Answers are counted together, and nothing says whose they are.",
    )
