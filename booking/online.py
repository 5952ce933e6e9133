"""Book for a citizen in one go, as she would by herself: held, filled in and confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.actions import confirm, hold_slot, keep_details
from booking.holding import give_back
from booking.models import Appointment, Service
from booking.people import Person
from parvis.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes, and how to reach her; ``from_commune`` is the INSEE code of hers."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "fr"
    is_resident: bool = False
    from_commune: str = ""


def book_online(
    *,
    service: Service,
    people: Sequence[Person],
    start: datetime,
    visitor: Visitor,
    idempotency_key: UUID,
    now: datetime,
) -> Appointment:
    """Book by the rules of citizens: what can be taken online, and once for the same person.

    Sending the same key again returns the first appointment and changes nothing. When it is
    refused nothing stays held.

    Raises:
        DomainError: all that ``actions.hold_slot`` and ``actions.confirm`` refuse.
    """
    sent = Appointment.objects.filter(idempotency_key=idempotency_key).first()
    if sent is not None and sent.status != Appointment.Status.HELD:
        return sent
    if sent is not None:  # whoever sent it was cut off halfway
        give_back(appointment=sent, now=now)
    held, token = hold_slot(
        service=service,
        people=people,
        start=start,
        language=visitor.language,
        is_resident=visitor.is_resident,
        idempotency_key=idempotency_key,
        now=now,
    )
    try:
        keep_details(
            appointment=held,
            name=visitor.name,
            email=visitor.email,
            phone=visitor.phone,
            from_commune=visitor.from_commune,
            people=[(each.name, each.numbers) for each in people],
        )
        return confirm(appointment=held, token=token, now=now)
    except DomainError:
        give_back(appointment=held, now=now)
        raise
