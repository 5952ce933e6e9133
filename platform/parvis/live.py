"""Tell the pages that are open that what they show has changed.

An action names the topic it changes; after commit one tick is published in Valkey, and the process
of live pages (``parvis.live_server``) passes it on to the pages that watch this topic. A tick says
that something changed and nothing else: each page asks the server again, with its own rights.
"""

import logging
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from parvis.guard import current_schema
from parvis.live_topics import channel


WAIT_S = 0.3
PAUSE_S = 5.0  # after a failure: whoever acts does not wait for Valkey again and again
log = logging.getLogger(__name__)


def touch(topic: str) -> None:
    """Say, once the transaction has committed, that what a topic stands for has changed.

    Said once however often it is touched. Without Valkey nothing is raised: pages poll.
    """
    tick = _Tick(current_schema(), topic)
    inside = set(connection.savepoint_ids)
    if any(each[1] == tick and each[0] <= inside for each in connection.run_on_commit):
        return
    transaction.on_commit(tick)


@dataclass(frozen=True, slots=True)
class _Tick:
    """What is published after commit; equal to another one of the same topic."""

    schema: str
    topic: str

    def __call__(self) -> None:
        _valkey(settings.REDIS_URL).publish(self.schema, self.topic)


class _Publisher:
    """A connection that gives up at once, and rests after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rests_until = 0.0
        self._client = Redis.from_url(
            url,
            socket_connect_timeout=WAIT_S,
            socket_timeout=WAIT_S,
            retry=Retry(NoBackoff(), 1),  # a connection that Valkey closed is opened again
        )

    def publish(self, schema: str, topic: str) -> None:
        """Publish a tick, unless Valkey is unreachable."""
        if time.monotonic() < self._rests_until:
            return
        try:
            self._client.publish(channel(self._url, schema), topic)
        except (RedisError, OSError) as fault:
            self._rests_until = time.monotonic() + PAUSE_S
            log.warning("Valkey is unreachable, pages poll: %s", fault)


@cache
def _valkey(url: str) -> _Publisher:
    return _Publisher(url)
