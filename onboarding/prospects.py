"""A list of communes to contact, brought in: read, resolved, shown, then written once.

A name is looked for inside the departments of the association; namesakes are told apart by the
department or by the INSEE code. Bringing the same list in again changes nothing.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from exchange.sniff import Fault, Table, Unreadable, read_table
from onboarding.contacts import Person, keep
from onboarding.models import Contact
from tenants.actions import list_communes
from tenants.directory import department_name, normalise
from tenants.models import Association, Commune, OfficialCommune


MOST_ROWS = 1_000
STATIONS_MOST = 50
COLUMNS = {
    "code": ("code insee", "insee", "code commune", "code"),
    "name": ("commune", "nom de la commune", "ville", "collectivite", "mairie", "nom commune"),
    "department": ("departement", "dept", "dep"),
    "contact": ("contact", "nom du contact", "interlocuteur", "personne", "nom"),
    "function": ("fonction", "poste", "qualite", "role"),
    "phone": ("telephone", "tel", "portable", "mobile"),
    "email": ("courriel", "email", "e mail", "mail", "adresse mail"),
    "stations": ("stations", "dispositifs", "dr", "nombre de dr", "stations biometriques"),
}
LENGTHS = {"contact": 120, "function": 120, "phone": 30, "email": 254}


@dataclass(frozen=True, slots=True)
class Prospect:
    """A row that says which commune, and perhaps who to call there."""

    line: int
    commune: OfficialCommune
    person: Person | None
    stations: int
    is_listed: bool
    is_known: bool
    """The person is already noted there."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that cannot be brought in, with the reason and what would put it right."""

    line: int
    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list says once resolved."""

    prospects: list[Prospect]
    wrong: list[WrongRow]

    @property
    def new_communes(self) -> int:
        """How many communes are not listed yet."""
        return len({row.commune.pk for row in self.prospects if not row.is_listed})

    @property
    def new_people(self) -> int:
        """How many people are not noted yet."""
        return sum(row.person is not None and not row.is_known for row in self.prospects)


class _Refused(ValueError):
    """A row says nothing that can be used."""


def read(content: bytes, *, association: Association) -> Reading:
    """Read a list and resolve each row; three queries.

    Raises:
        Unreadable: it is no table, or names no commune.
    """
    table = read_table(content)
    columns = guess(table)
    if not {"code", "name"} & columns.keys() or len(table.rows) > MOST_ROWS:
        raise Unreadable(Fault.NO_TABLE if len(table.rows) <= MOST_ROWS else Fault.TOO_MANY)
    return _Resolver(association).resolve(table, columns)


def guess(table: Table) -> dict[str, int]:
    """Say which column seems to hold what."""
    titles = [normalise(title) for title in table.header]
    found: dict[str, int] = {}
    for what, words in COLUMNS.items():
        for word in words:
            if word in titles and titles.index(word) not in found.values():
                found[what] = titles.index(word)
                break
    return found


class _Resolver:
    """The communes of an association's departments, by code and by name."""

    def __init__(self, association: Association) -> None:
        inside = OfficialCommune.objects.filter(department__in=association.departments)
        self.by_code = {each.insee_code: each for each in inside}
        self.by_name: dict[str, list[OfficialCommune]] = {}
        for each in self.by_code.values():
            self.by_name.setdefault(normalise(each.name), []).append(each)
        owners = Commune.objects.filter(insee_code__in=self.by_code)
        self.listed = dict(owners.values_list("insee_code", "association"))
        self.association = association
        people = Contact.objects.filter(commune__association=association)
        self.known = {
            key
            for code, *words in people.values_list("commune__insee_code", "name", "email", "phone")
            for key in _keys(code, *words)
        }

    def resolve(self, table: Table, columns: Mapping[str, int]) -> Reading:
        prospects: list[Prospect] = []
        wrong: list[WrongRow] = []
        for line, cells in table.rows:
            said = {what: cells[column] for what, column in columns.items()}
            try:
                prospects.append(self._prospect(line, said))
            except _Refused as refusal:
                named = said.get("code") or said.get("name") or ""
                wrong.append(WrongRow(line, named[:120], str(refusal)))
        return Reading(prospects, wrong)

    def _prospect(self, line: int, said: Mapping[str, str]) -> Prospect:
        commune = self._commune(said)
        owner = self.listed.get(commune.pk)
        if owner not in (None, self.association.pk):
            raise _Refused(_("Cette commune est suivie par une autre association."))
        person = _person(said)
        keys = _keys(commune.pk, *_told(person)) if person else set()
        is_known = bool(keys & self.known)
        self.known |= keys
        return Prospect(
            line=line,
            commune=commune,
            person=person,
            stations=_stations(said.get("stations", "")),
            is_listed=owner is not None,
            is_known=is_known,
        )

    def _commune(self, said: Mapping[str, str]) -> OfficialCommune:
        code, name = said.get("code", "").upper(), said.get("name", "")
        if code:
            found = self.by_code.get(code.zfill(5))
            if found is None:
                raise _Refused(_("Aucune commune du périmètre n’a ce code INSEE."))
            if name and normalise(name) != normalise(found.name):
                words = {"name": found.name}
                raise _Refused(
                    _("Ce code est celui de %(name)s : corrigez l’un ou l’autre.") % words
                )
            return found
        if not name:
            raise _Refused(_("Il manque le code INSEE ou le nom de la commune."))
        return self._named(name, said.get("department", ""))

    def _named(self, name: str, department: str) -> OfficialCommune:
        namesakes = self.by_name.get(normalise(name), [])
        if department:
            namesakes = [each for each in namesakes if _is_department(each, department)]
        if not namesakes:
            raise _Refused(_("Aucune commune de ce nom dans le périmètre de l’association."))
        if len(namesakes) > 1:
            candidates = ", ".join(
                f"{each.name} ({department_name(each.department)}, {each.insee_code})"
                for each in namesakes
            )
            words = {"candidates": candidates}
            raise _Refused(
                _("Plusieurs communes portent ce nom : %(candidates)s. Donnez le code INSEE.")
                % words
            )
        return namesakes[0]


