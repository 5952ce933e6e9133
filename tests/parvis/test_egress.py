"""The door to servers of others: short, bounded, and the only one."""

import re
import socketserver
import time
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

import pytest

from parvis.egress import Forbidden, Reach, Unreachable, fetch, fetch_foreign, is_public
from tests.geoportal import geoportal
from tests.test_architecture import modules


OWN_MACHINE = {"egress.py", "supervisor.py", "doctor.py", "doctor_live.py"}  # but the first, ours
LIBRARIES = re.compile(
    r"^\s*(?:import|from) (?:http\.client|urllib\.request|requests|httpx)\b", re.MULTILINE
)


def test_nothing_else_opens_a_connection():
    found = {path.name for path in modules() if LIBRARIES.search(path.read_text(encoding="utf-8"))}

    assert found == OWN_MACHINE


def test_a_redirect_is_told_and_not_followed():
    with geoportal() as server:
        server.trouble = "moved"

        assert fetch(server.geocoder, most_bytes=100).status == 302
        assert len(server.asked) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://127.0.0.1:1/?a=b"])
def test_nobody_there_is_said(address):
    with pytest.raises(Unreachable):
        fetch(address, most_bytes=100)


def test_an_answer_that_is_too_long_is_cut_short():
    with geoportal() as server:
        server.trouble = "heavy"

        with pytest.raises(Unreachable):
            fetch(server.geocoder, most_bytes=50_000)


TRICKS = [
    *(
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://x.fr/",
        "//x.fr",
    ),
    *("https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/"),
    *("https://0177.0.0.1/", "https://0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"),
    *("https://[::]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/"),
    *("https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/"),
    *("https://169.254.169.254/latest/", "https://192.0.0.1/", "https://198.18.0.1/"),
    *(
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://240.0.0.1/",
        "https://[ff02::1]/",
    ),
    *("https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[::7f00:1]/"),
    *(
        "https://[fec0::1]/",
        "https://[2002:7f00:1::]/",
        "https://localhost/",
        "https://example.org:22/",
        "https://",
    ),
    *("https://example.org:6379/", "https://u@127.0.0.1/", "https://example.org@127.0.0.1/"),
    *("https://127.0.0.1:443#@example.org/", "https://x.fr:abc/", "https://x.fr:99999999/"),
    *("https://[::1", "", "https://127.0.0.1%2f@example.org/"),
]


@pytest.mark.parametrize("address", TRICKS)
def test_what_somebody_typed_leads_to_no_machine_of_ours(address, monkeypatch):
    def connect(*_where, **_how):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(Unreachable):
        fetch_foreign(address)


def test_a_name_that_answers_twice_differently_is_looked_up_once():
    with geoportal() as server:
        parts = urlsplit(server.geocoder)
        said = iter(["127.0.0.1"])

        def look_up(_host, port, **_options):
            return [(2, 1, 6, "", (next(said), port))]

        reach = Reach(
            schemes=frozenset({"http"}),
            ports=frozenset({parts.port}),
            allows=lambda address: address == "127.0.0.1",
            look_up=look_up,
        )
        fetch_foreign(f"http://rebinding.example.org:{parts.port}/", reach=reach)

        assert server.asked
        with pytest.raises(StopIteration):
            look_up("", 0)


@pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.1", "::1"])
def test_one_private_address_among_others_is_enough_to_refuse(private):
    def look_up(_host, port, **_options):
        return [(2, 1, 6, "", (each, port)) for each in ("93.184.215.14", private)]

    with pytest.raises(Forbidden):
        fetch_foreign("https://both.example.org/", reach=Reach(look_up=look_up))


def test_accents_in_an_address_are_asked_for_as_requests_hold_them():
    with geoportal() as server:
        fetch(f"{server.geocoder}/été.jpg?q=à%20c", most_bytes=100_000)

        assert server.asked[0].endswith("/%C3%A9t%C3%A9.jpg?q=%C3%A0%20c")


def test_a_refusal_never_tells_the_key_in_an_address():
    with pytest.raises(Forbidden) as refusal:
        fetch_foreign("http://a.fr/tokens/t.xml?api_key=secret")

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("address", ["2606:4700::1111", "64:ff9b::101:101", "1.1.1.1"])
def test_an_address_of_somebody_is_public(address):
    """The second is how a network without IPv4 tells the third (RFC 6052)."""
    assert is_public(address)


DRIPS = {
    "head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n",
}


@pytest.mark.parametrize("begun", DRIPS.values(), ids=DRIPS)
def test_a_server_that_answers_a_letter_at_a_time_is_left_in_time(begun):
    """One that never falls silent would hold a worker for as long as it likes."""

    class Drip(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(1000)
            self.request.sendall(begun)
            with suppress(OSError):
                for _letter in range(40):
                    self.request.sendall(b"x")
                    time.sleep(0.02)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        began = time.monotonic()
        with pytest.raises(Unreachable):
            fetch(
                f"http://127.0.0.1:{server.server_address[1]}/", most_bytes=20_000, patience_s=0.1
            )
        waited = time.monotonic() - began
        server.shutdown()
        serving.join()

    assert waited < 0.4
