"""One filter for the list, the board, the map and the exports: it is their address.

What an address says is read into a value; what nobody knows is left out and told. The same value
writes the address back, so that every view of one filter has the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from urllib.parse import urlencode

from incidents.models import Category, Report
from incidents.offered import Offered
from incidents.workflow import CLOSED, OPEN, TO_HANDLE, WAITING, Status
from parvis.typed import number


WORDS_MOST = 100
FIRST_YEAR, LAST_YEAR = 2000, 2100
MINE, NOBODY = "moi", "personne"
TO_DO, DOING, WAITS, DONE, ALL = "a-traiter", "en-cours", "en-attente", "clos", "tous"
OPEN_ONES = "ouverts"
GROUPS: Mapping[str, frozenset[Status]] = {
    TO_DO: TO_HANDLE,
    DOING: frozenset({Status.PLANNED, Status.IN_PROGRESS}),
    WAITS: WAITING,
    DONE: CLOSED,
    ALL: frozenset(Status),
    OPEN_ONES: OPEN,
}
URGENT, NEWEST, OLDEST, CHANGED, CONCERNED = "urgence", "recent", "ancien", "change", "concernes"
ORDERS = (URGENT, NEWEST, OLDEST, CHANGED, CONCERNED)
FLAGS = {"late": "retard", "silent": "silence", "unread": "relire", "contested": "conteste"}
NAMES = {
    "state": "etat",
    "kind": "categorie",
    "zone": "quartier",
    "team": "equipe",
    "person": "agent",
    "priority": "priorite",
    "channel": "recu",
    "door": "porte",
    "since": "du",
    "until": "au",
    "words": "q",
    "order": "tri",
    **FLAGS,
}
VIEWS = ("liste", "tableau", "carte")
OTHERS = {"vue", "apres", "avant", "chaleur", "boite", "z"} | {"format", "textes", "personnes"}
"""What an address may say besides the filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which reports, and in which order; the empty one is what waits for the town hall."""

    state: str = TO_DO
    kind: str = ""
    """The code of a category, or the name of a group of them."""
    zone: int = 0
    team: str = ""
    person: str = ""
    late: bool = False
    silent: bool = False
    unread: bool = False
    contested: bool = False
    priority: int = 0
    channel: str = ""
    door: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    order: str = ""
    unknown: tuple[str, ...] = field(default=(), compare=False)
    """What the address said and nobody knows."""

    @property
    def states(self) -> frozenset[Status]:
        """The states that it lets through."""
        return GROUPS.get(self.state) or frozenset({Status(self.state)})

    @property
    def sorting(self) -> str:
        """The order that applies: urgency makes sense only for what is open."""
        if self.order and not (self.order == URGENT and not self.states <= OPEN):
            return self.order
        return URGENT if self.states <= OPEN else NEWEST

    @property
    def is_narrow(self) -> bool:
        """Whether anything besides the state and the order is asked for."""
        return self.at("") != Filter(state="", order=self.order)

    def at(self, state: str) -> "Filter":
        """Return the same filter for other states."""
        return replace(self, state=state)

    def to_query(self) -> str:
        """Write the part of the address that says it, in one order; what is usual is left out."""
        pairs = []
        for name, value in self.as_data().items():
            if value != getattr(Filter(), _attribute(name)) and value:
                pairs.append((name, "1" if value is True else str(value)))
        return urlencode(pairs)

    def as_data(self) -> dict[str, object]:
        """Return what it says, under the names of the address."""
        return {
            NAMES[each.name]: getattr(self, each.name)
            for each in fields(self)
            if each.name in NAMES
        }


def read(query: Mapping[str, str], known: Offered) -> Filter:
    """Read the part of an address that says the filter."""
    readers = _readers(known)
    given: dict[str, object] = {}
    unknown = [name for name in query if name not in readers and name not in OTHERS]
    for name, reader in readers.items():
        typed = query.get(name, "").replace("\0", "").strip()
        if not typed:
            continue
        value = reader(typed)
        if value:
            given[_attribute(name)] = value
        else:
            unknown.append(name)
    return Filter(**given, unknown=tuple(unknown))  # type: ignore[arg-type]


def _attribute(name: str) -> str:
    return next(key for key, value in NAMES.items() if value == name)


def _readers(known: Offered) -> dict[str, Callable[[str], object]]:
    """Say how each part of an address is read; nothing comes of what is not offered."""
    kinds = {each.code for each in known.kinds} | set(known.groups)
    teams = {NOBODY, *(str(pk) for pk, _name in known.teams)}
    people = {MINE, NOBODY, *(str(pk) for pk, _name in known.people)}
    zones = {pk for pk, _name in known.zones}
    doors = set(Category.Door.values) - {Category.Door.REDIRECT}
    return {
        "etat": _one_of({*GROUPS, *(str(each) for each in Status)}),
        "categorie": _one_of(kinds),
        "quartier": lambda typed: number(typed) if number(typed) in zones else 0,
        "equipe": _one_of(teams),
        "agent": _one_of(people),
        "priorite": lambda typed: number(typed) if number(typed) in _PRIORITIES else 0,
        "recu": _one_of(set(Report.Channel.values)),
        "porte": _one_of(doors),
        "du": _day,
        "au": _day,
        "q": lambda typed: " ".join(typed[:WORDS_MOST].split()),
        "tri": _one_of(set(ORDERS)),
        **{name: lambda typed: typed == "1" for name in FLAGS.values()},
    }


_PRIORITIES = frozenset(Report.Priority.values)


def _one_of(known: set[str]) -> Callable[[str], str]:
    return lambda typed: typed if typed in known else ""


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
