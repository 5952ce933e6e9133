"""Reports of another tool that are still open, without anybody's name: nobody is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from exchange.import_items import Fix, Item, Refused, World, at_most, item
from exchange.mapping import folded, own_reference, read_time
from incidents import actions
from incidents.geo import Place
from incidents.models import Category, Report
from incidents.workflow import Actor, Status


NAMESPACE = UUID("0b6a0c52-1f35-4b0e-8d27-6f4f2f9f4d6e")
TEXT_MOST, ADDRESS_MOST = 2_000, 200
OLDEST = timedelta(days=3 * 365)
FIXES_SHOWN = 3


def read(values: Mapping[str, str], world: World) -> Item:
    """Understand a row.

    Raises:
        Refused: its category is unknown, or its place or day cannot be.
    """
    category = _category(values.get("category", ""), world)
    text = at_most(values, "text", TEXT_MOST)
    address = at_most(values, "address", ADDRESS_MOST)
    place = _place(values)
    if category.door == Category.Door.REPORT and place is None and not address:
        raise Refused("address", _("Ni adresse ni position : on ne saurait pas où aller."))
    wish = {
        "category": category,
        "text": text,
        "address": address,
        "place": place,
        "now": _received(values, world),
    }
    return item(
        own_reference("reports", values, "text", "address", "day"),
        wish,
        category=category.pk,
        text=text,
        address=address,
        place=[place.lat, place.lon] if place else None,
    )


def create(known: Item, world: World) -> int:
    """Write the report down.

    Raises:
        DomainError: the category is not given any more.
    """
    report, _token = actions.receive(
        **known.wish,
        channel=Report.Channel.API,
        idempotency_key=uuid5(NAMESPACE, f"{world.batch}\n{known.ref}"),
        by=world.by,
        is_told=False,
    )
    return report.pk


def update(_target: int, _known: Item, _world: World) -> bool:
    """Leave what was imported as it is handled here now.

    Raises:
        Refused: always.
    """
    raise Refused(
        "ref", _("Déjà importé et suivi ici : les changements de l’autre outil restent.")
    )


def undo(target: int, world: World) -> bool:
    """Cancel a report that nobody has handled since, and erase its words."""
    report = Report.objects.filter(pk=target, version=1, status=Status.RECEIVED).first()
    if report is None:
        return False
    actions.move(
        report=report,
        to=Status.CANCELLED,
        actor=Actor.REPORTER,
        by=world.by,
        now=world.now,
        is_told=False,
    )
    Report.objects.filter(pk=target).update(text="", visibility=Report.Visibility.HIDDEN)
    return True


def _category(name: str, world: World) -> Category:
    known = world.memory.get("categories")
    if known is None:
        active = Category.objects.filter(is_active=True).exclude(door=Category.Door.REDIRECT)
        known = world.memory["categories"] = {
            folded(key): each for each in active for key in (each.name, each.code)
        }
    renamed = world.settings.get("categories", {}).get(folded(name), "")
    given = renamed or folded(name) or folded(world.settings.get("category", ""))
    if given in known:
        found: Category = known[given]
        return found
    fixes: list[Fix] = [
        (each.name, {"category": each.name})
        for each in list(dict.fromkeys(known.values()))[:FIXES_SHOWN]
    ]
    words = _("Aucune catégorie ne s’appelle « %(name)s ».") % {"name": name[:60]}
    raise Refused("category", words, fixes)


def _place(values: Mapping[str, str]) -> Place | None:
    texts = [values.get(name, "").replace(",", ".") for name in ("lat", "lon")]
    if not any(texts):
        return None
    try:
        lat, lon = (float(text) for text in texts)
        return Place(lat, lon)  # which refuses what is no number, too
    except ValueError as fault:
        fixes: list[Fix] = [(_("Sans position"), {"lat": "", "lon": ""})]
        raise Refused("lat", _("Cette position n’existe pas."), fixes) from fault


def _received(values: Mapping[str, str], world: World) -> datetime:
    if not values.get("day"):
        return world.now
    day, rest = world.day(values, "day")
    try:
        hour = read_time(rest or "12:00")
    except ValueError:
        hour = read_time("12:00")
    at = datetime.combine(day, hour, world.zone)
    if not world.now - OLDEST <= at <= world.now:
        raise Refused("day", _("Un signalement date des trois dernières années."))
    return at
