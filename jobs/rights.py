"""What the tables of work that waits hold of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights import (
    Delete,
    Holding,
    Link,
    Withheld,
    holds_nobody,
    own_keys,
    register,
    register_eraser,
)
from accounts.rights.classes import MESSAGES
from jobs.models import Job
from jobs.services.erasing import erase_what_others_made

PACK = "jobs.information_pack"


def declare_rights() -> None:
    _jobs()
    _documents()
    register(
        Holding(
            "jobs.OutboxMessage",
            title=_("Rows of the queue"),
            record_class=MESSAGES,
            links=(),
        )
    )
    register_eraser("jobs.queue_and_documents", erase_what_others_made)
    holds_nobody("jobs", ("Heartbeat",), because="Signs of life of the system's parts.")


def _about_oneself(person: Person) -> Q:
    return Q(about_key__in=own_keys(person))


def _about_others(person: Person) -> Q:
    return ~_about_oneself(person)


def _jobs() -> None:
    when = ("state", "asked_at", "started_at", "ended_at")
    numbers = ("public_id", "about_key", "steps_done", "steps_total", "document", "kind")
    register(
        Holding(
            "jobs.Job",
            title=_("Documents you asked for"),
            record_class=MESSAGES,
            links=(
                Link(
                    "owner",
                    only=_about_oneself,
                    shown=("title", "reason", *when),
                    withheld=dict.fromkeys(numbers, Withheld.INTERNAL),
                    on_erasure=Delete(),
                ),
                Link(
                    "owner",
                    is_about=False,
                    only=_about_others,
                    shown=when,
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _made_about_oneself(person: Person) -> Q:
    jobs = Job.objects.filter(_about_oneself(person))
    return Q(pk__in=jobs.filter(document__isnull=False).values("document_id"))


def _own_documents(person: Person) -> Q:
    return _made_about_oneself(person) & ~Q(kind=PACK)


def _own_packs(person: Person) -> Q:
    return _made_about_oneself(person) & Q(kind=PACK)


def _documents_about_others(person: Person) -> Q:
    return ~_made_about_oneself(person)


def _documents() -> None:
    when = ("made_at", "expires_on", "size", "content_type")
    numbers = dict.fromkeys(("public_id", "source_hash", "kind"), Withheld.INTERNAL)
    register(
        Holding(
            "jobs.Document",
            title=_("Documents made for you"),
            record_class=MESSAGES,
            links=(
                Link(
                    "owner",
                    only=_own_documents,
                    shown=("title", "filename", *when),
                    withheld={**numbers, "file": Withheld.INTERNAL},
                    files=("file",),
                    on_erasure=Delete(),
                ),
                # A pack inside a pack would double with every one that is asked for.
                Link(
                    "owner",
                    only=_own_packs,
                    shown=("title", "filename", *when),
                    withheld={**numbers, "file": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
                Link(
                    "owner",
                    is_about=False,
                    only=_documents_about_others,
                    shown=when,
                    on_erasure=Delete(),
                ),
            ),
        )
    )
