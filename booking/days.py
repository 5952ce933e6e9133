"""What the counter reads: the visits of a day, counter by counter, and the search among them.

Nothing here writes. A day is read with the same few queries whatever it holds. Spans are
half-open; instants are aware and shown in the zone of the commune.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Prefetch,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Abs, Extract, Lower

from booking import planning
from booking.models import (
    Allocation,
    Appointment,
    AppointmentQuerySet,
    Participant,
    Resource,
)
from booking.plans import Plan
from parvis.guard import TenantQuerySet


SEARCH_DAYS = 60
SEARCH_MOST = 50
GAP_MOST = timedelta(hours=1)
"""A long free time is cut into hours, so that each part can be pressed."""

GAP_LEAST = timedelta(minutes=10)
LATE_MOST = timedelta(hours=8)
LAST_MINUTE = time(23, 59)
GRID_S = 300
ACCENTS = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’-"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy' "
CONFUSED = str.maketrans("OIL", "011")  # Crockford's base 32 reads them so

PRESENT = {"expected", "waiting", "called"}  # states that end with the visit
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An appointment as the counter sees it; ``state`` tells a citizen who waits from others."""

    appointment: Appointment
    counters: tuple[str, ...]
    state: str
    """``expected``, ``waiting``, ``called``, ``honoured``, ``missed`` or ``cancelled``."""
    waited: int = 0
    """Minutes since the citizen said that she is there, while she waits."""
    is_late: bool = False
    """Whether the hour is past and nobody has come yet."""
    is_unmarked: bool = False
    """Whether the day is over and nobody noted what became of the visit."""

    @property
    def reference(self) -> str:
        """What the citizen can say of her appointment."""
        return self.appointment.reference

    @property
    def ticket(self) -> int | None:
        """The number she was given in the hall; no query, it was read with the visit."""
        found = getattr(self.appointment, "ticket", None)
        return found.number if found else None

    @property
    def start(self) -> datetime:
        """When the citizen is received, UTC."""
        return self.appointment.start

    @property
    def takes_place(self) -> bool:
        """Whether the visit still fills a place of the day."""
        return self.state != "cancelled"


@dataclass(frozen=True, slots=True)
class Taken:
    """A time in which a counter is not free; ``visit`` is None while a citizen is choosing."""

    start: datetime
    end: datetime
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The day of one counter."""

    resource: Resource
    taken: tuple[Taken, ...]
    gaps: tuple[Span, ...]
    """Free times to come, none longer than ``GAP_MOST``."""
    hours: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the town hall."""

    date: date
    visits: tuple[Visit, ...]
    columns: tuple[Column, ...]

    @property
    def standing(self) -> tuple[Visit, ...]:
        """The visits that take place, those already over included."""
        return tuple(visit for visit in self.visits if visit.takes_place)

    def in_state(self, state: str) -> tuple[Visit, ...]:
        """List the visits in one state, soonest first."""
        return tuple(visit for visit in self.visits if visit.state == state)

    def visit(self, reference: str) -> Visit | None:
        """Find a visit of the day by its reference, as written or as heard."""
        wanted = plain_reference(reference)
        return next((each for each in self.visits if each.reference == wanted), None)

    def hours(self, zone: ZoneInfo) -> tuple[time, time] | None:
        """Return the first and last local times at which something is open or taken."""
        spans = [
            *(span for column in self.columns for span in column.hours),
            *((taken.start, taken.end) for column in self.columns for taken in column.taken),
        ]
        if not spans:
            return None
        first = min(start for start, _end in spans).astimezone(zone)
        last = max(end for _start, end in spans).astimezone(zone)
        return (
            first.time() if first.date() == self.date else time.min,
            last.time() if last.date() == self.date else LAST_MINUTE,
        )


