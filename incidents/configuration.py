"""What the active commune offers to report: packs of categories, installed without harm."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Max

from incidents.models import Category
from incidents.presets import PACKS, CategoryPreset, Group


@transaction.atomic
def install_pack(name: str) -> int:
    """Add the categories of a pack that the commune does not have yet; return how many.

    What the commune has changed or put out of use stays as it is, and comes first.

    Raises:
        KeyError: there is no such pack.
    """
    known = set(Category.objects.values_list("code", flat=True))
    last = Category.objects.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    added = [
        Category(code=preset.code, position=first + rank, **preset_columns(group, preset))
        for rank, (group, preset) in enumerate(missing_from(name, known))
    ]
    Category.objects.bulk_create(added, ignore_conflicts=True)
    return len(added)


def missing_from(name: str, known: Collection[str]) -> list[tuple[Group, CategoryPreset]]:
    """List what a pack holds beside the codes already known.

    Raises:
        KeyError: there is no such pack.
    """
    return [
        (group, preset)
        for group in PACKS[name]
        for preset in group.categories
        if preset.code not in known
    ]


def preset_columns(group: Group, preset: CategoryPreset) -> dict[str, object]:
    """Return what the row of a category of a pack says."""
    unit = Category.PromiseUnit.HOURS if preset.hours else Category.PromiseUnit.WORKING_DAYS
    return {
        "group": group.name,
        "group_en": group.name_en,
        "name": preset.name,
        "name_en": preset.name_en,
        "icon": preset.icon,
        "keywords": preset.keywords,
        "door": preset.door,
        "moderation": preset.moderation,
        "is_staff_only": preset.is_staff_only,
        "promise_unit": unit,
        "promise": preset.hours or preset.days,
        "needs_after_photo": preset.needs_after_photo,
        "danger_text": preset.danger,
        "redirect_text": preset.ask,
        "redirect_phone": preset.phone,
        "redirect_url": preset.url,
    }
