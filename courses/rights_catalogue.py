"""What the catalogue holds of a person: the renewals of accreditation that they work on."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Holding, Keep, Link, register
from accounts.rights.classes import DEVELOPMENT


def declare_catalogue_rights() -> None:
    register(
        Holding(
            "courses.AccreditationRenewal",
            title=_("Renewals of accreditation you work on"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "worked_on_by",
                    is_about=False,
                    shown=("organisation__name", "state", "due_on", "started_at", "settled_at"),
                    on_erasure=Keep(_("It says who did the work, and nothing about them.")),
                ),
            ),
        )
    )
