"""What other Open311 servers answer, read with patience; pure.

Contract: section "Parvis as a client". Servers wrap JSON in an object, give numbers where text is
due, an organisation as an object, ``application/xml``, pages of HTML for errors, and leave fields
out. XML is read by defusedxml alone: no entity, no document type.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from incidents.open311_formats import clean


TAG = re.compile(r"<[^>]{0,400}>")
ERROR_MOST = 300


class Unreadable(ValueError):
    """It is neither XML nor JSON that makes sense."""


@dataclass(frozen=True, slots=True)
class News:
    """What a server says has become of a report; what it does not say is empty."""

    reference: str
    status: str
    text: str
    key: str = ""
    at: datetime | None = None


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the items of an answer, each as names and texts.

    Raises:
        Unreadable: there is nothing of the kind.
    """
    text = content.decode("utf-8", errors="replace").lstrip("\ufeff \n\r\t")
    if text.startswith(("{", "[")):
        try:
            return [_texts(each) for each in _items(json.loads(text))]
        except (ValueError, RecursionError) as fault:
            raise Unreadable(text[:80]) from fault
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        raise Unreadable(text[:80]) from fault
    if root.tag.lower().endswith("html"):
        raise Unreadable(text[:80])
    return [{_bare(field.tag): _inner(field) for field in item} for item in root]


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _inner(field: Any) -> str:
    text = (field.text or "").strip() or next((each.text or "" for each in field), "")
    return clean(text).strip()


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Find the items of a JSON answer: a bare list, one object, or a list wrapped in objects."""
    if isinstance(value, list):
        for each in value:
            yield from _items(each)
    elif isinstance(value, dict):
        inner = [each for each in value.values() if isinstance(each, list | dict)]
        if inner and len(value) == 1:
            yield from _items(inner[0])
        else:
            yield value


def _texts(item: dict[str, Any]) -> dict[str, str]:
    return {str(name): _text(each) for name, each in item.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return _text(value.get("name") or next(iter(value.values()), ""))
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).strip()


def received(content: bytes) -> tuple[str, str]:
    """Return the number that a report was given there, and the token; one of them is empty.

    Raises:
        Unreadable: there is neither.
    """
    for each in rows(content):
        number, token = each.get("service_request_id", ""), each.get("token", "")
        if number or token:
            return number[:100], token[:200]
    raise Unreadable("neither number nor token")


def fault(status: int, content: bytes) -> str:
    """Say in a line what a server refused, as far as it says so."""
    try:
        words = " ".join(filter(None, (each.get("description", "") for each in rows(content))))
    except Unreadable:
        words = TAG.sub(" ", content[:4000].decode("utf-8", errors="replace"))
    return " ".join(clean(f"{status} {words}").split())[:ERROR_MOST]


def updates(content: bytes) -> list[News]:
    """Read a list of updates.

    Raises:
        Unreadable: it is no list.
    """
    return [
        News(
            reference=each.get("service_request_id", ""),
            status=each.get("status", "").upper(),
            text=each.get("description", ""),
            key=each.get("update_id") or _made_key(each),
            at=_instant(each.get("updated_datetime", "")),
        )
        for each in rows(content)
        if each.get("service_request_id")
    ]


def _made_key(said: dict[str, str]) -> str:
    """Make a key for an update without one: lists overlap, and it is to be heard once."""
    at = said.get("updated_datetime", "")
    return f"{at} {said.get('status', '')}".strip() if at else ""


def states(content: bytes) -> list[News]:
    """Read a list of reports, for what has become of them.

    Raises:
        Unreadable: it is no list.
    """
    return [
        News(
            reference=each.get("service_request_id", ""),
            status=each.get("status", "").upper(),
            text=each.get("status_notes", ""),
            at=_instant(each.get("updated_datetime", "")),
        )
        for each in rows(content)
        if each.get("service_request_id")
    ]


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
