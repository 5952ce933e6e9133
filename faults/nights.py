"""S9: nights of the hour change, 29 February, the turn of the year, and clocks that jump.

The clock is an argument of every pass, so the harness sets it: it goes on by three hours, now and
then back by ninety seconds as after a correction, or an hour ahead and back again.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from benchmarks.world import HOURS, ZONE, bench_commune, configure
from booking import planning, presence
from booking.actions import book_directly
from booking.models import Service
from booking.people import Person
from faults import dispatchers, history
from faults.ground import Ground
from faults.outcome import Outcome
from parvis.models import OutgoingEmail


# None of the three days around each is a public holiday.
NIGHTS = (date(2026, 10, 25), date(2027, 1, 3), date(2028, 2, 29), date(2028, 3, 26))
NINE = time(9)
PASS = timedelta(hours=3)
JUMPS = (timedelta(seconds=-90), timedelta(hours=1), timedelta(hours=-1))
WEEK, EVE = 7, 1


def clocks_changed(ground: Ground, *, jumps: int, seed: int, mutant: str = "") -> Outcome:
    """S9: count the slots of the days around each night; remind everybody once, on the right days."""
    outcome = Outcome("S9", "hour changes, 29 February, clocks that jump", jumps * len(NIGHTS))
    notes = ground.folder / "nights"
    for path in notes.glob("*"):
        path.unlink()
    with bench_commune("9b909") as commune:
        service = configure(1, weekdays=range(7))

        def work() -> None:
            pen = history.History(notes / "passes.jsonl")
            for night in NIGHTS:
                _live_through(service, night, pen, chance=random.Random(seed), jumps=jumps)

        dispatchers.start(commune, mutant=mutant, work=work).join(300)
    lines = history.read(notes)
    outcome.landed = sum(each["event"] == "jumped" for each in lines)
    reminded = [each for each in lines if each["event"] == "reminded"]
    outcome.facts.append(f"{len(reminded)} reminders around {len(NIGHTS)} nights")
    outcome.broken += _judge(lines)
    return outcome


def _live_through(
    service: Service, night: date, pen: history.History, *, chance: random.Random, jumps: int
) -> None:
    """Book three days, then let the clock run over them, with its jumps."""
    days = [night + timedelta(days=n) for n in (-1, 0, 1)]
    before = datetime.combine(night - timedelta(days=12), NINE, ZONE).astimezone(UTC)
    _note_slots(service, days, pen, now=before)
    for day in days:
        start = datetime.combine(day, NINE, ZONE)
        booked = book_directly(
            service=service,
            people=[Person()],
            start=start,
            name="Camille Martin",
            email=f"{day}@example.org",
            phone="",
            channel="phone",
            idempotency_key=uuid4(),
            now=before,
        )
        pen.write("booked", pk=booked.pk, day=day.isoformat())
    known = _reminders()
    for now, has_jumped in _clock(before + timedelta(days=2), chance, jumps):
        if has_jumped:
            pen.write("jumped", now=now.isoformat())
        presence.write_to_citizens(now=now)
        for key in (keys := _reminders()) - known:
            pen.write("reminded", pk=int(key.split(".")[1]), now=now.isoformat())
        known |= keys


def _reminders() -> set[str]:
    found = OutgoingEmail.objects.filter(key__startswith="reminder.")
    return set(found.values_list("key", flat=True))


def _clock(first: datetime, chance: random.Random, jumps: int) -> Iterator[tuple[datetime, bool]]:
    passes = int(timedelta(days=12) / PASS)
    jumped = set(chance.sample(range(1, passes), jumps))
    for number in range(passes):
        now = first + number * PASS
        yield now, False
        if number in jumped:
            yield now + chance.choice(JUMPS), True


def _note_slots(
    service: Service, days: list[date], pen: history.History, *, now: datetime
) -> None:
    found = planning.free(
        service=service, persons=1, first=days[0], days=3, now=now, online=True
    ).starts()
    local = [each.astimezone(ZONE) for each in found]
    counts = Counter(each.date().isoformat() for each in local)
    for day in days:
        first = min((each.time() for each in local if each.date() == day), default=time(0))
        pen.write(
            "slots", day=day.isoformat(), count=counts[day.isoformat()], first=first.isoformat()
        )


def _judge(lines: list[dict[str, str]]) -> list[str]:
    slots = [each for each in lines if each["event"] == "slots"]
    broken = [
        f"I4 lost: {each['day']} begins at {each['first']}, with {each['count']} starts"
        for each in slots
        if each["first"] != HOURS[0][0].isoformat() or each["count"] != slots[0]["count"]
    ]
    if len(slots) != 3 * len(NIGHTS):
        return [*broken, f"I4 lost: only {len(slots)} days could be looked at"]
    days = {
        each["pk"]: date.fromisoformat(each["day"]) for each in lines if each["event"] == "booked"
    }
    told: dict[str, list[datetime]] = {pk: [] for pk in days}
    for each in lines:
        if each["event"] == "reminded":
            told[each["pk"]].append(datetime.fromisoformat(each["now"]).astimezone(ZONE))
    for pk, day in days.items():
        before = [(day - at.date()).days for at in told[pk]]
        if before != [WEEK, EVE]:
            word = "doubled" if len(before) > 2 else "lost"
            broken.append(f"I5 {word}: {day} reminded {before} days before, not {[WEEK, EVE]}")
        if any(not presence.FIRST_HOUR <= at.hour < presence.LAST_HOUR for at in told[pk]):
            broken.append(f"I5 {day} reminded at night: {told[pk]}")
    return broken
