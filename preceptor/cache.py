"""A cache that pages can do without: away, it holds nothing."""

import logging
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis, RedisError

logger = logging.getLogger(__name__)


def _or_nothing(method: Callable[..., Any], nothing: Any) -> Callable[..., Any]:
    @wraps(method)
    def tolerant(self: "Cache", *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("The cache does not answer: %s", type(error).__name__)
            default = args[1] if method.__name__ == "get" and len(args) > 1 else nothing
            return kwargs.get("default", default)

    return tolerant


class Client(RedisCacheClient):
    """Makes itself ready once a thread, not once for each key."""

    @cached_property
    def _ready(self) -> Redis:
        return super().get_client()

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """There is one server, for reading and writing."""
        return self._ready


class Cache(RedisCache):
    """Sessions and pages then come from the database. What is not added is refused."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    get = _or_nothing(RedisCache.get, None)
    set = _or_nothing(RedisCache.set, None)
    add = _or_nothing(RedisCache.add, nothing=False)
    touch = _or_nothing(RedisCache.touch, nothing=False)
    delete = _or_nothing(RedisCache.delete, nothing=False)
    has_key = _or_nothing(RedisCache.has_key, nothing=False)
