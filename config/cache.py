"""The cache, which pages must be able to do without: Redis may be away for half an hour."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
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


def _default(key: str, default: Any = None) -> Any:
    return default


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


class ForgivingClient(RedisCacheClient):
    """Finds nothing and keeps nothing while Redis is away.

    Limits on guessing passwords are counted here, so they pause for as long: the lesser evil beside
    nobody being able to sign in, and each pause is in the log.
    """

    get = _or(_default)(RedisCacheClient.get)
    add = _or(lambda *args, **kwargs: True)(RedisCacheClient.add)
    set = _or(_nothing)(RedisCacheClient.set)
    touch = _or(lambda *args, **kwargs: False)(RedisCacheClient.touch)
    delete = _or(lambda *args, **kwargs: False)(RedisCacheClient.delete)
    has_key = _or(lambda *args, **kwargs: False)(RedisCacheClient.has_key)
    incr = _or(lambda key, delta=1: delta)(RedisCacheClient.incr)
    get_many = _or(lambda *args, **kwargs: {})(RedisCacheClient.get_many)
    set_many = _or(_nothing)(RedisCacheClient.set_many)
    delete_many = _or(_nothing)(RedisCacheClient.delete_many)


class ForgivingCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
