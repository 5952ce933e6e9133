"""How each kind stands in the commune: found, read, written, and changed by its own app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Model

from booking import reconfiguring as appointments
from booking.models import DocumentText, MessageText, Opening, OpeningOverride, Service
from identity.members import Member
from incidents import reconfiguring as reports
from incidents.models import Category, ReplyTemplate
from parvis.guard import current_schema
from shelf import mapping_hours, mapping_pack, mapping_service, mapping_texts as texts
from shelf.models import Origin


LOCK = 8  # of this module, beside the name of the schema
Payload = dict[str, Any]


Tables = tuple[type[Model], ...]


class Reconfigure(Protocol):
    """Run some work that changes what the commune set up, and keep what undoes it."""

    def __call__(
        self,
        *,
        label: str,
        work: Callable[[], object],
        by: Member | None,
        now: datetime,
        tables: Tables,
    ) -> object:
        """Run ``work``, which changes ``tables``, under the lock of its app."""


@transaction.atomic
def on_the_shelf(
    *,
    label: str,  # noqa: ARG001 (the four below: as the other reconfigurations)
    work: Callable[[], object],
    by: Member | None,  # noqa: ARG001
    now: datetime,  # noqa: ARG001
    tables: Tables,  # noqa: ARG001
) -> None:
    """Change what only the shelf keeps; :class:`shelf.models.Arrival` is enough to undo it."""
    lock()
    work()


def lock() -> None:
    """Let one change at a time come through the library in the active commune, until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [current_schema(), LOCK])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Between a payload and the rows of a commune, without a loss either way."""

    find: Callable[[str, Payload], int | None]
    read: Callable[[Origin, Payload], Payload | None]
    write: Callable[[Origin, Payload], None]
    through: Reconfigure
    tables: Tables
    """The only ones that ``write`` changes."""
    is_row: bool = True
    """Whether ``object_id`` names the row it is about."""

    def reconfigure(
        self, *, label: str, work: Callable[[], object], by: Member | None, now: datetime
    ) -> None:
        """Run ``work``, which writes rows of this kind, so that its app can undo it."""
        self.through(label=label, work=work, by=by, now=now, tables=self.tables)


MAPPINGS: dict[str, Mapping] = {
    "service": Mapping(
        find=mapping_service.find,
        read=mapping_service.read,
        write=mapping_service.write,
        through=appointments.reconfigure,
        tables=(Service,),
    ),
    "document": Mapping(
        find=texts.find_document,
        read=texts.read_document,
        write=texts.write_document,
        through=appointments.reconfigure,
        tables=(DocumentText,),
        is_row=False,
    ),
    "hours": Mapping(
        find=mapping_hours.find,
        read=mapping_hours.read,
        write=mapping_hours.write,
        through=appointments.reconfigure,
        tables=(Opening, OpeningOverride),
        is_row=False,
    ),
    "pack": Mapping(
        find=mapping_pack.find,
        read=mapping_pack.read,
        write=mapping_pack.write,
        through=reports.reconfigure,
        tables=(Category,),
        is_row=False,
    ),
    "message": Mapping(
        find=texts.find_message,
        read=texts.read_message,
        write=texts.write_message,
        through=appointments.reconfigure,
        tables=(MessageText,),
        is_row=False,
    ),
    "reply": Mapping(
        find=texts.find_reply,
        read=texts.read_reply,
        write=texts.write_reply,
        through=reports.reconfigure,
        tables=(ReplyTemplate,),
    ),
    "page": Mapping(
        find=texts.find_page,
        read=texts.read_page,
        write=texts.write_page,
        through=on_the_shelf,
        tables=(),
    ),
}
