"""Ask every address of every site, as everybody, what nobody would ask; count what breaks."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from random import Random
from urllib.parse import quote_from_bytes

from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from tenants.hosts import URLCONFS
from tests import test_matrix as matrix
from tests.conftest import login_as
from tests.hostile import values


ROOT = Path(__file__).parents[2]
SLOWEST_S = 3.0  # of the processor: other programs run on the machine
HANGS_S = 15.0  # by the clock
ROLES = {
    "anonymous": "anonymous",
    "agent": "booking_agent",
    "admin": "admin",
    "director": "director",
}
ACTORS = tuple(ROLES)
NAMED = re.compile(
    r"""(?:POST|GET|FILES|data|cleaned_data)(?:\.get|\.getlist)?[\[(]["'](\w[\w-]*)"""
)
FIELDS = re.compile(
    r"^    (\w+)(?:: [^=]+)? = (?:\w+\.)*\w*(?:Field|Input|Choice)\w*\(", re.MULTILINE
)
INPUTS = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"([^>]*)""")
OFTEN = {"form": 3, "files": 2}  # where each part is asked more than once
PLACES = {  # where a request is hostile, and how often in a hundred
    "form": 40,
    "files": 12,
    "query": 22,
    "path": 8,
    "header": 5,
    "cookie": 5,
    "raw": 5,
    "method": 3,
}
VALUE = re.compile(r"""\bvalue="([^"]*)\"""")


@dataclass
class Tally:
    """What became of the requests."""

    passed: int = 0
    broken: dict[str, str] = field(default_factory=dict)  # one request for each way to break
    failed: int = 0
    slowest_s: float = 0.0
    worked_s: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    tried: set[tuple[str, str]] = field(default_factory=set)  # addresses
    kinds: Counter[str] = field(default_factory=Counter)  # of requests

    def __str__(self) -> str:
        lines = [f"{how}\n    {what}" for how, what in self.broken.items()]
        took = f"{self.worked_s:.1f} s of the processor, slowest {self.slowest_s:.2f} s"
        counts = f"{self.passed} passed, {self.failed} failed ({took})"
        met = ", ".join(f"{code}: {n}" for code, n in sorted(self.answers.items()))
        sent = ", ".join(f"{kind}: {n}" for kind, n in sorted(self.kinds.items()))
        told = f"{len(self.tried)} addresses; hostile in {sent}; answers {met}"
        return "\n".join([*lines, told, counts])


class Barrage:
    """Requests drawn from a seed, route by route, so that each has its share."""

    def __init__(self, people: dict, seed: int) -> None:
        self.draw = Random(seed)
        self.tally = Tally()
        self.people = people
        self.known: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.names = {}

    def run(self, most: int, *, at: Sequence[str] = ()) -> Tally:
        """Send so many requests, over all routes in turn, or those of some parts."""
        parts = chosen(at)
        wanted = [(kind, route) for kind, part in parts for route in matrix.PARTS[kind, part]]
        self.draw.shuffle(wanted)
        done, each = 0, min(6, ceil(most / len(wanted)))  # every address has its share
        for kind, route in cycle(wanted):
            if done >= most:
                return self.tally
            with undone():
                for _turn in range(each):
                    self.one(kind, route, self.somebody(kind, route), self.place(kind, route))
            done += each
        return self.tally

    def run_each(self) -> Tally:
        """Send each kind of request to each part of each site, forms more often than others."""
        for kind, part in matrix.PARTS:
            routes = list(matrix.PARTS[kind, part])
            self.draw.shuffle(routes)
            turns = cycle(routes)
            with undone():
                for place in (each for each in PLACES for _time in range(OFTEN.get(each, 1))):
                    route = next(
                        (r for r in islice(turns, len(routes)) if fits(kind, r, place)), ""
                    )
                    if route:
                        self.one(kind, route, self.somebody(kind, route), place)
        return self.tally

    def somebody(self, kind: str, route: str) -> str:
        """Choose who asks: rather one who may, since the others stay at the door."""
        row = matrix.MATRIX[kind][route]
        may = [
            actor
            for actor in ACTORS
            if matrix.allowed(row.reads, ROLES[actor]) or matrix.allowed(row.acts, ROLES[actor])
        ]
        return self.draw.choice(may if may and self.draw.random() < 0.8 else ACTORS)

    def place(self, kind: str, route: str) -> str:
        """Draw where a request is hostile."""
        place = self.draw.choices(list(PLACES), list(PLACES.values()))[0]
        return place if fits(kind, route, place) or self.draw.random() < 0.1 else "query"

    def one(self, kind: str, route: str, actor: str, place: str) -> None:
        """Send one request and note what became of it."""
        client = self.browser(kind, actor)
        asked = self.request(kind, route, client, place)
        self.tally.tried.add((kind, route))
        self.tally.kinds[place] += 1
        label = f"{asked['method']} {kind} {route} as {actor}"
        begin, worked = time.perf_counter(), time.process_time()
        answer = client.generic(
            asked["method"],
            asked["path"],
            asked["body"],
            asked["type"],
            QUERY_STRING=asked["query"],
            **asked["headers"],
        )
        if answer.streaming:
            b"".join(answer.streaming_content)
        waited, lasted = time.perf_counter() - begin, time.process_time() - worked
        self.tally.worked_s += lasted
        self.tally.slowest_s = max(self.tally.slowest_s, lasted)
        self.tally.answers[answer.status_code] += 1
        said = (asked["path"][:200], asked["query"][:200], asked["headers"], asked["type"][:60])
        shown = f"{said} {asked['body'][:400]!r}"[:900]
        if answer.status_code >= 500:
            fault = answer.exc_info[1] if getattr(answer, "exc_info", None) else None
            self.note(
                f"{answer.status_code} {type(fault).__name__}: {str(fault)[:160]} {where(fault)}",
                f"{label} {shown}",
            )
        elif lasted > SLOWEST_S or waited > HANGS_S:
            self.note(f"{lasted:.1f} s, {waited:.1f} by the clock, on {route}", f"{label} {shown}")
        else:
            self.tally.passed += 1

    def note(self, how: str, what: str) -> None:
        self.tally.failed += 1
        self.tally.broken.setdefault(how, what)

    def browser(self, kind: str, actor: str) -> Client:
        host = matrix.HOSTS[kind]
        client = Client(headers={"host": host}, raise_request_exception=False)
        user, home = self.people[actor]
        if user is not None:
            login_as(client, user, site="login" if kind == "login" else home)
        return client

    def request(self, kind: str, route: str, client: Client, place: str) -> dict:
        """Draw a request that is hostile at one place."""
        asked = {
            "method": "GET",
            "path": matrix.address(kind, route),
            "query": "",
            "body": b"",
            "type": "text/plain",
            "headers": {},
        }
        getattr(self, f"in_{place}")(asked, kind, route, client)
        return asked

    def in_query(self, asked: dict, kind: str, route: str, client: Client) -> None:
        asked["query"] = self.written(self.pairs(kind, route, client, most=4)).decode("latin-1")
        if matrix.MATRIX[kind][route].reads == ():
            asked["method"] = "POST"

    def in_form(self, asked: dict, kind: str, route: str, client: Client) -> None:
        asked["method"] = "POST"
        asked["body"] = self.written(self.pairs(kind, route, client, most=60))
        asked["type"] = "application/x-www-form-urlencoded"
        if self.draw.random() < 0.1:
            self.in_query(asked, kind, route, client)

    def in_files(self, asked: dict, kind: str, route: str, client: Client) -> None:
        asked["method"], asked["type"] = "POST", "multipart/form-data; boundary=b"
        named = [
            name
            for name in self.fields(kind, route)
            if re.search("photo|file|fich|plan|logo|image", name)
        ]
        pairs = self.pairs(kind, route, client, most=60)
        parts = [part(name.encode(), value) for name, value in pairs if b"\r\n--b" not in value]
        for name in named or ["file"]:
            called, content = self.draw.choice(values.files())
            kind_of = self.draw.choice(["image/jpeg", "text/csv", "application/zip", "x", ""])
            parts.append(part(name.encode(), content, called.encode(), kind_of))
        asked["body"] = b"".join(parts) + b"--b--\r\n"

    def in_path(self, asked: dict, kind: str, route: str, client: Client) -> None:
        name = self.draw.choice(matrix.ROUTES[kind][route] or ["slug"])
        marker = str(matrix.ARGUMENTS[name])
        bad = quote_from_bytes(self.draw.choice(values.VALUES)[:3_000], safe="")
        before, found, after = asked["path"].rpartition(marker)
        asked["path"] = f"{before}{bad}{after}" if found else asked["path"] + bad

    def in_header(self, asked: dict, kind: str, route: str, client: Client) -> None:
        for name in self.draw.sample(sorted(values.HEADERS), 3):
            if name != "HTTP_HOST" or self.draw.random() < 0.2:
                asked["headers"][name] = self.draw.choice(values.HEADERS[name])
        if "CONTENT_LENGTH" in asked["headers"]:
            asked["method"] = "POST"

    def in_cookie(self, asked: dict, kind: str, route: str, client: Client) -> None:
        held = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
        bad = "; ".join(
            f"{name}={self.draw.choice(values.VALUES)[:2_000].decode('latin-1')}"
            for name in self.draw.sample(values.COOKIES, 4)
        )
        asked["headers"]["HTTP_COOKIE"] = f"{held}; {bad}" if self.draw.random() < 0.5 else bad
        asked["method"] = self.draw.choice(["GET", "POST"])
        client.cookies.clear()

    def in_raw(self, asked: dict, kind: str, route: str, client: Client) -> None:
        asked["method"] = self.draw.choice(["POST", "POST", "GET", "PUT"])
        asked["body"] = self.draw.choice(values.BODIES)
        asked["type"] = self.draw.choice([*values.TYPES, "multipart/form-data; boundary=b"])

    def in_method(self, asked: dict, kind: str, route: str, client: Client) -> None:
        asked["method"] = self.draw.choice(values.METHODS)
        asked["body"] = self.draw.choice(values.BODIES[:8])

    def pairs(
        self, kind: str, route: str, client: Client, *, most: int
    ) -> list[tuple[str, bytes]]:
        """Fill the form of the page as it stands, forget some of it, then spoil some."""
        good = self.form(kind, route, client)[:most] if most > 10 else []
        if self.draw.random() < 0.2:
            good = self.draw.sample(good, self.draw.randint(0, len(good)))
        pairs = [(name, value.encode()) for name, value in good]
        for position in self.draw.sample(
            range(len(pairs)), min(len(pairs), self.draw.randint(0, 2))
        ):
            pairs[position] = (pairs[position][0], self.draw.choice(values.VALUES))
        names = self.fields(kind, route)
        for name in self.draw.sample(names, min(len(names), self.draw.randint(1, 4))):
            pairs += [(name, self.draw.choice(values.VALUES))] * self.draw.choice([1, 1, 2])
        if self.draw.random() < 0.01:
            pairs.append((self.draw.choice(names), values.LARGE))
        return pairs

    def form(self, kind: str, route: str, client: Client) -> list[tuple[str, str]]:
        """Read once what the page of an address asks, as whoever sees most of it."""
        if (kind, route) not in self.known:
            seen = self.browser(kind, "director" if kind == "association" else "admin")
            answer = seen.get(matrix.address(kind, route))
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            found = [
                (name, (VALUE.search(rest) or ["", "1"])[1]) for name, rest in INPUTS.findall(text)
            ]
            self.known[kind, route] = [each for each in found if each[0] != "csrfmiddlewaretoken"]
        return self.known[kind, route]

    def fields(self, kind: str, route: str) -> list[str]:
        """List the names that the code behind an address may read."""
        view = resolve(matrix.address(kind, route), URLCONFS[kind]).func
        top = view.__module__.partition(".")[0]
        if top not in self.names:
            folder = ROOT / "platform" / top if top == "parvis" else ROOT / top
            text = "\n".join(each.read_text() for each in sorted(folder.rglob("*.py")))
            found = {*NAMED.findall(text), *FIELDS.findall(text)}
            self.names[top] = sorted(found) or ["login", "password", "code", "next", "email"]
        own = [name for name, _value in self.known.get((kind, route), [])]
        return sorted({*own, *self.draw.sample(self.names[top], min(8, len(self.names[top])))})

    @staticmethod
    def written(pairs: list[tuple[str, bytes]]) -> bytes:
        return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs).encode()


