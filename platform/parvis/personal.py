"""What a field of the database tells about people: the words each ``<app>/privacy.py`` uses.

Pure. Every field of every model is named in the ``privacy.py`` of its app, under ``NOT_PERSONAL``
or under a :class:`Pii`: a test fails on a field that nobody has decided about. From these tables
come the register of each commune, its privacy page, and what its nightly task erases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is known of somebody."""

    IDENTITY = "identity"
    """A name, who it is."""
    CONTACT = "contact"
    """How to reach her."""
    NUMBER = "number"
    """A number another administration gave her or her request."""
    SITUATION = "situation"
    """What she asks for, and in which case she is."""
    WORDS = "words"
    """What people wrote: it may name anybody."""
    PICTURE = "picture"
    """What a photo or a signature shows."""
    PLACE = "place"
    """Where: may be her street."""
    STAFF = "staff"
    """Who of the town hall or of the association did it."""
    TRACE = "trace"
    """From which machine, when."""
    SECRET = "secret"  # noqa: S105 (a kind of field)
    """What opens a door: stored as a fingerprint or encrypted."""


class Purpose(StrEnum):
    """Why it is kept: one processing of the register each."""

    APPOINTMENTS = "appointments"
    REPORTS = "reports"
    MESSAGES = "messages"
    STAFF = "staff"
    SUPPORT = "support"
    TRAINING = "training"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class Pii:
    """Personal: what it tells, why it is kept, and which rule of ``privacy.policy`` ends it."""

    kind: Kind
    purpose: Purpose
    rule: str


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """Of nobody: ids, dates of the system, states, settings, places of the town hall."""


NOT_PERSONAL: Final = NotPersonal()
Mark = Pii | NotPersonal
Table = Mapping[str, Mapping[Mark, str]]
"""Of each model, by its name (or ``app.Name`` for one that is not ours): fields by mark."""


def fields(table: Mapping[Mark, str]) -> dict[str, Mark]:
    """Spread ``{mark: "name name"}`` over its fields.

    Raises:
        ValueError: a field is named twice.
    """
    found: dict[str, Mark] = {}
    for mark, names in table.items():
        for name in names.split():
            if name in found:
                raise ValueError(name)
            found[name] = mark
    return found
