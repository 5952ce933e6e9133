"""Categories of reports as a payload, and back; ``keys`` remembers which ones came together.

A category that the library gives up is put out of use rather than erased: reports stand on it.
"""

from typing import Any

from incidents.models import Category
from shelf.kinds import CATEGORIES
from shelf.models import Origin


def find(_slug: str, payload: dict[str, Any]) -> int | None:
    """Tell whether the commune has one of these categories: 0, or None. A pack is no row."""
    codes = [item["key"] for item in payload["categories"]]
    return 0 if Category.objects.filter(code__in=codes).exists() else None


def read(origin: Origin, also: dict[str, Any]) -> dict[str, Any]:
    """Return the categories of the pack as they are, those that ``also`` names included."""
    codes = {key for key, _row in origin.keys} | {item["key"] for item in also["categories"]}
    found = Category.objects.filter(code__in=codes).order_by("position", "name", "pk")
    return {"categories": [_item(category) for category in found]}


def write(origin: Origin, payload: dict[str, Any]) -> None:
    """Make the categories say this, in this order among themselves."""
    known = list(Category.objects.order_by("position", "name", "pk"))
    there = {category.code: category for category in known}
    codes = [item["key"] for item in payload["categories"]]
    before = None
    for item in payload["categories"]:
        category = there.get(item["key"])
        if category is None:
            category = there[item["key"]] = Category(code=item["key"], position=len(known))
            known.insert(known.index(before) + 1 if before else len(known), category)
        for each in CATEGORIES:
            setattr(category, each.name, item.get(each.name, each.start))
        category.save()
        before = category
    gone = {key for key, _row in origin.keys} - set(codes)
    Category.objects.filter(code__in=gone).update(is_active=False)
    _arrange(known, [there[code] for code in codes])
    origin.keys = [[code, there[code].pk] for code in codes]


def _item(category: Category) -> dict[str, Any]:
    values = {each.name: getattr(category, each.name) for each in CATEGORIES}
    return {"key": category.code, **values}


def _arrange(known: list[Category], ours: list[Category]) -> None:
    """Give the categories of the pack their order in the places they have among the others."""
    codes = {each.code for each in ours}
    waiting = iter(ours)
    order = [next(waiting) if each.code in codes else each for each in known]
    moved = [each for rank, each in enumerate(order) if each.position != rank]
    if order == known and not any(each.position >= len(known) - 1 for each in moved):
        ranks = [each.position for each in known]
        if ranks == sorted(set(ranks)):
            return
    for rank, each in enumerate(order):
        each.position = rank
    Category.objects.bulk_update(moved, ["position"])
