"""Lay a day out for the ``ui`` tags: words, tones, addresses of what the counter sees."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext as _, gettext_lazy, ngettext

from booking.checklists import own_texts, told_each
from booking.days import PRESENT, Column, Day, Taken, Visit
from booking.models import Appointment, Site
from booking.words import people, service_name
from parvis.pieces import DiaryColumn, DiaryEntry, TimelineEntry, Tone
from parvis.typo import date_courte, heure


STATES: dict[str, tuple[Promise, Tone, str]] = {
    "expected": (gettext_lazy("attendu"), "neutral", "clock"),
    "waiting": (gettext_lazy("en salle"), "info", "armchair"),
    "called": (gettext_lazy("appelé"), "brand", "megaphone"),
    "honoured": (gettext_lazy("reçu"), "success", "check"),
    "missed": (gettext_lazy("absent"), "danger", "user-x"),
    "cancelled": (gettext_lazy("annulé"), "neutral", "ban"),
}
LATE: tuple[Promise, Tone, str] = (gettext_lazy("en retard"), "warning", "clock-alert")
UNMARKED: tuple[Promise, Tone, str] = (gettext_lazy("à noter"), "warning", "circle-question-mark")
MOVES: dict[str, tuple[str, ...]] = {
    "expected": ("arrive", "receive", "miss"),
    "waiting": ("call", "receive", "reset"),
    "called": ("receive", "call", "uncall", "miss"),
    "honoured": ("reset",),
    "missed": ("arrive", "reset"),
    "cancelled": ("restore",),
}
USUAL_HOURS = (time(9), time(17))


def label(visit: Visit) -> str:
    """Say what has become of a visit, in one word."""
    return str(_state(visit)[0])


def tone(visit: Visit) -> Tone:
    """Return the tone that goes with the word."""
    return _state(visit)[1]


def icon(visit: Visit) -> str:
    """Name the icon that goes with the word."""
    return _state(visit)[2]


def line(visit: Visit) -> str:
    """Say in one line what the visit is for."""
    appointment = visit.appointment
    parts = [service_name(appointment.service)]
    if visit.ticket and visit.state in {"waiting", "called"}:
        parts.insert(0, _("n° %(n)s") % {"n": visit.ticket})
    if appointment.persons > 1:
        parts.append(people(appointment.persons))
    return " · ".join(parts)


def wait(visit: Visit) -> str:
    """Say how long a citizen has been waiting; nothing for the others."""
    if visit.state != "waiting" or visit.is_unmarked:
        return ""
    if not visit.waited:
        return _("vient d’arriver")
    words = ngettext("attend depuis %(n)s minute", "attend depuis %(n)s minutes", visit.waited)
    return words % {"n": visit.waited}


def counts(day: Day) -> str:
    """Sum the day up: "6 rendez-vous · 1 en salle · 1 absent"."""
    total = len(day.standing)
    waiting = len(day.in_state("waiting")) + len(day.in_state("called"))
    missed = len(day.in_state("missed"))
    parts = [ngettext("%(n)s rendez-vous", "%(n)s rendez-vous", total) % {"n": total}]
    if waiting:
        parts.append(ngettext("%(n)s en salle", "%(n)s en salle", waiting) % {"n": waiting})
    if missed:
        parts.append(ngettext("%(n)s absent", "%(n)s absents", missed) % {"n": missed})
    return " · ".join(parts)


def columns(day: Day, *, chosen: str, may_book: bool) -> list[DiaryColumn]:
    """Draw each counter; free times lead to a booking for those who may take one."""
    several = len({column.resource.site_id for column in day.columns}) > 1
    return [
        DiaryColumn(
            title=column.resource.name,
            entries=sorted(
                _entries(column, chosen=chosen, may_book=may_book), key=lambda entry: entry.start
            ),
            note=column.resource.site.name if several else "",
        )
        for column in day.columns
    ]


def bounds(day: Day, zone: ZoneInfo) -> tuple[time, time]:
    """Return the local hours between which the day is drawn."""
    return day.hours(zone) or USUAL_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A visit in a list or a table; ``is_open`` when its file is the one shown."""

    visit: Visit
    label: str
    tone: Tone
    icon: str
    line: str
    href: str
    hour: str
    is_open: bool = False

    @property
    def hour_and_line(self) -> str:
        """What a list of several days says below the name."""
        return f"{self.hour} · {self.line}"

    @property
    def badge(self) -> str:
        """The word, where the heading of the list does not say it already."""
        is_plain = self.visit.state in PRESENT
        is_usual = is_plain and not (self.visit.is_late or self.visit.is_unmarked)
        return "" if is_usual else self.label


@dataclass(frozen=True, slots=True)
class Move:
    """A button of an open file; ``key`` presses it too."""

    label: str
    action: str
    icon: str
    key: str
    variant: str = "secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A visit on the printed sheet of the day."""

    visit: Visit
    persons: str
    people: list[tuple[str, str, list[str]]]
    """The name of each, her pre-application number and the titles of what she brings."""


