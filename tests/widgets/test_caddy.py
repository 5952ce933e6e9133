"""A real Caddy asks before it makes a certificate, and makes none for a name nobody proved."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.cache import caches
from django.core.wsgi import get_wsgi_application

from tenants import tls


CADDY = shutil.which("caddy")
CADDYFILE = """
{{
    admin off
    auto_https disable_redirects
    skip_install_trust
    storage file_system {{
        root {home}
    }}
    on_demand_tls {{
        ask http://127.0.0.1:{asked}/tls/ask
    }}
}}
https://:{port} {{
    tls internal {{
        on_demand
    }}
    respond "here"
}}
"""
FOREIGN = [f"evil{n}.example.org" for n in range(25)]


class Quiet(WSGIRequestHandler):
    """Counts what it is asked, and writes no log."""

    asked: list[str] = []

    def log_request(self, *_words: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def parvis():
    """The application itself; its names are published and no database is there."""
    tls.known.forget()
    tls._publish({"rdv.pauillac.fr", "pauillac.localhost"})
    Quiet.asked = []
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    tls.known.forget()
    caches["shared"].clear()


@pytest.fixture
def caddy(parvis, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = tmp_path / "Caddyfile"
    file.write_text(CADDYFILE.format(home=tmp_path / "kept", asked=parvis, port=port))
    with subprocess.Popen(
        [CADDY, "run", "--config", str(file), "--adapter", "caddyfile"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        for _attempt in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, tmp_path / "kept"
        process.terminate()


def handshake(port, name):
    """Tell whether a browser that asks for ``name`` gets a certificate for it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=name) as secure,
        ):
            return secure.getpeercert(binary_form=True) is not None
    except ssl.SSLError:
        return False


@pytest.mark.skipif(CADDY is None, reason="no Caddy here: apt install caddy")
def test_a_certificate_is_made_for_proven_names_only(caddy):
    port, kept = caddy

    assert handshake(port, "rdv.pauillac.fr")
    assert handshake(port, "RDV.Pauillac.fr")
    assert handshake(port, "pauillac.localhost")
    assert [name for name in FOREIGN if handshake(port, name)] == []

    made = {path.stem for path in kept.rglob("*.crt")} - {"root", "intermediate"}
    assert made == {"rdv.pauillac.fr", "pauillac.localhost"}
    assert {f"/tls/ask?domain={name}" for name in made} < set(Quiet.asked)
    assert all(path.startswith("/tls/ask?domain=") for path in Quiet.asked)


def test_the_answer_is_quick(client):
    tls.known.forget()
    tls._publish({f"c{n}.localhost" for n in range(10_000)})
    client.get("/tls/ask", {"domain": "c1.localhost"})

    times = []
    for n in range(300):
        start = time.perf_counter()
        assert client.get("/tls/ask", {"domain": f"c{n}.localhost"}).status_code == 200
        times.append(time.perf_counter() - start)

    tls.known.forget()
    caches["shared"].clear()
    assert sorted(times)[150] < 0.005
    print("median of an answer, with 10,000 names:", f"{1000 * sorted(times)[150]:.2f} ms")
