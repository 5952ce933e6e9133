"""How each kind stands in the commune: found, read, written, and changed by its own app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from booking import reconfiguring as appointments
from identity.members import Member
from incidents import reconfiguring as reports
from parvis.guard import current_schema
from shelf import mapping_hours, mapping_pack, mapping_service, mapping_texts as texts
from shelf.models import Origin


LOCK = 8  # of this module, beside the name of the schema
Payload = dict[str, Any]


class Reconfigure(Protocol):
    """Run some work that changes what the commune set up, and keep what undoes it."""

    def __call__(
        self, *, label: str, work: Callable[[], object], by: Member | None, now: datetime
    ) -> object:
        """Run ``work`` under the lock of its app."""


@transaction.atomic
def on_the_shelf(
    *,
    label: str,  # noqa: ARG001 (the three below: as the other reconfigurations)
    work: Callable[[], object],
    by: Member | None,  # noqa: ARG001
    now: datetime,  # noqa: ARG001
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
    reconfigure: Reconfigure
    is_row: bool = True
    """Whether ``object_id`` names the row it is about."""


MAPPINGS: dict[str, Mapping] = {
    "service": Mapping(
        find=mapping_service.find,
        read=mapping_service.read,
        write=mapping_service.write,
        reconfigure=appointments.reconfigure,
    ),
    "document": Mapping(
        find=texts.find_document,
        read=texts.read_document,
        write=texts.write_document,
        reconfigure=appointments.reconfigure,
        is_row=False,
    ),
    "hours": Mapping(
        find=mapping_hours.find,
        read=mapping_hours.read,
        write=mapping_hours.write,
        reconfigure=appointments.reconfigure,
        is_row=False,
    ),
    "pack": Mapping(
        find=mapping_pack.find,
        read=mapping_pack.read,
        write=mapping_pack.write,
        reconfigure=reports.reconfigure,
        is_row=False,
    ),
    "message": Mapping(
        find=texts.find_message,
        read=texts.read_message,
        write=texts.write_message,
        reconfigure=appointments.reconfigure,
        is_row=False,
    ),
    "reply": Mapping(
        find=texts.find_reply,
        read=texts.read_reply,
        write=texts.write_reply,
        reconfigure=reports.reconfigure,
    ),
    "page": Mapping(
        find=texts.find_page,
        read=texts.read_page,
        write=texts.write_page,
        reconfigure=on_the_shelf,
    ),
}
