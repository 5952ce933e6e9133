"""A stand-in for the State's coordination API: strict, with a memory, on a port of this machine.

It knows what section 5 of the France Titres contract says, and nothing of Parvis. ``make demo``
runs it as a program; tests run it in a thread. What it says of a number is in how it begins:

========== =====================================================================
``CONS``   consumed: the file has been handed in
``DECL``   declared: by an editor, not recognised
``INCO``   unknown
``EXPI``   expired
``NEUF``   a status nobody has heard of
``LENT``   validated, after six seconds
``PANN``   500, whatever is asked
``AILL``   validated, with an appointment that another editor took elsewhere
the rest   validated
========== =====================================================================

::

    python -m demo.coordination_api --port 8021 --token secret --store folder/coordination.json
"""

import argparse
import json
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


NUMBER = re.compile(r"^([A-Z0-9]{10}[,;:\-/.\s])*[A-Z0-9]{10}$")
SEPARATOR = re.compile(r"[,;:\-/.\s]")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|\.\d+)?$")
STATUSES = {"CONS": "consumed", "DECL": "declared", "INCO": "unknown", "EXPI": "expired",
            "NEUF": "archived"}  # fmt: skip
SLOW_S = 6.0
PLACE = ("application_id", "meeting_point", "meeting_point_id", "appointment_date")
HEADER = "x-rdv-opt-auth-token"
Said = tuple[int, Any]


@dataclass
class Row:
    """One appointment it was told of."""

    application_id: str
    meeting_point: str
    meeting_point_id: str
    appointment_date: str
    management_url: str


@dataclass
class Coordination:
    """What it knows, what it was asked, and how it misbehaves.

    ``trouble``: ``down`` (500 always), ``slow``, ``html``, ``moved``; ``half``: the next POST is
    taken and answered with 500; ``late``: a removed address is remembered by the next POST.
    ``says`` takes the place of whatever it would say.
    """

    token: str = "only-here"  # noqa: S105 (of the stand-in)
    rows: list[Row] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    trouble: str = ""
    says: bytes = b""
    slow_s: float = SLOW_S
    port: int = 0
    store: Path | None = None
    _ghosts: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base(self) -> str:
        """Return what ``PARVIS_COORDINATION_URL`` says to use it."""
        return f"http://127.0.0.1:{self.port}"

    def calls(self, method: str) -> list[dict[str, str]]:
        """List what was asked by one verb, each parameter once."""
        return [
            {name: values[-1] for name, values in query.items()}
            for verb, _path, query in self.asked
            if verb == method
        ]

    def of(self, number: str) -> list[Row]:
        """List what it holds of a number."""
        return [each for each in self.rows if each.application_id == number]

    def answer(self, method: str, target: str, token: str) -> Said:
        """Answer one request."""
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True)
        with self._lock:
            self.asked.append((method, parts.path, query))
        if token != self.token:
            return 401, {"detail": "X-RDV-OPT-AUTH-TOKEN header invalid"}
        routes: dict[tuple[str, str], Callable[[dict[str, list[str]]], Said]] = {
            ("GET", "/api/status"): self._status,
            ("POST", "/api/appointments"): self._post,
            ("DELETE", "/api/appointments"): self._delete,
        }
        route = routes.get((method, parts.path))
        if route is None:
            return 404, {"detail": "Not Found"}
        self._behave(query)
        if self.trouble == "down" or _begins(query, "PANN"):
            return 500, {"detail": "Internal Server Error"}
        return route(query)

    def _behave(self, query: dict[str, list[str]]) -> None:
        if self.trouble == "slow" or _begins(query, "LENT"):
            time.sleep(self.slow_s)

    def _status(self, query: dict[str, list[str]]) -> Said:
        asked = query.get("application_ids", [])
        faults = [_fault("application_ids", "field required")] if not asked else []
        faults += [
            _fault("application_ids", "string does not match regex")
            for each in asked
            if not NUMBER.match(each)
        ]
        if faults:
            return 422, {"detail": faults}
        numbers = [one for each in asked for one in SEPARATOR.split(each)]
        with self._lock:
            return 200, {number: self._about(number) for number in numbers}

    def _about(self, number: str) -> dict[str, Any]:
        told = [asdict(each) for each in self.of(number)]
        for each in told:
            del each["application_id"]
            each["appointment_date"] = each["appointment_date"].replace(" ", "T")
        if number.startswith("AILL"):
            told.append(_elsewhere(number))
        usual = STATUSES.get(number[:4], "validated")
        return {"status": self.statuses.get(number, usual), "appointments": told}

    def _post(self, query: dict[str, list[str]]) -> Said:
        names = (*PLACE, "management_url")
        if faults := _faults(query, names):
            return 422, {"detail": faults}
        row = Row(**{name: query[name][-1] for name in names})
        with self._lock:
            known = {each.management_url for each in self.rows} | self._ghosts
            self._ghosts.clear()
            if row.management_url in known:
                return 400, {"detail": "Already exists in database"}
            self.rows.append(row)
            self._save()
            if self.trouble == "half":
                self.trouble = ""
                return 500, {"detail": "Internal Server Error"}
        return 200, {"success": True}

    def _delete(self, query: dict[str, list[str]]) -> Said:
        if faults := _faults(query, PLACE):
            return 422, {"detail": faults}
        wanted = {name: _same(query[name][-1]) for name in PLACE}
        with self._lock:
            gone = [
                each
                for each in self.rows
                if {name: _same(getattr(each, name)) for name in PLACE} == wanted
            ]
            self.rows = [each for each in self.rows if each not in gone]
            if self.trouble == "late" and gone:
                self.trouble = ""
                self._ghosts = {each.management_url for each in gone}
            self._save()
        return 200, {"rowcount": len(gone)}

    def load(self) -> None:
        """Remember what the last one knew."""
        if self.store and self.store.exists():
            self.rows = [Row(**each) for each in json.loads(self.store.read_text())]

    def _save(self) -> None:
        if self.store:
            self.store.write_text(json.dumps([asdict(each) for each in self.rows]))


