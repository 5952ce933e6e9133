"""Change what a commune offers: its first services, counters and hours, and their version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from booking import places, read_model
from booking.models import Opening, Resource, Service, ServiceLink, ServiceNeed, Settings, Site
from booking.presets import Preset, ServicePreset
from booking.taking import lock_configuration
from parvis.deferred import defer


PRESET_FIELDS = (
    "name",
    "name_en",
    "text",
    "text_en",
    "icon",
    "titles",
    "terms",
    "is_online",
    "is_active",
    "is_collection",
    "is_confidential",
    "has_waiting_list",
    "needs_no_document",
)
MOST_DAYS = 40  # beyond, writing the whole horizon costs less
NEW_VERSION = (
    "UPDATE booking_settings SET version = extract(epoch FROM clock_timestamp()) * 1000000"
)


@transaction.atomic
def install_presets(*, preset: Preset, site_name: str, address: str = "") -> Site:
    """Give a commune its first services, counters and hours; safe to repeat, changes no row.

    What bears the same slug or name is left as the commune has made it.
    """
    alike = Site.objects.filter(name=site_name).order_by("pk")  # nothing forbids two of a name
    site = alike.first() or Site.objects.create(name=site_name, address=address)
    services = [_install_service(each, n) for n, each in enumerate(preset.services)]
    _link(preset.services, {service.slug: service for service in services})
    resources = _install_resources(preset, site, services)
    if not Opening.objects.exists():
        for weekday, spans in preset.hours.items():
            for start, end in spans:
                opening = Opening.objects.create(
                    weekday=weekday,
                    start_time=start,
                    end_time=end,
                    step_minutes=preset.step_minutes,
                )
                opening.resources.set(resources)
    configuration_changed()
    return site


def _install_service(preset: ServicePreset, position: int) -> Service:
    service, _created = Service.objects.get_or_create(
        slug=preset.slug,
        defaults={
            **{name: getattr(preset, name) for name in PRESET_FIELDS},
            "minutes": list(preset.minutes),
            "documents": list(preset.documents),
            "position": position,
        },
    )
    return service


def _install_resources(preset: Preset, site: Site, services: Sequence[Service]) -> list[Resource]:
    """Give the site its counters, for everything, and its stations, for identity documents."""
    with_station = [each for each in services if each.titles or each.is_collection]
    wanted = [(name, Resource.Kind.COUNTER, services) for name in preset.counters]
    wanted += [(name, Resource.Kind.STATION, with_station) for name in preset.stations]
    resources = []
    for position, (name, kind, served) in enumerate(wanted):
        resource, created = Resource.objects.get_or_create(
            name=name, site=site, defaults={"position": position, "kind": kind}
        )
        if created:
            resource.services.set(served)
        resources.append(resource)
    if preset.stations:
        for service in with_station:
            for kind in (Resource.Kind.COUNTER, Resource.Kind.STATION):
                ServiceNeed.objects.get_or_create(service=service, kind=kind)
    return resources


def _link(presets: Iterable[ServicePreset], services: Mapping[str, Service]) -> None:
    """Say which service follows another one, where the commune has not said it yet."""
    for preset in presets:
        if preset.next is not None:
            ServiceLink.objects.get_or_create(
                first=services[preset.slug],
                second=services[preset.next.slug],
                defaults={"min_days": preset.next.min_days, "max_days": preset.next.max_days},
            )


def configuration_changed() -> None:
    """Make every process read openings, closures, resources and services again after commit.

    To be called in the transaction that changes one of them. What is free is written again, for
    other communes to read, within a moment.
    """
    with transaction.atomic(savepoint=False):
        lock_configuration()
        renew_version()


def closures_changed(days: Iterable[date], *, now: datetime) -> None:
    """Do as :func:`configuration_changed`, where closures changed on some local days only.

    What is free on them is written in the same transaction; other days are left as they are. When
    they are many, a task writes the whole horizon again.
    """
    changed = sorted(set(days))
    with transaction.atomic(savepoint=False):
        lock_configuration()
        _write_version()
        if len(changed) > MOST_DAYS:
            defer("booking.refresh_slots")
        else:
            read_model.refresh_shown(changed, now=now)


def renew_version() -> None:
    """Do what :func:`configuration_changed` does, for who holds its lock already."""
    _write_version()
    places.publish()
    defer("booking.refresh_slots")


def _write_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEW_VERSION)
        if not cursor.rowcount:
            Settings.objects.get_or_create(pk=1)
            cursor.execute(NEW_VERSION)
