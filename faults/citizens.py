"""Citizens who book through the product's pages, in a process that knows nothing else of it.

One line of JSON on standard input says where, how many, and whose bugs they have. Each writes
down what she asks before she asks it and what she was told, and asks again with the same secret
until she knows. They stop when the file ``stop`` is in the folder of the histories.
"""

import hashlib
import http.client
import json
import random
import sys
import time
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.crowd import SLOT, action_of, fields_of, form_with, forms_of
from faults.history import History
from parvis.puzzles import solve


PATIENCE_S = 10
NEAREST = 4  # everybody presses among the first ones: they are in each other's way
LOST = (OSError, http.client.HTTPException)
BOUNDARY = "faults-1f0c6d"
PARTS = f"multipart/form-data; boundary={BOUNDARY}"


class NoAnswer(Exception):
    """The server said nothing, or that it cannot say, on a page."""

    def __init__(self, why: str, page: str = "") -> None:
        super().__init__(why)
        self.page = page


@dataclass(slots=True)
class Browser:
    """Cookies, and a connection for each question."""

    port: int
    host: str
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        photo: bytes = b"",
    ) -> tuple[int, str, str]:
        """Return status, location and page; with a photo, the form is sent in parts.

        Raises:
            NoAnswer: the connection broke, or the answer is 5xx.
        """
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        body = _in_parts(fields or {}, photo) if photo else urlencode(fields or {}).encode()
        try:
            wire.request(method, path, body or None, self._headers(method, is_parts=bool(photo)))
            answer = wire.getresponse()
            page = answer.read().decode()
        except LOST as fault:
            raise NoAnswer(repr(fault)) from fault
        finally:
            wire.close()
        self._keep(answer.headers.get_all("Set-Cookie") or [])
        if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NoAnswer(str(answer.status), page)
        return answer.status, answer.headers.get("Location", ""), page

    def _headers(self, method: str, *, is_parts: bool) -> dict[str, str]:
        headers = {
            "Host": f"{self.host}:{self.port}",
            "X-Forwarded-For": self.address,
            "Accept-Language": "fr",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if method == "POST":
            headers["Origin"] = f"http://{self.host}:{self.port}"
            headers["Content-Type"] = PARTS if is_parts else "application/x-www-form-urlencoded"
        return headers

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')


def _in_parts(fields: dict[str, str], photo: bytes) -> bytes:
    """Write a form with one photo as browsers do."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    lines = [f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    place = f'{head}"photos"; filename="trou.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return b"".join([*lines, place.encode(), photo, f"\r\n--{BOUNDARY}--\r\n".encode()])


def until_check(browser: Browser, slots: str, *, email: str, chance: random.Random) -> str:
    """Go as far as the last page; return the time that is held, or nothing when none is left.

    Raises:
        NoAnswer: somewhere on the way; nothing is promised yet.
    """
    status, _location, page = browser.ask("GET", slots)
    for _try in range(6):
        offered = SLOT.findall(page)[:NEAREST]
        if status not in {200, 409} or not offered:
            return ""
        wanted = unescape(chance.choice(offered))
        form = form_with(page, 'name="slot"')
        where, fields = action_of(form) or slots, fields_of(form) | {"slot": wanted}
        status, location, page = browser.ask("POST", where, fields)
        if (
            status == http.HTTPStatus.PRECONDITION_REQUIRED
        ):  # so many come that it looks like robots
            status, location, page = _prove(browser, page, where)
        if status == http.HTTPStatus.FOUND:
            _status, _location, page = browser.ask("GET", location)
            if 'name="email"' not in page:
                return ""  # what was held is gone meanwhile
            form = form_with(page, 'name="email"')
            typed = {"name": f"Camille {_phone(email)}", "email": email, "phone": _phone(email)}
            browser.ask("POST", location, fields_of(form) | typed)
            return wanted
    return ""


def _prove(browser: Browser, page: str, where: str) -> tuple[int, str, str]:
    """Do the sum that a browser does, and press again."""
    form = form_with(page, 'name="proof"')
    fields = fields_of(form)
    numbers = ".".join(str(number) for number in solve(fields["proof"]))
    return browser.ask("POST", action_of(form) or where, fields | {"proof_numbers": numbers})


def _phone(email: str) -> str:
    """Give each citizen a telephone of her own."""
    return f"06{int(hashlib.sha256(email.encode()).hexdigest(), 16) % 10**8:08}"


def last_form(browser: Browser, check: str) -> dict[str, str]:
    """Read the last page and return what its button sends.

    Raises:
        NoAnswer: it does not come.
    """
    _status, _location, page = browser.ask("GET", check)
    for form in forms_of(page):
        if action_of(form) in {"", check}:
            return fields_of(form)
    raise NoAnswer("no last page")


CHECK = "/rendez-vous/verification/"


class Citizens:
    """One after the other, in one process."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._chance = random.Random(f"{order['seed']}-{order['number']}")
        folder = Path(order["folder"])
        self._pen = History(folder / f"citizens-{order['number']}.jsonl")
        self._stop = folder / "stop"

    def live(self) -> None:
        """Let them come until told to stop."""
        number = 0
        while not self._stop.exists():
            number += 1
            time.sleep(self._order.get("pause_s", 0))
            try:
                self._come(number)
            except NoAnswer as fault:
                self._pen.write("turned away", why=str(fault))
                time.sleep(0.1)

    def _come(self, number: int) -> None:
        op = f"{self._order['number']}.{number}"
        email = f"citoyen-{op}@example.org"
        address = f"198.18.{self._order['number']}.{number % 250 + 1}"
        browser = Browser(self._order["port"], self._order["host"], address)
        slot = until_check(browser, self._order["slots"], email=email, chance=self._chance)
        if not slot:
            time.sleep(0.2)
            return
        fields = last_form(browser, CHECK)
        self._pen.write("invoke", op=op, email=email, slot=slot)
        while True:
            try:
                status, location, _page = browser.ask("POST", CHECK, fields)
            except NoAnswer as fault:
                self._pen.write("unknown", op=op, why=str(fault))
                time.sleep(0.1)
                if self._order.get("bug") == "new_key":
                    slot, fields = self._begin_again(browser, email)
                continue
            is_yes = status == http.HTTPStatus.FOUND and location.endswith("/confirme/")
            self._pen.write("ok" if is_yes else "fail", op=op, status=status)
            return

    def _begin_again(self, browser: Browser, email: str) -> tuple[str, dict[str, str]]:
        """Forget the secret and book anew: what a client must not do."""
        while True:
            browser.cookies.clear()
            # From elsewhere: one address may hold a few slots only.
            browser.address = (
                f"198.19.{self._chance.randint(0, 255)}.{self._chance.randint(1, 250)}"
            )
            try:
                slot = until_check(browser, self._order["slots"], email=email, chance=self._chance)
                if slot:
                    return slot, last_form(browser, CHECK)
            except NoAnswer:
                time.sleep(0.1)


if __name__ == "__main__":
    Citizens(json.loads(sys.stdin.readline())).live()