def read_day(day: date, *, now: datetime) -> Day:
    """Read a local day of the active commune: six queries, whatever the day holds.

    A biometric station has a column of its own only on a day when somebody sits at it alone:
    else what it is taken for is in the column of the counter.
    """
    plan = planning.current_plan(day.year)
    bounds = day_bounds(day, plan.timetable.zone)
    resources = list(Resource.objects.select_related("site"))
    names = {resource.pk: resource.name for resource in resources}
    desks = {resource.pk for resource in resources if resource.kind != Resource.Kind.STATION}
    visits = []
    taken: dict[int, list[Taken]] = {}
    busy = _closures(plan)
    for appointment in _appointments(bounds):
        rows = appointment.allocations.all()
        counters = tuple(names[row.resource_id] for row in rows)
        visit = _visit(appointment, counters=counters, now=now)
        visits.append(visit)
        if desks.isdisjoint(row.resource_id for row in rows):
            desks.update(row.resource_id for row in rows)
        for row in rows:
            place = Taken(appointment.start, appointment.end, visit)
            taken.setdefault(row.resource_id, []).append(place)
            busy.setdefault(row.resource_id, []).append((row.period.lower, row.period.upper))
    for row in _holds(bounds, now=now):
        place = Taken(row.period.lower, row.period.upper)
        taken.setdefault(row.resource_id, []).append(place)
        busy.setdefault(row.resource_id, []).append((place.start, place.end))
    hours = _opening_hours(day, plan)
    columns = [
        Column(
            resource=resource,
            taken=tuple(sorted(taken.get(resource.pk, ()), key=lambda place: place.start)),
            hours=tuple(hours.get(resource.pk, ())),
            gaps=tuple(
                free_times(
                    hours.get(resource.pk, ()),
                    busy=[*busy.get(resource.pk, ()), *busy.get(None, ())],
                    now=now,
                )
            ),
        )
        for resource in resources
        if resource.pk in desks
        and (resource.pk in taken or (resource.active and resource.pk in hours))
    ]
    return Day(date=day, visits=tuple(visits), columns=tuple(columns))


def read_visit(reference: str, *, now: datetime) -> Visit | None:
    """Read one visit, whatever its day: three queries."""
    if "\x00" in reference:  # which the database refuses to read
        return None
    appointment = _with_counters(Appointment.objects.kept().filter(reference=reference)).first()
    return _found(appointment, now=now) if appointment else None


def find(words: str, *, now: datetime) -> list[Visit]:
    """Find visits by name, reference, telephone or pre-application number: four queries.

    Looks ``SEARCH_DAYS`` days back and ahead of ``now``; those to come are first, soonest first,
    then those past, latest first. Accents, case and spaces in numbers do not matter.
    """
    reach = timedelta(days=SEARCH_DAYS)
    found = (
        Appointment.objects.kept()
        .starting_between(now - reach, now + reach)
        .annotate(
            plain_name=_plain(F("name")),
            digits=_digits(),
        )
        .filter(_matches(words))
    )
    first_to_come = found.order_by(
        Case(When(period__startswith__gte=now, then=0), default=1),
        Abs(Extract(ExpressionWrapper(_start() - Value(now), DurationField()), "epoch")),
        "pk",
    )
    return [_found(each, now=now) for each in _with_counters(first_to_come)[:SEARCH_MOST]]


def others(appointment: Appointment, *, now: datetime) -> list[Visit]:
    """Find what else the same citizen has or had in this commune, latest first: one query.

    She is known by her e-mail, her telephone or a pre-application number, never by her name
    alone. The visits say nothing of their counters.
    """
    same = Q(pk__in=[])
    if appointment.email:
        same |= Q(email__iexact=appointment.email)
    if digits := re.sub(r"\D", "", appointment.phone):
        same |= Q(digits=digits)
    if appointment.numbers:
        numbered = Participant.objects.numbered(appointment.numbers)
        same |= Q(pk__in=numbered.values("appointment"))
    found = (
        Appointment.objects.kept()
        .annotate(digits=_digits())
        .filter(same)
        .exclude(pk=appointment.pk)
        .order_by("-period", "-pk")
    )
    known = found.select_related("service", "ticket")[:SEARCH_MOST]
    return [_visit(each, counters=(), now=now) for each in known]


def free_times(hours: Iterable[Span], *, busy: Iterable[Span], now: datetime) -> Iterator[Span]:
    """Yield what is left of the hours after ``now``, on the grid, in parts of an hour at most."""
    occupied = sorted(busy)
    for opens, closes in sorted(hours):
        start = max(opens, _next_on_grid(now))
        for busy_start, busy_end in [*occupied, (closes, closes)]:
            yield from _in_parts(start, min(busy_start, closes))
            start = max(start, busy_end)


def plain_reference(text: str) -> str:
    """Bring a reference as heard or typed to its stored form."""
    return re.sub(r"[\s\-]", "", text).upper().translate(CONFUSED)


def day_bounds(day: date, zone: ZoneInfo) -> Span:
    """Return the first instants of a local day and of the next one."""
    return (
        datetime.combine(day, time.min, zone),
        datetime.combine(day + timedelta(days=1), time.min, zone),
    )


