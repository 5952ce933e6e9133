"""Make the archive of the active commune: everything it has, in formats that outlive Parvis."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from icalendar import Calendar

from booking import ics
from booking.models import Appointment
from exchange import archive_tables as tables
from exchange.archive_format import CHUNK, Manifest, Writer
from parvis.exports import csv_lines
from parvis.guard import current_schema
from tenants.models import Commune, Membership


FOLDERS = ("photos", "proofs")
REGISTRY = (
    *("insee_code", "name", "slug", "kind", "station_count", "population", "time_zone"),
    *("brand_colour", "address", "postcode", "phone", "email", "website", "hours"),
    *("vat_number", "epci_siren", "epci_name"),
)
DICTIONARY = (
    *("table", "sens de la table", "colonne", "sens de la colonne", "type", "vide permis"),
    "valeurs",
)


def write(file: IO[bytes], *, commune: Commune, now: datetime) -> int:
    """Write the archive of the active commune into a file; returns how many rows it holds.

    One transaction sees one moment, and rows pass one by one: memory stays the same however
    large the commune is.
    """
    with Writer(file) as writer:
        with transaction.atomic():
            _freeze()
            manifest = Manifest(
                commune={"insee_code": commune.insee_code, "name": commune.name},
                made_at=now.isoformat(),
                migrations=tables.applied_migrations(),
                sequences=tables.sequences(),
            )
            for name in tables.table_names():
                manifest.tables[name] = _write_table(writer, name)
            writer.add("registry.json", _json(registry_of(commune)))
            writer.add("dictionary.json", _json(dictionary()))
            writer.add("dictionnaire.csv", csv_lines(DICTIONARY, dictionary_rows()))
            writer.add("agenda.ics", iter([_diary(commune, now)]))
        for path in sorted(_files()):
            writer.add(f"files/{path.parent.name}/{path.name}", _pieces(path))
        writer.add("LISEZMOI.txt", iter([_read_me(commune, now).encode()]))
        writer.seal(manifest)
    return sum(int(each["rows"]) for each in manifest.tables.values())


def _freeze() -> None:
    """Look at one moment of the commune, when the transaction has only begun."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _write_table(writer: Writer, name: str) -> dict[str, Any]:
    """Write a table twice: for machines, then for people."""
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in tables.read_rows(name):
            count += 1
            yield line

    entry = writer.add(f"data/{name}.jsonl", counted())
    names = tables.columns(name)
    rows = (json.loads(line) for line in tables.read_rows(name))
    writer.add(
        f"csv/{name}.csv",
        csv_lines(names, ([_cell(row.get(key)) for key in names] for row in rows)),
    )
    return {"rows": count, "sha256": entry["sha256"]}


def _cell(value: Any) -> str | float | None:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value  # type: ignore[no-any-return]


def _json(value: Any) -> Iterator[bytes]:
    yield json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def registry_of(commune: Commune) -> dict[str, Any]:
    """Gather what the platform knows of the commune: its facts, its names, its people.

    No password and no second factor leaves: people come in again by an invitation.
    """
    people = (
        Membership.objects.filter(commune=commune)
        .select_related("user")
        .order_by("user__email", "pk")
    )
    return {
        "commune": {name: getattr(commune, name) for name in REGISTRY},
        "domains": [
            {"domain": each.domain, "is_primary": each.is_primary}
            for each in commune.domains.order_by("domain")
        ],
        "people": [
            {
                "id": each.user_id,
                "email": each.user.email,
                "name": each.user.display_name,
                "language": each.user.language,
                "role": each.role,
                "is_active": each.is_active and each.user.is_active,
            }
            for each in people
        ],
    }


def dictionary() -> dict[str, Any]:
    """Say what every table and column means, from the models themselves."""
    known = tables.models_by_table()
    return {
        name: {
            "label": str(known[name]._meta.verbose_name) if name in known else "",  # noqa: SLF001
            "columns": _columns(known[name]) if name in known else {},
        }
        for name in tables.table_names()
    }


def _columns(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    return {
        str(field.column): {
            "label": str(field.verbose_name),
            "type": str(field.db_type(connection)),
            "may_be_empty": bool(field.null or field.blank),
            "choices": {str(value): str(label) for value, label in field.flatchoices},
            "leads_to": _table(field.related_model),
        }
        for field in model._meta.local_concrete_fields  # noqa: SLF001
    }


def _table(model: object) -> str:
    """Name the table of a model; nothing for a column that leads nowhere."""
    if isinstance(model, type) and issubclass(model, models.Model):
        return str(model._meta.db_table)  # noqa: SLF001
    return ""


def dictionary_rows() -> Iterator[list[str]]:
    """List every column of every table with its meaning."""
    for table, said in dictionary().items():
        for column, about in said["columns"].items():
            values = ", ".join(f"{value} = {label}" for value, label in about["choices"].items())
            yield [
                *(table, said["label"], column, about["label"], about["type"]),
                _("oui") if about["may_be_empty"] else _("non"),
                values,
            ]


def _diary(commune: Commune, now: datetime) -> bytes:
    """Gather the appointments to come in one diary."""
    coming = (
        Appointment.objects.filter(period__endswith__gte=now, status=Appointment.Status.BOOKED)
        .select_related("service", "site")
        .order_by("period", "pk")
    )
    whole = Calendar()
    whole.add("prodid", "-//Parvis//FR")
    whole.add("version", "2.0")
    for appointment in coming.iterator(chunk_size=500):
        one = Calendar.from_ical(ics.calendar(appointment, commune, documents=[]))
        for event in one.walk("VEVENT"):
            event.add("contact", appointment.name)
            whole.add_component(event)
    return bytes(whole.to_ical())


def _files() -> Iterator[Path]:
    own = Path(settings.MEDIA_ROOT) / current_schema()
    for folder in FOLDERS:
        yield from (path for path in (own / folder).glob("*") if path.is_file())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _read_me(commune: Commune, now: datetime) -> str:
    return _(
        "Archive de %(name)s (%(code)s), faite le %(day)s.\n\n"
        "data/ : toutes les données, une ligne JSON par enregistrement ; un autre Parvis les "
        "relit par « parvis import_commune ».\n"
        "csv/ : les mêmes, pour un tableur.\n"
        "dictionnaire.csv : le sens de chaque table et de chaque colonne.\n"
        "files/ : les photos des signalements.\n"
        "agenda.ics : les rendez-vous à venir, pour un agenda.\n"
        "registry.json : la fiche de la commune, ses noms de domaine, son équipe.\n"
        "manifest.json : la taille et l’empreinte SHA-256 de chaque fichier.\n\n"
        "Cette archive contient des données personnelles : gardez-la en lieu sûr.\n"
    ) % {"name": commune.name, "code": commune.insee_code, "day": now.date().isoformat()}
