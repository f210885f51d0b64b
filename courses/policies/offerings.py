"""Who writes programmes, and says how, where and at what price they can be had."""

from collections.abc import Set

from accounts.selectors.relations import Relation

_KEEPS = frozenset({Relation.LEARNING_LEAD, Relation.PROGRAMME_LEAD})


def may_keep_offerings(at_host: Set[Relation]) -> bool:
    """Offer a programme, change its terms, share and close it: learning and programme leads of the
    host. Whoever teaches it runs its sessions, and does not set what the host pays."""
    return not _KEEPS.isdisjoint(at_host)


def may_write_programme(at_owner: Set[Relation], *, is_national: bool) -> bool:
    """Write a programme: learning and programme leads of the organisation that owns it. The words
    of a national one are the reference data's."""
    return not is_national and not _KEEPS.isdisjoint(at_owner)
