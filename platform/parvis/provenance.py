"""Where what a commune says comes from: asked by the apps that own the rows.

The app that knows stands above them, so the settings name it: ``settings.PROVENANCE`` is a module
with the two functions of :class:`Knows`.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The version of a template that something of a commune stands on."""

    kind: str
    slug: str
    name: str
    version: int
    is_by_law: bool
    uuid: UUID


class Knows(Protocol):
    """What the app above answers about the active commune."""

    def sources(self, wanted: Mapping[str, Collection[int | str]]) -> list[Source]:
        """List the sources of some things: by kind, the rows or the keys they are known by."""

    def breaches(self) -> Mapping[tuple[int, str], str]:
        """List where the commune says otherwise than the law imposes, and name each place."""


class Imposed(DomainError):
    """What the law imposes was changed; nothing is kept of it."""

    message = _(
        "Rien n’a été enregistré : la loi impose « %(field)s ». Vous pouvez seulement ajouter ce "
        "qui est propre à votre commune."
    )

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def __str__(self) -> str:
        return str(self.message) % {"field": self.field}


def sources(**wanted: Collection[int | str]) -> list[Source]:
    """List where some things come from: ``sources(service=[pk], document=[key])``; one query."""
    return _above().sources(wanted)


def source_of(kind: str, known_by: int | str | None) -> Source | None:
    """Tell where one thing comes from; None when the commune made it itself."""
    return next(iter(sources(**{kind: [known_by]})), None) if known_by else None


@contextmanager
def within_the_law() -> Iterator[None]:
    """Undo what happens inside where it newly departs from what the law imposes.

    Raises:
        Imposed: it does.
    """
    with transaction.atomic():
        before = _above().breaches()
        yield
        for place, name in _above().breaches().items():
            if place not in before:
                raise Imposed(name)


@contextmanager
def told_in(form: BaseForm) -> Iterator[None]:
    """Say in a form what the law refuses, and go on after the block to show it again."""
    try:
        yield
    except Imposed as refusal:
        form.add_error(None, str(refusal))


def _above() -> Knows:
    return cast("Knows", import_module(settings.PROVENANCE))
