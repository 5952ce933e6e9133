"""A crowd of browsers, in a process of its own; knows nothing of the product but its pages.

Each citizen comes at her minute whatever the server does (an open loop), over a connection that
stays open, with cookies, and behind an address of her own. She reads the page of slots. Some go
on: press one, type who they are, confirm; refused, they press one of the slots offered instead.

One JSON line on standard input says where and when; the answer on standard output says what
happened. Times are in seconds on the machine's monotonic clock, which all processes share.
"""

import asyncio
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode


PATIENCE_S = 30  # then a citizen gives up
TRIES = 6
FIRST_SLOTS = 12  # the crowd presses among the first ones
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
ACTION = re.compile(r'<form\b[^>]*\baction="([^"]*)"')
INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
SLOT = re.compile(r'name="slot" value="([^"]+)"')
TYPED = {"name": "Camille Martin", "email": "camille@example.org", "phone": "0612345678"}


class GaveUp(Exception):
    """The server did not answer as a citizen could expect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    location: str
    body: str
    seconds: float


@dataclass(slots=True)
class Notes:
    """What the crowd saw."""

    late: list[float] = field(default_factory=list)
    """How much later than her minute each citizen came: the generator's own delay."""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def took(self, what: str, seconds: float) -> None:
        """Keep one duration."""
        self.seconds.setdefault(what, []).append(seconds)


class Browser:
    """One citizen's connection and cookies."""

    def __init__(self, port: int, host: str, address: str, notes: Notes) -> None:
        self._port, self._host, self._address, self._notes = port, host, address, notes
        self._cookies: dict[str, str] = {}
        self._wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, *, since: float | None = None) -> Answer:
        """Read a page; ``since`` is when the citizen wanted it."""
        return await self._ask("GET", path, "", since=since)

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return await self._ask("POST", path, urlencode(fields))

    async def _ask(
        self, method: str, path: str, body: str, *, since: float | None = None
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        started = clock() if since is None else since
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._wire is None:
                    self._wire = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._wire
                writer.write(self._request(method, path, body))
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                status, headers = int(head[9:12]), head.split("\r\n")[1:-2]
                length, location = self._read(headers)
                content = await reader.readexactly(length)
        except TimeoutError as error:
            raise GaveUp(f"{method} {path}: no answer within {PATIENCE_S} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise GaveUp(f"{method} {path}: {error!r}") from error
        self._notes.statuses[str(status)] += 1
        return Answer(status, location, content.decode(), clock() - started)

    def _request(self, method: str, path: str, body: str) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            f"X-Forwarded-For: {self._address}",
            "Accept-Language: fr",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        ]
        if method == "POST":
            lines += [
                f"Origin: http://{self._host}:{self._port}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def _read(self, headers: list[str]) -> tuple[int, str]:
        length, location = 0, ""
        for line in headers:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie":
                    cookie, _, _rest = value.partition(";")
                    its_name, _, its_value = cookie.partition("=")
                    self._cookies[its_name] = its_value.strip('"')
        return length, location

    async def close(self) -> None:
        """Leave."""
        if self._wire:
            self._wire[1].close()


async def visit(
    browser: Browser, slots: str, notes: Notes, *, due: float, chance: random.Random | None
) -> str:
    """Live one citizen's visit and say how it ended; without ``chance`` she only looks."""
    page = await browser.get(slots, since=due)
    _expect(page, 200)
    notes.took("slots", page.seconds)
    if chance is None:
        return "looked"
    started = asyncio.get_running_loop().time()
    for _try in range(TRIES):
        offered = SLOT.findall(page.body)[:FIRST_SLOTS]
        if not offered:
            return "nothing left"
        form = form_with(page.body, 'name="slot"')
        page = await browser.post(
            action_of(form) or slots, fields_of(form) | {"slot": unescape(chance.choice(offered))}
        )
        notes.took("hold", page.seconds)
        if page.status == 302:
            break
        _expect(page, 409)
        notes.statuses["409 with alternatives"] += bool(SLOT.search(page.body))
    else:
        return "refused"
    await _confirm(browser, page.location, notes)
    notes.took("whole booking", asyncio.get_running_loop().time() - started)
    return "booked"


async def _confirm(browser: Browser, details: str, notes: Notes) -> None:
    page = await browser.get(details)
    _expect(page, 200)
    notes.took("form", page.seconds)
    form = form_with(page.body, 'name="email"')
    sent = await browser.post(details, fields_of(form) | TYPED)
    _expect(sent, 302)
    notes.took("details", sent.seconds)
    check = await browser.get(sent.location)
    _expect(check, 200)
    notes.took("form", check.seconds)
    form = next(
        each
        for each in forms_of(check.body)
        if not action_of(each) or action_of(each) == sent.location
    )
    done = await browser.post(sent.location, fields_of(form))
    _expect(done, 302)
    notes.took("confirm", done.seconds)
    last = await browser.get(done.location)
    _expect(last, 200)
    notes.took("form", last.seconds)


def _expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        said = " ".join(re.sub(r"<[^>]+>", " ", answer.body).split())[:300]
        raise GaveUp(f"{answer.status} instead of {status}: {answer.location} {said}")


def forms_of(body: str) -> list[str]:
    """List the forms of the page itself, without those of its frame."""
    return FORM.findall(body.partition("<main")[2].partition("</main>")[0])


def form_with(body: str, text: str) -> str:
    return next(form for form in forms_of(body) if text in form)


def action_of(form: str) -> str:
    found = ACTION.search(form)
    return unescape(found[1]) if found else ""


def fields_of(form: str) -> dict[str, str]:
    """Read what a form would send as it stands."""
    found: dict[str, str] = {}
    for tag in INPUT.findall(form):
        attributes = dict(ATTRIBUTE.findall(tag))
        if "name" in attributes and attributes.get("type") not in {"checkbox", "radio"}:
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found


async def crowd(order: dict[str, Any]) -> Notes:
    """Send everybody at her time; return what was seen."""
    notes = Notes()
    chance = random.Random(order["seed"])
    clock = asyncio.get_running_loop().time

    async def citizen(number: int, due: float, *, goes_on: bool) -> None:
        notes.late.append(max(0.0, clock() - due))
        address = f"198.{18 + order['seed'] % 2}.{number // 250}.{1 + number % 250}"
        browser = Browser(order["port"], order["host"], address, notes)
        own_chance = random.Random(f"{order['seed']}-{number}") if goes_on else None
        try:
            notes.ends[
                await visit(browser, order["slots"], notes, due=due, chance=own_chance)
            ] += 1
        except GaveUp as reason:
            notes.ends["gave up"] += 1
            notes.faults.append(str(reason))
        finally:
            await browser.close()

    arrivals = sorted(chance.uniform(0, order["seconds"]) for _each in range(order["citizens"]))
    going_on = set(chance.sample(range(order["citizens"]), order["going_on"]))
    async with asyncio.TaskGroup() as group:
        for number, arrival in enumerate(arrivals):
            due = order["start"] + arrival
            await asyncio.sleep(due - clock())
            group.create_task(citizen(number, due, goes_on=number in going_on))
    return notes


def main() -> None:
    """Read the order, be the crowd, and say what happened."""
    notes = asyncio.run(crowd(json.loads(sys.stdin.readline())))
    words = {
        "late": notes.late,
        "seconds": notes.seconds,
        "statuses": notes.statuses,
        "ends": notes.ends,
        "faults": notes.faults[:5],
    }
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
