"""Two hundred citizens want fifty places at the same moment, through the product's own action.

Twenty processes, as many as a web server would have connections, take the citizens in turn; each
citizen's time runs from the moment they are all let loose. Beside it, in the same run and with
the same processes: any free row of a table of fifty, ``FOR UPDATE SKIP LOCKED``. That is the
least a database can do, and it would do if citizens did not mind when they come.
"""

import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time as day_time, timedelta
from uuid import uuid4

from django.db import Error, connection, connections
from django.test.utils import CaptureQueriesContext

from benchmarks.measure import Sheet, alternate, median, percentile
from benchmarks.world import FIRST, NOW, ZONE, bench_commune, configure, deadlocks, doubles
from booking import read_model
from booking.actions import book_directly
from booking.models import Appointment, Service
from booking.people import Person
from booking.planning import free
from booking.taking import SlotTaken
from tenants.models import Commune


CLIENTS, PLACES, CONNECTIONS, ROUNDS = 200, 50, 20, 3
HOURS = ((day_time(8, 30), day_time(16, 50)),)  # 25 starts at two counters
HOT = FIRST + timedelta(days=5)  # one day for each round, then as many to warm up
WARM = HOT + timedelta(days=ROUNDS)
LAST = WARM + timedelta(days=ROUNDS + 1)
SEATS = "bench_seat"
TAKE = f"""
UPDATE {SEATS} SET taken_by = %s WHERE id = (
  SELECT id FROM {SEATS} WHERE taken_by IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one citizen was told, and when."""

    outcome: str
    """``booked``, ``full`` with other days offered, or what went wrong."""
    tries: int = 1
    seconds: float = 0.0


def run(sheet: Sheet) -> None:
    """Print what was sold, what went wrong, how long citizens waited, and what a booking costs."""
    with bench_commune("9b995") as commune:
        service = configure(2, weekdays=range(7), hours=HOURS, step=20, between=(HOT, LAST))
        read_model.refresh_all(now=NOW)
        before = deadlocks()
        floors, ours = [], []
        for number in range(ROUNDS):  # in turn: the machine is the same for both
            floors.append(_floor(commune))
            ours.append(_booking(commune, service, round_number=number))
        told = [each for contest in ours for each in contest]
        counts = Counter(each.outcome for each in told)
        hot_sold = Appointment.objects.starting_between(_midnight(HOT), _midnight(WARM)).count()
        wrong = {name: n for name, n in counts.items() if name not in {"booked", "full"}}
        found = (hot_sold, counts["full"], doubles(), deadlocks() - before, wrong)
        sheet.line(
            "R1",
            f"{ROUNDS} times {CLIENTS} citizens, {PLACES} places, {CONNECTIONS} processes: {hot_sold} booked,"
            f" {counts['full']} refused with other days, {found[2]} double, {found[3]} deadlocks,"
            f" {sum(wrong.values())} errors {list(wrong)[:2] or ''}",
            holds=found == (ROUNDS * PLACES, ROUNDS * (CLIENTS - PLACES), 0, 0, {}),
        )
        p99, floor = (statistics.median(map(_p99, contests)) for contests in (ours, floors))
        tries = sum(each.tries for each in told) / len(told)
        sheet.line(
            "R2",
            f"p99 {p99:.0f} ms with {tries:.1f} wishes each; any free row, SKIP LOCKED {floor:.0f} ms:"
            f" {p99 / floor:.1f} x (aim 5)",
            holds=p99 / floor <= 5,
            is_aim=True,
        )
        wrong_rows = read_model.wrong_rows(now=NOW)
        sheet.line(
            "R4",
            f"rows of free starts that are wrong after it, of what all may read: {len(wrong_rows)}",
            holds=not wrong_rows,
        )
        _costs(sheet, service)


def _booking(commune: Commune, service: Service, *, round_number: int) -> list[Told]:
    """Let everybody want the first start of one day, then what is offered on it."""
    day = HOT + timedelta(days=round_number)
    warm_day = WARM + timedelta(days=round_number)
    first, *_others = free(
        service=service, persons=1, first=day, days=1, now=NOW, online=True
    ).starts()
    warm = free(service=service, persons=1, first=warm_day, days=1, now=NOW, online=True).starts()
    return _contest(
        commune,
        attempt=lambda number: _citizen(service, first, number),
        warm_up=lambda number: _citizen(service, warm[number % len(warm)], number),
    )