def _begins(query: dict[str, list[str]], start: str) -> bool:
    asked = query.get("application_ids", []) + query.get("application_id", [])
    return any(each.startswith(start) for each in asked)


def _same(value: str) -> str:
    """Bring the spellings of one instant together; other words stay as they are."""
    if not DATE.match(value):
        return value
    return value.replace(" ", "T").removesuffix("Z")[:16]


def _faults(query: dict[str, list[str]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    faults = [_fault(name, "field required") for name in names if not query.get(name, [""])[-1]]
    if not faults and not NUMBER.match(query["application_id"][-1]):
        faults.append(_fault("application_id", "string does not match regex"))
    if not faults and not DATE.match(query["appointment_date"][-1]):
        faults.append(_fault("appointment_date", "invalid datetime format"))
    return faults


def _fault(name: str, words: str) -> dict[str, Any]:
    kind = "value_error.missing" if words == "field required" else "value_error"
    return {"loc": ["query", name], "msg": words, "type": kind}


def _elsewhere(number: str) -> dict[str, str]:
    return {
        "management_url": f"https://rdv.autre-editeur.example/gestion/{number}",
        "meeting_point": "Mairie de Mérignac",
        "meeting_point_id": "7",
        "appointment_date": "2099-01-05T10:20:00",
    }


def server_of(known: Coordination, port: int = 0) -> ThreadingHTTPServer:
    """Listen on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            token = self.headers.get(HEADER, "")
            status, said = known.answer(self.command, self.path, token)
            body, kind = json.dumps(said).encode(), "application/json"
            if known.trouble == "html":
                body, kind = b"<h1>Maintenance</h1>", "text/html"
            body = known.says or body
            if known.trouble == "moved":
                status = 302
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "http://example.org/")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # whoever asked has left
                self.close_connection = True

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 (names of the standard library)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: what is asked names people's numbers."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    known.port = server.server_address[1]
    return server


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="A stand-in for the coordination API.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--store", type=Path)
    given = parser.parse_args()
    known = Coordination(token=given.token, store=given.store)
    known.load()
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(0))
    server_of(known, given.port).serve_forever()


if __name__ == "__main__":
    main()
