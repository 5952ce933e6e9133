"""Caches: keyed by commune for pages, shared for what belongs to nobody; losable by design."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from parvis.guard import current_schema


log = logging.getLogger(__name__)


def commune_key(key: str, prefix: str, version: int) -> str:
    """Make a cache key that another commune cannot produce."""
    return f"{prefix}:{current_schema()}:{version}:{key}"


class ForgivingCache(RedisCache):
    """Valkey as a cache: when it is down, nothing is found and nothing is kept."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Read a value, or ``default`` when Valkey is unreachable."""
        try:
            return super().get(key, default, version)
        except RedisError as fault:
            return self._shrug(fault, default)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Keep a value, unless Valkey is unreachable."""
        try:
            super().set(key, value, timeout, version)
        except RedisError as fault:
            self._shrug(fault, None)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; say whether it was there."""
        try:
            return bool(super().delete(key, version))
        except RedisError as fault:
            return bool(self._shrug(fault, default=False))

    def run(self, script: str, keys: Sequence[str], values: Sequence[Any]) -> Any:
        """Run a program of Valkey in one round trip.

        Raises:
            RedisError: Valkey is unreachable.
        """
        names = [self.make_and_validate_key(key) for key in keys]
        client = self._cache.get_client(None, write=True)
        return client.register_script(script)(keys=names, args=list(values))

    def _shrug(self, fault: RedisError, default: Any) -> Any:
        log.warning("The cache is unreachable: %s", fault)
        return default
