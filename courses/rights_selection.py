"""What applications for places hold of people."""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import (
    Clear,
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
from accounts.rights.accountability import ERASED_TEXT
from accounts.rights.classes import DEVELOPMENT

_PROGRAMME = "intake__session__offering__programme__title"


def declare_selection_rights() -> None:
    _applications()
    _parts()
    _sponsors()
    _panels()
    _of_panels()
    holds_nobody(
        "courses",
        ("Intake", "IntakeQuestion", "IntakeCriterion"),
        because="They say what is asked and until when, not who applies.",
    )
    register_expiry(
        Expiry(
            "courses.applications",
            title=_("Applications for courses"),
            model_label="courses.Application",
            record_class=DEVELOPMENT,
            due=lambda before: Q(intake__session__ends_at__date__lte=before),
            person="person_id",
            organisation="organisation_id",
        )
    )


def _applications() -> None:
    register(
        Holding(
            "courses.Application",
            title=_("Applications for courses"),
            record_class=DEVELOPMENT,
            key="application",
            links=(
                Link(
                    "person",
                    shown=(
                        _PROGRAMME,
                        "organisation__name",
                        "state",
                        "reserve_rank",
                        "started_at",
                        "sent_at",
                        "assessed_at",
                        "offer_ends_at",
                        "answered_at",
                    ),
                    withheld={"place": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _parts() -> None:
    register(
        Holding(
            "courses.ApplicationAnswer",
            title=_("What you wrote when you applied for courses"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "application__person",
                    shown=("question__words", "text"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.SelectionDecision",
            title=_("What was decided about your applications for courses"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "application__person",
                    shown=("stage", "outcome", "reasons", "decided_by", "decided_at"),
                    on_erasure=Delete(),
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at",),
                    on_erasure=Keep(_("It is the application of whoever applied.")),
                ),
            ),
        )
    )


def _sponsors() -> None:
    register(
        Holding(
            "courses.SponsorStatement",
            title=_("What sponsors wrote about applications for courses"),
            record_class=DEVELOPMENT,
            key="sponsor_statement",
            links=(
                Link(
                    "application__person",
                    shown=("sponsor", "named_at", "text", "given_at"),
                    on_erasure=Delete(),
                ),
                Link(
                    "sponsor",
                    is_about=False,
                    shown=("named_at", "text", "given_at"),
                    on_erasure=Keep(_("It is the application of whoever applied.")),
                ),
            ),
        )
    )


def _panels() -> None:
    register(
        Holding(
            "courses.IntakePanelMember",
            title=_("Panels that choose whom a place is offered"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "person",
                    shown=(_PROGRAMME, "role", "named_at", "stood_down_at"),
                    on_erasure=Keep(_("It says who chose between other people.")),
                ),
            ),
        )
    )


def _of_panels() -> None:
    """The applicant reads what was scored and voted about them; of an interest, that it was
    declared, since what it is concerns the member as well."""
    kept = Keep(_("It is the application of whoever applied."))
    scored = ("criterion__words", "points", "reason", "scored_at")
    _of_panel("courses.PanelScore", _("Scores"), scored, on_erasure=kept)
    _of_panel("courses.PanelVote", _("Votes"), ("stage", "is_for", "cast_at"), on_erasure=kept)
    register(
        Holding(
            "courses.PanelInterest",
            title=_("Interests"),
            record_class=DEVELOPMENT,
            guards=("courses.PanelInterest:panel_interest_stays",),
            links=(
                Link(
                    "application__person",
                    shown=("declared_at",),
                    withheld={"member": Withheld.OTHERS, "what": Withheld.OTHERS},
                    on_erasure=Delete(),
                ),
                Link(
                    "member__person",
                    is_about=False,
                    shown=("what", "declared_at"),
                    on_erasure=Clear(
                        {"what": ERASED_TEXT},
                        because=_("It says who took no part in choosing between other people."),
                    ),
                ),
            ),
        )
    )


def _of_panel(label: str, title: Promise, shown: tuple[str, ...], *, on_erasure: Keep) -> None:
    register(
        Holding(
            label,
            title=title,
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "application__person",
                    shown=shown,
                    withheld={"member": Withheld.OTHERS},
                    on_erasure=Delete(),
                ),
                Link(
                    "member__person",
                    is_about=False,
                    shown=shown[-1:],
                    on_erasure=on_erasure,
                ),
            ),
        )
    )
