"""Closures of another tool, written as a page of the settings would."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from booking.models import Closure, Resource, Site
from exchange.import_items import Item, Refused, World, at_most, item
from exchange.mapping import own_reference


LONGEST = timedelta(days=400)
REASON_MOST = 120
ONE_DAY = timedelta(days=1)


def read(values: Mapping[str, str], world: World) -> Item:
    """Understand a row.

    Raises:
        Refused: it is over, or ends before it begins.
    """
    start, end = _bounds(values, world)
    if end <= world.now:
        raise Refused("first", _("Cette fermeture est passée : elle n’est pas reprise."))
    if start >= end:
        raise Refused(
            "last",
            _("La fin vient avant le début."),
            [(_("Un seul jour"), {"last": "", "end_time": ""})],
        )
    if end - start > LONGEST:
        raise Refused("last", _("Une fermeture dure un an au plus."))
    place = world.place(values.get("where", ""))
    reason = at_most(values, "reason", REASON_MOST)
    fields = {
        "period": DateTimeTZRange(start, end),
        "site_id": place.pk if isinstance(place, Site) else None,
        "resource_id": place.pk if isinstance(place, Resource) else None,
        "reason": reason,
    }
    told = {"start": start, "end": end, "place": str(place or ""), "reason": reason}
    return item(
        own_reference("closures", values, "first", "last", "start_time", "end_time", "where"),
        fields,
        **told,
    )


def create(known: Item, _world: World) -> int:
    """Close."""
    return Closure.objects.create(**known.wish).pk


def update(target: int, known: Item, _world: World) -> bool:
    """Close at other times; False when it was opened again meanwhile."""
    return bool(Closure.objects.filter(pk=target).update(**known.wish))


def state_of(target: int) -> str:
    """Write what a closure is now, to know whether anybody has changed it."""
    row = Closure.objects.filter(pk=target).values_list("period", "site", "resource", "reason")
    found = row.first()
    if found is None:
        return ""
    return f"{found[0].lower.isoformat()} {found[0].upper.isoformat()} {found[1:]}"


def remove(target: int) -> None:
    """Open again."""
    Closure.objects.filter(pk=target).delete()


def _bounds(values: Mapping[str, str], world: World) -> tuple[datetime, datetime]:
    first, first_rest = world.day(values, "first")
    last, last_rest = world.day(values, "last") if values.get("last") else (first, "")
    start = (
        world.hour(values, "start_time", first_rest)
        if values.get("start_time") or first_rest
        else time.min
    )
    begin = datetime.combine(first, start, world.zone)
    if values.get("end_time") or last_rest:
        return begin, datetime.combine(last, world.hour(values, "end_time", last_rest), world.zone)
    return begin, datetime.combine(last + ONE_DAY, time.min, world.zone)
