"""Who asked whom to swap places in the demonstration."""

from typing import Any

from accounts.models import Person
from courses.models import SwapRequest, SwapState


def _open() -> SwapRequest:
    return SwapRequest.objects.filter(state=SwapState.ASKED).earliest("pk")


def who_asked_to_swap() -> Person:
    return _open().asker


def own_swap(reader: Person) -> dict[str, Any]:
    return {"pk": SwapRequest.objects.filter(asker=reader).earliest("pk").place_id}


def who_is_asked_to_swap() -> Person:
    return _open().partner


def asked_swap(reader: Person) -> dict[str, Any]:
    return {"pk": SwapRequest.objects.filter(partner=reader).earliest("pk").pk}
