"""S1, S2, S13: bookings through the pages, while the database or the web server dies."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from booking import taking
from faults import history, invariants, world
from faults.citizens import CHECK, Browser, NoAnswer, last_form, until_check
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch, patience
from faults.world import World
from parvis.home import is_alive
from parvis.processes import spawn, stop


CLIENTS = 4
CUT_S = 10
CRASH_LOOP_S = 6  # a worker that dies twice within less is taken for one that cannot start
POINT = "after_commit:booking"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    faults: int
    required: int
    between: tuple[int, int] = (3, 7)
    """How many more bookings are confirmed before the next fault: drawn between these."""


def database_killed(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S1: kill PostgreSQL outright during bookings, again and again."""
    outcome = Outcome("S1", "PostgreSQL killed during bookings", size.required, within_s=10)
    chance = random.Random(seed)
    with world.open_world("9b901") as place, served(ground, mutant):
        _drop_constraint(mutant)
        with citizens(ground, place, seed=seed, mutant=mutant) as reader:
            worst = 0.0
            for _number in range(size.faults):
                wait_for_progress(reader, chance.randint(*size.between))
                killed_at = time.monotonic()
                world.forget_connections()
                ground.kill_database()
                ground.start_database()
                wait_for_page(ground, place)
                worst = max(worst, time.monotonic() - killed_at)
                outcome.landed += _spans(reader, killed_at)
        outcome.recovery_s = worst
        judge(outcome, ground)
    return outcome


