"""Weekly hours of another tool, for the counters a row names, or all of them."""

from collections.abc import Mapping
from datetime import date, time

from django.utils.translation import gettext as _

from booking.models import STEP, Opening, Resource, Service, Site
from exchange import mapping
from exchange.import_items import Item, Refused, World, item, number
from exchange.mapping import own_reference


USUAL_STEP, LONGEST_STEP = 20, 240


def read(values: Mapping[str, str], world: World) -> Item:
    """Understand a row.

    Raises:
        Refused: its day or hours cannot be, or are off the grid of five minutes.
    """
    try:
        weekday = mapping.read_weekday(values.get("weekday", ""))
    except mapping.Wrong as fault:
        words = _("« %(text)s » n’est pas un jour de la semaine.")
        text = values.get("weekday", "")[:40]
        raise Refused("weekday", words % {"text": text}) from fault
    start, end = (_on_grid(values, name, world) for name in ("start_time", "end_time"))
    if start >= end:
        raise Refused("end_time", _("La fin vient avant le début."))
    step = number(values, "step", usual=USUAL_STEP, most=LONGEST_STEP)
    if step % STEP:
        nearest = max(STEP, round(step / STEP) * STEP)
        words = _("Les départs se suivent par multiples de cinq minutes.")
        raise Refused("step", words, [(f"{nearest} min", {"step": str(nearest)})])
    resources = _resources(values, world)
    services = [world.service(name) for name in _names(values.get("services", ""))]
    fields = {
        "weekday": weekday,
        "start_time": start,
        "end_time": end,
        "step_minutes": step,
        "valid_from": _edge(values, "valid_from", world),
        "valid_to": _edge(values, "valid_to", world),
    }
    wish = (fields, [each.pk for each in resources], [each.pk for each in services])
    return item(
        own_reference("openings", values, "weekday", "start_time", "end_time", "where"),
        wish,
        fields=fields,
        resources=wish[1],
        services=wish[2],
    )


def create(known: Item, _world: World) -> int:
    """Open."""
    fields, resources, services = known.wish
    opening = Opening.objects.create(**fields)
    opening.resources.set(Resource.objects.filter(pk__in=resources))
    opening.services.set(Service.objects.filter(pk__in=services))
    return opening.pk


def update(target: int, known: Item, _world: World) -> bool:
    """Open at other hours; False when it was deleted meanwhile."""
    fields, resources, services = known.wish
    opening = Opening.objects.filter(pk=target).first()
    if opening is None:
        return False
    Opening.objects.filter(pk=target).update(**fields)
    opening.resources.set(Resource.objects.filter(pk__in=resources))
    opening.services.set(Service.objects.filter(pk__in=services))
    return True


def state_of(target: int) -> str:
    """Write what an opening is now, to know whether anybody has changed it."""
    opening = Opening.objects.filter(pk=target).first()
    if opening is None:
        return ""
    own = [
        opening.weekday,
        opening.start_time,
        opening.end_time,
        opening.step_minutes,
        opening.valid_from,
        opening.valid_to,
        opening.quota,
        opening.school,
        opening.overrides.count(),
    ]
    served = sorted(opening.resources.values_list("pk", flat=True))
    return f"{own} {served} {sorted(opening.services.values_list('pk', flat=True))}"


def remove(target: int) -> None:
    """Take the hours away."""
    Opening.objects.filter(pk=target).delete()


def _on_grid(values: Mapping[str, str], name: str, world: World) -> time:
    at = world.hour(values, name)
    if at.minute % STEP:
        nearest = at.replace(minute=at.minute // STEP * STEP)
        words = _("Les heures vont de cinq en cinq minutes.")
        raise Refused(name, words, [(f"{nearest:%H:%M}", {name: f"{nearest:%H:%M}"})])
    return at


def _edge(values: Mapping[str, str], name: str, world: World) -> date | None:
    return world.day(values, name)[0] if values.get(name) else None


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.replace("|", ",").split(",") if each.strip()]


def _resources(values: Mapping[str, str], world: World) -> list[Resource]:
    found: list[Resource] = []
    every = [each for each in world.places.values() if isinstance(each, Resource)]
    for name in _names(values.get("where", "")) or [""]:
        place = world.place(name)
        if isinstance(place, Resource):
            found.append(place)
        elif isinstance(place, Site):
            found += [each for each in every if each.site_id == place.pk]
        else:
            found += every
    if not found:
        raise Refused("where", _("Aucun guichet n’est en service."))
    return sorted(set(found), key=lambda each: each.pk)
