"""The persons of an appointment, each with her own situation, documents and number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects

from booking.checklists import snapshot
from booking.models import Appointment, Participant, Service
from booking.situations import Channel
from parvis.provenance import sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of those who come, as she or an agent told it."""

    situation: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    pre_application: str = ""
    other_number: str = ""

    @property
    def numbers(self) -> str:
        """Her numbers as they are typed, with a space between them."""
        return f"{self.pre_application} {self.other_number}".strip()


def participants(
    people: Sequence[Person], *, service: Service, day: date, channel: Channel
) -> list[Participant]:
    """Prepare one row for each person, with what she must bring on that local day.

    Raises:
        ValueError: an answer is not one that is ever offered.
    """
    under = stamp(service)
    return [
        Participant(
            position=position,
            name=person.name,
            pre_application=person.pre_application,
            other_number=person.other_number,
            situation=dict(person.situation),
            documents=snapshot(service, situation=person.situation, day=day, channel=channel)
            | under,
        )
        for position, person in enumerate(people, start=1)
    ]


def stamp(service: Service) -> dict[str, Any]:
    """Say which versions of the library a list is made under, to be kept with it; one query.

    Empty where the service and its documents are the commune's own.
    """
    found = sources(service=[service.pk], document=service.documents)
    versions = [{"kind": it.kind, "slug": it.slug, "version": it.version} for it in found]
    return {"library": versions} if versions else {}


def two_numbers(typed: str) -> tuple[str, str]:
    """Part the numbers of one person, written with a space between them."""
    first, second, *_rest = [*typed.split(), "", ""]
    return first, second


def enrol(appointment: Appointment, coming: Sequence[Participant]) -> None:
    """Write who comes, with the appointment just saved; one query."""
    for each in coming:
        each.appointment = appointment
    Participant.objects.bulk_create(coming)
    prefetch_related_objects([appointment], "participants")  # told of in a message, at once


def people_of(appointment: Appointment) -> list[Person]:
    """Tell again who comes, without those who cancelled."""
    return [
        Person(
            situation=each.situation,
            name=each.name,
            pre_application=each.pre_application,
            other_number=each.other_number,
        )
        for each in appointment.coming
    ]


def reprice(appointment: Appointment, *, day: date) -> bool:
    """Tell the prices of that local day where they differ from those announced.

    Return whether any does. The documents themselves stay as announced.
    """
    changed = newly_priced(appointment, day=day)
    Participant.objects.bulk_update(changed, ["documents"])
    return bool(changed)


def newly_priced(appointment: Appointment, *, day: date) -> list[Participant]:
    """List those who pay another price on that local day than announced, with the new one."""
    desk = appointment.channel != Appointment.Channel.ONLINE
    changed = []
    for person in appointment.coming:
        told = person.documents
        if not told:
            continue
        fresh = snapshot(
            appointment.service,
            situation=person.situation,
            day=day,
            channel=Channel.DESK if desk else Channel.ONLINE,
        )
        prices = {line["key"]: line["amount_cents"] for line in fresh["documents"]}
        lines = [
            line | {"amount_cents": prices.get(line["key"], line["amount_cents"])}
            for line in told["documents"]
        ]
        if lines != told["documents"]:
            changed.append(person)
            stamps = fresh["stamps"]
            person.documents = told | {"documents": lines, "stamps": stamps, "on": fresh["on"]}
    return changed
