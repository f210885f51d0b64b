"""What else follows when one role profile takes the place of another.

Upper floors point at role profiles too (courses that a role asks for, pools for a role). They say
here, in ``AppConfig.ready()``, how their rows follow; each records what it changed.
"""

from datetime import datetime
from typing import Protocol

from accounts.actors import Actor
from pathways.models import RoleProfile


class Follower(Protocol):
    def __call__(
        self, *, before: RoleProfile, after: RoleProfile, by: Actor, now: datetime
    ) -> None: ...


_FOLLOWERS: list[Follower] = []


def register_follower(follow: Follower) -> None:
    """Let ``follow`` be called whenever ``after`` takes the place of ``before``."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def followers() -> tuple[Follower, ...]:
    return tuple(_FOLLOWERS)
