"""Read what the commune has configured and what is taken, and answer which starts are free.

Configuration is read once per version of it and kept in the process; a question then costs two
queries, the version and one aggregate of what is taken, whatever the number of appointments; a
third one where openings have quotas. ``resident`` says whether the citizen who asks lives in the
commune; ``length`` replaces the minutes that the service takes for so many persons; ``station``
is the only resource of its kind that may serve.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from booking import occupancy, reasons
from booking.availability import (
    NOTHING_USED,
    FreeStarts,
    Question,
    Used,
    at_site,
    choose_units,
    free_starts,
)
from booking.capacity import day_capacity as capacity_of_day, week_capacity
from booking.diagnosis import Finding, Reason, diagnose
from booking.models import Service, Settings
from booking.openings import OpeningRule
from booking.plans import NOBODY, Plan, read_plan
from parvis.guard import current_schema
from tenants.models import Commune


AGENT_HORIZON_DAYS = 365
AGENT_LATENESS = timedelta(minutes=15)  # a visitor at the counter takes the slot just begun
REMEMBERED_COMMUNES = 600
FAR = 10_000  # appointments a day: heavier than any load


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A local day with its free starts; without any, ``note`` says why."""

    date: date
    starts: tuple[datetime, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedDay:
    """How many free starts a local day has and the first of them, or in full why it has none."""

    date: date
    count: int
    first: datetime | None
    reason: Reason | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A question with its answer, and what is needed to say why a day has no start."""

    plan: Plan
    question: Question
    free: FreeStarts
    for_one: FreeStarts
    used: Used

    def findings(self) -> dict[date, Finding]:
        return diagnose(
            self.plan.timetable,
            self.question,
            free=self.free,
            for_one=self.for_one,
            used=self.used,
        )


_plans: dict[str, Plan] = {}


def free(
    *,
    service: Service,
    persons: int,
    first: date,
    days: int,
    now: datetime,
    online: bool,
    resident: bool = False,
    length: int | None = None,
    station: int | None = None,
    site: int = 0,
) -> FreeStarts:
    """Find the free starts of ``days`` local days from ``first``, at one ``site`` or at any.

    Citizens (``online``) are held to the notice and horizon of the service and to what limits
    its openings; agents are not.

    Raises:
        ValueError: that many persons may not come together, or ``days`` is out of bounds.
    """
    plan = current_plan(first.year)
    question = question_for(
        plan,
        service,
        persons=persons,
        now=now,
        online=online,
        resident=resident,
        length=length,
        station=station,
    )
    if site:
        question = at_site(question, plan.units_at(site))
    busy = occupancy.busy(first, days, zone=plan.timetable.zone, now=now)
    used = occupancy.used(plan, first, days, now=now) if online else NOTHING_USED
    return free_starts(plan.timetable, question, busy=busy, first=first, days=days, used=used)


def first_days(
    services: Sequence[Service], *, first: date, days: int, now: datetime
) -> dict[int, date]:
    """Tell the first of some local days on which one person may book each service online.

    Services without any are absent. Three queries at most, whatever the number of services.
    """
    plan = current_plan(first.year)
    busy, used = occupancy.taken(plan, first, days, now=now)
    found = {}
    for service in services:
        question = question_for(plan, service, persons=1, now=now, online=True)
        start = free_starts(
            plan.timetable, question, busy=busy, first=first, days=days, used=used
        ).first()
        if start is not None:
            found[service.pk] = start.astimezone(plan.timetable.zone).date()
    return found


def open_days(
    *,
    service: Service,
    persons: int,
    first: date,
    days: int,
    now: datetime,
    online: bool,
    resident: bool = False,
) -> list[OpenDay]:
    """List ``days`` local days with their free starts, or the reason why a day has none."""
    plan = current_plan(first.year)
    question = question_for(
        plan, service, persons=persons, now=now, online=online, resident=resident
    )
    answer = _answer(plan, question, service, first=first, days=days, now=now)
    return _open_days(answer, [first + timedelta(days=n) for n in range(days)], persons)


def describe_days(
    found: FreeStarts,
    days: list[date],
    *,
    service: Service,
    now: datetime,
    persons: int = 1,
    resident: bool = False,
) -> list[OpenDay]:
    """Give some days of an answer, in order, each with its starts or the reason for none.

    For citizens. What is taken is not looked at again: a day used up by a quota is full.
    """
    plan = current_plan(found.horizon.first.year)
    question = question_for(
        plan, service, persons=persons, now=now, online=True, resident=resident
    )
    if not days:
        return []
    shown = found.among(days[0], (days[-1] - days[0]).days + 1)
    answer = _Answer(plan=plan, question=question, free=shown, for_one=shown, used=NOTHING_USED)
    return _open_days(answer, days, persons)


def explain(
    *,
    service: Service,
    persons: int,
    first: date,
    days: int,
    now: datetime,
    resident: bool = False,
    online: bool = True,
) -> list[ExplainedDay]:
    """Say of each of ``days`` local days what can be booked, or why nobody can book."""
    plan = current_plan(first.year)
    question = question_for(
        plan, service, persons=persons, now=now, online=online, resident=resident
    )
    if not service.is_active or (online and not service.is_online):
        question = dataclasses.replace(question, needs=NOBODY)
    answer = _answer(plan, question, service, first=first, days=days, now=now)
    findings = answer.findings()
    explained = []
    for day, starts in answer.free.by_day().items():
        finding = findings.get(day)
        on_day = answer.free.on(day)
        explained.append(
            ExplainedDay(
                date=day,
                count=starts.bit_count(),
                first=on_day[0] if on_day else None,
                reason=finding.reason if finding else None,
                words=reasons.explanation(
                    finding, day=day, plan=plan, service=service, persons=persons
                )
                if finding
                else "",
            )
        )
    return explained


def choose(
    *,
    service: Service,
    persons: int,
    start: datetime,
    now: datetime,
    online: bool,
    resident: bool = False,
    length: int | None = None,
    station: int | None = None,
    site: int | None = None,
) -> tuple[int, ...] | None:
    """Choose the resources of an appointment, the least loaded of its day first, on one site.

    Those of another site than the ``site`` that is wished for come last.

    Returns their ids in ascending order, or None when the start is not free. Only an answer
    given under the lock of the day can be acted upon.
    """
    plan = current_plan(start.astimezone(UTC).year)
    question = question_for(
        plan,
        service,
        persons=persons,
        now=now,
        online=online,
        resident=resident,
        length=length,
        station=station,
    )
    day = start.astimezone(plan.timetable.zone).date()
    busy = occupancy.busy(day, 1, zone=plan.timetable.zone, now=now)
    used = occupancy.used(plan, day, 1, now=now) if online else NOTHING_USED
    load = {unit: len(starts) for unit, (starts, _ends) in busy.items()}
    if site is not None:
        here = plan.units_at(site)
        load |= {unit: load.get(unit, 0) + FAR for unit in question.units - here}
    return choose_units(plan.timetable, question, busy=busy, start=start, load=load, used=used)


def capacity(
    *, service: Service, rules: Sequence[OpeningRule], monday: date, persons: int = 1
) -> int:
    """Count the appointments that an ordinary week holds, back to back, with these rules.

    They may be of openings not saved yet (:func:`booking.plans.rule_of`). The week is that of
    ``monday``: of term, without public holiday, closure or changed occurrence.
    """
    plan = current_plan(monday.year)
    question = Question(
        length=service.length(persons),
        needs=plan.needs_of(service.pk),
        before=service.buffer_before,
        after=service.buffer_after,
        service=service.pk,
    )
    timetable = dataclasses.replace(plan.timetable, openings=tuple(rules))
    return week_capacity(timetable, question, monday=monday)


def day_capacity(service: Service, day: date) -> int:
    """Count the appointments of one person that a day holds, taken or not, back to back."""
    plan = current_plan(day.year)
    question = Question(
        length=service.length(1),
        needs=plan.needs_of(service.pk),
        before=service.buffer_before,
        after=service.buffer_after,
        service=service.pk,
    )
    return capacity_of_day(plan.timetable, question, day=day)


def site_of(unit: int, *, year: int) -> int:
    """Return the id of the site where a chosen resource is; no query after ``choose``."""
    known = _plans.get(current_schema())
    if known is None or unit not in known.sites:
        known = current_plan(year)
    return known.sites[unit]


def keeps_for_residents(service: Service, *, now: datetime) -> bool:
    """Tell whether some openings are for residents first; one query."""
    plan = current_plan(local_day(now).year)
    return any(
        rule.residents_days is not None and rule.gives(service.pk)
        for rule in plan.timetable.openings
    )


def closed_reason(day: date, *, service: Service | None = None) -> str:
    """Say to the public why nobody is received that day; empty when somebody may be."""
    plan = current_plan(day.year)
    if day in plan.holidays:
        return reasons.note(Finding(Reason.PUBLIC_HOLIDAY), day=day, plan=plan, persons=1)
    opened = plan.timetable.occurrences(day, service=service.pk if service else None)
    units = frozenset[int]().union(*(occurrence.units for occurrence in opened))
    if service is not None:
        units &= frozenset[int]().union(*(need.units for need in plan.needs_of(service.pk)))
    midnight = datetime.combine(day, time.min, plan.timetable.zone)
    for span in plan.timetable.closures:
        lasts = span.start <= midnight <= span.end - timedelta(hours=23)
        if lasts and (span.units is None or (units and units <= span.units)):
            return reasons.closed(span.reason)
    return "" if units else reasons.closed("")


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
    with connection.cursor() as cursor:  # asked at every step: by hand, it costs a third
        cursor.execute("SELECT version FROM booking_settings WHERE id = 1")
        row = cursor.fetchone()
    known = _plans.get(schema)
    if known is None or known.version != (row[0] if row else 0) or not known.knows(year):
        if len(_plans) >= REMEMBERED_COMMUNES:
            _plans.clear()
        known = _plans[schema] = read_plan(
            Settings.objects.filter(pk=1).first() or Settings(),
            year=year,
            zone=zone(),
            insee_code=schema.removeprefix("c_").upper(),
        )
    return known


def question_for(
    plan: Plan,
    service: Service,
    *,
    persons: int,
    now: datetime,
    online: bool,
    resident: bool = False,
    length: int | None = None,
    station: int | None = None,
) -> Question:
    """Put the question for a service to the kernel."""
    notice = timedelta(hours=service.notice_hours) if online else -AGENT_LATENESS
    days = service.horizon_days if online else AGENT_HORIZON_DAYS
    local = now.astimezone(plan.timetable.zone).date() + timedelta(days=days)
    return Question(
        length=length or service.length(persons),
        needs=plan.needs_of(service.pk, station=station),
        before=service.buffer_before,
        after=service.buffer_after,
        earliest=now + notice,
        latest=datetime.combine(local + timedelta(days=1), time.min, plan.timetable.zone),
        service=service.pk,
        online=online,
        resident=resident,
        now=now,
    )


def _answer(
    plan: Plan, question: Question, service: Service, *, first: date, days: int, now: datetime
) -> _Answer:
    """Answer a question, and the same one for one person alone."""
    busy = occupancy.busy(first, days, zone=plan.timetable.zone, now=now)
    used = occupancy.used(plan, first, days, now=now) if question.online else NOTHING_USED
    alone = dataclasses.replace(question, length=min(question.length, service.length(1)))
    found, for_one = (
        free_starts(plan.timetable, each, busy=busy, first=first, days=days, used=used)
        for each in (question, alone)
    )
    return _Answer(plan=plan, question=question, free=found, for_one=for_one, used=used)


def _open_days(answer: _Answer, days: Sequence[date], persons: int) -> list[OpenDay]:
    """Describe some days of an answer, in short."""
    findings = answer.findings()
    return [
        OpenDay(
            day,
            tuple(answer.free.on(day)),
            reasons.note(findings[day], day=day, plan=answer.plan, persons=persons)
            if day in findings
            else "",
        )
        for day in days
    ]
