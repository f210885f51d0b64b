"""What the tables hold by which we answer for ourselves: ledger, holds, emergency access."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights.classes import AUDIT_LOG
from accounts.rights.registry import (
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

ERASED_TEXT = "Erased as the person has a right to."


def declare_accountability() -> None:
    _ledger()
    _retention()
    _emergency()
    register_expiry(
        Expiry(
            "accounts.event_texts",
            title=_("Texts beside the ledger"),
            model_label="accounts.EventText",
            record_class=AUDIT_LOG,
            due=lambda before: Q(event__happened_at__date__lte=before),
            person="event__subject_id",
            organisation="event__organisation_id",
            empties={"text": None, "salt": None},
        )
    )


def _that_was_told(person: Person) -> Q:
    return Q(withheld_because="")


def _that_was_not_told(person: Person) -> Q:
    return ~Q(withheld_because="")


def _erased(field: str) -> Case:
    """A field that is empty stays so, because it says that nobody wrote anything."""
    return Case(When(**{field: ""}, then=Value("")), default=Value(ERASED_TEXT))


def _emergency() -> None:
    when = ("organisation__name", "opened_at", "ends_at")
    shown = ("person", "reason", *when, "reviewed_at", "reviewed_by", "verdict", "review_note")
    erased = Clear(
        {
            "reason": ERASED_TEXT,
            "withheld_because": _erased("withheld_because"),
            "review_note": _erased("review_note"),
        },
        because=_("It proves who opened a record in an emergency."),
    )
    unsaid = {"withheld_because": Withheld.INTERNAL}
    kept = _("It is the record of somebody else that was opened.")
    register(
        Holding(
            "accounts.EmergencyAccess",
            title=_("Emergency access"),
            record_class=AUDIT_LOG,
            links=(
                Link(
                    "subject",
                    only=_that_was_told,
                    shown=shown,
                    withheld=unsaid,
                    on_erasure=erased,
                ),
                # The data protection officer decided, with a reason, that the person is not told.
                Link(
                    "subject",
                    only=_that_was_not_told,
                    shown=shown,
                    withheld=unsaid,
                    is_secret=True,
                    on_erasure=erased,
                ),
                *(
                    Link(path, is_about=False, shown=when, on_erasure=Keep(kept))
                    for path in ("person", "reviewed_by")
                ),
            ),
        )
    )


def _retention() -> None:
    kept = _("It says who decided, and nothing about them.")
    register(
        Holding(
            "accounts.LegalHold",
            title=_("Holds that keep records from being removed"),
            record_class=AUDIT_LOG,
            links=(
                Link(
                    "person",
                    shown=("organisation__name", "set_at", "lifted_at", "set_by", "lifted_by"),
                    withheld={"reason": Withheld.OTHERS},
                    on_erasure=Delete(),
                ),
                *(
                    Link(path, is_about=False, shown=("set_at",), on_erasure=Keep(kept))
                    for path in ("set_by", "lifted_by")
                ),
            ),
        )
    )
    register(
        Holding(
            "accounts.RetentionRun",
            title=_("Times you let records go"),
            record_class=AUDIT_LOG,
            links=(
                Link(
                    "asked_by",
                    is_about=False,
                    shown=("on_day", "started_at"),
                    on_erasure=Keep(kept),
                ),
            ),
        )
    )
    holds_nobody(
        "accounts",
        ("RetentionRule", "RetentionCount"),
        because="Rules and numbers of rows, never whose.",
    )


def without_other_people(facts: Any) -> Any:
    """The facts of an event without the numbers of the people in them."""
    if not isinstance(facts, Mapping):
        return facts
    return {name: value for name, value in facts.items() if "person" not in name}


def _by_somebody_about_another(person: Person) -> Q:
    return Q(subject__isnull=True) | ~Q(subject=F("by_person"))


def _ledger() -> None:
    what = ("happened_at", "verb", "about_type", "organisation__name", "rule")
    because = _("It proves what was done. It holds no text, and names nobody who was erased.")
    register(
        Holding(
            "accounts.Event",
            title=_("What was done, and who looked"),
            record_class=AUDIT_LOG,
            links=(
                Link(
                    "subject",
                    shown=(*what, "about_id", "by_person", "by_client__name", "by_job", "facts"),
                    told={"facts": without_other_people},
                    on_erasure=Keep(because),
                ),
                Link(
                    "by_person",
                    is_about=False,
                    only=_by_somebody_about_another,
                    shown=what,
                    on_erasure=Keep(because),
                ),
            ),
        )
    )

    register(
        Holding(
            "accounts.EventText",
            title=_("What was said about what was done"),
            record_class=AUDIT_LOG,
            links=(
                Link(
                    "event__subject",
                    shown=("event__happened_at", "event__verb", "name", "text"),
                    withheld={"salt": Withheld.SECURITY},
                    on_erasure=Clear(
                        {"text": None, "salt": None},
                        because=_("The event holds what proves that there was a text."),
                    ),
                ),
            ),
        )
    )

    holds_nobody(
        "accounts",
        ("LedgerLink", "LedgerCheck"),
        because="Hashes of the chain, and whether they were right: an event says of whom.",
    )
