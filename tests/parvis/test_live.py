"""A change is heard by the open pages of its commune, within seconds, from the real process."""

import re
import socket
import subprocess
import time
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from redis import Redis
from redis.exceptions import RedisError

from booking import tickets, topics
from incidents.history import noted
from incidents.models import ReportEvent
from incidents.topics import DESK, of_report
from parvis import live, live_pages, live_server, live_topics
from parvis.doctor import Level
from parvis.doctor_live import check_live_pages
from parvis.processes import wait_until
from parvis.servers import LOOPBACK, _valkey_program, free_port
from parvis.signing import BadSignature, sign, sign_for
from tests.factories import ResourceFactory
from tests.incidents import factories
from tests.streams import Listener, live_process, status


NOBODY = "192.0.2.7"


def signed(*names, since=None):
    since = time.time() if since is None else since
    return live_topics.address(connection.schema_name, *names, since=since)


def s_of(path):
    return parse_qs(urlsplit(path).query)["s"][0]


# --- Signed topics --------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_address_says_what_it_may_hear_and_where():
    watched = live_topics.read(s_of(signed("day:2026-11-23", "hall:1", since=12.3456)))

    assert watched.schema == "c_33314"
    assert watched.topics == ("day:2026-11-23", "hall:1")
    assert watched.since == 12.346


@pytest.mark.django_db
def test_an_address_is_worth_nothing_elsewhere_nor_when_it_is_changed_or_old(monkeypatch):
    text = s_of(signed("day:2026-11-23"))
    other = "~" + sign([0, "x"], purpose="something else")

    for wrong in (
        text.replace("c_33314", "c_33214"), text[:-4] + "____", "", "~", "é" * 5000, "c_33314",
        "c_33314~", "\0", "c_33314" + other,
    ):  # fmt: skip
        with pytest.raises(BadSignature):
            live_topics.read(wrong)
    monkeypatch.setattr(live_topics, "LIFETIME_S", -1)
    with pytest.raises(BadSignature):
        live_topics.read(text)


def test_databases_of_one_valkey_do_not_hear_each_other():
    assert live_topics.channel("redis://:p@h:1/3", "c_33314") == "live:3:c_33314"
    assert live_topics.pattern("redis://h:1") == live_topics.pattern("redis://h:1/0?a=1")
    assert live_topics.schema_of("live:3:c_33314") == "c_33314"


# --- What is touched ------------------------------------------------------------------------


def touched():
    return [f"{t.schema} {t.topic}" for _kept, t, _robust in connection.run_on_commit
            if isinstance(t, live._Tick)]  # fmt: skip


@pytest.mark.django_db
def test_a_topic_is_told_once_however_often_it_is_touched():
    live.touch("day")
    live.touch("day")
    live.touch("hall")

    assert touched() == ["c_33314 day", "c_33314 hall"]


@pytest.mark.django_db
def test_what_is_rolled_back_to_a_savepoint_takes_its_tick_along():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        live.touch("day")
        _ = 1 / 0
    with transaction.atomic():
        live.touch("hall")

    assert touched() == ["c_33314 hall"]


@pytest.mark.django_db
def test_what_the_counter_does_is_told_to_those_who_watch_the_hall_and_the_day(now):
    site = ResourceFactory().site

    tickets.walk_in(site=site, service=None, name="", now=now)

    assert touched() == [f"c_33314 {topics.of_hall(site.pk)}"]


@pytest.mark.django_db
def test_what_happens_to_a_report_is_told_to_its_page_and_to_the_desk(now):
    report = factories.report()

    connection.run_on_commit.clear()

    noted(report, ReportEvent.Kind.PRIORITY, by=None, now=now)

    assert touched() == [f"c_33314 {of_report(report.pk)}", f"c_33314 {DESK}"]


@pytest.mark.django_db
def test_without_valkey_nothing_is_raised_and_nobody_waits_twice(settings):
    settings.REDIS_URL = f"redis://{LOOPBACK}:{free_port()}/0"
    tick = live._Tick("c_33314", "day")

    tick()

    started = time.monotonic()
    for _ in range(100):
        tick()
    assert time.monotonic() - started < 0.1


# --- Pages ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("port", "host", "allowed"),
    [
        (0, "pauillac.localhost:8000", None),
        (8001, "Pauillac.localhost:8000", "'self' http://pauillac.localhost:8001"),
        (8001, "a;script-src *:8000", "'self' "),
    ],
)
def test_a_page_may_listen_on_the_port_of_live_pages_and_nowhere_else(
    settings, port, host, allowed
):
    settings.LIVE_PORT = port

    def view(request):
        live_pages.watch(request, "day")
        return HttpResponse()

    page = live_pages.middleware(view)(RequestFactory().get("/", HTTP_HOST=host))
    other = live_pages.middleware(lambda _request: HttpResponse())(RequestFactory().get("/"))

    assert getattr(page, "csp", {}).get("connect-src") == allowed
    assert not hasattr(other, "csp")


