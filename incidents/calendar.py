"""The days on which the town hall of the active commune does not work, and its promises."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from incidents.deadlines import Pause, Promise, Unit, due_at
from incidents.models import Category, Report
from parvis.guard import current_schema
from parvis.public_holidays import public_holidays, territory_of
from tenants.models import Commune


YEARS = 3  # from the year of the report on


def zone() -> ZoneInfo:
    """Return the time zone of the active commune."""
    return ZoneInfo(current_commune().time_zone)


def current_commune() -> Commune:
    """Return the active commune, of which a task may know only the schema."""
    tenant = connection.tenant  # type: ignore[attr-defined]
    if isinstance(tenant, Commune):
        return tenant
    return Commune.objects.get(schema_name=current_schema())


def days_off(year: int) -> frozenset[date]:
    """Return the public holidays of the commune's territory, for that year and those after."""
    territory = territory_of(current_commune().insee_code)
    years = range(year, year + YEARS)
    return frozenset(day for each in years for day in public_holidays(each, territory))


def promised(category: Category, *, start: datetime, report: Report | None = None) -> datetime:
    """Return when a report of this category, begun at ``start``, is promised to be handled.

    The pauses of ``report`` are left out, those that have ended.
    """
    pauses = []
    if report is not None and report.pk:
        pauses = [
            Pause(each.begun_at, each.ended_at) for each in report.pauses.all() if each.ended_at
        ]
    return due_at(
        Promise(category.promise, Unit(category.promise_unit)),
        start=start,
        zone=zone(),
        off=days_off(start.year),
        pauses=pauses,
    )
