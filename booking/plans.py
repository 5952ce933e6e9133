"""Read what a commune has configured, as the pure values that :mod:`booking.availability` takes.

A constant number of queries, whatever the numbers of openings, resources and services.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from booking.availability import Need
from booking.models import (
    Closure,
    Opening,
    OpeningOverride,
    Resource,
    ServiceNeed,
    Settings,
)
from booking.openings import OpeningRule, Override, School
from booking.quotas import has_quotas
from booking.school_holidays import known_until, school_holidays, zone_of
from booking.timetable import Closure as ClosedSpan, Timetable
from parvis.public_holidays import public_holidays, territory_of


YEARS_BEFORE, YEARS_AFTER = 1, 2
"""Holidays are known from the year before that of the plan to two years after it."""

NOBODY = (Need(frozenset()),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything configuration says, for one version of it; shared by threads, read-only."""

    version: int
    year: int
    hold: timedelta
    timetable: Timetable
    needs: Mapping[int, tuple[Need, ...]]
    """What each service takes, among the active resources that give it."""
    sites: Mapping[int, int]
    """The site of each resource."""
    holidays: Mapping[date, str]
    school_known_until: date | None
    """The last day for which school holidays are known; later days pass for term.

    None where they are not known, or matter to no opening.
    """
    has_quotas: bool

    def knows(self, year: int) -> bool:
        """Tell whether the public holidays of that year and the next are known."""
        return self.year - YEARS_BEFORE <= year < self.year + YEARS_AFTER

    def needs_of(self, service_id: int, *, station: int | None = None) -> tuple[Need, ...]:
        """Return what a service takes; a need that nobody meets if no resource gives it.

        With ``station``, that resource and no other serves where it can, and always does.
        """
        needs = self.needs.get(service_id, NOBODY)
        if station is None:
            return needs
        here = frozenset({station})
        if not any(station in need.units for need in needs):
            return (*needs, Need(here, kind="station"))
        return tuple(
            replace(need, units=here, count=1) if station in need.units else need for need in needs
        )

    def units_at(self, site: int) -> frozenset[int]:
        """Return the resources of one site."""
        return frozenset(unit for unit, where in self.sites.items() if where == site)


def read_plan(settings: Settings, *, year: int, zone: ZoneInfo, insee_code: str) -> Plan:
    """Read the plan of the active commune."""
    years = range(year - YEARS_BEFORE, year + YEARS_AFTER + 1)
    territory, school_zone = territory_of(insee_code), zone_of(insee_code)
    holidays = {
        day: name for each in years for day, name in public_holidays(each, territory).items()
    }
    resources = list(Resource.objects.all())
    by_site: dict[int, set[int]] = {}
    for resource in resources:
        by_site.setdefault(resource.site_id, set()).add(resource.pk)
    openings = tuple(_rules({resource.pk for resource in resources if resource.active}))
    # Reading the school calendar takes a tenth of a second: most communes need none.
    follows_school = any(rule.school != School.ALWAYS for rule in openings)
    timetable = Timetable(
        zone=zone,
        openings=openings,
        closures=tuple(_closures(by_site)),
        holidays=frozenset(holidays),
        school_holidays=frozenset[date]().union(
            *(school_holidays(each, school_zone) for each in years if follows_school)
        ),
        sites=tuple(frozenset(by_site[site]) for site in sorted(by_site)),
    )
    return Plan(
        version=settings.version,
        year=year,
        hold=timedelta(minutes=settings.hold_minutes),
        timetable=timetable,
        needs=_needs(resources),
        sites={resource.pk: resource.site_id for resource in resources},
        holidays=holidays,
        school_known_until=known_until(school_zone) if follows_school else None,
        has_quotas=has_quotas(timetable),
    )


def rule_of(
    opening: Opening,
    *,
    units: Iterable[int],
    services: Iterable[int] = (),
    overrides: Iterable[Override] = (),
) -> OpeningRule:
    """Turn an opening, saved or not, into a rule for these resources; no service means all.

    Raises:
        ValueError: the opening is impossible.
    """
    return OpeningRule(
        weekday=opening.weekday,
        start=opening.start_time,
        end=opening.end_time,
        step=opening.step_minutes,
        units=frozenset(units),
        valid_from=opening.valid_from,
        valid_to=opening.valid_to,
        key=opening.pk or 0,
        services=frozenset(services) or None,
        every_weeks=opening.every_weeks,
        week_of_month=opening.week_of_month,
        school=School(opening.school),
        overrides=tuple(overrides),
        quota=opening.quota,
        release_days=opening.release_days,
        release_time=opening.release_time,
        residents_days=opening.residents_days,
    )


def _rules(active: set[int]) -> list[OpeningRule]:
    possible = Opening.objects.exclude(
        Q(valid_from__isnull=False) & Q(valid_to__lt=F("valid_from"))
    )
    return [
        rule_of(
            opening,
            units=active.intersection(resource.pk for resource in opening.resources.all()),
            services=(service.pk for service in opening.services.all()),
            overrides=(_override(each, active) for each in opening.overrides.all()),
        )
        for opening in possible.prefetch_related("resources", "services", "overrides__resources")
    ]


def _override(override: OpeningOverride, active: set[int]) -> Override:
    units = {resource.pk for resource in override.resources.all()}
    hours = None
    if override.start_time is not None and override.end_time is not None:
        hours = (override.start_time, override.end_time)
    return Override(
        override.day, hours, frozenset(units & active) if units else None, override.reason
    )


def _closures(by_site: Mapping[int, set[int]]) -> list[ClosedSpan]:
    closures = []
    for closure in Closure.objects.order_by("period", "pk"):
        units = None
        if closure.resource_id is not None:
            units = frozenset({closure.resource_id})
        elif closure.site_id is not None:
            units = frozenset(by_site.get(closure.site_id, ()))
        closures.append(
            ClosedSpan(closure.period.lower, closure.period.upper, units, closure.reason)
        )
    return closures


def _needs(resources: Iterable[Resource]) -> dict[int, tuple[Need, ...]]:
    kinds = {resource.pk: resource.kind for resource in resources if resource.active}
    giving: dict[int, set[int]] = {}
    pairs = Resource.objects.filter(active=True, services__isnull=False)
    for service_id, resource_id in pairs.values_list("services", "pk"):
        giving.setdefault(service_id, set()).add(resource_id)
    asked: dict[int, list[tuple[str, int]]] = {}
    for service_id, kind, count in ServiceNeed.objects.order_by("pk").values_list(
        "service_id", "kind", "count"
    ):
        asked.setdefault(service_id, []).append((kind, count))
    return {
        service_id: tuple(
            Need(frozenset(unit for unit in units if kinds[unit] == kind), count, kind)
            for kind, count in asked[service_id]
        )
        if service_id in asked
        else (_any_of(units, kinds),)
        for service_id, units in giving.items()
    }


def _any_of(units: set[int], kinds: Mapping[int, str]) -> Need:
    """Build the need of a service that says nothing: one resource, of whatever kind."""
    named = {kinds[unit] for unit in units}
    return Need(frozenset(units), kind=named.pop() if len(named) == 1 else "")
