"""Which groups of people may be counted aloud, so that nobody can be worked out from the figures.

People are told apart in several ways (by unit, by band, by role), and whoever reads may lay one way
beside another: take the figures of the roles that lie wholly in a unit from those of the unit, and
keep what is left over. So it is decided for all ways together what is told, and the same whoever
asks for which view of it. A group is told when it has at least ``FEWEST`` people, and when told
groups of no other way leave fewer over: of it, or of several such groups together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

FEWEST = 10

# How somebody is grouped in each of the ways, always in one order.
Traits = tuple[str, ...]


class Alike(NamedTuple):
    """The people who are alike in one way: ``way`` is a place in the traits, ``key`` its value."""

    way: int
    key: str


def told_groups(people: Mapping[Traits, int], *, fewest: int = FEWEST) -> frozenset[Alike]:
    """Return the groups that may be told of ``people`` (traits -> how many have them all).

    Any two ways are laid beside each other, not three at once.
    """
    crossing = _Crossing(people, fewest=fewest)
    told = {group for group, size in crossing.sizes.items() if size >= fewest}
    while parts := next(crossing.too_much_told(told), ()):
        # Without its smallest part, what is left over is at least as many as that part has.
        told.remove(min(parts, key=lambda part: (crossing.sizes[part], part)))
    return frozenset(told)


class _Crossing:
    """How the groups of the ways lie in each other."""

    def __init__(self, people: Mapping[Traits, int], *, fewest: int) -> None:
        self.fewest = fewest
        self.sizes: Counter[Alike] = Counter()
        # Alike -> other way -> group of it -> how many are in both.
        self.common: dict[Alike, dict[int, Counter[Alike]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        for traits, count in people.items():
            groups = [Alike(way, key) for way, key in enumerate(traits)]
            for group in groups:
                self.sizes[group] += count
                for other in groups:
                    self.common[group][other.way][other] += count

    def too_much_told(self, told: set[Alike]) -> Iterator[tuple[Alike, ...]]:
        """Told groups that leave too few over of another, or of others together."""
        for group in sorted(told):
            for way in sorted(self.common[group]):
                if way != group.way:
                    yield from self._around(group, way, told)

    def _around(self, group: Alike, way: int, told: set[Alike]) -> Iterator[tuple[Alike, ...]]:
        """Grow a whole from ``group``: a told group of the other ``way`` that lies across its edge
        is left over as far as it lies inside, or is taken in with every group that it meets."""
        waiting = [(frozenset((group,)), frozenset[Alike]())]
        while waiting:
            whole, given_up = waiting.pop()
            inside = self._inside(whole, way)
            parts = tuple(one for one in inside if one in told and inside[one] == self.sizes[one])
            open_ties = (inside.keys() & told) - given_up - set(parts)
            left_over = sum(inside[one] for one in inside.keys() - open_ties - set(parts))
            if left_over >= self.fewest:
                continue
            if not open_ties:
                if parts and left_over:
                    yield parts
                continue
            # The largest first: then too much is left over soon, and the search ends.
            tie = max(open_ties, key=lambda one: (inside[one], one))
            waiting.append((whole, given_up | {tie}))
            if (met := self.common[tie][group.way].keys()) <= told:
                waiting.append((whole | met, given_up))

    def _inside(self, whole: Iterable[Alike], way: int) -> Counter[Alike]:
        """How many people of ``whole`` are in each group of ``way``."""
        inside: Counter[Alike] = Counter()
        for group in whole:
            inside.update(self.common[group][way])
        return inside
