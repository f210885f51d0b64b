"""Who acts: a signed-in person, an API client, or a named job of the system with its scope.

Policies, ``visible_to`` and the ledger take an actor, so a page, an endpoint and a task obey the
same rule.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from accounts.models import ApiClient, Person
from accounts.standing import Standing


@dataclass(frozen=True, slots=True)
class ApiClientPrincipal:
    """An HR system, acting for its organisation within the scopes of its token; never a person."""

    client: ApiClient
    scopes: frozenset[str]
    standings: dict[date, Standing] = field(default_factory=dict, compare=False, repr=False)

    actor_kind: ClassVar[Literal["client"]] = "client"
    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> str:
        return f"client-{self.client.pk}"

    def __str__(self) -> str:
        return self.client.name


@dataclass(frozen=True, slots=True)
class SystemJob:
    """A named job of the system. ``organisation_ids`` is its scope; ``None`` means every one."""

    name: str
    organisation_ids: frozenset[int] | None = frozenset()
    standings: dict[date, Standing] = field(default_factory=dict, compare=False, repr=False)

    actor_kind: ClassVar[Literal["job"]] = "job"
    is_authenticated = True

    def __str__(self) -> str:
        return self.name


Actor = Person | ApiClientPrincipal | SystemJob
