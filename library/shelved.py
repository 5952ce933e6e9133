"""What the commune's pages show of its shelf."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from booking.checklists import own_texts
from library import propagation
from library.forms import edited_field
from library.models import Template, TemplateVersion
from library.shown import document_names
from shelf import words
from shelf.history import mapping_of
from shelf.kinds import KINDS, Kind
from shelf.merge import differences
from shelf.models import Arrival, Origin, UpdateProposal, unwrapped
from shelf.words import Line
from tenants.models import Commune


HISTORY = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal in three columns."""

    proposal: UpdateProposal
    label: str
    mine: str
    before: str
    now: str
    may_rewrite: bool


@dataclass(frozen=True, slots=True)
class Shelved:
    """One thing that came from the library."""

    origin: Origin
    kind: Kind
    waiting: int


@dataclass(frozen=True, slots=True)
class Came:
    """One change that came through the library."""

    arrival: Arrival
    lines: list[Line]
    may_undo: bool


def names_here(commune: Commune) -> dict[str, str]:
    """Name documents as the library and the commune do; two queries."""
    own = {key: text.title for key, text in own_texts().items() if text.title}
    return document_names(commune.association) | own


def shelved() -> list[Shelved]:
    """List what came from the library; two queries."""
    waiting = Counter(
        UpdateProposal.objects.filter(state="open").values_list("origin_id", flat=True)
    )
    return [
        Shelved(origin, KINDS[origin.kind], waiting[origin.pk])
        for origin in Origin.objects.order_by("kind", "name", "pk").defer("base", "keys")
    ]


def choices(origin: Origin, names: dict[str, str]) -> list[Choice]:
    """List what is to be decided about one thing."""
    kind = KINDS[origin.kind]
    return [
        Choice(
            proposal=each,
            label=words.label(kind, each.path, names=names),
            mine=words.value(kind, each.path, unwrapped(each.mine), names=names),
            before=words.value(kind, each.path, unwrapped(each.base), names=names),
            now=words.value(kind, each.path, unwrapped(each.theirs), names=names),
            may_rewrite=edited_field(kind, each.path) is not None,
        )
        for each in origin.proposals.filter(state=UpdateProposal.State.OPEN)
    ]


def own_changes(origin: Origin, names: dict[str, str]) -> list[Line]:
    """List where the commune says otherwise than the version it stands on."""
    kind = KINDS[origin.kind]
    mine = mapping_of(origin).read(origin, origin.base)
    if mine is None:
        return []
    return words.lines(kind, differences(origin.base, mine, lists=kind.lists), names=names)


def history(names: dict[str, str], *, origin: Origin | None = None) -> list[Came]:
    """List the last changes that came through the library, the newest first."""
    found = Arrival.objects.select_related("origin")
    if origin is not None:
        found = found.filter(origin=origin)
    return [_came(each, names) for each in found[:HISTORY]]


def planned(*, today: date) -> list[TemplateVersion]:
    """List the versions that come into force later, of what the commune has or must have."""
    known = Origin.objects.filter(detached_at=None).values_list("template_uuid", flat=True)
    uuids = set(known)
    versions = (
        TemplateVersion.objects.filter(published_at__isnull=False, effective_on__gt=today)
        .select_related("template__adapted_from")
        .order_by("effective_on", "pk")
    )
    return [each for each in versions if _concerns(each.template, uuids)]


def to_take(commune: Commune, *, today: date, wanted: str = "") -> list[Template]:
    """List what the commune does not have yet and may take today."""
    known = set(Origin.objects.values_list("template_uuid", flat=True))
    others = [each for each in propagation.offered(commune) if each.uuid not in known]
    begun = propagation.begun(others, today=today)
    return [
        each for each in others if each.pk in begun and wanted.casefold() in each.name.casefold()
    ]


def _concerns(template: Template, known: set[Any]) -> bool:
    before = template.adapted_from.uuid if template.adapted_from else None
    by_itself = template.policy == "legal" and KINDS[template.kind].arrives_by_law
    return template.uuid in known or before in known or by_itself


def _came(arrival: Arrival, names: dict[str, str]) -> Came:
    kind = KINDS[arrival.origin.kind]
    found = (
        differences(arrival.before, arrival.after, lists=kind.lists)
        if arrival.before is not None and arrival.after is not None
        else []
    )
    may_undo = (
        bool(found)
        and arrival.undone_at is None
        and arrival.cause != Arrival.Cause.LAW
        and not arrival.origin.by_law
    )
    return Came(arrival, words.lines(kind, found, names=names), may_undo)


def state_words(origin: Origin) -> str:
    """Say in a few words how something follows the library."""
    if origin.detached_at:
        return _("ne suit plus la bibliothèque")
    if origin.by_law:
        return _("imposé par la loi")
    return _("version %(number)s") % {"number": origin.version}
