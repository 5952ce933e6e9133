"""What every kind of import has in common: the world its rows meet, and how one is refused."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from booking import planning
from booking.models import Resource, Service, Site
from exchange import mapping
from exchange.mapping import DateOrder, folded
from identity.members import Member


REFUSALS_SHOWN = 3
Fix = tuple[str, dict[str, str]]
"""A correction proposed in words, and what it writes in which field."""


class Refused(Exception):
    """A row cannot be imported as it is: which field, why, and what may stand instead."""

    def __init__(self, field: str, message: str, fixes: list[Fix] | None = None) -> None:
        super().__init__(message)
        self.field, self.message, self.fixes = field, message, fixes or []


@dataclass(frozen=True, slots=True)
class Item:
    """A row that can be imported: its reference in the other tool, and what to write."""

    ref: str
    wish: Any
    digest: str


def item(ref: str, wish: Any, **told: object) -> Item:
    """Prepare a row; ``told`` is everything that makes it differ from what was imported before."""
    text = json.dumps(told, sort_keys=True, default=str)
    return Item(ref, wish, hashlib.sha256(text.encode()).hexdigest())


@dataclass(kw_only=True)
class World:
    """What the rows of one import may name, read once."""

    now: datetime
    order: DateOrder
    settings: Mapping[str, Any]
    by: Member
    batch: int = 0
    memory: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the commune."""
        return planning.zone()

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services, by name and by slug, folded."""
        known = list(Service.objects.offered())
        return {folded(name): each for each in known for name in (each.name, each.slug)}

    @cached_property
    def places(self) -> dict[str, Site | Resource]:
        """The sites and resources, by folded name."""
        known: list[Site | Resource] = [
            *Site.objects.all(),
            *Resource.objects.filter(active=True).select_related("site"),
        ]
        return {folded(each.name): each for each in known}

    def service(self, name: str) -> Service:
        """Find a service by what the other tool calls it, or the one that stands for all rows.

        Raises:
            Refused: none bears that name.
        """
        renamed = self.settings.get("services", {}).get(folded(name), "")
        given = renamed or folded(name) or folded(self.settings.get("service", ""))
        if (found := self.services.get(given)) is not None:
            return found
        near = [each for key, each in self.services.items() if given in key or key in given]
        guessed = near if given and near else list(self.services.values())
        fixes = [
            (_("Motif : %(name)s") % {"name": each.name}, {"service": each.name})
            for each in list(dict.fromkeys(guessed))[:REFUSALS_SHOWN]
        ]
        words = (
            _("Aucun motif ne s’appelle « %(name)s ».") % {"name": name[:60]}
            if name
            else _("Aucun motif n’est indiqué.")
        )
        raise Refused("service", words, fixes)

    def place(self, name: str) -> Site | Resource | None:
        """Find a site or a counter by its name; nothing for the whole commune.

        Raises:
            Refused: none bears that name.
        """
        if not name.strip() or folded(name) in {"mairie", "toute la mairie", "tous", "toutes"}:
            return self.places.get(folded(name))
        if (found := self.places.get(folded(name))) is not None:
            return found
        fixes: list[Fix] = [(_("Toute la mairie"), {"where": ""})]
        fixes += [(each.name, {"where": each.name}) for each in list(self.places.values())[:2]]
        raise Refused(
            "where", _("Aucun lieu ni guichet ne s’appelle « %(name)s ».") % {"name": name[:60]},
            fixes,
        )  # fmt: skip

    def day(self, values: Mapping[str, str], name: str) -> tuple[date, str]:
        """Read a day, and what follows it in its cell.

        Raises:
            Refused: there is no such day.
        """
        text = values.get(name, "")
        try:
            return mapping.read_day(text, self.order)
        except mapping.Wrong:
            pass
        other = DateOrder.MONTH_FIRST if self.order == DateOrder.DAY_FIRST else DateOrder.DAY_FIRST
        fixes: list[Fix] = []
        try:
            day, rest = mapping.read_day(text, other)
        except mapping.Wrong:
            pass
        else:
            fixes = [(f"{day:%d/%m/%Y}", {name: f"{day.isoformat()} {rest}".strip()})]
        words = (
            _("« %(text)s » n’est pas une date.") % {"text": text[:40]}
            if text
            else _("La date manque.")
        )
        raise Refused(name, words, fixes)

    def hour(self, values: Mapping[str, str], name: str, text: str = "") -> time:
        """Read an hour.

        Raises:
            Refused: there is no such hour.
        """
        text = values.get(name, "") or text
        try:
            return mapping.read_time(text)
        except mapping.Wrong as fault:
            words = (
                _("« %(text)s » n’est pas une heure.") % {"text": text[:40]}
                if text
                else _("L’heure manque.")
            )
            raise Refused(name, words) from fault


def number(values: Mapping[str, str], name: str, *, usual: int, most: int) -> int:
    """Read a whole number.

    Raises:
        Refused: it is none, or too large.
    """
    text = values.get(name, "")
    if not text:
        return usual
    if text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most:  # noqa: PLR2004
        return int(text)
    words = _("« %(text)s » : un nombre de 1 à %(most)s est attendu.")
    raise Refused(
        name, words % {"text": text[:20], "most": most}, [(str(usual), {name: str(usual)})]
    )


def at_most(values: Mapping[str, str], name: str, most: int) -> str:
    """Return a text.

    Raises:
        Refused: it is too long.
    """
    text = values.get(name, "")
    if len(text) > most:
        words = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": most}
        raise Refused(name, words, [(f"{text[:30]}…", {name: text[:most]})])
    return text