def _citizen(service: Service, wanted: datetime, number: int) -> Told:
    """Want one start; when it is lost, take one offered of the same day, until there is none."""
    day, tries = wanted.astimezone(ZONE).date(), 0
    while True:
        tries += 1
        try:
            _book(service, wanted, number)
        except SlotTaken as refusal:
            if not refusal.alternatives:
                return Told("refused without alternatives", tries)
            same_day = [s for s in refusal.alternatives if s.astimezone(ZONE).date() == day]
            if not same_day:
                return Told("full", tries)
            wanted = same_day[number % len(same_day)]  # not everybody presses the same button
        except Error as fault:
            return Told(f"{type(fault).__name__}: {fault}", tries)
        else:
            return Told("booked", tries)


def _book(service: Service, start: datetime, number: int) -> Appointment:
    return book_directly(
        service=service,
        people=[Person()],
        start=start,
        name=f"Citoyen {number}",
        email="citoyen@example.org",
        phone="",
        channel="online",
        now=NOW,
        idempotency_key=uuid4(),
    )


def _floor(commune: Commune) -> list[Told]:
    """Let everybody take any free row of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {SEATS}")
        cursor.execute(f"CREATE TABLE {SEATS} (id int PRIMARY KEY, taken_by int)")
        cursor.execute(f"INSERT INTO {SEATS} SELECT generate_series(1, {PLACES + CONNECTIONS})")

    def take(number: int) -> Told:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [number])
            return Told("booked" if cursor.fetchone() else "full")

    told = _contest(commune, attempt=take, warm_up=take)
    assert Counter(each.outcome for each in told)["booked"] == PLACES
    return told


def _contest(
    commune: Commune, *, attempt: Callable[[int], Told], warm_up: Callable[[int], Told]
) -> list[Told]:
    """Let ``CLIENTS`` loose at one instant on ``CONNECTIONS`` processes that are warm."""
    connections.close_all()  # a connection must not be shared with a child
    forks = multiprocessing.get_context("fork")  # the children have this program as it stands
    start, turn = forks.Value("d", 0.0), forks.Value("i", 0)

    def ring() -> None:
        start.value = time.monotonic() + 0.1

    barrier = forks.Barrier(CONNECTIONS, action=ring)

    def member(number: int, wire: "multiprocessing.connection.Connection") -> None:
        connection.set_tenant(commune)
        warm_up(number)
        barrier.wait()
        told = []
        time.sleep(max(0.0, start.value - time.monotonic()))
        while (citizen := _next(turn)) < CLIENTS:
            each = attempt(citizen)
            told.append(Told(each.outcome, each.tries, time.monotonic() - start.value))
        wire.send(told)
        wire.close()
        connections.close_all()

    members = []
    for number in range(CONNECTIONS):
        mine, its = forks.Pipe(duplex=False)
        process = forks.Process(target=member, args=(number, its), daemon=True)
        process.start()
        members.append((process, mine))
    told = []
    for process, mine in members:
        assert mine.poll(120), "a process of the race does not answer"
        told += mine.recv()
        process.join(20)
    connection.set_tenant(commune)
    assert len(told) == CLIENTS
    return told


def _next(turn: "multiprocessing.sharedctypes.Synchronized[int]") -> int:
    with turn.get_lock():
        turn.value += 1
        return turn.value - 1


def _costs(sheet: Sheet, service: Service) -> None:
    """Say what one booking and one refusal cost alone, so that a waiting line can be explained."""
    starts = iter(
        free(service=service, persons=1, first=LAST, days=1, now=NOW, online=True).starts() * 2
    )

    def book() -> None:
        _book(service, next(starts), 0)

    def refused() -> None:
        try:
            _book(service, taken, 0)
        except SlotTaken:
            return
        raise AssertionError("the hot day is full")

    taken = datetime.combine(HOT, HOURS[0][0], ZONE)
    counts = []
    for work in (book, refused):
        with CaptureQueriesContext(connection) as queries:
            work()
        counts.append(len(queries))
    booking, refusal = alternate(20, book, refused)
    sheet.line(
        "R3",
        f"alone: a booking {median(booking):.1f} ms, {counts[0]} queries; a refusal with alternatives"
        f" {median(refusal):.1f} ms, {counts[1]} queries",
    )


def _p99(told: list[Told]) -> float:
    return percentile([each.seconds for each in told], 0.99)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, day_time.min, ZONE)
