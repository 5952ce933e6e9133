"""What must hold after every fault, whatever was hit: I1 to I12, on plain values.

A checker returns what is broken, in words that start with the number of the invariant. Each of
them is proven by bugs put in on purpose (``faults.mutants``).
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Booked:
    """A confirmed appointment as the database has it."""

    pk: int
    email: str
    start: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """A live allocation."""

    resource: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an outbox at the end."""

    message_id: str
    is_sent: bool
    is_dead: bool = False


def outcomes(history: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Tell the last thing each citizen knows: ``ok``, ``fail``, or nothing definite."""
    last = {}
    for line in history:
        if line["event"] in {"invoke", "ok", "fail", "unknown"}:
            last[str(line["op"])] = str(line["event"])
    return last


def promises(history: Sequence[Mapping[str, Any]], rows: Sequence[Booked]) -> list[str]:
    """I1, I2: what citizens were told is what the database has, once."""
    broken = []
    told = outcomes(history)
    wanted = {str(line["op"]): line for line in history if line["event"] == "invoke"}
    found: dict[str, list[Booked]] = defaultdict(list)
    for row in rows:
        found[row.email].append(row)
    for op, outcome in told.items():
        email = str(wanted[op]["email"])
        mine = found.pop(email, [])
        if outcome == "ok" and not mine:
            broken.append(f"I1 lost: {email} was told yes and has no appointment")
        if outcome == "fail" and mine:
            broken.append(f"I2 {email} was told no and has an appointment")
        if len(mine) > 1:
            broken.append(f"I1 doubled: {email} has {len(mine)} appointments")
        if outcome == "ok" and mine and mine[0].start != _instant(wanted[op]["slot"]):
            broken.append(f"I1 moved: {email} has another time than she was told")
        if outcome not in {"ok", "fail"}:
            broken.append(f"I11 {email} never got a definite answer")
    broken += [f"I2 nobody asked for the appointment of {email}" for email in found]
    return broken


def overlaps(taken: Iterable[Taken]) -> list[str]:
    """I3: no resource is taken twice at one instant."""
    by_resource: dict[int, list[Taken]] = defaultdict(list)
    for each in taken:
        by_resource[each.resource].append(each)
    broken = []
    for each_resource in by_resource.values():
        each_resource.sort(key=lambda each: each.start)
        for before, after in itertools.pairwise(each_resource):
            if after.start < before.end:
                broken.append(f"I3 doubled: resource {after.resource} twice at {after.start}")
    return broken


def told_once(wanted: Collection[str], keys: Collection[str]) -> list[str]:
    """I5: one row of the outbox for each fact, and no other."""
    missing, extra = set(wanted) - set(keys), set(keys) - set(wanted)
    return [f"I5 lost: no message for {key}" for key in sorted(missing)] + [
        f"I5 a message without a fact: {key}" for key in sorted(extra)
    ]


def mails(rows: Sequence[Row], accepted: Sequence[str], *, crashes: int) -> list[str]:
    """I6: none lost, as many Message-IDs as rows, at most one duplicate for each crash."""
    counts = Counter(accepted)
    sent = {row.message_id for row in rows if row.is_sent}
    known = {row.message_id for row in rows}
    broken = [f"I6 lost: {each} is marked as sent" for each in sorted(sent - set(counts))]
    broken += [
        f"I6 lost: {row.message_id} is still waiting"
        for row in rows
        if not row.is_sent and not row.is_dead
    ]
    broken += [f"I6 a Message-ID that no row has: {each}" for each in sorted(set(counts) - known)]
    if (extra := duplicates(accepted)) > crashes:
        broken.append(f"I6 doubled: {extra} duplicates, {crashes} crashes")
    return broken


def duplicates(accepted: Iterable[str]) -> int:
    """Count the mails that came again."""
    return sum(count - 1 for count in Counter(accepted).values())


def history_of_changes(counts: Mapping[int, int], rows: Iterable[Booked]) -> list[str]:
    """I8: exactly one entry for each change of state."""
    return [
        f"I8 appointment {row.pk} was booked {counts.get(row.pk, 0)} times"
        for row in rows
        if counts.get(row.pk, 0) != 1
    ]


def files(named: Collection[str], found: Collection[str]) -> list[str]:
    """I10: no row without its file, no file without its row."""
    return [f"I10 a row without its file: {each}" for each in sorted(set(named) - set(found))] + [
        f"I10 a file without its row: {each}" for each in sorted(set(found) - set(named))
    ]


def pauses(history: Iterable[Mapping[str, Any]]) -> list[str]:
    """I11: nobody saw the page of a bug; what is down is announced as a pause."""
    bugs = sum(line.get("why") == "500" for line in history)
    return [f"I11 the page of a bug was shown {bugs} times"] if bugs else []


def landed(count: int, *, required: int) -> list[str]:
    """I12: a run in which the faults hit nothing proves nothing."""
    return [] if count >= required else [f"I12 only {count} of {required} faults landed"]


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))
