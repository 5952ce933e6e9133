"""What is held about one person, as each ``<app>/subject.py`` tells and erases it.

``held(person, now=…)`` lists what the app has of her; ``erase(person, now=…)`` erases what may be
erased at once and counts it. She proved her address, and nothing else: a telephone number that she
typed may be anybody's. Pure.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who proved that an address is hers."""

    email: str


@dataclass(frozen=True, slots=True)
class Held:
    """One record that tells of her."""

    section: str
    title: str
    facts: tuple[tuple[str, str], ...] = field(default=())
    """A label and what is stored, in the reader's language."""
    kept_why: str = ""
    """Why it cannot be erased at once; empty when it can."""