@pytest.mark.parametrize(
    ("proxies", "passed", "source"),
    [
        (0, "198.51.100.1", NOBODY),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "nobody", ""),
    ],
)
def test_streams_are_counted_by_the_address_that_our_proxies_saw(
    settings, proxies, passed, source
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {b"x-forwarded-for": passed}

    assert live_server.source_of(headers, {"client": (NOBODY, 5000)}) == source


# --- The process ----------------------------------------------------------------------------


class Valkey:
    """One of our own, that may be stopped."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self.start()

    def start(self):
        command = [_valkey_program(), "--port", str(self.port), "--bind", LOOPBACK, "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert wait_until(self._answers, seconds=10)

    def stop(self):
        self.process.kill()
        self.process.wait(10)

    def _answers(self):
        with Redis(LOOPBACK, self.port) as client, suppress(RedisError):
            return bool(client.ping())


@pytest.fixture
def valkey(settings):
    own = Valkey()
    settings.REDIS_URL = own.url
    yield own
    own.stop()


@pytest.fixture
def live_log(tmp_path):
    return tmp_path / "live.log"


@pytest.fixture
def live_port(valkey, live_log):
    known = {"REDIS_URL": valkey.url, "PARVIS_SECRET_KEY": configured.SECRET_KEY}
    with live_process({**known, "PARVIS_PORT": "8000"}, log=live_log) as port:
        yield port


@pytest.fixture
def opened(live_port):
    pages = []

    def listen(path, **headers):
        pages.append(Listener(live_port, path, **headers))
        return pages[-1]

    yield listen
    for page in pages:
        page.close()


def test_a_committed_change_is_heard_at_once_by_its_commune_alone(
    real_commune, valkey, live_port, live_log, opened, now
):
    site = ResourceFactory().site
    hall = topics.of_hall(site.pk)
    home = {"Host": f"essai.localhost:{live_port}", "Origin": "http://essai.localhost:8000"}
    evil = home | {"Origin": "http://evil.localhost:8000"}
    there = f"c_33214~{sign_for([time.time(), hall], purpose='live', schema='c_33214')}"

    refused = [
        status(live_port, path, **headers)
        for path, headers in [
            ("/", {}), ("/direct/", {}), ("/direct/?s=x~y", {}), (f"{signed(hall)}x", {}),
            (signed(hall), evil),
        ]
    ]  # fmt: skip
    mine, twin = opened(signed(hall), **home), opened(signed("day:1", hall))
    other, elsewhere = opened(signed("day:1")), opened(f"/direct/?s={there}")

    assert refused == [404, 403, 403, 403, 403]
    doctor_sees = check_live_pages(f"http://{LOOPBACK}:{live_port}{signed('doctor')}")
    assert doctor_sees.level is Level.OK
    assert f"access-control-allow-origin: {home['Origin']}".encode() in mine.head
    tickets.walk_in(site=site, service=None, name="", now=now)
    assert mine.next(within=3) is not None
    assert twin.next(within=3) is not None
    assert opened(signed(hall, since=time.time() - 5)).next(within=1) is not None  # on its way
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tickets.walk_in(site=site, service=None, name="", now=now)
        _ = 1 / 0
    assert [each.next(within=0.5) for each in (mine, other, elsewhere)] == [None] * 3

    valkey.stop()
    valkey.start()
    assert mine.next(within=5) is not None  # it may have missed something
    tickets.walk_in(site=site, service=None, name="", now=now)
    assert mine.next(within=3) is not None
    refused = [smuggled(live_port, head) for head in TWO_LENGTHS]
    assert refused == [[b"404"], *[[b"400"]] * 4]  # one answer, and nothing of the one inside
    said = live_log.read_text()
    assert "parvis.live_server Valkey is unreachable" in said
    secrets = (
        signed(hall).partition("~")[2],
        there,
        configured.SECRET_KEY,
        valkey.url,
        "127.0.0.1:",
    )
    assert [secret for secret in secrets if secret in said] == []


TWO_LENGTHS = [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: 4\r\nContent-Length: 5\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Content-Length: +4\r\n",
    b"Content-Length : 4\r\n",
]


def smuggled(port, head):
    """Send a request of two readings, with another one inside; return the answers' statuses."""
    inside = b"0\r\n\r\nGET /direct/ HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((LOOPBACK, port), timeout=2) as connected:
        connected.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n" + inside)
        said = b""
        with suppress(OSError):
            while more := connected.recv(4096):
                said += more
    return re.findall(rb"HTTP/1\.1 (\d+)", said)
