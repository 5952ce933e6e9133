"""What a category of a pack says, and the group it stands in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPreset:
    """One category. ``days`` or ``hours`` is the promise, ten working days unless said."""

    code: str
    name: str
    name_en: str
    icon: str
    days: int = 10
    hours: int = 0
    keywords: str = ""
    door: str = "report"
    moderation: str = "before"
    danger: str = ""
    ask: str = ""
    """Whom to ask instead: a redirect, which creates no report."""
    phone: str = ""
    url: str = ""
    is_staff_only: bool = False
    needs_after_photo: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What a citizen looks for first."""

    name: str
    name_en: str
    categories: tuple[CategoryPreset, ...]
