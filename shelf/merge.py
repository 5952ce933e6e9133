"""Merge three versions of a payload, field by field: no database, clock or settings.

A payload is what JSON can hold: fields, some of which are keyed lists, whose items are objects
with a ``key``. Which fields are keyed lists is said by ``lists``, never guessed from a value: its
keys are their names, its values the keyed lists inside their items. "Absent" is a value of its
own, different from null. A path is written ``title``, ``documents[photo].label`` or, for a whole
item, ``documents[photo]``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final


class Absent(Enum):
    """The one value that is not there."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
LOCAL: Final = "local-"
"""What begins the key of an item that only this commune has."""
Payload = Mapping[str, Any]
Lists = Mapping[str, Any]
PART = re.compile(r"([^.\[\]]+)(?:\[([^\[\]]*)\])?(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the same path, and differ: the commune's is kept until somebody says."""

    path: str
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands at a path in one payload and in another; ``is_order``: only its order."""

    path: str
    before: Any
    after: Any
    is_order: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What the row becomes, and what is left to somebody to decide."""

    payload: dict[str, Any]
    conflicts: tuple[Conflict, ...] = ()


@dataclass(slots=True)
class _Run:
    locked: Collection[str]
    conflicts: list[Conflict] = field(default_factory=list)

    def is_locked(self, path: str) -> bool:
        return any(_within(path, held) for held in self.locked)

    def holds_below(self, path: str) -> bool:
        return any(_within(held, path) for held in self.locked)


def merge(
    base: Payload,
    theirs: Payload,
    mine: Payload,
    *,
    lists: Lists,
    locked: Collection[str] = (),
) -> Merged:
    """Bring what changed from ``base`` to ``theirs`` into ``mine``, and keep what mine changed."""
    run = _Run(locked)
    payload = _fields(run, "", lists, (base, theirs, mine))
    return Merged(payload, tuple(run.conflicts))


def impose(theirs: Payload, mine: Payload, *, lists: Lists) -> dict[str, Any]:
    """Replace ``mine`` by ``theirs``, but for the commune's own items (the law allows to add)."""
    payload = dict(theirs)
    for name in lists:
        own = [item for item in mine.get(name) or [] if item["key"].startswith(LOCAL)]
        if name not in theirs and not own:
            continue
        before = _by_key(mine.get(name))
        wanted = {
            item["key"]: impose(item, before.get(item["key"], {}), lists=lists[name])
            for item in theirs.get(name) or []
        }
        wanted |= {item["key"]: dict(item) for item in own}
        order = _insert([each["key"] for each in theirs.get(name) or []], list(before))
        payload[name] = [wanted[key] for key in order if key in wanted]
    return payload


def differences(before: Payload, after: Payload, *, lists: Lists) -> list[Difference]:
    """List the paths at which two payloads differ; an item that comes or goes is one path."""
    return list(_differences("", before, after, lists))


def same(one: Any, other: Any) -> bool:
    """Compare two values, blind to spaces around, to how accents are encoded and lines end."""
    return one is other or bool(_normal(one) == _normal(other))


def get(payload: Payload, path: str) -> Any:
    """Return what stands at a path, ABSENT when nothing does."""
    value: Any = payload
    for name, key in parts(path):
        value = value.get(name, ABSENT)
        if key is not None:
            value = _by_key([] if value is ABSENT else value).get(key, ABSENT)
        if value is ABSENT:
            return ABSENT
    return value


def put(payload: Payload, path: str, value: Any) -> dict[str, Any]:
    """Return the payload with another value at a path; ABSENT takes away what is there."""
    (name, key), rest = parts(path)[0], path.partition(".")[2] if "." in path else ""
    changed = dict(payload)
    if key is None:
        changed[name] = value
        if value is ABSENT:
            del changed[name]
        return changed
    items = {item["key"]: item for item in changed.get(name) or []}
    if rest:
        items[key] = put(items.get(key, {"key": key}), rest, value)
    elif value is ABSENT:
        items.pop(key, None)
    else:
        items[key] = value
    changed[name] = list(items.values())
    return changed


def parts(path: str) -> list[tuple[str, str | None]]:
    """Split a path into names, each with the key of an item where it has one."""
    return [(found[1], found[2]) for found in PART.finditer(path)]


def covers(outer: str, inner: str) -> bool:
    """Tell whether a path is another one, or holds it."""
    return _within(inner, outer)


def _fields(run: _Run, at: str, lists: Lists, sides: Sequence[Payload]) -> dict[str, Any]:
    _base, theirs, mine = sides
    merged: dict[str, Any] = {}
    for name in dict.fromkeys([*mine, *theirs]):
        path = f"{at}.{name}" if at else name
        values = tuple(side.get(name, ABSENT) for side in sides)
        if run.is_locked(path):
            value = values[2]
        elif name in lists:
            value = _list(run, path, lists[name], values)
        else:
            value = _scalar(run, path, values)
        if value is not ABSENT:
            merged[name] = value
    return merged


def _scalar(run: _Run, path: str, values: tuple[Any, Any, Any]) -> Any:
    base, theirs, mine = values
    if same(mine, base):
        return theirs
    if not same(theirs, base) and not same(mine, theirs):
        run.conflicts.append(Conflict(path, base, theirs, mine))
    return mine


def _list(run: _Run, path: str, lists: Lists, values: tuple[Any, Any, Any]) -> Any:
    base, theirs, mine = (_by_key(None if side is ABSENT else side) for side in values)
    kept = {}
    for key in dict.fromkeys([*base, *theirs, *mine]):
        three = (base.get(key, ABSENT), theirs.get(key, ABSENT), mine.get(key, ABSENT))
        item = _item(run, f"{path}[{key}]", lists, three)
        if item is not ABSENT:
            kept[key] = item
    order = _order(list(base), list(theirs), list(mine))
    merged = [kept[key] for key in order if key in kept]
    there = tuple(side is not ABSENT for side in values)
    is_there = there[1] if there[0] == there[2] else there[2]
    return merged if merged or is_there else ABSENT


def _item(run: _Run, path: str, lists: Lists, values: tuple[Any, Any, Any]) -> Any:
    base, theirs, mine = values
    if run.is_locked(path):
        return mine
    if theirs is ABSENT:
        return _withdrawn(run, path, values)
    if mine is ABSENT:
        if base is ABSENT:
            return theirs
        if not same(theirs, base):
            run.conflicts.append(Conflict(path, base, theirs, mine))
        return ABSENT
    sides = ({} if base is ABSENT else base, theirs, mine)
    return _fields(run, path, lists, sides)


def _withdrawn(run: _Run, path: str, values: tuple[Any, Any, Any]) -> Any:
    """Let go of what the library does not have (any more), unless the commune cares for it."""
    base, theirs, mine = values
    if base is ABSENT or mine is ABSENT or run.holds_below(path):
        return mine
    if same(mine, base):
        return ABSENT
    run.conflicts.append(Conflict(path, base, theirs, mine))
    return mine


def _order(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """Choose whose order the keys stand in, and give a place to those of the other side."""
    there, known = set(mine), set(base)
    is_reordered = [k for k in base if k in there] != [k for k in mine if k in known]
    if is_reordered or theirs == base:
        return _insert(_insert(mine, theirs), base)
    return _insert(_insert(theirs, mine), base)


def _insert(spine: Sequence[str], other: Iterable[str]) -> list[str]:
    """Put each missing key right after its nearest predecessor that is there, else first."""
    order, place = list(spine), 0
    there = set(order)
    for key in other:
        if key in there:
            place = order.index(key) + 1
        else:
            order.insert(place, key)
            there.add(key)
            place += 1
    return order


def _differences(at: str, before: Payload, after: Payload, lists: Lists) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        path = f"{at}.{name}" if at else name
        one, other = before.get(name, ABSENT), after.get(name, ABSENT)
        if name in lists:
            yield from _list_differences(path, one, other, lists[name])
        elif not same(one, other):
            yield Difference(path, one, other)


def _list_differences(path: str, one: Any, other: Any, lists: Lists) -> Iterator[Difference]:
    before, after = (_by_key(None if side is ABSENT else side) for side in (one, other))
    for key in dict.fromkeys([*before, *after]):
        here = f"{path}[{key}]"
        if key in before and key in after:
            yield from _differences(here, before[key], after[key], lists)
        else:
            yield Difference(here, before.get(key, ABSENT), after.get(key, ABSENT))
    orders = [key for key in before if key in after], [key for key in after if key in before]
    if orders[0] != orders[1]:
        yield Difference(path, *orders, is_order=True)


def _by_key(items: Sequence[Mapping[str, Any]] | None) -> dict[str, Mapping[str, Any]]:
    return {item["key"]: item for item in items or ()}


def _within(path: str, outer: str) -> bool:
    return path == outer or (path.startswith(outer) and path[len(outer)] in ".[")


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return (bool, value)  # JSON's true is not 1
    if isinstance(value, list | tuple):
        return [_normal(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _normal(each) for name, each in value.items()}
    return value
