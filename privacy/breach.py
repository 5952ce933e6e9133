"""Who was touched by an actor, from a network or in a time, as the commune's record says.

The record names rows, never people: those who are still known are looked up now. What somebody
only read on a page of the team is not in the record, unless she was there as support.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.db.models import ForeignKey, Model

from audit.models import Entry
from parvis.guard import TenantQuerySet
from parvis.personal import Kind, Purpose
from privacy import registry
from tenants.models import User


MOST = 100_000
COLUMNS = {"name": "name", "holder": "name", "email": "email", "phone": "phone"}
OF_CITIZENS = {Purpose.APPOINTMENTS, Purpose.REPORTS}
Row = tuple[type[Model], int]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty narrows nothing."""

    since: datetime
    until: datetime
    actor: str = ""
    """A name as the record keeps it, an e-mail address or the number of an account."""
    network: str = ""


@dataclass(slots=True)
class Touch:
    """What was done to one row."""

    first: datetime
    last: datetime
    label: str = ""
    kinds: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        """Note one more entry."""
        self.first, self.last = min(self.first, entry.at), max(self.last, entry.at)
        self.label = entry.label or self.label
        self.kinds.add(entry.kind)
        self.actors.add(entry.actor_name or entry.get_channel_display())
        self.networks.add(entry.origin)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a row tells of; without name and address when it was erased since."""

    what: str
    number: int
    touch: Touch
    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything still says who it is."""
        return bool(self.name or self.email or self.phone)


def entries(search: Search) -> TenantQuerySet[Entry]:
    """Find what the record holds, the oldest first."""
    found = Entry.objects.filter(at__gte=search.since, at__lt=search.until).order_by("pk")
    if search.network:
        found = found.filter(origin=search.network)
    if search.actor.isdecimal():
        found = found.filter(actor_id=int(search.actor))
    elif "@" in search.actor:
        found = found.filter(actor_id__in=_accounts(search.actor))
    elif search.actor:
        found = found.filter(actor_name__iexact=search.actor)
    return found[:MOST]


def _accounts(email: str) -> list[int]:
    return list(User.objects.filter(email__iexact=email).values_list("pk", flat=True))


def persons(found: Iterable[Entry]) -> list[Person]:
    """List whom the changed rows tell of, the ones that can be written to first."""
    touched: dict[Row, Touch] = {}
    models = {model._meta.db_table: model for model in apps.get_models()}  # noqa: SLF001
    for entry in found:
        model = models.get(entry.object_table)
        if model is not None and entry.object_id.isdecimal():
            row = (model, int(entry.object_id))
            touched.setdefault(row, Touch(entry.at, entry.at)).add(entry)
    _lift(touched)
    listed = [person for model in _tables() for person in _told_by(model, _spread(model, touched))]
    return sorted(listed, key=_order)


def _order(each: Person) -> tuple[object, ...]:
    return (not each.is_known, not each.email, each.email, each.name, each.what, each.number)


def _tables() -> dict[type[Model], dict[str, str]]:
    """Find which models say who a citizen is, and by which fields."""
    found: dict[type[Model], dict[str, str]] = defaultdict(dict)
    for label, name, mark in registry.personal():
        says_who = mark.kind in {Kind.IDENTITY, Kind.CONTACT} and mark.purpose in OF_CITIZENS
        if says_who and name in COLUMNS:
            found[apps.get_model(label)][name] = COLUMNS[name]
    return dict(found)


def _lift(touched: dict[Row, Touch]) -> None:
    """Add what a touched row belongs to: a photo touches its report."""
    citizens = _of_citizens()
    for model in {of for of, _number in touched} & citizens:
        ids = {number: touch for (of, number), touch in touched.items() if of is model}
        for whole in citizens - {model}:
            for number, source in _pairs(model, whole, list(ids)):
                touched.setdefault((whole, number), ids[source])


def _spread(model: type[Model], touched: dict[Row, Touch]) -> dict[int, Touch]:
    """Gather the touched rows of a model, and those that a touched row belongs to or owns."""
    rows = {number: touch for (of, number), touch in touched.items() if of is model}
    for other in ({of for of, _number in touched} & _of_citizens()) - {model}:
        ids = {number: touch for (of, number), touch in touched.items() if of is other}
        for number, source in _neighbours(model, other, list(ids)):
            rows.setdefault(number, ids[source])
    return rows


def _of_citizens() -> set[type[Model]]:
    """Find what is one citizen's: the motive of an appointment is not, her report is."""
    return {
        apps.get_model(label)
        for label, _name, mark in registry.personal()
        if mark.purpose in OF_CITIZENS and mark.kind is not Kind.STAFF
    }


def _neighbours(
    model: type[Model], other: type[Model], ids: list[int]
) -> Iterator[tuple[int, int]]:
    """Pair the rows of ``model`` with the rows of ``other`` that a key joins them to."""
    yield from _pairs(other, model, ids)
    for key in _keys(model, to=other):
        rows = model._default_manager.filter(**{f"{key}__in": ids})  # noqa: SLF001
        yield from rows.values_list("pk", key)


def _pairs(part: type[Model], whole: type[Model], ids: list[int]) -> Iterator[tuple[int, int]]:
    """Pair what the rows of ``part`` belong to with these rows."""
    for key in _keys(part, to=whole):
        rows = part._default_manager.filter(pk__in=ids, **{f"{key}__isnull": False})  # noqa: SLF001
        yield from ((target, source) for source, target in rows.values_list("pk", key))


def _keys(model: type[Model], *, to: type[Model]) -> list[str]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (documented)
    return [f.attname for f in fields if isinstance(f, ForeignKey) and f.related_model is to]


def _told_by(model: type[Model], rows: dict[int, Touch]) -> Iterator[Person]:
    """Look up who the rows of one model are about."""
    named, what = _tables()[model], str(model._meta.verbose_name)  # noqa: SLF001 (documented)
    known = model._default_manager.filter(pk__in=list(rows)).values("pk", *named)  # noqa: SLF001
    for each in known:
        number = each.pop("pk")
        said = {named[name]: str(value or "") for name, value in each.items()}
        yield Person(what, number, rows.pop(number), **said)
    yield from (Person(what, number, touch) for number, touch in rows.items())
