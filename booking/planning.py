"""Read what the commune has configured and what is taken, and answer which starts are free.

Configuration is read once per version of it and kept in the process; a question then costs two
queries, the version and one aggregate of what is taken, whatever the number of appointments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from booking.availability import FreeStarts, Need, Question, Spans, choose_units, free_starts
from booking.models import Closure, Opening, Resource, Service, Settings
from booking.openings import OpeningRule
from booking.public_holidays import public_holidays, territory_of
from booking.timetable import Closure as ClosedSpan, Timetable, horizon_of
from parvis.guard import current_schema
from tenants.models import Commune


AGENT_HORIZON_DAYS = 365
AGENT_LATENESS = timedelta(minutes=15)  # a visitor at the counter takes the slot just begun
ALTERNATIVES = 3
SEARCH_DAYS = 60  # around a lost slot, how far alternatives are looked for
REMEMBERED_COMMUNES = 600

BUSY = """
SELECT resource_id, array_agg(extract(epoch FROM lower(period))::bigint / 60),
       array_agg(extract(epoch FROM upper(period))::bigint / 60)
FROM booking_allocation
WHERE start_at >= %(from)s AND start_at < %(to)s
  AND (state = 'booked' OR state = 'hold' AND expires_at > %(now)s)
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything configuration says, for one version of it; shared by threads, read-only."""

    version: int
    year: int
    """Holidays are known from the year before this one to two years after it."""
    hold: timedelta
    timetable: Timetable
    units: Mapping[int, frozenset[int]]
    """The active resources that serve each service, by their ids."""
    sites: Mapping[int, int]
    """The site of each resource."""
    holidays: Mapping[date, str]
    closures: tuple[tuple[ClosedSpan, str], ...]

    def knows(self, year: int) -> bool:
        """Tell whether the public holidays of that year and the next are known."""
        return self.year - 1 <= year <= self.year + 1


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A local day with its free starts; without any, ``note`` says why."""

    date: date
    starts: tuple[datetime, ...]
    note: str


_plans: dict[str, Plan] = {}


def free(
    *, service: Service, persons: int, first: date, days: int, now: datetime, online: bool
) -> FreeStarts:
    """Find the free starts of ``days`` local days from ``first``.

    Citizens (``online``) are held to the notice and horizon of the service; agents are not.

    Raises:
        ValueError: that many persons may not come together, or ``days`` is out of bounds.
    """
    plan = current_plan(first.year)
    question = question_for(plan, service, persons=persons, now=now, online=online)
    if question is None:
        return FreeStarts(horizon_of(first, days, plan.timetable.zone), 0)
    busy = _busy(first, days, zone=plan.timetable.zone, now=now)
    return free_starts(plan.timetable, question, busy=busy, first=first, days=days)


def open_days(
    *, service: Service, persons: int, first: date, days: int, now: datetime, online: bool
) -> list[OpenDay]:
    """List ``days`` local days with their free starts, or the reason why a day has none."""
    found = free(service=service, persons=persons, first=first, days=days, now=now, online=online)
    return [
        _open_day(first + timedelta(days=n), found, service=service, now=now, online=online)
        for n in range(days)
    ]


def describe_days(
    found: FreeStarts, days: list[date], *, service: Service, now: datetime
) -> list[OpenDay]:
    """Give some days of an answer for citizens, each with its starts or the reason for none."""
    return [_open_day(day, found, service=service, now=now, online=True) for day in days]


