"""What the team of the active commune can choose from: one question for all its lists."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When

from incidents.access import WRITERS
from incidents.models import Category, SavedFilter, Team, Zone
from incidents.people import members


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A category, as lists name it; ``keywords`` are what people say instead."""

    pk: int
    code: str
    name: str
    group: str
    keywords: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A filter that somebody kept; whose it is, she may delete it."""

    pk: int
    name: str
    query: str
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """All that a filter or an assignment may name; pairs are a number and a name."""

    kinds: tuple[Kind, ...] = ()
    teams: tuple[tuple[int, str], ...] = ()
    zones: tuple[tuple[int, str], ...] = ()
    people: tuple[tuple[int, str], ...] = ()
    saved: tuple[Saved, ...] = ()

    @property
    def groups(self) -> list[str]:
        """The groups of categories, in their order."""
        return list(dict.fromkeys(each.group for each in self.kinds))


def read(*, user_id: int) -> Offered:
    """Read what the commune has, and who handles reports there; one query.

    ``user_id`` is whose filters are wanted, besides those that are shared.
    """
    parts = [_kinds(), _teams(), _zones(), _people(), _saved(user_id)]
    rows = list(parts[0].union(*parts[1:], all=True))
    rows.sort(key=lambda row: (row[2], row[3].casefold()))
    found: dict[str, list[Any]] = {key: [row for row in rows if row[0] == key] for key in "CEFPZ"}
    return Offered(
        kinds=tuple(
            Kind(pk=pk, name=name, code=code, group=group, keywords=words, is_active=bool(active))
            for _key, pk, _rank, name, code, group, words, active in found["C"]
        ),
        teams=_pairs(found["E"]),
        zones=_pairs(found["Z"]),
        people=_pairs(found["P"]),
        saved=tuple(
            Saved(pk=pk, name=name, query=query, is_mine=bool(is_mine))
            for _key, pk, _rank, name, query, _group, _words, is_mine in found["F"]
        ),
    )


def _pairs(rows: list[Any]) -> tuple[tuple[int, str], ...]:
    return tuple((row[1], row[3]) for row in rows)


def _kinds() -> QuerySet[Any, Any]:
    known = Category.objects.exclude(door=Category.Door.REDIRECT)
    return _columns(
        "C",
        known,
        F("name"),
        F("code"),
        F("group"),
        F("keywords"),
        rank=F("position"),
        flag=_flag(Q(is_active=True)),
    )


def _teams() -> QuerySet[Any, Any]:
    return _columns("E", Team.objects.filter(is_active=True), F("name"))


def _zones() -> QuerySet[Any, Any]:
    return _columns("Z", Zone.objects.all(), F("name"))


def _people() -> QuerySet[Any, Any]:
    return _columns("P", members(WRITERS), F("user__display_name"), key=F("user_id"))


def _saved(user_id: int) -> QuerySet[Any, Any]:
    known = SavedFilter.objects.filter(Q(owner_id=user_id) | Q(is_shared=True))
    return _columns("F", known, F("name"), F("query"), flag=_flag(Q(owner_id=user_id)))


def _columns(
    kind: str, rows: QuerySet[Any, Any], *texts: F, key: F | None = None, **numbers: Any
) -> QuerySet[Any, Any]:
    """Write eight columns, the same for every table: what kind, number, rank, texts, a flag."""
    padded = [*texts, *[_text("")] * (4 - len(texts))]
    named = {f"text_{rank}": text for rank, text in enumerate(padded)}
    written: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind=_text(kind),
            key=key or F("pk"),
            rank=numbers.get("rank", _number(0)),
            flag=numbers.get("flag", _number(0)),
            **named,
        )
        .values_list("kind", "key", "rank", *named, "flag")
    )
    return written


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=_number(1)), default=_number(0), output_field=IntegerField())


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _number(value: int) -> Value:
    return Value(value, output_field=IntegerField())
