"""A service of the appointments as a payload, and back."""

from typing import Any

from booking.models import Service
from booking.settings_services_forms import free_slug
from shelf.kinds import SERVICE
from shelf.models import Origin


FIELDS = {each.name: each for each in SERVICE.fields if each.name != "documents"}


def find(slug: str, _payload: dict[str, Any]) -> int | None:
    """Return the service that bears the address of a template."""
    return Service.objects.filter(slug=slug).values_list("pk", flat=True).first()


def read(origin: Origin, _also: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the service says now; None when it is gone."""
    service = Service.objects.filter(pk=origin.row_id).first()
    if service is None:
        return None
    payload = {name: getattr(service, name) for name in FIELDS}
    return payload | {"documents": [{"key": key} for key in service.documents]}


def write(origin: Origin, payload: dict[str, Any]) -> None:
    """Make the service say this; a new one waits for the commune to offer it."""
    service = Service.objects.filter(pk=origin.row_id).first()
    if service is None:
        is_free = not Service.objects.filter(slug=origin.slug).exists()
        slug = origin.slug if is_free else free_slug(origin.name)
        service = Service(slug=slug, is_active=False, position=Service.objects.count())
    for name, each in FIELDS.items():
        setattr(service, name, payload.get(name, each.start))
    service.documents = [item["key"] for item in payload.get("documents", ())]
    service.save()
    origin.object_id = service.pk
