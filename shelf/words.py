"""Say paths and values of payloads in words that somebody without a technical mind can read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from booking.document_texts import DOCUMENT_TEXTS
from shelf.kinds import Field, Kind
from shelf.merge import ABSENT, Difference, Payload, parts


NOTHING = "–"
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One difference, to be read."""

    path: str
    label: str
    before: str
    after: str


def lines(kind: Kind, found: Iterable[Difference], *, names: Names | None = None) -> list[Line]:
    """Say each difference; ``names`` knows documents that no rule knows."""
    return [
        Line(
            each.path,
            label(kind, each.path, names=names, is_order=each.is_order),
            value(kind, each.path, each.before, names=names),
            value(kind, each.path, each.after, names=names),
        )
        for each in found
    ]


def label(kind: Kind, path: str, *, names: Names | None = None, is_order: bool = False) -> str:
    """Name a path: "Pièces à apporter, Photo d’identité"."""
    fields, said = kind.fields, []
    for name, key in parts(path):
        found = next((each for each in fields if each.name == name), None)
        said.append(str(found.label) if found else name)
        fields = found.fields if found else ()
        if key is not None:
            said.append(named(key, names))
    if is_order:
        said.append(_("ordre"))
    return ", ".join(said)


def value(kind: Kind, path: str, found: Any, *, names: Names | None = None) -> str:
    """Say a value as it stands at a path."""
    if found is ABSENT:
        return NOTHING
    field = kind.field_at(path)
    if isinstance(found, Mapping):
        return str(found.get("name") or found.get("title") or named(found["key"], names))
    return say(field, found, names=names)


def say(field: Field | None, found: Any, *, names: Names | None = None) -> str:
    """Say the value of one field."""
    if isinstance(found, bool):
        return _("oui") if found else _("non")
    if isinstance(found, list):
        return ", ".join(_item(each, names) for each in found) or NOTHING
    if field is not None and field.shape == "choice":
        return str(dict(field.choices).get(found, found)) or NOTHING
    return NOTHING if found in {None, ""} else str(found)


def shown(kind: Kind, payload: Payload, *, names: Names | None = None) -> list[tuple[str, str]]:
    """List what a payload says, field by field, without what is empty."""
    told = [
        (str(each.label), say(each, payload.get(each.name), names=names)) for each in kind.fields
    ]
    return [(name, words) for name, words in told if words != NOTHING]


def named(key: str, names: Names | None = None) -> str:
    """Name a document or a category by its key."""
    if names and key in names:
        return names[key]
    return str(DOCUMENT_TEXTS[key].title) if key in DOCUMENT_TEXTS else key


def _item(each: Any, names: Names | None) -> str:
    if isinstance(each, Mapping):
        return str(each.get("name") or _span(each) or named(each["key"], names))
    return named(each, names) if isinstance(each, str) else str(each)


def _span(item: Mapping[str, Any]) -> str:
    if "weekday" not in item:
        return ""
    days = (
        _("lundi"),
        _("mardi"),
        _("mercredi"),
        _("jeudi"),
        _("vendredi"),
        _("samedi"),
        _("dimanche"),
    )
    return f"{days[int(item['weekday'])]} {item['start']}-{item['end']}"
