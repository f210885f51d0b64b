"""How the page about a piece of work speaks of what is being made.

What is not said otherwise is "the file"; apps say otherwise while Django starts:

    register_wording(KIND, Wording(waiting=_("Your PDF is waiting for its turn. …"), …))
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Wording:
    """``ready`` has a place for the ``day`` until which it is kept, ``download`` for its ``size``;
    ``gone`` is read once it is kept no longer."""

    waiting: Words
    running: Words
    ready: Words
    gone: Words
    download: Words


USUAL = Wording(
    waiting=_(
        "Your file is waiting for its turn. You can leave this page: we will tell you when it is "
        "ready."
    ),
    running=_("Your file is being made. This usually takes less than a minute."),
    ready=_("Your file is ready. You can open it until %(day)s."),
    gone=_(
        "The file was kept for a time and has been removed. Ask for it again to have it as things "
        "are now."
    ),
    download=_("Download the file (%(size)s)"),
)
WORDINGS: dict[str, Wording] = {}


def register_wording(kind: str, wording: Wording) -> None:
    """Say how work of ``kind`` is spoken of; called once per kind while Django starts."""
    if kind in WORDINGS:
        raise ValueError(f"The work {kind!r} has its wording already.")
    WORDINGS[kind] = wording


def wording_of(kind: str) -> Wording:
    return WORDINGS.get(kind, USUAL)
