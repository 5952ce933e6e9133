"""Which column of a file holds what, and how what is written in it is read.

Pure. Guesses come from titles and from the values themselves; all of them can be corrected.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


EXCEL_FIRST = date(1899, 12, 30)
SERIALS = range(20_000, 80_000)  # from 1954 to 2119
YEARS = range(1900, 2200)
DATE_PARTS = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[ T,]+(?:à )?(.+))?$")
TIME = re.compile(r"^(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?(?::\d{2}(?:\.\d+)?)?\s*(?:Z|min)?$")
NUMBER = re.compile(r"^\d{1,6}(?:[.,]\d{1,12})?$")
MINUTES_A_DAY = 1440


class DateOrder(StrEnum):
    """How days are written."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Wrong(ValueError):
    """A cell cannot be read; ``what`` is the kind of thing expected."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something a row says, with the titles its column usually bears, accents and case aside."""

    name: str
    words: tuple[str, ...]
    is_required: bool = False


REF = ("reference externe", "ref externe", "external ref", "identifiant", "id", "reference", "ref")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "appointments": (
        Field("day", ("date du rendez vous", "date rdv", "date de rdv", "jour", "date", "debut",
                      "date debut", "start", "date et heure", "horodatage"), is_required=True),
        Field("time", ("heure du rendez vous", "heure rdv", "heure", "heure debut", "horaire",
                       "time")),
        Field("service", ("motif", "demarche", "prestation", "service", "type de rdv",
                          "type de rendez vous", "objet", "type")),
        Field("name", ("nom et prenom", "nom complet", "usager", "nom", "demandeur", "name",
                       "client"), is_required=True),
        Field("first_name", ("prenom", "prenoms", "first name")),
        Field("email", ("courriel", "email", "e mail", "mail", "adresse mail",
                        "adresse electronique")),
        Field("phone", ("telephone", "tel", "portable", "mobile", "phone", "numero de telephone")),
        Field("persons", ("personnes", "nombre de personnes", "nb personnes", "nb", "persons")),
        Field("pre_application", ("numero de pre demande", "pre demande", "predemande",
                                  "n pre demande")),
        Field("note", ("note", "commentaire", "remarque", "observations", "commentaires")),
        Field("status", ("statut", "etat", "status")),
        Field("ref", REF),
    ),
    "closures": (
        Field("first", ("du", "date debut", "debut", "premier jour", "date", "jour", "start"),
              is_required=True),
        Field("last", ("au", "date fin", "fin", "dernier jour", "end")),
        Field("start_time", ("heure debut", "de", "a partir de")),
        Field("end_time", ("heure fin", "a", "jusqu a")),
        Field("where", ("guichet", "lieu", "site", "ressource", "agenda", "agent")),
        Field("reason", ("raison", "motif", "libelle", "intitule", "nom")),
        Field("ref", REF),
    ),
    "openings": (
        Field("weekday", ("jour", "jour de la semaine", "weekday"), is_required=True),
        Field("start_time", ("de", "debut", "heure debut", "ouverture", "start"),
              is_required=True),
        Field("end_time", ("a", "fin", "heure fin", "fermeture", "end"), is_required=True),
        Field("step", ("duree", "pas", "duree creneau", "creneau", "minutes")),
        Field("where", ("guichet", "lieu", "site", "ressource", "agenda", "agent")),
        Field("services", ("motifs", "motif", "demarches", "prestations")),
        Field("valid_from", ("a partir du", "valable du", "du")),
        Field("valid_to", ("jusqu au", "valable au", "au")),
        Field("ref", REF),
    ),
    "reports": (
        Field("text", ("description", "texte", "message", "commentaire", "detail"),
              is_required=True),
        Field("category", ("categorie", "type", "nature", "motif", "service")),
        Field("address", ("adresse", "lieu", "voie", "rue", "localisation")),
        Field("lat", ("latitude", "lat", "y")),
        Field("lon", ("longitude", "lon", "lng", "long", "x")),
        Field("day", ("date", "date de signalement", "cree le", "created at", "jour")),
        Field("ref", REF),
    ),
    "staff": (
        Field("email", ("courriel", "email", "e mail", "mail", "adresse mail"), is_required=True),
        Field("role", ("role", "profil", "droits", "fonction")),
        Field("name", ("nom et prenom", "nom complet", "nom", "agent", "name")),
        Field("first_name", ("prenom", "prenoms", "first name")),
    ),
}  # fmt: skip
WEEKDAYS = {
    "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5, "dimanche": 6,
    "lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
    "sunday": 6,
}  # fmt: skip


