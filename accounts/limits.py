"""How many calls somebody may make: a bucket that fills again, emptied in one step in Redis.

Reading a count and writing it back are two steps, between which a hundred others read the same
count; the script below is one. While Redis is away each process counts for itself: the limit is
then looser by the number of processes, and never gone.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import caches
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_MICRO = 1_000_000
_PAUSE_AFTER_FAILURE = 5.0
_MOST_KEYS = 10_000

# The key holds the moment at which the bucket will be full again. A call moves it on by the time
# that one call takes to refill; a call that would move it more than the whole period ahead is
# refused and moves nothing. The clock is Redis's own, so that web servers need not agree on theirs.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period = tonumber(ARGV[2]) * 1000000
local step = period / tonumber(ARGV[1])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local ahead = full_at + step - now
if ahead > period + 1 then
  return {0, math.ceil(ahead - period), math.ceil(full_at - now)}
end
redis.call('SET', KEYS[1], string.format('%.0f', full_at + step), 'PX', math.ceil(ahead / 1000))
return {1, 0, math.ceil(ahead)}
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """``calls`` in ``seconds``, for each key separately. All of them may come at once."""

    name: str
    calls: int
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call goes ahead. ``wait`` and ``reset`` are seconds: until the next call may come,
    and until all of them may."""

    limit: Limit
    is_allowed: bool
    wait: int
    reset: int
    remaining: int

    def headers(self) -> dict[str, str]:
        """As the IETF's draft of RateLimit headers has them; a refusal also says Retry-After."""
        name = self.limit.name
        told = {
            "RateLimit-Policy": f'"{name}";q={self.limit.calls};w={self.limit.seconds}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset}',
        }
        return told if self.is_allowed else told | {"Retry-After": str(self.wait)}


def limit_for(name: str) -> Limit:
    """The limit of that name, as the operator set it, for a minute."""
    return Limit(name, settings.CALLS_A_MINUTE[name])


def take(limit: Limit, *, key: str) -> Verdict:
    """Count one call of ``key`` against ``limit``."""
    name = caches["default"].make_key(f"calls:{limit.name}:{key}")
    taken = _take_in_redis(limit, name) or _own.take(limit, name)
    is_allowed, wait, used = taken
    remaining = int(limit.calls * (1 - used / (limit.seconds * _MICRO)) + 1e-6)
    return Verdict(
        limit=limit,
        is_allowed=is_allowed,
        wait=max(1, ceil(wait / _MICRO)),
        reset=ceil(used / _MICRO),
        remaining=max(0, remaining) if is_allowed else 0,
    )


class _Server:
    """Redis, and until when it need not be asked because it did not answer."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self.script = redis.register_script(_TAKE)
        self.away_until = 0.0

    def take(self, limit: Limit, name: str) -> tuple[bool, int, int] | None:
        if time.monotonic() < self.away_until:
            return None
        try:
            answer: Any = self.script(keys=[name], args=[limit.calls, limit.seconds])
        except RedisError as away:
            self.away_until = time.monotonic() + _PAUSE_AFTER_FAILURE
            log.warning("limits_counted_by_each_process", error=type(away).__name__)
            return None
        return bool(answer[0]), int(answer[1]), int(answer[2])


@lru_cache
def _server(url: str) -> _Server:
    return _Server(url)


def _take_in_redis(limit: Limit, name: str) -> tuple[bool, int, int] | None:
    return _server(str(settings.CACHES["default"]["LOCATION"])).take(limit, name)


class _OwnCount:
    """The same bucket in the memory of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._full_at: dict[str, int] = {}

    def take(self, limit: Limit, name: str) -> tuple[bool, int, int]:
        period = limit.seconds * _MICRO
        step = period // limit.calls
        now = int(time.monotonic() * _MICRO)
        with self._lock:
            self._forget(now)
            full_at = max(self._full_at.get(name, now), now)
            ahead = full_at + step - now
            if ahead > period:
                return False, ahead - period, full_at - now
            self._full_at[name] = full_at + step
            return True, 0, ahead

    def _forget(self, now: int) -> None:
        if len(self._full_at) >= _MOST_KEYS:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}


_own = _OwnCount()
