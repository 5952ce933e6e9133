"""Plain values for the form of a citizen; the ``ui_report`` tags draw them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTile:
    """One thing to choose; ``words`` is what a search looks into."""

    code: str
    icon: str
    group: str
    words: str
    is_first: bool = False
    danger: str = ""
    """What to do first where somebody may be hurt."""
    elsewhere: str = ""
    """Whom to ask instead; with ``phone`` and ``url``."""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReport:
    """A report that may be about the same thing."""

    reference: str
    title: str
    details: str
    href: str
    join: str
    """Where "the same" is posted."""
    photo: str = ""
    concerned: str = ""
