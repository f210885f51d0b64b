"""What funds hold of a person: an allowance, what was paid for their places, who answers for it."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.rights import Clear, Holding, Keep, Link, Withheld, holds_nobody, register
from accounts.rights.classes import DEVELOPMENT

_ACCOUNTS = _("It is part of the accounts of the organisation.")
_NUMBERED = Concat(Value("Allowance "), Cast("pk", CharField()))


def declare_money_rights() -> None:
    register(
        Holding(
            "courses.Fund",
            title=_("Money for training"),
            record_class=DEVELOPMENT,
            key="fund",
            links=(
                Link(
                    "person",
                    shown=(
                        "organisation__name",
                        "title",
                        "kind",
                        "starts_on",
                        "ends_on",
                        "amount_pence",
                        "reserved_pence",
                        "spent_pence",
                    ),
                    withheld={"holder": Withheld.OTHERS},
                    # The title of an allowance says whose it was as often as not.
                    on_erasure=Clear({"title": _NUMBERED}, because=_ACCOUNTS),
                ),
                Link(
                    "holder",
                    is_about=False,
                    shown=("title",),
                    on_erasure=Keep(_ACCOUNTS),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.Statement",
            title=_("Statements of charges that you issued"),
            record_class=DEVELOPMENT,
            key="statement",
            links=(
                Link(
                    "issued_by",
                    is_about=False,
                    shown=("number", "issued_at"),
                    on_erasure=Keep(_ACCOUNTS),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.StatementLine",
            title=_("What was charged for your places on courses"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        *("statement__host__name", "reference", "programme", "session_on"),
                        *("reason", "price_pence", "pence", "is_credited"),
                    ),
                    withheld={"corrects": Withheld.INTERNAL},
                    # The place goes, and with it what led from the amount to the person.
                    on_erasure=Keep(_ACCOUNTS),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("MoneyRule", "Fund_programmes", "SeatAllotment"),
        because="It says by what rule is paid, and what is kept for organisations, not for people.",
    )
    register(
        Holding(
            "courses.Commitment",
            title=_("What was paid for places on courses"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "enrolment__person",
                    shown=(
                        *("fund__title", "pence", "spent_pence", "owed_pence", "state"),
                        *("reserved_at", "settled_at"),
                    ),
                    withheld={
                        "rule": Withheld.INTERNAL,
                        "passed_over": Withheld.INTERNAL,
                    },
                    # The place goes, and with it what led from the amount to the person.
                    on_erasure=Keep(_ACCOUNTS),
                ),
            ),
        )
    )
