"""What the wizard changes of the appointments of the active commune, by way of their settings.

Each change runs in :func:`booking.reconfiguring.reconfigure`: it shows up there and can be undone.
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Q

from booking import planning
from booking.configuration import install_presets
from booking.models import Opening, Resource, Service, ServiceNeed, Site
from booking.openings import OpeningRule
from booking.plans import rule_of
from booking.presets import USUAL, Preset, ServicePreset
from onboarding.weeks import Week


STEP_MINUTES = 20
YEAR_DAYS = 365
WEEKDAYS = 7
NAMES = {Resource.Kind.COUNTER: "Guichet", Resource.Kind.STATION: "Station"}


# --- Places -------------------------------------------------------------------------------


def set_places(*, counters: int, stations: int, site_name: str, address: str) -> None:
    """Have so many counters and biometric stations in service, and every usual service at hand.

    Services that come in are switched off: the next step chooses. Counters beyond the number are
    put out of service, never erased; those that come in receive when the others do.
    """
    site = Site.objects.order_by("pk").first()
    wanted = {Resource.Kind.COUNTER: counters, Resource.Kind.STATION: stations}
    names = {kind: list(_to_add(kind, count)) for kind, count in wanted.items()}
    known = set(Resource.objects.values_list("pk", flat=True))
    install_presets(
        preset=Preset(
            services=tuple(dataclasses.replace(each, is_active=False) for each in USUAL.services),
            counters=tuple(names[Resource.Kind.COUNTER]),
            stations=tuple(names[Resource.Kind.STATION]),
        ),
        site_name=site.name if site else site_name,
        address=address,
    )
    for kind, count in wanted.items():
        there = list(Resource.objects.filter(kind=kind).order_by("-active", "position", "pk"))
        Resource.objects.filter(pk__in=[each.pk for each in there[:count]]).update(active=True)
        Resource.objects.filter(pk__in=[each.pk for each in there[count:]]).update(active=False)
    _need_stations(has_stations=stations > 0)
    added = Resource.objects.exclude(pk__in=known)
    for opening in Opening.objects.filter(services=None):
        opening.resources.add(*added)


def _need_stations(*, has_stations: bool) -> None:
    """Have identity documents take a station where there is one; needs already said stay."""
    needs = ServiceNeed.objects.filter(kind=Resource.Kind.STATION)
    if not has_stations:
        needs.delete()
    elif not needs.exists():
        for service in Service.objects.filter(~Q(titles="") | Q(is_collection=True)):
            for kind in (Resource.Kind.COUNTER, Resource.Kind.STATION):
                ServiceNeed.objects.get_or_create(service=service, kind=kind)


def _to_add(kind: str, count: int) -> Iterator[str]:
    """Name the resources to add, so that there are ``count`` of a kind in all."""
    known = set(Resource.objects.values_list("name", flat=True))
    there = Resource.objects.filter(kind=kind).count()
    number = 0
    while there < count:
        number += 1
        name = f"{NAMES[Resource.Kind(kind)]} {number}"
        if name not in known:
            there += 1
            yield name


# --- Services -----------------------------------------------------------------------------


def templates() -> Sequence[ServicePreset]:
    """List the services that a commune may choose from; those that follow another come with it."""
    after = {each.next.slug for each in USUAL.services if each.next}
    return [each for each in USUAL.services if each.slug not in after and not each.is_collection]


def choose_services(slugs: Collection[str], *, site_name: str, address: str) -> None:
    """Offer these services, and what follows them, and no other of the templates.

    Services that the commune made itself stay as they are.
    """
    if Service.objects.filter(slug__in=slugs).count() != len(set(slugs)):
        set_places(
            counters=Resource.objects.filter(kind="counter", active=True).count(),
            stations=Resource.objects.filter(kind="station", active=True).count(),
            site_name=site_name,
            address=address,
        )
    chosen = set(slugs)
    presets = {each.slug: each for each in USUAL.services}
    chosen |= {after.slug for slug in slugs if (after := presets[slug].next)}
    if any(presets[slug].titles for slug in slugs):
        chosen |= {each.slug for each in USUAL.services if each.is_collection}
    known = Service.objects.filter(slug__in=presets)
    known.filter(slug__in=chosen).update(is_active=True)
    known.exclude(slug__in=chosen).update(is_active=False)


# --- Hours --------------------------------------------------------------------------------


def choose_week(week: Week, *, urgent_percent: int, now_day: date) -> None:
    """Replace the weekly openings; a share of each stays for those who call or come."""
    Opening.objects.all().delete()
    resources = list(Resource.objects.filter(active=True))
    service = measured_service()
    for weekday, spans in week.items():
        for start, end in spans:
            opening = Opening(
                weekday=weekday, start_time=start, end_time=end, step_minutes=STEP_MINUTES
            )
            if urgent_percent and service is not None:
                rule = rule_of(opening, units=[each.pk for each in resources])
                held = planning.capacity(service=service, rules=[rule], monday=_monday(now_day))
                opening.quota = max(1, held * (100 - urgent_percent) // 100)
            opening.save()
            opening.resources.set(resources)


def measured_service() -> Service | None:
    """Return the service that capacity is told for: an identity document, else the first one."""
    offered = list(Service.objects.offered_online())
    return next((each for each in offered if each.titles), offered[0] if offered else None)


def week_rules(week: Week) -> list[OpeningRule]:
    """Turn a week into rules for the counters in service, without writing anything."""
    units = list(Resource.objects.filter(active=True).values_list("pk", flat=True))
    return [
        rule_of(
            Opening(weekday=day, start_time=start, end_time=end, step_minutes=STEP_MINUTES),
            units=units,
        )
        for day, spans in week.items()
        for start, end in spans
    ]


def capacity_of(rules: Sequence[OpeningRule], service: Service, *, today: date) -> tuple[int, int]:
    """Count the appointments of an ordinary week, and of the 365 days from today.

    Public holidays are left out of the year, each as the weekday it falls on.
    """
    by_day = [
        planning.capacity(
            service=service,
            rules=[rule for rule in rules if rule.weekday == day],
            monday=_monday(today),
        )
        for day in range(WEEKDAYS)
    ]
    holidays = planning.current_plan(today.year).holidays
    days = (today + timedelta(days=number) for number in range(YEAR_DAYS))
    return sum(by_day), sum(by_day[day.weekday()] for day in days if day not in holidays)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday()) + timedelta(days=WEEKDAYS)
