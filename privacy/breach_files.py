"""What is handed over after a breach: whom it touched, what happened, and the notice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import noting
from audit.models import Entry
from parvis.exports import to_csv
from privacy.breach import Person, Search


TELL_COMMUNE, TELL_CNIL = timedelta(hours=24), timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in one commune."""

    entries: Sequence[Entry]
    persons: Sequence[Person]


def write(folder: Path, commune: str, search: Search, found: Found, known_at: datetime) -> None:
    """Write ``personnes.csv``, ``faits.csv`` and ``avis.txt``, for the eyes of one account."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {
        "personnes.csv": people(found.persons),
        "faits.csv": facts(found.entries),
        "avis.txt": notice(commune, search, found, known_at).encode(),
    }
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)


def people(persons: Sequence[Person]) -> bytes:
    """List whom the rows tell of."""
    header = [
        *(_("Donnée"), _("Numéro"), _("Repère"), _("Nom"), _("Courriel"), _("Téléphone")),
        *(_("Première fois"), _("Dernière fois"), _("Fait"), _("Par"), _("Réseau"), _("État")),
    ]
    rows = [
        (
            *(each.what, each.number, each.touch.label, each.name, each.email, each.phone),
            *(_said(each.touch.first), _said(each.touch.last)),
            ", ".join(sorted(str(Entry.Kind(kind).label) for kind in each.touch.kinds)),
            ", ".join(sorted(each.touch.actors)),
            ", ".join(sorted(each.touch.networks - {""})),
            "" if each.is_known else _("effacé depuis"),
        )
        for each in persons
    ]
    return to_csv(header, rows)


def facts(entries: Sequence[Entry]) -> bytes:
    """List the lines of the record themselves."""
    header = [
        *(_("Quand"), _("Qui"), _("Voie"), _("Réseau"), _("Page"), _("Nature")),
        *(_("Table"), _("Numéro"), _("Objet"), _("Adresse de la page"), _("Rang")),
    ]
    rows = [
        (
            *(_said(each.at), each.actor_name, each.get_channel_display(), each.origin),
            *(each.action, each.get_kind_display(), each.object_table, each.object_id),
            *(each.label, _path(each), each.position),
        )
        for each in entries
    ]
    return to_csv(header, rows)


def notice(commune: str, search: Search, found: Found, known_at: datetime) -> str:
    """Write what the commune is told, what it tells the CNIL, and what it tells people."""
    kinds = Counter(each.kind for each in found.entries)
    events = Counter(each.action for each in found.entries if each.kind == Entry.Kind.EVENT)
    known = [each for each in found.persons if each.is_known]
    words = {
        "commune": commune,
        "search": search,
        "known_at": known_at,
        "tell_commune": known_at + TELL_COMMUNE,
        "tell_cnil": known_at + TELL_CNIL,
        "facts": len(found.entries),
        "made": kinds[Entry.Kind.INSERT],
        "changed": kinds[Entry.Kind.UPDATE],
        "deleted": kinds[Entry.Kind.DELETE],
        "files": [each for each in found.entries if each.action == noting.DOWNLOAD],
        "pages": events[noting.SUPPORT_VIEW],
        "logins": events[noting.LOGIN],
        "people": len({each.email or each.phone or each.name for each in known}),
        "by_mail": len({each.email for each in known if each.email}),
        "unknown": len(found.persons) - len(known),
        "kinds": sorted({each.what for each in found.persons}),
    }
    return render_to_string("privacy/breach.txt", words, using="text")


def _path(entry: Entry) -> str:
    """Name the page of an event, with what it was asked."""
    return str((entry.payload or {}).get("path", ""))


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
