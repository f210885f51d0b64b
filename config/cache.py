"""The cache, which pages must be able to do without: Redis may be away for half an hour."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or(answer: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give ``answer`` in place of Redis while it is away, and say so in the log."""

    def forgiving(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(self: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except RedisError as away:
                log.warning("cache_away", error=type(away).__name__)
                return answer(*args, **kwargs)

        return call

    return forgiving


# While Redis is away each web process goes on counting for itself what limits guessing: the limits
# grow by the number of processes, and never open.
_COUNTED_HERE = LocMemCache("limits-while-redis-is-away", {})


def _is_count(key: str) -> bool:
    return "allauth:rl:" in key


def _found(key: str, default: Any = None) -> Any:
    return _COUNTED_HERE.get(key, default) if _is_count(key) else default


def _kept(key: str, value: Any, timeout: Any = None) -> None:
    if _is_count(key):
        _COUNTED_HERE.set(key, value, timeout)


def _added(key: str, value: Any, timeout: Any = None) -> bool:
    return _COUNTED_HERE.add(key, value, timeout) if _is_count(key) else True


def _deleted(key: str) -> bool:
    return _COUNTED_HERE.delete(key) if _is_count(key) else False


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


class ForgivingClient(RedisCacheClient):
    """Finds nothing and keeps nothing while Redis is away.

    But for the counts that limit guessing at sign-in, which each process then keeps for itself.
    """

    get = _or(_found)(RedisCacheClient.get)
    add = _or(_added)(RedisCacheClient.add)
    set = _or(_kept)(RedisCacheClient.set)
    touch = _or(lambda *args, **kwargs: False)(RedisCacheClient.touch)
    delete = _or(_deleted)(RedisCacheClient.delete)
    has_key = _or(lambda *args, **kwargs: False)(RedisCacheClient.has_key)
    incr = _or(lambda key, delta=1: delta)(RedisCacheClient.incr)
    get_many = _or(lambda *args, **kwargs: {})(RedisCacheClient.get_many)
    set_many = _or(_nothing)(RedisCacheClient.set_many)
    delete_many = _or(_nothing)(RedisCacheClient.delete_many)


class ForgivingCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