def worker_killed(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S2: end the web worker between COMMIT and its answer."""
    outcome = Outcome(
        "S2", "web worker dead between COMMIT and the answer", size.required, within_s=10
    )
    chance = random.Random(seed)
    with world.open_world("9b902") as place, served(ground, mutant):
        _drop_constraint(mutant)
        for path in ground.armed.iterdir():
            path.unlink()
        with citizens(ground, place, seed=seed, mutant=mutant) as reader:
            worst = died_at = 0.0
            for number in range(size.faults):
                wait_for_progress(reader, chance.randint(1, 3))
                time.sleep(max(0.0, died_at + CRASH_LOOP_S - time.monotonic()))
                ground.arm(POINT, number)
                with patience(90, "the fault point is not reached") as limit:
                    while len(ground.landed(POINT)) <= number:
                        limit.wait()
                died_at = time.monotonic()
                worst = max(worst, wait_for_page(ground, place))
        outcome.recovery_s = worst
        outcome.landed = sum(not is_alive(pid) for pid in ground.landed(POINT))
        judge(outcome, ground)
    return outcome


def link_cut(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S15: a network that carries nothing between the web server and its database."""
    outcome = Outcome(
        "S15",
        f"no packet between application and database for {CUT_S} s (a wire of our own)",
        size.required,
        within_s=10,
    )
    chance = random.Random(seed)
    url = ground.database_at(ground.start_wire())
    with (
        world.open_world("9b915") as place,
        served(ground, mutant, PARVIS_APP_DATABASE_URL=url),
    ):
        with citizens(ground, place, seed=seed, mutant=mutant) as reader:
            worst = 0.0
            for _number in range(size.faults):
                wait_for_progress(reader, chance.randint(*size.between))
                with ground.cut():
                    waited = asking(reader)
                    time.sleep(CUT_S)
                    outcome.landed += len(waited & _unanswered(reader))
                worst = max(worst, wait_for_page(ground, place))
            outcome.recovery_s = worst
        judge(outcome, ground)
    ground.end("wire")
    return outcome


def pressed_many_times(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S13: press the button of one form many times at once."""
    outcome = Outcome("S13", f"one form sent {size.faults} times at once", size.required)
    with world.open_world("9b913") as place, served(ground, mutant):
        browser = Browser(ground.web_port, place.host, "198.18.0.13")
        email = "citoyenne@example.org"
        slot = until_check(browser, place.slots, email=email, chance=random.Random(seed))
        fields = last_form(browser, CHECK)
        sent = dict(browser.cookies)

        def press(_number: int) -> tuple[int, str]:
            mine = Browser(ground.web_port, place.host, "198.18.0.13", dict(sent))
            while True:
                with suppress(NoAnswer):
                    status, location, _page = mine.ask("POST", CHECK, fields)
                    return status, location

        with ThreadPoolExecutor(size.faults) as pool, transaction.atomic():
            taking.lock_configuration()  # nobody gets past the door until all stand there
            pressed = [pool.submit(press, number) for number in range(size.faults)]
            with patience(20, "nobody waits at the lock") as limit:
                while outcome.landed < size.required:
                    limit.wait()
                    outcome.landed = _waiting()
            transaction.set_rollback(True)
        answers = Counter(each.result() for each in pressed)
        if len(answers) != 1 or next(iter(answers))[0] != HTTPStatus.FOUND:
            outcome.broken.append(f"I1 not the same answer for all: {dict(answers)}")
        pen = history.History(ground.folder / "bookings" / "one.jsonl")
        pen.write("invoke", op="1", email=email, slot=slot)
        pen.write("ok", op="1")
        judge(outcome, ground)
    return outcome


def _waiting() -> int:
    """Count the requests that stand before the lock, inside their transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return int(cursor.fetchone()[0])


@contextmanager
def served(ground: Ground, mutant: str, **environment: str) -> Iterator[None]:
    """Run the web server, with a bug in it if it is asked for."""
    folder = ground.folder / "bookings"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    ground.start_web(FAULTS_MUTANT=mutant, **environment)
    try:
        yield
    finally:
        ground.end("web")


@contextmanager
def citizens(ground: Ground, place: World, *, seed: int, mutant: str) -> Iterator[history.Reader]:
    """Let citizens come until the end of the block, then let each have her answer."""
    folder = ground.folder / "bookings"
    orders = [
        order(place, port=ground.web_port, folder=folder, seed=seed, number=number)
        | {"bug": mutant}
        for number in range(CLIENTS)
    ]
    with crowd(orders):
        yield history.Reader(folder)


def order(place: World, *, port: int, folder: Path, seed: int, number: int) -> dict[str, Any]:
    """Tell one citizen after the other where to book, and where to write down what happens."""
    return {
        "port": port,
        "host": place.host,
        "slots": place.slots,
        "folder": str(folder),
        "seed": seed,
        "number": number,
    }


@contextmanager
def crowd(orders: list[dict[str, Any]]) -> Iterator[None]:
    """Let a process of citizens go by each order until the end of the block, and find its answer."""
    people = []
    for each in orders:
        citizen = spawn(
            [sys.executable, "-m", "faults.citizens"], name="citizen", stdin=subprocess.PIPE
        )
        citizen.tell(json.dumps(each) + "\n")
        people.append(citizen)
    try:
        yield
        for each in orders:
            (Path(each["folder"]) / "stop").touch()
        for citizen in people:
            citizen.process.wait(60)
    finally:
        for citizen in people:
            stop(citizen, patience_s=1)


def _drop_constraint(mutant: str) -> None:
    if mutant == "check_then_insert":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE booking_allocation DROP CONSTRAINT no_overlap_on_resource")


def wait_for_progress(reader: history.Reader, more: int) -> None:
    """Wait until so many more are booked and somebody waits for her answer.

    Raises:
        TimeoutError: the bookings have come to a halt.
    """
    wanted = _said_yes(reader) + more
    with patience(60, "no booking comes to its end") as limit:
        while _said_yes(reader) < wanted or not asking(reader):
            limit.wait(0.002)


def _said_yes(reader: history.Reader) -> int:
    return sum(each["event"] == "ok" for each in reader.read())


def asking(reader: history.Reader) -> set[str]:
    """Name those who have asked and know nothing yet."""
    told = invariants.outcomes(reader.read())
    return {op for op, last in told.items() if last == "invoke"}


def _unanswered(reader: history.Reader) -> set[str]:
    """Name those who asked and have no definite answer."""
    told = invariants.outcomes(reader.read())
    return {op for op, last in told.items() if last in {"invoke", "unknown"}}


def _spans(reader: history.Reader, killed_at: float) -> bool:
    """Say whether somebody had asked before the kill and was left without an answer by it."""
    with suppress(TimeoutError), patience(5, "") as limit:
        while True:
            lines = reader.read()
            asked = {
                each["op"] for each in lines if each["event"] == "invoke" and each["t"] < killed_at
            }
            left = {
                each["op"]
                for each in lines
                if each["event"] == "unknown" and each["t"] > killed_at - 0.05
            }
            known = {
                each["op"]
                for each in lines
                if each["event"] in {"ok", "fail"} and each["t"] < killed_at
            }
            if (asked - known) & left:
                return True
            limit.wait()
    return False


def wait_for_page(ground: Ground, place: World) -> float:
    """Wait until the slots are shown again; return how long after this call.

    Raises:
        TimeoutError: they are not, within two minutes: a busy machine is slow to start a server.
    """
    watch = Stopwatch()
    browser = Browser(ground.web_port, place.host, "198.18.0.1")
    with patience(120, "the slots are not shown any more") as limit:
        while True:
            ground.start_again()  # the web server ends when a worker dies twice within seconds
            with suppress(NoAnswer):
                if browser.ask("GET", place.slots)[0] == HTTPStatus.OK:
                    return watch.seconds()
            limit.wait()


def judge(outcome: Outcome, ground: Ground) -> None:
    """Compare what citizens were told with what the database has."""
    told = history.read(ground.folder / "bookings")
    rows = world.booked()
    outcome.broken += wrong(told, rows)
    unknown = sum(each["event"] == "unknown" for each in told)
    outcome.facts.append(f"{len(rows)} booked, {unknown} times no answer")


def wrong(told: list[dict[str, Any]], rows: list[invariants.Booked]) -> list[str]:
    """Say what does not hold in the active commune: I1 to I5, I8."""
    return [
        *invariants.promises(told, rows),
        *invariants.overlaps(world.taken()),
        *world.capacity(rows),
        *invariants.told_once(world.keys_wanted(rows), world.keys_written()),
        *invariants.history_of_changes(world.bookings_written(), rows),
        *invariants.pauses(told),
    ]
