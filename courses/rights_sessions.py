"""What meetings and diaries hold of a person: which they lead, and the address of a diary."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Link, Withheld, holds_nobody, register
from accounts.rights.classes import DEVELOPMENT

_SWAP = (
    "session__offering__programme__title",
    "session__starts_at",
    "other_session__starts_at",
    "state",
    "asked_at",
    "ends_at",
    "ended_at",
)


def declare_session_rights() -> None:
    register(
        Holding(
            "courses.Facilitation",
            title=_("Meetings of courses that somebody leads"),
            record_class=DEVELOPMENT,
            key="facilitation",
            links=(
                Link(
                    "person",
                    shown=(
                        "name",
                        "meeting__session__offering__programme__title",
                        "meeting__starts_at",
                    ),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.CalendarFeed",
            title=_("Addresses by which your diary reads your sessions"),
            record_class=DEVELOPMENT,
            key="calendar_feed",
            links=(
                Link(
                    "person",
                    shown=("created_at", "ended_at"),
                    withheld={"token_hash": Withheld.SECURITY},
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.InvitationRefusal",
            title=_("Whether you want no invitations by mail"),
            record_class=DEVELOPMENT,
            key="invitation_refusal",
            links=(Link("person", shown=("since_at",), on_erasure=Delete()),),
        )
    )
    register(
        Holding(
            "courses.Interest",
            title=_("Courses of which you want to be told when there is another session"),
            record_class=DEVELOPMENT,
            key="interest",
            links=(
                Link(
                    "person",
                    shown=("programme__title", "since_at", "ended_at", "ended_because"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "courses.SwapRequest",
            title=_("Swaps of places that you asked for or were asked"),
            record_class=DEVELOPMENT,
            key="swap",
            links=(
                Link(
                    "asker",
                    shown=_SWAP,
                    withheld={
                        "place": Withheld.INTERNAL,
                        "partner": Withheld.OTHERS,
                        "other_place": Withheld.OTHERS,
                    },
                    on_erasure=Delete(),
                ),
                Link(
                    "partner",
                    shown=_SWAP,
                    withheld={
                        "other_place": Withheld.INTERNAL,
                        "asker": Withheld.OTHERS,
                        "place": Withheld.OTHERS,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    holds_nobody(
        "courses",
        ("Venue", "Room", "Meeting"),
        because="They say where and when courses are, not who comes.",
    )