def nearest(*, service: Service, persons: int, start: datetime, now: datetime) -> list[datetime]:
    """List the three free starts closest to one that is taken, closest first."""
    local = max(start, now).astimezone(zone()).date()
    first = max(local - timedelta(days=SEARCH_DAYS // 2), now.astimezone(zone()).date())
    found = free(
        service=service, persons=persons, first=first, days=SEARCH_DAYS, now=now, online=True
    )
    return found.nearest(start, count=ALTERNATIVES)


def choose(
    *, service: Service, persons: int, start: datetime, now: datetime, online: bool
) -> tuple[int, ...] | None:
    """Choose the resources of an appointment, the least loaded of its day first.

    Returns their ids in ascending order, or None when the start is not free. Only an answer
    given under the lock of the day can be acted upon.
    """
    plan = current_plan(start.astimezone(UTC).year)
    question = question_for(plan, service, persons=persons, now=now, online=online)
    if question is None:
        return None
    day = start.astimezone(plan.timetable.zone).date()
    busy = _busy(day, 1, zone=plan.timetable.zone, now=now)
    load = {unit: len(starts) for unit, (starts, _ends) in busy.items()}
    return choose_units(plan.timetable, question, busy=busy, start=start, load=load)


def site_of(unit: int, *, year: int) -> int:
    """Return the id of the site where a chosen resource is; no query after ``choose``."""
    known = _plans.get(current_schema())
    if known is None or unit not in known.sites:
        known = current_plan(year)
    return known.sites[unit]


def closed_reason(day: date, *, service: Service | None = None) -> str:
    """Say to the public why nobody is received that day; empty when somebody may be."""
    plan = current_plan(day.year)
    if day in plan.holidays:
        return _("Jour férié : %(name)s") % {"name": plan.holidays[day]}
    midnight = datetime.combine(day, time.min, plan.timetable.zone)
    for span, reason in plan.closures:
        if span.start <= midnight and span.end >= midnight + timedelta(hours=23):
            return _("Fermé : %(reason)s") % {"reason": reason} if reason else _("Fermé")
    units = None if service is None else plan.units.get(service.pk, frozenset())
    if not any(
        units is None or occurrence.units & units
        for occurrence in plan.timetable.occurrences(
            day, service=None if service is None else service.pk
        )
    ):
        return _("Fermé")
    return ""


def local_day(start: datetime) -> date:
    """Return the date at the commune when it is this instant."""
    return start.astimezone(zone()).date()


def zone() -> ZoneInfo:
    """Return the time zone of the active commune."""
    return ZoneInfo(current_commune().time_zone)


def current_commune() -> Commune:
    """Return the active commune, of which a task or a command may know only the schema."""
    tenant = connection.tenant  # type: ignore[attr-defined]
    if isinstance(tenant, Commune):
        return tenant
    return Commune.objects.get(schema_name=current_schema())


def current_plan(year: int) -> Plan:
    """Return the plan of the active commune, kept from one question to the next; one query."""
    schema = current_schema()
    settings = Settings.objects.filter(pk=1).first()
    version = settings.version if settings else 0
    known = _plans.get(schema)
    if known is None or known.version != version or not known.knows(year):
        if len(_plans) >= REMEMBERED_COMMUNES:
            _plans.clear()
        known = _plans[schema] = _read_plan(settings or Settings(), year)
    return known


def _read_plan(settings: Settings, year: int) -> Plan:
    here = zone()
    territory = territory_of(current_schema().removeprefix("c_").upper())
    holidays: dict[date, str] = {}
    for each in range(year - 1, year + 3):
        holidays |= public_holidays(each, territory)
    closures = tuple(
        (ClosedSpan(closure.period.lower, closure.period.upper, _units(closure)), closure.reason)
        for closure in Closure.objects.order_by("period", "pk")
    )
    units: dict[int, set[int]] = {}
    pairs = Resource.objects.filter(active=True, services__isnull=False)
    for service_id, resource_id in pairs.values_list("services", "pk"):
        units.setdefault(service_id, set()).add(resource_id)
    return Plan(
        version=settings.version,
        year=year,
        hold=timedelta(minutes=settings.hold_minutes),
        timetable=Timetable(
            zone=here,
            openings=tuple(_rules()),
            closures=tuple(span for span, _reason in closures),
            holidays=frozenset(holidays),
        ),
        units={service_id: frozenset(ids) for service_id, ids in units.items()},
        sites=dict(Resource.objects.values_list("pk", "site_id")),
        holidays=holidays,
        closures=tuple((span, reason) for span, reason in closures if span.units is None),
    )


def _units(closure: Closure) -> frozenset[int] | None:
    return None if closure.resource_id is None else frozenset({closure.resource_id})


def _rules() -> list[OpeningRule]:
    rules = []
    for opening in Opening.objects.prefetch_related("resources"):
        ids = frozenset(resource.pk for resource in opening.resources.all() if resource.active)
        if ids:
            rules.append(
                OpeningRule(
                    weekday=opening.weekday,
                    start=opening.start_time,
                    end=opening.end_time,
                    step=opening.step_minutes,
                    units=ids,
                    valid_from=opening.valid_from,
                    valid_to=opening.valid_to,
                )
            )
    return rules


def question_for(
    plan: Plan, service: Service, *, persons: int, now: datetime, online: bool
) -> Question | None:
    """Put the question for a service to the kernel; None when no active resource serves it."""
    units = plan.units.get(service.pk)
    if not units:
        return None
    notice = timedelta(hours=service.notice_hours) if online else -AGENT_LATENESS
    days = service.horizon_days if online else AGENT_HORIZON_DAYS
    local = now.astimezone(plan.timetable.zone).date() + timedelta(days=days)
    return Question(
        length=service.length(persons),
        needs=(Need(units),),
        before=service.buffer_before,
        after=service.buffer_after,
        earliest=now + notice,
        latest=datetime.combine(local + timedelta(days=1), time.min, plan.timetable.zone),
    )


def _busy(first: date, days: int, *, zone: ZoneInfo, now: datetime) -> dict[int, Spans]:
    """Read what is taken, from the day before ``first`` on: a buffer may reach over midnight."""
    begin = datetime.combine(first - timedelta(days=1), time.min, zone)
    end = datetime.combine(first + timedelta(days=days), time.min, zone)
    with connection.cursor() as cursor:
        cursor.execute(BUSY, {"from": begin, "to": end, "now": now})
        return {resource: (starts, ends) for resource, starts, ends in cursor.fetchall()}


def _open_day(
    day: date, found: FreeStarts, *, service: Service, now: datetime, online: bool
) -> OpenDay:
    starts = tuple(found.on(day))
    if starts:
        return OpenDay(day, starts, "")
    last = local_day(now) + timedelta(days=service.horizon_days)
    if online and day > last:
        return OpenDay(day, (), _("Pas encore ouvert à la réservation"))
    return OpenDay(day, (), closed_reason(day, service=service) or _("Complet"))
