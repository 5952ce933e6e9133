"""The reports of a filter as a table or a map file, with all their dates.

Who reports is personal: names and addresses are there only when they are asked for, by somebody
who handles reports.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from incidents.models import Report, ReportQuerySet
from incidents.states import state_of
from parvis.errors import DomainError
from parvis.exports import decimal, to_csv, to_xlsx


MOST = 10_000
Cell = str | int | float | None


class TooMany(DomainError):
    """A file of that size is made of several."""

    message = gettext_lazy(
        "Plus de 10 000 signalements : resserrez les filtres, par exemple par période."
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files for machines, its title, and what it says of a report."""

    name: str
    title: Promise
    cell: Callable[[Report], Cell]


COLUMNS = (
    Column("reference", gettext_lazy("Référence"), lambda one: one.reference),
    Column("nature", gettext_lazy("Nature"), lambda one: str(one.category.get_door_display())),
    Column("groupe", gettext_lazy("Groupe"), lambda one: one.category.group),
    Column("categorie", gettext_lazy("Catégorie"), lambda one: one.category.name),
    Column("etat", gettext_lazy("État"), lambda one: state_of(one.status).word),
    Column("raison", gettext_lazy("Raison"), lambda one: str(one.get_reason_display())),
    Column(
        "publication", gettext_lazy("Publication"), lambda one: str(one.get_visibility_display())
    ),
    Column("priorite", gettext_lazy("Priorité"), lambda one: str(one.get_priority_display())),
    Column(
        "recu_par",
        pgettext_lazy("signalement", "Reçu"),
        lambda one: str(one.get_channel_display()),
    ),
    Column("adresse", gettext_lazy("Adresse"), lambda one: one.address),
    Column("latitude", gettext_lazy("Latitude"), lambda one: one.lat),
    Column("longitude", gettext_lazy("Longitude"), lambda one: one.lon),
    Column("equipe", gettext_lazy("Équipe"), lambda one: one.team.name if one.team else ""),
    Column("confie_a", gettext_lazy("Confié à"), lambda one: one.assignee_name),
    Column(
        "responsable",
        gettext_lazy("Responsable"),
        lambda one: one.handler.name if one.handler else "",
    ),
    Column("recu_le", gettext_lazy("Reçu le"), lambda one: _moment(one.submitted_at)),
    Column(
        "premiere_reponse_le",
        gettext_lazy("Première réponse le"),
        lambda one: _moment(one.answered_at),
    ),
    Column("prevu_le", gettext_lazy("Prévu le"), lambda one: _day(one.planned_on)),
    Column("promis_avant_le", gettext_lazy("Promis avant le"), lambda one: _moment(one.due_at)),
    Column("clos_le", gettext_lazy("Clos le"), lambda one: _moment(one.closed_at)),
    Column("change_le", gettext_lazy("Dernier changement"), lambda one: _moment(one.touched_at)),
    Column("concernes", gettext_lazy("Habitants concernés"), lambda one: one.reporters),
    Column("satisfaction", gettext_lazy("Satisfaction sur 5"), lambda one: one.satisfaction),
)
WORDS = (Column("texte", gettext_lazy("Description"), lambda one: one.text),)
PEOPLE = (
    Column("nom", gettext_lazy("Nom du déclarant"), lambda one: one.contact.name),
    Column("telephone", gettext_lazy("Téléphone"), lambda one: one.contact.phone),
    Column("courriel", gettext_lazy("Courriel"), lambda one: one.contact.email),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a file says besides what anybody of the team reads in a list."""

    words: bool = False
    people: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return COLUMNS + (WORDS if self.words else ()) + (PEOPLE if self.people else ())


def read(reports: ReportQuerySet, wanted: Wanted) -> list[Report]:
    """Read the reports of a file; one query.

    Raises:
        TooMany: there are more than ten thousand.
    """
    joined = ["category", "team", "handler", *(["contact"] if wanted.people else [])]
    found = list(reports.select_related(*joined)[: MOST + 1])
    if len(found) > MOST:
        raise TooMany
    return found


def csv(reports: Iterable[Report], wanted: Wanted) -> bytes:
    """Write a table for French spreadsheets."""
    header = [str(each.title) for each in wanted.columns]
    return to_csv(
        header, ([decimal(each.cell(one)) for each in wanted.columns] for one in reports)
    )


def xlsx(reports: Iterable[Report], wanted: Wanted) -> bytes:
    """Write a workbook."""
    header = [str(each.title) for each in wanted.columns]
    rows = ([each.cell(one) for each in wanted.columns] for one in reports)
    return to_xlsx(_("Signalements"), header, rows)


def geojson(reports: Iterable[Report], wanted: Wanted) -> bytes:
    """Write a map file (RFC 7946); what has no place has no geometry."""
    shown = [each for each in wanted.columns if each.name not in {"latitude", "longitude"}]
    features = [
        {
            "type": "Feature",
            "id": one.reference,
            "geometry": _point(one),
            "properties": {each.name: each.cell(one) for each in shown},
        }
        for one in reports
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


def _point(one: Report) -> dict[str, Any] | None:
    if one.lat is None or one.lon is None:
        return None
    return {"type": "Point", "coordinates": [one.lon, one.lat]}


def _moment(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
