"""The process of live pages, an ASGI application for one worker: ``parvis live`` runs it.

It answers ``GET /direct/?s=<signed topics>`` with server-sent events: a line each time that one of
the topics changed. It asks neither a cookie nor the database: whoever has the address was shown
the page. It subscribes once to Valkey, however many pages are open. While it hears nothing it says
so, and pages poll.
"""

import asyncio
import ipaddress
import logging
import logging.config
import os
import resource
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from parvis import live_topics
from parvis.live_fan import MOST, Fan, Full, Stream
from parvis.logs import write_alike
from parvis.signing import BadSignature


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")

HEARTBEAT_S = 15.0
LONGEST_S = 3600.0  # a page asks again at once, with the same address
SLOWEST_S = 10.0  # a reader who does not take a few bytes in this time is dropped
PAUSE_S = 0.5  # between two ticks of one page
RETRY_MS = (2000, 4000)  # at least, and spread, for when a thousand pages come back together
PING_S = 5.0
AGAIN_S = 0.5
START_S = 2.0
DEAF_S = 10.0  # so long without Valkey pages wait, then they poll
SPARE_FILES = 100
EVENTS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
TICK, BEAT = b"data: 1\n\n", b":\n\n"
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
log = logging.getLogger(__name__)


class Application:
    """The ASGI application: one for the process."""

    def __init__(self) -> None:
        self.fan = Fan(most=_streams_possible())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page, or live as long as the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        logging.config.dictConfig(settings.LOGGING)
        write_alike()
        await receive()
        listening = asyncio.create_task(listen(self.fan, settings.REDIS_URL))
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await self.fan.heard.wait()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        listening.cancel()
        self.fan.end()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin", "")
        if scope["path"] != live_topics.PATH or scope["method"] != "GET":
            return await _refuse(send, 404)
        if origin and origin not in _origins(headers.get(b"host", "")):
            return await _refuse(send, 403)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("s", [""])[0]
        try:
            watched = live_topics.read(asked)
            stream = self.fan.open(
                watched.schema,
                watched.topics,
                since=watched.since,
                source=source_of(headers, scope),
            )
        except BadSignature:
            return await _refuse(send, 403)
        except Full:
            return await _refuse(send, 503)
        try:
            await _serve(stream, receive, send, origin)
        finally:
            self.fan.close(stream)


async def listen(fan: Fan, url: str) -> None:
    """Pass on what Valkey says, for ever; end the pages when it is silent for too long."""
    heard_at = time.monotonic()
    while True:
        try:
            client = Redis.from_url(
                url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0), socket_timeout=PING_S
            )
            async with client, client.pubsub() as channel:
                await channel.psubscribe(live_topics.pattern(url))
                async for message in _messages(channel):
                    heard_at = time.monotonic()
                    _pass_on(fan, message)
        except (RedisError, OSError) as fault:
            log.warning("Valkey is unreachable: %s", fault)
        if fan.is_listening and time.monotonic() - heard_at > DEAF_S:
            fan.end()
        await asyncio.sleep(AGAIN_S)


async def _messages(channel: Any) -> Any:
    """Yield what comes; a connection that does not answer a ping is given up.

    Raises:
        RedisError: Valkey is gone.
    """
    is_asked = False
    while True:
        message = await channel.get_message(timeout=PING_S)
        if message is not None:
            is_asked = False
            yield message
        elif is_asked:
            raise RedisError("no answer to a ping")
        else:
            is_asked = True
            await channel.ping()


def _pass_on(fan: Fan, message: Mapping[str, Any]) -> None:
    if message["type"] == "psubscribe":
        fan.hear(at=time.time())
    elif message["type"] == "pmessage":
        schema = live_topics.schema_of(message["channel"].decode())
        fan.tick(schema, message["data"].decode(), at=time.time())


async def _serve(stream: Stream, receive: Receive, send: Send, origin: str) -> None:
    """Send ticks until the page is closed, or has been open for long enough."""
    allowed = [(b"access-control-allow-origin", origin.encode()), (b"vary", b"origin")]
    headers = EVENTS + (allowed if origin else [])
    least, spread = RETRY_MS
    retry = f"retry: {least + secrets.randbelow(spread)}\n\n".encode()
    sending = asyncio.create_task(_send_ticks(stream, send, headers, retry))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_ticks(
    stream: Stream, send: Send, headers: list[tuple[bytes, bytes]], retry: bytes
) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    ends, content = time.monotonic() + LONGEST_S, retry
    while not stream.is_over and time.monotonic() < ends:
        async with asyncio.timeout(SLOWEST_S):
            await send({"type": "http.response.body", "body": content, "more_body": True})
        if content == TICK:
            await asyncio.sleep(PAUSE_S)
        content = BEAT
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await stream.told.wait()
                content = TICK
        stream.told.clear()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    """Say no and nothing else; nothing is noted anywhere."""
    headers = [(b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def source_of(headers: Mapping[bytes, str], scope: Scope) -> str:
    """Tell where a page is open, behind the proxies we trust; IPv6 counts per /64."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [each.strip() for each in headers.get(b"x-forwarded-for", "").split(",")]
    client = (scope.get("client") or ("",))[0]
    said = passed[-proxies] if 0 < proxies <= len(passed) else client
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return ""
    if address.version == 6:  # noqa: PLR2004 - as it is called
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _origins(host: str) -> set[str]:
    """Name the origins of the pages of one host: as visitors see it, whatever our own port."""
    name = host.partition(":")[0]
    return {f"{settings.SCHEME}://{name}", f"{settings.SCHEME}://{name}:{settings.PORT}"}


def _streams_possible() -> int:
    """Count the pages this process may serve: each is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, soft - SPARE_FILES)


application = Application()
