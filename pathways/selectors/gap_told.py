"""What may be told of the gaps of organisations: of which groups, and about which competency."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pathways.selectors.disclosure import Alike, Traits, told_groups


class Told:
    """Decides for each organisation by itself, of everybody there and of those who are asked.

    ``people``: organisation's id -> traits -> how many have them all; ``role_way`` is the place of
    the role among the traits. ``roles_asking``: competency's id -> keys of the roles that ask.
    """

    def __init__(
        self,
        people: Mapping[int, Mapping[Traits, int]],
        *,
        role_way: int,
        roles_asking: Mapping[int, frozenset[str]],
    ) -> None:
        self.people, self.role_way, self.roles_asking = people, role_way, roles_asking
        self._roles = {
            organisation: frozenset(traits[role_way] for traits in inside)
            for organisation, inside in people.items()
        }
        self._told: dict[tuple[int, frozenset[str]], frozenset[Alike]] = {}

    def is_told(self, organisation: int, group: Alike) -> bool:
        """Whether ``group`` of the organisation may be shown at all."""
        return group in self._among(organisation, self._roles[organisation])

    def is_told_about(self, organisation: int, group: Alike, competency: int) -> bool:
        """Whether it may be shown how those of ``group`` do who are asked for ``competency``."""
        asking = self.roles_asking[competency] & self._roles[organisation]
        return self.is_told(organisation, group) and group in self._among(organisation, asking)

    def _among(self, organisation: int, roles: frozenset[str]) -> frozenset[Alike]:
        """What is told of those who follow ``roles``; many competencies are asked of the same."""
        if (organisation, roles) not in self._told:
            asked = {
                traits: count
                for traits, count in self.people[organisation].items()
                if traits[self.role_way] in roles
            }
            self._told[organisation, roles] = told_groups(asked)
        return self._told[organisation, roles]


def by_organisation(rows: Iterable[tuple[int, Traits, int]]) -> dict[int, dict[Traits, int]]:
    """``rows``: organisation's id, traits, how many have them."""
    people: dict[int, dict[Traits, int]] = defaultdict(dict)
    for organisation, traits, count in rows:
        people[organisation][traits] = count
    return dict(people)


def sizes_of(people: Mapping[int, Mapping[Traits, int]], way: int) -> Counter[tuple[int, str]]:
    """(organisation's id, key of the group) -> how many people, in one way of grouping them."""
    sizes: Counter[tuple[int, str]] = Counter()
    for organisation, inside in people.items():
        for traits, count in inside.items():
            sizes[organisation, traits[way]] += count
    return sizes
