"""Find the appointments to come that the hours, closures or resources of today would not allow.

Nothing is ever cancelled by a change of the settings: these are for somebody to look at.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from booking import planning
from booking.models import Allocation, Appointment, Resource
from booking.openings import Occurrence
from booking.timetable import Closure, Timetable


@dataclass(frozen=True, slots=True)
class _Taken:
    """One resource taken for one appointment; instants are local."""

    appointment: int
    resource: int
    service: int
    start: datetime
    end: datetime


def stranded(*, now: datetime) -> list[int]:
    """List the ids of booked appointments to come that fall outside; four queries."""
    timetable = planning.current_plan(planning.local_day(now).year).timetable
    active = set(Resource.objects.filter(active=True).values_list("pk", flat=True))

    @cache
    def occurrences(day: date) -> tuple[Occurrence, ...]:
        return tuple(timetable.occurrences(day))

    return sorted(
        {
            taken.appointment
            for taken in _taken(timetable, now=now)
            if taken.resource not in active
            or any(_shuts(closure, taken) for closure in timetable.closures)
            or not any(_holds(each, taken) for each in occurrences(taken.start.date()))
        }
    )


def concerned(
    *, start: datetime, end: datetime, site: int | None = None, resource: int | None = None
) -> list[Appointment]:
    """List the booked appointments that touch a time, at one site or resource or anywhere."""
    found = Appointment.objects.filter(
        status=Appointment.Status.BOOKED, period__overlap=(start, end)
    )
    if site is not None:
        found = found.filter(site_id=site)
    if resource is not None:
        found = found.filter(
            allocations__resource_id=resource,
            allocations__state__in=[Allocation.State.BOOKED, Allocation.State.OVERBOOKED],
        )
    return list(found.select_related("service", "site").order_by("period", "pk").distinct())


def _taken(timetable: Timetable, *, now: datetime) -> list[_Taken]:
    rows = Allocation.objects.filter(
        state=Allocation.State.BOOKED,
        start_at__gte=now,
        appointment__status=Appointment.Status.BOOKED,
    ).values_list(
        "appointment_id", "resource_id", "appointment__service_id", "appointment__period"
    )
    return [
        _Taken(
            appointment,
            resource,
            service,
            period.lower.astimezone(timetable.zone),
            period.upper.astimezone(timetable.zone),
        )
        for appointment, resource, service, period in rows
    ]


def _shuts(closure: Closure, taken: _Taken) -> bool:
    is_there = closure.units is None or taken.resource in closure.units
    return is_there and closure.start < taken.end and taken.start < closure.end


def _holds(occurrence: Occurrence, taken: _Taken) -> bool:
    return (
        taken.resource in occurrence.units
        and occurrence.rule.gives(taken.service)
        and occurrence.start <= taken.start.time()
        and taken.end.time() <= occurrence.end
    )