def folded(text: str) -> str:
    """Write a title as it is compared: plain letters and digits, single spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("’", " "))
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", kept.lower()).split())


def fingerprint(header: Iterable[str]) -> str:
    """Know a tool again by the titles of its files."""
    return hashlib.sha256("\n".join(folded(each) for each in header).encode()).hexdigest()


def guess(kind: str, header: Sequence[str]) -> dict[str, int]:
    """Say which column seems to hold what; nothing is said of what is not found.

    The surest word of each field comes first, so that "heure" never passes for a day.
    """
    titles = [folded(each) for each in header]
    found: dict[str, int] = {}
    ranked = sorted(
        (rank, order, field.name, word)
        for order, field in enumerate(FIELDS[kind])
        for rank, word in enumerate(field.words)
    )
    for _rank, _order, name, word in ranked:
        if name not in found and word in titles and titles.index(word) not in found.values():
            found[name] = titles.index(word)
    return found


def guess_order(values: Iterable[str]) -> tuple[DateOrder, bool]:
    """Say in which order days are written, and whether the file proves it.

    The French order stands unless a day proves the other one.
    """
    french = american = False
    for value in values:
        parts = DATE_PARTS.match(value.strip())
        if parts and len(parts[1]) <= 2:  # noqa: PLR2004 (two digits: not a year)
            french |= int(parts[1]) > 12  # noqa: PLR2004 (months)
            american |= int(parts[2]) > 12  # noqa: PLR2004
    if american and not french:
        return DateOrder.MONTH_FIRST, True
    return DateOrder.DAY_FIRST, french


def read_day(text: str, order: DateOrder) -> tuple[date, str]:
    """Read a day, and return what follows it in the same cell: an hour, or nothing.

    Raises:
        Wrong: there is no such day.
    """
    text = text.strip()
    if NUMBER.match(text) and (serial := float(text.replace(",", "."))) and int(serial) in SERIALS:
        day = EXCEL_FIRST + timedelta(days=int(serial))
        return day, str(serial % 1) if serial % 1 else ""
    parts = DATE_PARTS.match(text)
    if parts is None:
        raise Wrong("day")
    first, middle, last = (int(each) for each in parts.groups()[:3])
    if len(parts[1]) == 4:  # noqa: PLR2004 (a year)
        year, month, day_number = first, middle, last
    else:
        year = last if len(parts[3]) > 2 else 2000 + last  # noqa: PLR2004
        day_number, month = (first, middle) if order == DateOrder.DAY_FIRST else (middle, first)
    if year not in YEARS:
        raise Wrong("day")
    try:
        return date(year, month, day_number), (parts[4] or "").strip()
    except ValueError as fault:
        raise Wrong("day") from fault


def read_time(text: str) -> time:
    """Read an hour: 9h30, 09:30, 9 h, 0.395833.

    Raises:
        Wrong: there is no such hour.
    """
    text = text.strip()
    if re.match(r"^0?[.,]\d+$", text):
        minutes = round(float(text.replace(",", ".")) * MINUTES_A_DAY)
        return (datetime.combine(EXCEL_FIRST, time.min) + timedelta(minutes=minutes)).time()
    parts = TIME.match(text)
    if parts is None or int(parts[1]) > 23 or int(parts[2] or 0) > 59:  # noqa: PLR2004
        raise Wrong("time")
    return time(int(parts[1]), int(parts[2] or 0))


def read_weekday(text: str) -> int:
    """Read a day of the week, 0 for Monday; numbers count from 1.

    Raises:
        Wrong: there is no such day.
    """
    plain = folded(text)
    if plain in WEEKDAYS:
        return WEEKDAYS[plain]
    if plain.isdigit() and len(plain) == 1 and 1 <= int(plain) <= 7:  # noqa: PLR2004
        return int(plain) - 1
    raise Wrong("weekday")


def said(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """Return what a row says, by field."""
    return {name: cells[column].strip() for name, column in columns.items() if column < len(cells)}


def own_reference(kind: str, values: Mapping[str, str], *names: str) -> str:
    """Return the reference the other tool gives, or one drawn from what makes the row unique."""
    if values.get("ref"):
        return values["ref"][:120]
    text = "\n".join(folded(values.get(name, "")) for name in names)
    return "#" + hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:32]
