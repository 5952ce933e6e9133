"""ProConnect and FranceConnect as the demo has them: strict, on a port of this machine.

::

    python -m demo.provider_server --port 8002

A page lists who one can be. Nobody there exists.
"""

import argparse
import html
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

import jwt

from demo.strict_provider import (
    FRANCECONNECT,
    PROCONNECT,
    Client,
    Person,
    Refused,
    StrictProvider,
)
from parvis.stand_ins import TRUSTED
from tenants.directory import proposed_siret


LOOPBACK = "127.0.0.1"
MOST_BYTES = 20_000
HTML, JSON = "text/html; charset=utf-8", "application/json"
PAUILLAC = "213303142"  # its SIREN
OTHER = "3f0d2a5c-6a41-4d0b-9a3b-0f6f7f1f7f10"
Answer = tuple[int, str, str]  # status, kind or address, content


class Switchboard:
    """Several providers behind one port, each under its name."""

    def __init__(self, providers: Mapping[str, StrictProvider]) -> None:
        self.providers = dict(providers)

    def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """Answer a browser, or a server."""
        parts = urlsplit(target)
        name, _slash, page = parts.path.lstrip("/").partition("/")
        provider = self.providers.get(name)
        if provider is None:
            return HTTPStatus.NOT_FOUND, JSON, "{}"
        provider.asked.append(target)
        try:
            return _page(provider, page, parts.query, headers)
        except (Refused, ValueError, LookupError, jwt.PyJWTError) as refusal:
            return HTTPStatus.BAD_REQUEST, JSON, json.dumps({"error": str(refusal)})

    def post(self, target: str, content: bytes) -> Answer:
        """Exchange a code."""
        name, _slash, page = urlsplit(target).path.lstrip("/").partition("/")
        provider = self.providers.get(name)
        if provider is None or page != "token":
            return HTTPStatus.NOT_FOUND, JSON, "{}"
        provider.asked.append(target)
        try:
            answer = provider.token(dict(parse_qsl(content.decode(), strict_parsing=True)))
        except (Refused, ValueError) as refusal:
            return HTTPStatus.BAD_REQUEST, JSON, json.dumps({"error": str(refusal)})
        return HTTPStatus.OK, JSON, json.dumps(answer)


def _page(provider: StrictProvider, page: str, query: str, headers: Mapping[str, str]) -> Answer:
    name, _slash, choice = page.partition("/")
    if name == "authorize":
        return _authorize(provider, choice, query)
    if name == "session":
        return HTTPStatus.FOUND, provider.leave(query), ""
    if name == "userinfo":
        kind, told = provider.userinfo(headers.get("Authorization", ""))
        return HTTPStatus.OK, kind, told if isinstance(told, str) else json.dumps(told)
    published = {".well-known": provider.discovery, "jwks": provider.jwks}
    if name in published:
        return HTTPStatus.OK, JSON, json.dumps(published[name]())
    return HTTPStatus.NOT_FOUND, JSON, "{}"


def _authorize(provider: StrictProvider, choice: str, query: str) -> Answer:
    """Show who one can be, or be somebody, or nobody."""
    if not choice:
        provider.check(query)
        return HTTPStatus.OK, HTML, _people(provider, query)
    if choice == "renoncer":
        return HTTPStatus.FOUND, provider.deny(query), ""
    return HTTPStatus.FOUND, provider.grant(query, provider.people[int(choice)]), ""


def _people(provider: StrictProvider, query: str) -> str:
    """List who one can be."""
    name = provider.issuer.rpartition("/")[2]
    rows = "".join(
        f'<li><a href="authorize/{number}?{html.escape(query)}">'
        f"{html.escape(one.given_name)} {html.escape(one.family_name)}</a>"
        f" – {html.escape(one.email)}<br><small>{html.escape(one.role)}</small></li>"
        for number, one in enumerate(provider.people)
    )
    return (
        '<!doctype html><html lang="fr"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{name}, pour la démonstration</title>"
        f"<h1>{name}, pour la démonstration</h1>"
        "<p>Ces personnes n’existent pas. Qui voulez-vous être ?</p>"
        f'<ul>{rows}</ul><p><a href="authorize/renoncer?{html.escape(query)}">Renoncer</a></p>'
        "</html>"
    )


