"""What appraisals and development plans hold of the two people in them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
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
from accounts.rights.classes import DEVELOPMENT, STAFF_RECORD

_KEPT = _("It is the appraisal of somebody else.")
_UNSHARED = Q(side="MANAGER", appraisal__manager_shared_at__isnull=True)


def declare_rights() -> None:
    _expiries()
    _appraisals()
    _drafts()
    _signed()
    _plans()
    holds_nobody(
        "appraisals",
        ("AppraisalForm", "FormQuestion", "Cycle"),
        because="Forms and rounds say what is asked, not what anybody answered.",
    )


def _appraisals() -> None:
    moments = ("subject_shared_at", "manager_shared_at", "subject_signed_at", "manager_signed_at")
    register(
        Holding(
            "appraisals.Appraisal",
            title=_("Appraisals"),
            record_class=STAFF_RECORD,
            key="appraisal",
            guards=("appraisals.Appraisal:appraisal_frozen_once_signed",),
            links=(
                Link(
                    "subject",
                    shown=(
                        "cycle__title",
                        "form__title",
                        "role_profile__title",
                        "assignment__post__title",
                        "appraiser",
                        "state",
                        "due_on",
                        "opened_at",
                        "met_on",
                        "wellbeing_on",
                        *moments,
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "appraiser",
                    is_about=False,
                    shown=("due_on", "state", "manager_shared_at", "manager_signed_at"),
                    on_erasure=Keep(_KEPT),
                ),
            ),
        )
    )
    register(
        Holding(
            "appraisals.Objective",
            title=_("Objectives"),
            record_class=STAFF_RECORD,
            guards=("appraisals.Objective:objective_frozen_once_signed",),
            links=(
                Link(
                    "person",
                    shown=("appraisal__cycle__title", "title", "measure", "due_on", "state"),
                    withheld={"version": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _what_may_be_read(person: Person) -> Q:
    return ~_UNSHARED


def _what_is_not_shared(person: Person) -> Q:
    return _UNSHARED


def _manager_side(person: Person) -> Q:
    return Q(side="MANAGER")


def _drafts() -> None:
    shown = ("appraisal__cycle__title", "side", "updated_at")
    unshared = dict.fromkeys(("answers", "levels"), Withheld.NOT_SHARED)
    number = {"version": Withheld.INTERNAL}
    register(
        Holding(
            "appraisals.Draft",
            title=_("What was written for appraisals"),
            record_class=STAFF_RECORD,
            guards=("appraisals.Draft:draft_frozen_once_signed",),
            links=(
                Link(
                    "appraisal__subject",
                    only=_what_may_be_read,
                    shown=(*shown, "answers", "levels"),
                    withheld=number,
                    on_erasure=Delete(),
                ),
                Link(
                    "appraisal__subject",
                    only=_what_is_not_shared,
                    shown=shown,
                    withheld={**number, **unshared},
                    on_erasure=Delete(),
                ),
                Link(
                    "appraisal__appraiser",
                    is_about=False,
                    only=_manager_side,
                    shown=("updated_at",),
                    on_erasure=Keep(_KEPT),
                ),
            ),
        )
    )


def without_the_appraiser(content: Any) -> Any:
    """What was signed, with the line manager as a role instead of a name."""
    if not isinstance(content, Mapping):
        return content
    told = {name: value for name, value in content.items() if name != "appraiser"}
    if "signatures" in told:
        told["signatures"] = [
            {name: value for name, value in signature.items() if name != "name"}
            for signature in told["signatures"]
        ]
    return told


def _signed() -> None:
    register(
        Holding(
            "appraisals.Snapshot",
            title=_("Signed appraisals, word for word"),
            record_class=STAFF_RECORD,
            guards=("appraisals.Snapshot:snapshot_is_append_only",),
            links=(
                Link(
                    "appraisal__subject",
                    shown=(
                        "appraisal__cycle__title",
                        "form__version",
                        "version__label",
                        "signed_at",
                        "content",
                    ),
                    told={"content": without_the_appraiser},
                    withheld={"content_hash": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "appraisal__appraiser",
                    is_about=False,
                    shown=("signed_at",),
                    on_erasure=Keep(
                        _("Somebody else signed it, with the line manager's name as it was.")
                    ),
                ),
            ),
        )
    )


def _plans() -> None:
    register(
        Holding(
            "appraisals.DevelopmentPlan",
            title=_("Development plans"),
            record_class=DEVELOPMENT,
            key="plan",
            links=(
                Link(
                    "person",
                    shown=(
                        "title",
                        "starts_on",
                        "ends_on",
                        "role_profile__title",
                        "appraisal__cycle__title",
                        "updated_at",
                    ),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "appraisals.PlanAction",
            title=_("Actions of development plans"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "plan__person",
                    shown=(
                        "plan__title",
                        "kind",
                        "title",
                        "competency__title",
                        "programme__title",
                        "due_on",
                        "state",
                    ),
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _expiries() -> None:
    register_expiry(
        Expiry(
            "appraisals.plans",
            title=_("Development plans that are over"),
            model_label="appraisals.DevelopmentPlan",
            record_class=DEVELOPMENT,
            due=lambda before: Q(ends_on__lte=before),
            person="person_id",
            may_destroy=True,
            children=(("appraisals.PlanAction", "plan_id"),),
        )
    )