def fits(kind: str, route: str, place: str) -> bool:
    """Tell whether an address has what would be spoilt: a form, a variable part."""
    if place in {"form", "files", "raw"}:
        return matrix.MATRIX[kind][route].acts != ()
    return place != "path" or bool(matrix.ROUTES[kind][route])


def chosen(at: Sequence[str]) -> list[tuple[str, str]]:
    """Choose parts by words such as ``login`` or ``commune-booking``; all without any."""
    found = [
        (kind, part)
        for kind, part in matrix.PARTS
        if not at or any(f"{kind}-{part}".startswith(word) for word in at)
    ]
    assert found, f"no part is called {' or '.join(at)}"
    return found


def part(name: bytes, value: bytes, called: bytes = b"", kind: str = "") -> bytes:
    """Write one part of a form with files."""
    head = b'--b\r\nContent-Disposition: form-data; name="' + name + b'"'
    if called or kind:
        head += b'; filename="' + called + b'"\r\nContent-Type: ' + kind.encode()
    return head + b"\r\n\r\n" + value + b"\r\n"


def where(fault: BaseException | None) -> str:
    """Name the last line of ours that an exception passed."""
    found, trace = "", fault.__traceback__ if fault else None
    while trace is not None:
        code = trace.tb_frame.f_code.co_filename
        if code.startswith(str(ROOT)) and ".venv" not in code and "/tests/" not in code:
            found = f"{Path(code).relative_to(ROOT)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back what some requests wrote, and forget what they were counted."""
    with transaction.atomic():
        yield
        connection.set_schema_to_public()
        transaction.set_rollback(True)
    caches["shared"].clear()