def _with_counters(appointments: AppointmentQuerySet) -> AppointmentQuerySet:
    return appointments.select_related("service", "site", "ticket").prefetch_related(
        "allocations__resource", "participants"
    )


def _found(appointment: Appointment, *, now: datetime) -> Visit:
    rows = appointment.allocations.all()
    return _visit(appointment, counters=tuple(row.resource.name for row in rows), now=now)


def _visit(appointment: Appointment, *, counters: tuple[str, ...], now: datetime) -> Visit:
    state = str(appointment.status)
    if state == Appointment.Status.BOOKED:
        state = "waiting" if appointment.arrived_at else "expected"
        state = "called" if appointment.called_at else state
    waited = 0
    if state == "waiting" and appointment.arrived_at:
        waited = max(0, (now - appointment.arrived_at) // timedelta(minutes=1))
    return Visit(
        appointment=appointment,
        counters=counters,
        state=state,
        waited=waited,
        is_late=state == "expected" and now - LATE_MOST < appointment.start < now,
        is_unmarked=state in PRESENT and appointment.start <= now - LATE_MOST,
    )


def _appointments(bounds: Span) -> AppointmentQuerySet:
    taking = Allocation.objects.exclude(state=Allocation.State.RELEASED).order_by("resource_id")
    return (
        Appointment.objects.kept()
        .starting_between(*bounds)
        .select_related("service", "site", "ticket")
        .prefetch_related(Prefetch("allocations", taking), "participants")
    )


def _holds(bounds: Span, *, now: datetime) -> TenantQuerySet[Allocation]:
    """Select what citizens who are choosing keep for some minutes."""
    return Allocation.objects.filter(
        state=Allocation.State.HOLD,
        expires_at__gt=now,
        start_at__gte=bounds[0],
        start_at__lt=bounds[1],
    )


def _opening_hours(day: date, plan: Plan) -> dict[int, list[Span]]:
    """Give each resource its hours of one local day, closures not yet taken out."""
    hours: dict[int, list[Span]] = {}
    for occurrence in plan.timetable.occurrences(day):
        span = (
            datetime.combine(day, occurrence.start, plan.timetable.zone),
            datetime.combine(day, occurrence.end, plan.timetable.zone),
        )
        for resource_id in occurrence.units:
            hours.setdefault(resource_id, []).append(span)
    return hours


def _closures(plan: Plan) -> dict[int | None, list[Span]]:
    """Give each resource its closures; None stands for the whole commune."""
    spans: dict[int | None, list[Span]] = {}
    for closure in plan.timetable.closures:
        for resource_id in (None,) if closure.units is None else closure.units:
            spans.setdefault(resource_id, []).append((closure.start, closure.end))
    return spans


def _in_parts(start: datetime, end: datetime) -> Iterator[Span]:
    """Cut a free time at each full hour of the clock."""
    while end - start >= GAP_LEAST:
        hour = start.replace(minute=0, second=0, microsecond=0) + GAP_MOST
        yield start, min(hour, end)
        start = hour


def _next_on_grid(moment: datetime) -> datetime:
    minutes = -(-(moment.minute * 60 + moment.second) // GRID_S) * 5
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)


def _matches(words: str) -> Q:
    """Build the condition of a search: all words in the name, or one of the numbers."""
    compact = re.sub(r"[\s.\-+()]", "", words)
    name = Q()
    for word in words.replace("-", " ").split():
        name &= Q(plain_name__contains=_plain(Value(word, output_field=TextField())))
    condition = name & ~Q(name="")
    named = Participant.objects.annotate(plain_name=_plain(F("name"))).filter(name)
    condition |= Q(pk__in=named.exclude(name="").values("appointment"))
    numbered = Participant.objects.numbered([compact.upper()])
    condition |= Q(reference=plain_reference(words)) | Q(pk__in=numbered.values("appointment"))
    number = re.sub(r"^(?:33|0033)(?=[1-9])", "0", compact)
    if number.isascii() and number.isdigit() and len(number) >= 4:  # noqa: PLR2004
        condition |= Q(digits__contains=number)
        if number.startswith("0"):
            condition |= Q(digits__contains=f"33{number[1:]}")
    return condition


def _digits() -> Func:
    return Func(
        F("phone"),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=CharField(),
    )


def _start() -> Func:
    return Func(F("period"), function="lower", output_field=DateTimeField())


def _plain(text: F | Value) -> Func:
    return Func(
        Lower(text), Value(ACCENTS), Value(PLAIN), function="translate", output_field=CharField()
    )
