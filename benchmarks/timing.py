"""Measuring pages through the whole stack, in turns with what they are compared with."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.http import HttpResponse

ROUNDS = 25
_WARM_UP = 3

Call = Callable[[], HttpResponse]


def checked(call: Call) -> HttpResponse:
    """A page that is missing or refuses is a mistake of ours, never a figure."""
    response = call()
    if response.status_code != 200:
        where = getattr(response, "request", {}).get("PATH_INFO", "")
        raise RuntimeError(f"{where} answered {response.status_code}.")
    return response


def in_turns(call: Call, beside: Call, *, rounds: int = ROUNDS) -> tuple[float, float]:
    """The median milliseconds of both, taken in turns so that a busy machine is busy for both."""
    for _ in range(_WARM_UP):
        checked(call), checked(beside)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for one, found in zip((call, beside), times, strict=True):
            began = perf_counter()
            one()
            found.append((perf_counter() - began) * 1000)
    return median(times[0]), median(times[1])
