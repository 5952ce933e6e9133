"""One structure said as XML or as JSON, as GeoReport v2 wants both (the Spark convention); pure.

Contract: Open311 GeoReport v2, section "Formats". A list is a bare array in JSON and an element
with one kind of child in XML; what is unknown is ``null`` and an empty element.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from xml.sax.saxutils import escape


XML, JSON = "xml", "json"
CONTENT_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "notes": "note",
    "photos": "photo",
    "media_urls": "media_url",
}
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})", re.ASCII
)
LOST_PLUS = re.compile(r" (\d{2}:?\d{2})$", re.ASCII)
LONGEST = timedelta(days=90)
SECOND = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 1900, 9000  # arithmetic on either side stays within the calendar


class Unclear(ValueError):
    """What is no instant, or no window of time."""


def clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold, and bring the ends of lines to one kind (H50)."""
    return ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def render(root: str, content: Any, form: str) -> str:
    """Say a structure in one of the two formats; ``root`` is the name of the XML element."""
    if form == JSON:
        return json.dumps(_cleaned(content), ensure_ascii=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, content)}\n'


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return {name: _cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    return value


def _element(name: str, value: Any) -> str:
    inside = _inside(name, value)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _inside(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "".join(_element(key, each) for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(ITEMS[name], each) for each in value)
    return escape(ILLEGAL.sub("", str(value)), {"\r": "&#13;"})


def said(instant: datetime | None, zone: tzinfo) -> str | None:
    """Write an instant in whole seconds, in the zone of the commune."""
    return instant.astimezone(zone).replace(microsecond=0).isoformat() if instant else None


def read_instant(text: str) -> datetime:
    """Read an instant with its offset; a plus lost on the way in an address is a space.

    Raises:
        Unclear: it is a bare date, has no offset, or is no instant (H37).
    """
    known = INSTANT.fullmatch(LOST_PLUS.sub(r"+\1", text.strip()))
    if known is None:
        raise Unclear(text)
    day, hour, offset = known.groups()
    try:
        found = datetime.fromisoformat(f"{day}T{hour}{offset}")
    except ValueError as fault:
        raise Unclear(text) from fault
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unclear(text)
    return found


def window(
    start: datetime | None, end: datetime | None, *, now: datetime
) -> tuple[datetime, datetime]:
    """Complete a window of at most 90 days, both ends of which count (H34 to H36).

    Raises:
        Unclear: it ends before it starts, or lasts longer.
    """
    try:
        if start is None and end is None:
            return now - LONGEST, now
        if start is None and end is not None:
            return end - LONGEST, end
        if start is not None and end is None:
            return start, min(now, start + LONGEST)
    except OverflowError as fault:
        raise Unclear("beyond the calendar") from fault
    assert start is not None and end is not None  # noqa: PT018, S101 (told to the type checker)
    if end < start:
        raise Unclear("backwards")
    if end - start > LONGEST:
        raise Unclear("too long")
    return start, end