class Handler(BaseHTTPRequestHandler):
    """One request."""

    board: Switchboard

    def do_GET(self) -> None:
        """Answer a page or a question."""
        self._say(self.board.get(self.path, dict(self.headers)))

    def do_POST(self) -> None:
        """Answer an exchange."""
        length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
        self._say(self.board.post(self.path, self.rfile.read(length)))

    def _say(self, answer: Answer) -> None:
        status, kind, content = answer
        body = content.encode()
        self.send_response(status)
        self.send_header("Location" if status == HTTPStatus.FOUND else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing: tokens are in the addresses."""


@contextmanager
def served(port: int = 0) -> Iterator[tuple[Switchboard, str]]:
    """Serve on a port of this machine: what is behind it, and its address."""
    board = Switchboard({})
    handler = type("Bound", (Handler,), {"board": board})
    server = ThreadingHTTPServer((LOOPBACK, port), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield board, f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def agents(siret: str, mail: str) -> list[Person]:
    """Invent people who work in a town hall: its SIRET, the end of their addresses."""
    return [
        Person(
            "pc-accueil",
            "Ada",
            "Accueil",
            f"agent@{mail}",
            siret=siret,
            idp_id=TRUSTED,
            role="agent d’accueil",
        ),
        Person(
            "pc-admin",
            "Max",
            "Mairie",
            f"admin@{mail}",
            siret=siret,
            idp_id=TRUSTED,
            amr=("pwd", "mfa"),
            role="administre la commune ; second facteur montré",
        ),
        Person(
            "pc-invitee",
            "Inès",
            "Invitée",
            f"invitee@{mail}",
            siret=siret,
            idp_id=TRUSTED,
            role="une invitation l’attend",
        ),
        Person(
            "pc-ailleurs",
            "Élie",
            "Ailleurs",
            "elie@ailleurs.example",
            siret="99999999900001",
            idp_id=OTHER,
            role="travaille ailleurs : n’ouvre aucun compte",
        ),
    ]


def citizens() -> list[Person]:
    """Invent people who come to a town hall."""
    return [
        Person("fc-1", "Camille Anne", "Exemple", "camille@exemple.example", role="majeure"),
        Person("fc-2", "Dominique", "Modèle", "dominique@exemple.example", role="majeur"),
    ]


def main() -> None:
    """Serve both until stopped."""
    known = argparse.ArgumentParser()
    known.add_argument("--port", type=int, required=True)
    port = known.parse_args().port
    base, login = f"http://{LOOPBACK}:{port}", _login_host()
    with served(port) as (board, _address):
        board.providers |= {
            "proconnect": StrictProvider(
                issuer=f"{base}/proconnect",
                client=_client(login, "proconnect", "/connexion/"),
                rules=PROCONNECT,
                people=agents(proposed_siret(PAUILLAC), "pauillac.demo.parvis.test"),
            ),
            "franceconnect": StrictProvider(
                issuer=f"{base}/franceconnect",
                client=_client(login, "franceconnect", "/stateid/franceconnect/retour/"),
                rules=FRANCECONNECT,
                people=citizens(),
            ),
        }
        threading.Event().wait()


def _login_host() -> str:
    known = os.environ
    port = f":{known['PARVIS_PORT']}" if known["PARVIS_SCHEME"] == "http" else ""
    return f"{known['PARVIS_SCHEME']}://connexion.{known['PARVIS_BASE_DOMAIN']}{port}"


def _client(login: str, name: str, after: str) -> Client:
    return Client(
        id=f"demo-{name}",
        secret=f"demo-{name}-secret",
        redirect_uris=frozenset({f"{login}/stateid/{quote(name)}/login/callback/"}),
        logout_uris=frozenset({f"{login}{after}"}),
    )


if __name__ == "__main__":
    main()