def moves(visit: Visit) -> list[Move]:
    """List what can be noted about a visit as it stands."""
    called = _("Rappeler") if visit.state == "called" else _("Appeler")
    known = {
        "arrive": Move(_("Arrivé"), "arrive", "armchair", "a"),
        "call": Move(called, "call", "megaphone", "p"),
        "uncall": Move(_("Remettre en attente"), "uncall", "undo-2", "", "quiet"),
        "receive": Move(_("Reçu"), "receive", "check", "r"),
        "miss": Move(_("Absent"), "miss", "user-x", "x"),
        "reset": Move(_("Remettre en attendu"), "reset", "undo-2", "", "quiet"),
        "restore": Move(_("Rétablir"), "restore", "undo-2", ""),
    }
    return [
        replace(known[name], action=reverse(f"booking:agent:{name}", args=[visit.reference]))
        for name in MOVES[visit.state]
        if name not in {"call", "uncall"} or visit.ticket
    ]


def rows(
    visits: Iterable[Visit], *, zone: ZoneInfo, view: str = "", chosen: str = ""
) -> list[Row]:
    """Put words on visits; each leads to its file, in the view that is open."""
    return [
        Row(
            visit=visit,
            label=label(visit),
            tone=tone(visit),
            icon=icon(visit),
            line=" · ".join(filter(None, (line(visit), wait(visit)))),
            href=file_address(visit, zone=zone, view=view) + "#fiche",
            hour=heure(visit.start.astimezone(zone), get_language() or "fr"),
            is_open=visit.reference == chosen,
        )
        for visit in visits
    ]


def groups(day: Day, *, zone: ZoneInfo, chosen: str) -> list[tuple[str, list[Row]]]:
    """Part the visits of a day: who waits, who is expected, who has been here or has not come."""
    names = {
        _("Appelés"): ("called",),
        _("En salle"): ("waiting",),
        _("Attendus"): ("expected",),
        _("Passés"): ("honoured", "missed"),
        _("Annulés"): ("cancelled",),
    }
    parted = [
        (name, rows([v for v in day.visits if v.state in states], zone=zone, chosen=chosen))
        for name, states in names.items()
    ]
    return [(name, found) for name, found in parted if found]


def moment(start: datetime) -> str:
    """Write a local start as "mar. 1er déc. à 9 h 05"."""
    language = get_language() or "fr"
    words = {"day": date_courte(start, language), "hour": heure(start, language)}
    return _("%(day)s à %(hour)s") % words


def by_site(day: Day) -> list[tuple[Site, list[SheetLine]]]:
    """Group the visits that take place by site, in the order of the first one."""
    sites: dict[Site, list[SheetLine]] = {}
    own = own_texts()
    for visit in day.standing:
        appointment = visit.appointment
        sites.setdefault(appointment.site, []).append(
            SheetLine(
                visit=visit,
                persons=people(appointment.persons),
                people=[
                    (person.name, ", ".join(person.numbers), [each.title for each in documents])
                    for person, documents in told_each(appointment, own)
                ],
            )
        )
    return list(sites.items())


def day_address(day: date, *, view: str = "") -> str:
    """Return the address of a day."""
    path = reverse("booking:agent:day", args=[day.isoformat()])
    return f"{path}?{urlencode({'vue': view})}" if view else path


def file_address(visit: Visit, *, zone: ZoneInfo, view: str = "") -> str:
    """Return the address of a day with the file of a visit open."""
    path = reverse("booking:agent:day", args=[visit.start.astimezone(zone).date().isoformat()])
    return f"{path}?{urlencode({'rdv': visit.reference, **({'vue': view} if view else {})})}"


def reference_address(appointment: Appointment, *, zone: ZoneInfo) -> str:
    """Return the address of the file of an appointment."""
    path = day_address(appointment.start.astimezone(zone).date())
    return f"{path}?{urlencode({'rdv': appointment.reference})}"


def history(appointment: Appointment) -> list[TimelineEntry]:
    """Tell what happened to an appointment and who did it; one query."""
    return [
        TimelineEntry(
            at=event.at,
            title=event.get_kind_display().capitalize(),
            text=_("par %(name)s") % {"name": event.by_name} if event.by_name else "",
        )
        for event in appointment.events.all()
    ]


def _state(visit: Visit) -> tuple[Promise, Tone, str]:
    if visit.is_unmarked:
        return UNMARKED
    return LATE if visit.is_late else STATES[visit.state]


def _entries(column: Column, *, chosen: str, may_book: bool) -> Iterable[DiaryEntry]:
    for taken in column.taken:
        yield _taken(taken, chosen=chosen)
    if may_book:
        yield from (_free(start, end) for start, end in column.gaps)


def _taken(taken: Taken, *, chosen: str) -> DiaryEntry:
    visit = taken.visit
    if visit is None:
        return DiaryEntry(
            start=taken.start,
            end=taken.end,
            title=_("En cours de réservation"),
            text=_("en ligne"),
        )
    is_plain = visit.state == "expected" and not (visit.is_late or visit.is_unmarked)
    return DiaryEntry(
        start=taken.start,
        end=taken.end,
        title=visit.appointment.name,
        text=line(visit),
        href=f"?{urlencode({'rdv': visit.reference})}#fiche",
        tone="brand" if is_plain else tone(visit),
        badge="" if is_plain else label(visit),
        current=visit.reference == chosen,
    )


def _free(start: datetime, end: datetime) -> DiaryEntry:
    query = urlencode({"debut": start.isoformat()})
    return DiaryEntry(
        start=start,
        end=end,
        title=_("libre"),
        href=f"{reverse('booking:agent:new')}?{query}",
        tone="free",
    )
