"""What the verbs of the ledger mean in words; each app declares its own in ``AppConfig.ready()``.

    register_verb("approve", _("%(who)s approved the request"))

A test fails when a service records a verb that nobody has put into words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise


class Kind(Enum):
    """Who reads of it beside the auditors: whoever sees the record, who did it, or its person."""

    CHANGE = auto()
    PRIVATE = auto()
    READING = auto()


@dataclass(frozen=True, slots=True)
class Verb:
    """``wording`` is a sentence with ``%(who)s``, without its full stop."""

    wording: str | Promise
    kind: Kind = Kind.CHANGE

    def sentence(self, who: str) -> str:
        return str(self.wording) % {"who": who}


_VERBS: dict[str, Verb] = {}


def register_verb(name: str, wording: str | Promise, kind: Kind = Kind.CHANGE) -> None:
    if name in _VERBS:
        raise ValueError(f"Two wordings for the verb {name!r}.")
    _VERBS[name] = Verb(wording, kind)


def register_verbs(wordings: Mapping[str, str | Promise], kind: Kind = Kind.CHANGE) -> None:
    for name, wording in wordings.items():
        register_verb(name, wording, kind)


def verb(name: str) -> Verb:
    """The verb of that name; one that a former release wrote reads as it was written."""
    return _VERBS.get(name) or Verb("%(who)s: " + name.replace("%", "%%").replace("_", " "))


def verbs_of_kind(*kinds: Kind) -> Iterable[str]:
    return sorted(name for name, known in _VERBS.items() if known.kind in kinds)


def all_verbs() -> Mapping[str, Verb]:
    return dict(_VERBS)
