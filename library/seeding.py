"""The platform's library: the presets of appointments and reports, as templates with versions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from booking.presets import USUAL, USUAL_HOURS
from incidents.configuration import preset_columns
from incidents.presets import PACKS, Group
from library.actions import digest, published
from library.models import Template, TemplateVersion
from shelf.kinds import CATEGORIES, HOURS, PACK, SCHEMA_VERSION, SERVICE


Preset = tuple[str, str, str, dict[str, Any]]  # kind, slug, name, payload


@transaction.atomic
def seed(*, now: datetime) -> tuple[int, int]:
    """Publish each preset that the library does not have, or not as it is; safe to repeat.

    Returns how many templates and how many versions are new.
    """
    templates = versions = 0
    for kind, slug, name, payload in presets():
        template, created = Template.objects.get_or_create(
            association=None, kind=kind, slug=slug, defaults={"name": name}
        )
        last = published(template).first()
        if last is None or last.sha256 != digest(payload):
            TemplateVersion.objects.create(
                template=template,
                number=last.number + 1 if last else 1,
                payload=payload,
                sha256=digest(payload),
                schema_version=SCHEMA_VERSION,
                published_at=now,
            )
            versions += 1
        templates += created
    return templates, versions


def presets() -> Iterator[Preset]:
    """List what the platform offers."""
    for service in USUAL.services:
        payload = SERVICE.empty() | {
            each.name: getattr(service, each.name)
            for each in SERVICE.fields
            if hasattr(service, each.name)
        }
        payload["minutes"] = list(service.minutes)
        payload["documents"] = [{"key": key} for key in service.documents]
        yield SERVICE.code, service.slug, service.name, payload
    for slug, group in _groups().items():
        yield PACK.code, slug, group.name, {"categories": [*_categories(group)]}
    yield HOURS.code, "semaine-usuelle", "Cinq jours, matin et après-midi", _usual_hours()


def _groups() -> dict[str, Group]:
    """Give each group of categories an address, that of its first category."""
    groups = {group.name: group for pack in PACKS.values() for group in pack}
    return {f"lot-{group.categories[0].code}": group for group in groups.values()}


def _categories(group: Group) -> Iterator[dict[str, Any]]:
    for preset in group.categories:
        columns = preset_columns(group, preset)
        values = {each.name: columns.get(each.name, each.start) for each in CATEGORIES}
        yield {"key": preset.code, **{name: _plain(value) for name, value in values.items()}}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _usual_hours() -> dict[str, Any]:
    spans = [
        {
            "key": f"{weekday}-{number}",
            "weekday": str(weekday),
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
            "step": USUAL.step_minutes,
        }
        for weekday, hours in USUAL_HOURS.items()
        for number, (start, end) in enumerate(hours, start=1)
    ]
    return {"spans": spans}
