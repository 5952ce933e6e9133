"""Robots that take appointments to sell them, and people who want some: a day of one commune.

Robots have 500 identities and 40 addresses, against 200 free places; 50 people come in the course
of the day: a family of five behind one address and one telephone, eight pupils of a school behind
one address, nine neighbours of one network, and people on their own. Everybody goes through the
counters and actions that the pages call, in their order, on a clock that the simulation moves.
Robots are as good as can be: names, addresses and telephones that no rule can tell from real
ones, each proof done at once, a new try every three hours.

Commitments hold while the addresses are rented from one or two networks. Robots with an address in
each of forty households are told from people by nothing that is counted here: that line is said
without a verdict.
"""

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count

from django.core.cache import caches

from benchmarks.measure import Sheet
from benchmarks.world import FIRST, NOW, bench_commune, configure
from booking import actions, hoarding
from booking.holding import release_expired
from booking.models import Allocation, Appointment, Service
from booking.people import Person
from booking.planning import free
from identity import limits
from parvis import attack
from parvis.counters import give_back


IDENTITIES, ADDRESSES, PLACES, PEOPLE = 500, 40, 200, 50
HOURS = ((time(8, 30), time(11, 50)), (time(13, 30), time(16, 50)))  # 20 starts
COUNTERS, DAYS = 2, 5
OPENS = FIRST + timedelta(days=4)  # a Monday
TYPES_S, TRIES = 180, 3  # how long a person types, how often she tries
TRIES_AGAIN_S = 3 * 3600  # a robot that was refused, whatever it was told
LONGEST_WAIT_S = 3600  # a person who is told to wait longer gives up
DAY_S = 12 * 3600
MOST_ROBOTS, LEAST_PEOPLE = 0.10, 0.95


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody, or something, that wants one appointment from a moment on."""

    address: str
    name: str
    email: str
    phone: str
    at_s: float
    is_robot: bool = False
    group: str = ""

    def named(self, word: str) -> "Visitor":
        """Come on another day as somebody else: ``H2`` has telephones of her own."""
        phone = self.phone and self.phone[:4] + word[-1] + self.phone[5:]
        name, email = f"{self.name} {word}", f"{word}-{self.email}".lower()
        return replace(self, name=name, email=email, phone=phone)


@dataclass(slots=True)
class Day:
    """What became of everybody."""

    booked: list[Visitor] = field(default_factory=list)
    refused: list[Visitor] = field(default_factory=list)
    proofs: int = 0

    def robots(self) -> int:
        """Count the places that robots have."""
        return sum(each.is_robot for each in self.booked)

    def people(self, group: str = "") -> int:
        """Count the people who have theirs."""
        return sum(not each.is_robot and each.group.startswith(group) for each in self.booked)


def run(sheet: Sheet) -> None:
    """Print what robots and people got, by what robots have to spend."""
    with bench_commune("9b990"):
        service = configure(COUNTERS, hours=HOURS, step=20)
        for week, (code, networks, lasts_s, said) in enumerate(
            (
                ("H1", 1, 0, "at once"),
                ("H2", 2, 0, "at once"),
                ("H3", 1, DAY_S, "all day long"),
                ("H4", 4, 0, "at once"),
                ("H5", ADDRESSES, 0, "at once"),
            )
        ):
            caches["shared"].clear()
            crowd = [
                *robots(IDENTITIES, addresses=ADDRESSES, networks=networks, lasts_s=lasts_s),
                *people(),
            ]
            opens = OPENS + timedelta(weeks=week)
            assert COUNTERS * len(_free(service, opens, NOW)) == PLACES
            day = play(service, [each.named(code) for each in crowd], opens=opens, seed=week)
            _say(sheet, code, day, f"{networks} network{'s'[: networks > 1]}, {said}", networks)
        _resale(sheet, service)


def play(service: Service, visitors: Sequence[Visitor], *, opens: date, seed: int) -> Day:
    """Let everybody come at her time; return who has an appointment in the evening."""
    chance, order, day = random.Random(seed), count(), Day()
    coming = [(each.at_s, next(order), each, TRIES) for each in visitors]
    heapq.heapify(coming)
    typing: list[tuple[float, int, Visitor, Appointment, str]] = []
    while coming or typing:
        if typing and (not coming or typing[0][0] <= coming[0][0]):
            at_s, _turn, who, held, token = heapq.heappop(typing)
            _confirm(who, held, token, now=_clock(at_s))
            day.booked.append(who)
            continue
        at_s, _turn, who, left = heapq.heappop(coming)
        now = _clock(at_s)
        day.proofs += attack.note(attack.HOLD, now=now)
        try:
            _count(who, now=now)
        except limits.TooMany as refusal:
            wait_s = _patience(who, refusal)
            if left == 1 or wait_s is None or at_s + wait_s > DAY_S:
                day.refused.append(who)
            else:
                heapq.heappush(
                    coming, (at_s + wait_s, next(order), who, left - (not who.is_robot))
                )
            continue
        found = _hold(service, who, chance, opens=opens, now=now)
        if found is None:
            day.refused.append(who)
        else:
            ends = at_s if who.is_robot else at_s + TYPES_S
            heapq.heappush(typing, (ends, next(order), who, *found))
    return day


def _patience(who: Visitor, refusal: limits.TooMany) -> float | None:
    """Say after how many seconds somebody tries again, if she does."""
    if who.is_robot:
        return TRIES_AGAIN_S
    return refusal.retry_after_s if refusal.retry_after_s <= LONGEST_WAIT_S else None


def _count(who: Visitor, *, now: datetime) -> None:
    """Count as the page does.

    Raises:
        TooMany: the address or its network has had enough.
    """
    both = (limits.HOLD, limits.HOLDS_AT_ONCE)
    limits.take_all([(limit, who.address) for limit in both], now=now)
    try:
        hoarding.count_network(who.address)
    except limits.TooMany:
        for limit in both:
            give_back(limit, who.address)
        raise


def _hold(
    service: Service, who: Visitor, chance: random.Random, *, opens: date, now: datetime
) -> tuple[Appointment, str] | None:
    """Hold a place; None when nothing is left."""
    release_expired(now=now)
    starts = _free(service, opens, now)
    if not who.is_robot:
        chance.shuffle(starts)  # robots take what is soonest, people what suits them
    for start in starts:
        try:
            return actions.hold_slot(
                service=service, people=[Person()], start=start, language="fr", now=now
            )
        except hoarding.DayInDemand:
            continue
    return None


def _confirm(who: Visitor, held: Appointment, token: str, *, now: datetime) -> None:
    actions.keep_details(appointment=held, name=who.name, email=who.email, phone=who.phone)
    actions.confirm(appointment=held, token=token, now=now)
    give_back(limits.HOLDS_AT_ONCE, who.address)


def robots(identities: int, *, addresses: int, networks: int, lasts_s: float) -> Iterator[Visitor]:
    """Send the identities from the addresses in turn, at once or over some time."""
    for number in range(identities):
        its = number % addresses
        yield Visitor(
            address=f"198.18.{its % networks}.{1 + its // networks}",
            name=f"Robot {number}",
            email=f"r{number}@example.net",
            phone="",
            at_s=lasts_s * number / identities if lasts_s else number / 4,
            is_robot=True,
        )


def people() -> Iterator[Visitor]:
    """Send a family, a school, neighbours, and people on their own, in the course of the day."""
    hour = 3600.0
    for number in range(5):
        yield _person(number, "family", "203.0.113.9", 2 * hour + 240 * number, "+33612345678")
    for number in range(8):
        yield _person(5 + number, "school", "203.0.114.1", hour + 2_400 * number)
    for number in range(9):
        yield _person(13 + number, "neighbours", f"203.0.115.{number + 1}", hour * (number + 1))
    for number in range(PEOPLE - 22):
        at_s = 300 + (DAY_S - 600) * number / (PEOPLE - 22)
        yield _person(22 + number, "alone", f"203.1.{number}.7", at_s)


def _person(number: int, group: str, address: str, at_s: float, phone: str = "") -> Visitor:
    return Visitor(
        address=address,
        name=f"Personne {number}",
        email=f"p{number}@example.org",
        phone=phone or f"+336{number:08}",
        at_s=at_s,
        group=group,
    )


def _say(sheet: Sheet, code: str, day: Day, said: str, networks: int) -> None:
    share, served = day.robots() / PLACES, day.people() / PEOPLE
    groups = ", ".join(f"{name} {day.people(name)}" for name in ("family", "school", "neighbours"))
    promised = networks <= 2
    kept = share <= MOST_ROBOTS and served >= LEAST_PEOPLE and day.people("family") == 5
    sheet.line(
        code,
        f"{IDENTITIES} identities, {ADDRESSES} addresses of {said}: robots {share:.1%} of {PLACES}"
        f" places, people served {served:.0%} ({groups})",
        holds=kept if promised else None,
    )


def _resale(sheet: Sheet, service: Service) -> None:
    """Say what a seller can hand over: neither the name, nor the place by giving it back."""
    caches["shared"].clear()
    attack.suspect(attack.HOLD)
    sellers = [each.named("H6") for each in robots(10, addresses=10, networks=10, lasts_s=0)]
    play(service, sellers, opens=OPENS, seed=6)
    theirs = list(Appointment.objects.filter(email__startswith="h6"))
    renamed = sum(map(_is_renamed, theirs))
    for each in theirs:
        actions.cancel(appointment=each, by=None, now=NOW)
    hidden = Allocation.objects.filter(appointment__in=theirs, state=Allocation.State.HOLD)
    waits = sorted((each.expires_at - NOW).total_seconds() / 60 for each in hidden)
    sheet.line(
        "H6",
        f"{len(theirs)} sellers: {renamed} changed the name; their {len(waits)} cancelled places are"
        f" free again after {waits[0]:.0f} to {waits[-1]:.0f} minutes, drawn at random",
        holds=(len(theirs), renamed, len(waits)) == (10, 0, 10)
        and 5 <= waits[0] <= waits[-1] <= 45,
    )


def _is_renamed(appointment: Appointment) -> bool:
    """Try to put a buyer's name on a confirmed appointment."""
    try:
        actions.keep_details(appointment=appointment, name="Acheteur", email="", phone="")
    except actions.HoldLost:
        return False
    return True


def _free(service: Service, opens: date, now: datetime) -> list[datetime]:
    return free(service=service, persons=1, first=opens, days=DAYS, now=now, online=True).starts()


def _clock(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
