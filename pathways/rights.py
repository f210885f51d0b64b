"""What pathways hold of a person: what they have shown, and what they work towards."""

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
from accounts.rights.classes import DEVELOPMENT, STAFF_RECORD
from pathways.rights_assessing import declare_assessing
from pathways.rights_authoring import declare_authoring


def declare_rights() -> None:
    _expiries()
    register(
        Holding(
            "pathways.Attainment",
            title=_("Levels you have shown"),
            record_class=STAFF_RECORD,
            guards=("pathways.Attainment:attainment_is_append_only",),
            links=(
                Link(
                    "person",
                    shown=(
                        "competency__title",
                        "rank",
                        "attained_on",
                        "valid_to",
                        "source",
                        "recorded_at",
                        "recorded_by",
                    ),
                    withheld={"source_key": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "recorded_by",
                    is_about=False,
                    only=_of_another,
                    shown=("recorded_at", "source"),
                    on_erasure=Keep(_("It is what somebody else has shown.")),
                ),
            ),
        )
    )
    register(
        Holding(
            "pathways.Aspiration",
            title=_("Roles you work towards"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "person",
                    shown=("role_profile__title", "starts_on", "ends_on"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    declare_assessing()
    declare_authoring()
    holds_nobody(
        "pathways",
        (
            *("Framework", "Scale", "Level", "FrameworkVersion", "Domain", "Competency"),
            *("LevelDescriptor", "Indicator", "Association", "AssociationGroup"),
            *("CrosswalkLevel", "ImportLine", "Resource", "ResourceLevel"),
            *("RoleProfile", "Requirement", "RequirementGroup", "RoleCondition"),
            *("PostRole", "PastPostRole", "PathwayStep"),
        ),
        because="Frameworks and roles describe work, not anybody who does it.",
    )


def _of_another(person: Person) -> Q:
    return ~Q(person=F("recorded_by"))


def _expiries() -> None:
    register_expiry(
        Expiry(
            "pathways.aspirations",
            title=_("Roles that people worked towards"),
            model_label="pathways.Aspiration",
            record_class=DEVELOPMENT,
            due=lambda before: Q(ends_on__lte=before),
            person="person_id",
            may_destroy=True,
        )
    )
