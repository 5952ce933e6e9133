"""The things of the commune that can be reported by their sticker: lamps, benches, bins."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from incidents.asset_files import Item
from incidents.models import Asset


ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that is read for something else
TOKEN_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """What bringing things in changes: those that are new, those that differ, the others."""

    new: list[Item]
    changed: list[tuple[Asset, Item]]
    same: int


def new_token() -> str:
    """Draw what a sticker leads by; it says nothing of the thing, and cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _each in range(TOKEN_LENGTH))


def compare(items: Iterable[Item]) -> Difference:
    """Compare things with the inventory, by their kind and number; one query."""
    known = {(each.kind, each.code): each for each in Asset.objects.all()}
    new, changed, same = [], [], 0
    for item in items:
        asset = known.get((item.kind, item.code))
        if asset is None:
            new.append(item)
        elif (asset.name, asset.lat, asset.lon) != (item.name, item.place.lat, item.place.lon):
            changed.append((asset, item))
        else:
            same += 1
    return Difference(new, changed, same)


@transaction.atomic
def bring_in(items: Sequence[Item]) -> None:
    """Add the things that are new and update those that differ; doing it twice changes nothing."""
    found = compare(items)
    for asset, item in found.changed:
        asset.name, asset.lat, asset.lon = item.name, item.place.lat, item.place.lon
    Asset.objects.bulk_update(
        [asset for asset, _item in found.changed], ["name", "lat", "lon"], batch_size=500
    )
    Asset.objects.bulk_create(
        [
            Asset(
                kind=item.kind,
                code=item.code,
                name=item.name,
                lat=item.place.lat,
                lon=item.place.lon,
                token=new_token(),
            )
            for item in found.new
        ],
        batch_size=500,
    )


def matching(*, words: str = "", kind: str = "") -> QuerySet[Asset]:
    """Find the things of a kind whose number or name holds some words."""
    found = Asset.objects.all()
    if kind:
        found = found.filter(kind=kind)
    for word in words.split()[:5]:
        found = found.filter(
            Q(code__icontains=word) | Q(name__icontains=word) | Q(kind__icontains=word)
        )
    return found.order_by("kind", "code", "pk")


def kinds() -> list[str]:
    """List the kinds of things there are."""
    return list(Asset.objects.order_by("kind").values_list("kind", flat=True).distinct())
