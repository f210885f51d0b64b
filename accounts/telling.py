"""How this floor has people told: ``notifications``, a floor above, says how in its ``ready()``.

A service here calls ``tell`` in its own transaction. The words of its rules are declared with
``say`` in ``AccountsConfig.ready()``, and ``notifications`` takes them over.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from accounts.models import Person

Wording = Callable[[Mapping[str, Any]], str]


class Teller(Protocol):
    """Writes one notice. With ``is_urgent`` it is mailed at once, at any hour."""

    def __call__(
        self,
        *,
        recipient: Person,
        rule: str,
        subject_key: str,
        url: str,
        now: datetime,
        facts: Mapping[str, Any] | None = None,
        is_urgent: bool = False,
    ) -> object: ...


WORDINGS: dict[str, Wording] = {}
_TELLERS: list[Teller] = []


def say(rule: str, wording: Wording) -> None:
    """Declare how a notice of ``rule`` ("accounts.…") reads."""
    if rule in WORDINGS:
        raise ValueError(f"Two wordings for notices of {rule!r}.")
    WORDINGS[rule] = wording


def told_by(teller: Teller) -> None:
    """Name who tells people; there is one."""
    if _TELLERS:
        raise ValueError("Somebody tells people already.")
    _TELLERS.append(teller)


def tell(
    *,
    recipient: Person,
    rule: str,
    subject_key: str,
    url: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
) -> None:
    """Tell ``recipient`` once about ``subject_key``, in the caller's transaction."""
    if rule not in WORDINGS:
        raise ValueError(f"No words for notices of {rule!r}.")
    for teller in _TELLERS:
        teller(
            recipient=recipient,
            rule=rule,
            subject_key=subject_key,
            url=url,
            now=now,
            facts=facts,
            is_urgent=is_urgent,
        )
