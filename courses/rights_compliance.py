"""What mandatory training holds of a person: their records, and when nothing is asked of them."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
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
from accounts.rights.classes import MANDATORY_TRAINING


def declare_compliance_rights() -> None:
    _records()
    _exemptions()
    _imports()
    _expiries()
    holds_nobody(
        "courses",
        (
            *("Subject", "SubjectLevel", "SubjectTaught"),
            *("RefreshPeriod", "RenewalRule", "SubjectRequirement"),
        ),
        because="Rules say what is asked of whole groups, not who was trained.",
    )


def _records() -> None:
    register(
        Holding(
            "courses.SubjectRecord",
            title=_("Mandatory training you have done"),
            record_class=MANDATORY_TRAINING,
            guards=("courses.SubjectRecord:subject_record_is_append_only",),
            links=(
                Link(
                    "person",
                    shown=(
                        "level__subject__title",
                        "level__label",
                        "completed_on",
                        "expires_on",
                        "counts_from",
                        "counts_months",
                        "source",
                        "recorded_at",
                        "recorded_by",
                        "struck_at",
                    ),
                    withheld={"source_key": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "recorded_by",
                    is_about=False,
                    only=_of_another,
                    shown=("recorded_at", "source"),
                    on_erasure=Keep(_("It is what somebody else was trained in.")),
                ),
            ),
        )
    )


def _exemptions() -> None:
    register(
        Holding(
            "courses.SubjectExemption",
            title=_("Training that is not asked of you for a while"),
            record_class=MANDATORY_TRAINING,
            links=(
                Link(
                    "person",
                    shown=(
                        "subject__title",
                        "organisation__name",
                        "starts_on",
                        "ends_on",
                        "reason",
                        "note",
                        "granted_by",
                        "granted_at",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "granted_by",
                    is_about=False,
                    shown=("granted_at",),
                    on_erasure=Keep(_("It is about the training of somebody else.")),
                ),
            ),
        )
    )


def _imports() -> None:
    register(
        Holding(
            "courses.TrainingImport",
            title=_("Files of the staff record that you brought in"),
            record_class=MANDATORY_TRAINING,
            links=(
                Link(
                    "uploaded_by",
                    is_about=False,
                    shown=("organisation__name", "uploaded_at"),
                    on_erasure=Keep(_("It is what others were trained in.")),
                ),
                Link(
                    "applied_by",
                    is_about=False,
                    shown=("organisation__name", "applied_at"),
                    on_erasure=Keep(_("It is what others were trained in.")),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.TrainingImportLine",
            title=_("What a file of the staff record says of your training"),
            record_class=MANDATORY_TRAINING,
            links=(
                Link(
                    "person",
                    shown=(
                        *("level__subject__title", "level__label", "number", "completed_on"),
                        *("ends", "expires_on", "before", "kind"),
                    ),
                    withheld={
                        "imported": Withheld.INTERNAL,
                        "row": Withheld.INTERNAL,
                        "problem": Withheld.INTERNAL,
                        "cell": Withheld.INTERNAL,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _of_another(person: Person) -> Q:
    return ~Q(person=F("recorded_by")) | Q(recorded_by__isnull=True)


def _expiries() -> None:
    register_expiry(
        Expiry(
            "courses.exemptions",
            title=_("Times in which training was not asked for"),
            model_label="courses.SubjectExemption",
            record_class=MANDATORY_TRAINING,
            due=lambda before: Q(ends_on__lte=before),
            person="person_id",
            organisation="organisation_id",
            may_destroy=True,
            empties={"note": ""},
        )
    )
    register_expiry(
        Expiry(
            "courses.training_imports",
            title=_("Files of the staff record with who was trained in what"),
            model_label="courses.TrainingImport",
            record_class=MANDATORY_TRAINING,
            due=lambda before: Q(uploaded_at__date__lte=before),
            person="uploaded_by_id",
            organisation="organisation_id",
            may_destroy=True,
            children=(("courses.TrainingImportLine", "imported_id"),),
        )
    )