def _is_department(commune: OfficialCommune, said: str) -> bool:
    words = normalise(said)
    return words in {
        commune.department.lower(),
        commune.department.lower().lstrip("0"),
        normalise(department_name(commune.department)),
    }


def _person(said: Mapping[str, str]) -> Person | None:
    name, email = said.get("contact", ""), said.get("email", "").lower()
    if not name and not email and not said.get("phone"):
        return None
    for what, most in LENGTHS.items():
        if len(said.get(what, "")) > most:
            raise _Refused(_("Une des cases est trop longue."))
    if email:
        try:
            validate_email(email)
        except ValidationError as fault:
            raise _Refused(_("Ce courriel n’est pas une adresse.")) from fault
    return Person(
        name=name or _("Mairie"),
        function=said.get("function", ""),
        phone=said.get("phone", ""),
        email=email,
    )


def _stations(said: str) -> int:
    if not said:
        return 0
    if not (said.isascii() and said.isdigit()) or int(said[:9]) > STATIONS_MOST:
        raise _Refused(_("Le nombre de stations biométriques n’est pas un nombre plausible."))
    return int(said)


def _keys(code: str, name: str, email: str, phone: str) -> set[tuple[str, str]]:
    """Return by what somebody is known again at her town hall."""
    return {(code, word) for word in (normalise(name), email.lower(), normalise(phone)) if word}


def _told(person: Person) -> tuple[str, str, str]:
    """Return what a row tells somebody by: a name or an address, else her telephone."""
    name = "" if person.name == _("Mairie") else person.name
    return name, person.email, "" if name or person.email else person.phone


@transaction.atomic
def bring_in(*, prospects: Iterable[Prospect], association: Association) -> tuple[int, int]:
    """List the communes and note the people that are new; returns how many of each.

    The number of stations is taken where none was known. Nothing that was known is changed.
    """
    rows = list(prospects)
    stations = {row.commune.pk: row.stations for row in rows if row.stations}
    codes = {row.commune.pk for row in rows}
    count = list_communes(insee_codes=codes, association=association, station_counts=stations)
    Commune.objects.filter(insee_code__in=codes, association=None).update(association=association)
    members = {
        each.insee_code: each
        for each in Commune.objects.filter(insee_code__in=codes, association=association)
    }
    for code, number in stations.items():
        if not members[code].station_count:
            Commune.objects.filter(pk=members[code].pk).update(station_count=number)
    new = [row for row in rows if row.person is not None and not row.is_known]
    for row in new:
        if row.person is not None:
            keep(commune=members[row.commune.pk], person=row.person)
    return count, len(new)


def canonical(reading: Reading) -> str:
    """Write the rows that can be brought in as a table that ``read`` reads alike."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["code", "contact", "fonction", "telephone", "courriel", "stations"])
    for row in reading.prospects:
        person = row.person or Person("")
        writer.writerow(
            [
                row.commune.pk,
                _told(person)[0],
                person.function,
                person.phone,
                person.email,
                row.stations or "",
            ]
        )
    return out.getvalue()
