"""Which counts may be shown, and how: nobody can be found in a figure.

Group of 10 at least, rounding to 5, secondary suppression: the defaults that Waymark recommends
after the rules of NHS publications. A zero is hidden like any small number, because that nobody of
a group is there can tell about somebody too.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST_GROUP = 10
ROUND_TO = 5

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shown(Generic[Key]):
    """What may leave: rounded counts of people, None where a count is hidden."""

    total: int | None
    cells: Mapping[Key, int | None]


def suppressed(counts: Mapping[Key, int]) -> Shown[Key]:
    """Hide every cell below ``LEAST_GROUP``, and round the others and the total to ``ROUND_TO``.

    Fewer than ``LEAST_GROUP`` people in all: nothing is shown. Where the hidden cells together
    are fewer than that, the total less the others would tell them, so the smallest other is hidden
    with them.
    """
    total = sum(counts.values())
    if total < LEAST_GROUP:
        return Shown(None, dict.fromkeys(counts))
    hidden = {key for key, count in counts.items() if count < LEAST_GROUP}
    others = [key for key in counts if key not in hidden]
    if hidden and others and sum(counts[key] for key in hidden) < LEAST_GROUP:
        hidden.add(min(others, key=counts.__getitem__))
    cells = {key: None if key in hidden else rounded(count) for key, count in counts.items()}
    return Shown(rounded(total), cells)


def rounded(count: int) -> int:
    """To the nearest multiple of ``ROUND_TO``."""
    return (2 * count + ROUND_TO) // (2 * ROUND_TO) * ROUND_TO
