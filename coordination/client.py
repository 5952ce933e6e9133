"""The three calls to the State's coordination API, as section 5 of the contract writes them.

Everything is in the query string, also of POST and DELETE; the body is empty. There is no way to
call but a ``Line``, and no line for what is not a real commune: a sandbox, a preview, a commune
being configured. A demo reaches a machine of its own only. The token is in no message or error.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from coordination.numbers import Status, is_number, masked, read_status, without
from parvis.egress import Answer, Unreachable, fetch, post
from tenants.models import Commune


HEADER = "x-rdv-opt-auth-token"
WAITING_S = 4.0  # a citizen waits (section 2.2)
BACKGROUND_S = 12.0
MOST_BYTES = 500_000
MOST_NUMBERS = 40  # in one question: the address stays under what servers read
ALREADY = "already exists in database"
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
OPEN_STATES = frozenset({Commune.State.READY, Commune.State.MAINTENANCE, Commune.State.SUSPENDED})
TEXT_MOST = 300
log = logging.getLogger(__name__)


class Outage(Exception):
    """The State did not answer, or not as it should; ``code`` is 0 without an answer."""

    def __init__(self, text: str, *, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


class Misunderstood(Outage):
    """It refused the form of what was asked (422): a defect of ours."""


class AlreadyExists(Outage):
    """It holds an appointment with this address already; no answer to anything but a POST."""


@dataclass(frozen=True, slots=True)
class Held:
    """One appointment the State knows, in its own spelling."""

    management_url: str
    meeting_point: str
    meeting_point_id: str
    appointment_date: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the State says of one number."""

    status: Status
    appointments: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A way to the State, for one commune."""

    base: str
    token: str = field(repr=False)
    patience_s: float = BACKGROUND_S

    def status(self, numbers: Sequence[str], *, meeting_point_id: str = "") -> dict[str, Standing]:
        """Ask for the status of numbers, each of the ten characters the State takes.

        Raises:
            Outage: no answer that can be used.
            ValueError: one is no number: it would be refused.
        """
        if not all(is_number(each) for each in numbers):
            raise ValueError("These are no numbers.")
        found: dict[str, Standing] = {}
        for start in range(0, len(numbers), MOST_NUMBERS):
            some = numbers[start : start + MOST_NUMBERS]
            query: list[tuple[str, str]] = [("application_ids", each) for each in some]
            if meeting_point_id:
                query.append(("meeting_point_id", meeting_point_id))
            said = self._json("GET", "status", query, some)
            found |= {each: _standing(said, each) for each in some}
        return found

    def declare(self, number: str, held: Held) -> None:
        """Declare an appointment.

        Raises:
            AlreadyExists: the State knows this address, or has not forgotten it yet.
            Outage: nobody knows whether it was taken.
        """
        query = [*_place(number, held), ("management_url", held.management_url)]
        said = self._json("POST", "appointments", query, [number])
        if said.get("success") is not True:
            raise Outage("The appointment was not taken.", code=HTTPStatus.OK)

    def remove(self, number: str, held: Held) -> int:
        """Remove an appointment, by the words of the State itself; return how many it forgot.

        Raises:
            Outage: nobody knows whether it was removed.
        """
        said = self._json("DELETE", "appointments", _place(number, held), [number])
        count = said.get("rowcount")
        if not isinstance(count, int):
            raise Outage("It is not said how many were removed.", code=HTTPStatus.OK)
        return count

    def _json(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        numbers: Sequence[str],
    ) -> dict[str, Any]:
        """Ask, and read an object.

        Raises:
            AlreadyExists: it says so, whatever the code.
            Outage: anything else.
        """
        url = f"{self.base}/api/{path}?{urlencode(query)}"
        headers = {HEADER: self.token, "Accept": "application/json"}
        try:
            if method == "GET":
                answer = fetch(
                    url, most_bytes=MOST_BYTES, patience_s=self.patience_s, headers=headers
                )
            else:
                answer = post(
                    url,
                    b"",
                    most_bytes=MOST_BYTES,
                    patience_s=self.patience_s,
                    headers=headers,
                    method=method,
                )
        except Unreachable as fault:
            raise Outage(self._plain(str(fault), numbers)) from None
        return self._read(answer, numbers)

    def _read(self, answer: Answer, numbers: Sequence[str]) -> dict[str, Any]:
        text = self._plain(answer.content.decode("utf-8", "replace"), numbers)[:TEXT_MOST]
        if ALREADY in text.lower():
            raise AlreadyExists(text, code=answer.status)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            log.error("The State refuses the form of a question: %s", text)
            raise Misunderstood(text, code=answer.status)
        if answer.status != HTTPStatus.OK:
            raise Outage(text, code=answer.status)
        try:
            said = json.loads(answer.content)
        except (ValueError, RecursionError) as fault:
            raise Outage("The answer is no JSON.", code=answer.status) from fault
        if not isinstance(said, dict):
            raise Outage("The answer is no object.", code=answer.status)
        return said

    def _plain(self, text: str, numbers: Sequence[str]) -> str:
        return without(text.replace("\0", " "), [self.token, *numbers])


def line(commune: Commune, *, patience_s: float = BACKGROUND_S) -> Line | None:
    """Open a way to the State for a commune; None where there is none, or must be none."""
    base, token = settings.COORDINATION_URL, settings.COORDINATION_TOKEN
    if not base or not token or not may_call(commune, base=base, is_demo=settings.DEMO):
        return None
    return Line(base, token, patience_s)


def may_call(commune: Commune, *, base: str, is_demo: bool) -> bool:
    """Tell whether what happens in a commune is a fact, and this the machine to tell it to."""
    if commune.kind not in Commune.REAL or commune.state not in OPEN_STATES:
        return False
    return not is_demo or urlsplit(base).hostname in HERE


def _place(number: str, held: Held) -> list[tuple[str, str]]:
    if not is_number(number):
        raise ValueError("This is no number.")
    return [
        ("application_id", number),
        ("meeting_point", held.meeting_point),
        ("meeting_point_id", held.meeting_point_id),
        ("appointment_date", held.appointment_date),
    ]


def _standing(said: dict[str, Any], number: str) -> Standing:
    """Read what is said of one number.

    Raises:
        Outage: it is not spoken of, or not in the form of the contract.
    """
    about = said.get(number)
    if not isinstance(about, dict) or not isinstance(about.get("status"), str):
        raise Outage("A number is missing in the answer.", code=HTTPStatus.OK)
    status = read_status(about["status"])
    if status is Status.UNSURE:
        log.error("The State has a status nobody knows: %s", about["status"][:40])
    rows = about.get("appointments") or []
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise Outage(f"The appointments of {masked(number)} are no list.", code=HTTPStatus.OK)
    return Standing(status, tuple(_held(each) for each in rows))


def _held(row: dict[str, Any]) -> Held:
    names = ("management_url", "meeting_point", "meeting_point_id", "appointment_date")
    return Held(*(str(row.get(name) or "") for name in names))
