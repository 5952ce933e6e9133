"""What the active commune offers to report: packs of categories, installed without harm."""

from django.db import transaction

from incidents.models import Category
from incidents.presets import PACKS, CategoryPreset, Group


@transaction.atomic
def install_pack(name: str) -> int:
    """Add the categories of a pack that the commune does not have yet; return how many.

    What the commune has changed or put out of use stays as it is.

    Raises:
        KeyError: there is no such pack.
    """
    added = 0
    pairs = [(group, preset) for group in PACKS[name] for preset in group.categories]
    for position, (group, preset) in enumerate(pairs):
        _category, is_new = Category.objects.get_or_create(
            code=preset.code, defaults=_columns(group, preset) | {"position": position}
        )
        added += is_new
    return added


def _columns(group: Group, preset: CategoryPreset) -> dict[str, object]:
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
