"""Tell citizens when what they must bring has changed since they booked.

A list stays what it was told, unless the law says otherwise: then the new one takes its place.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from booking import emails
from booking.documents import asked_now, from_snapshot
from booking.events import locked, record, tell
from booking.models import Appointment, AppointmentEvent, Participant
from booking.people import stamp
from parvis.provenance import source_of


KIND = AppointmentEvent.Kind.DOCUMENTS
Lists = dict[int, dict[str, Any]]
"""Snapshots by the position of the person."""


def tell_new_documents(*, service_id: int | None, now: datetime) -> int:
    """Write to those whose list differs from the one they know; return how many appointments.

    Without a service, all appointments booked under a version of the library are looked at.
    Whoever gave no address has it in her file.
    """
    coming = Appointment.objects.filter(
        Q(follows=None) | ~Q(follows__service=F("service")),  # one that completes a file
        status=Appointment.Status.BOOKED,
        period__startswith__gt=now,
    )
    if service_id is None:
        coming = coming.filter(participants__documents__has_key="library").distinct()
    else:
        coming = coming.filter(service=service_id)
    found = coming.select_related("service").prefetch_related("participants", "events")
    laws = {pk: _is_by_law(pk) for pk in {each.service_id for each in found}}
    return sum(
        _tell(each, is_by_law=laws[each.service_id], now=now)
        for each in found
        if _news(each, is_by_law=laws[each.service_id])
    )


@transaction.atomic
def _tell(appointment: Appointment, *, is_by_law: bool, now: datetime) -> bool:
    current = locked(appointment)
    fresh = _news(current, is_by_law=is_by_law)
    if current.status != Appointment.Status.BOOKED or not fresh:
        return False
    others = fresh
    if is_by_law:
        others = {each.position: each.documents for each in current.coming}
        _replace(current, fresh)
    lists = {str(position): _keys(kept) for position, kept in fresh.items()}
    record(current, KIND, by=None, now=now, lists=lists, by_law=is_by_law)
    current.version += 1
    current.save(update_fields=["version"])
    tell(emails.relisted, current, others=others, is_by_law=is_by_law)
    return True


def _news(appointment: Appointment, *, is_by_law: bool) -> Lists:
    """Return the lists as they are now, if one of them is not what she knows; else nothing."""
    heard = _heard(appointment.events.all())
    lists: Lists = {}
    is_new = False
    for person in appointment.coming:
        if not person.documents:
            continue
        lists[person.position] = fresh = _fresh(person, appointment.service.documents)
        known = _keys(person.documents)
        told = heard.get(str(person.position), known)
        is_new |= set(_keys(fresh)) != set(told)
        is_new |= is_by_law and set(_keys(fresh)) != set(known)
    return lists if is_new else {}


def _replace(appointment: Appointment, fresh: Lists) -> None:
    under = stamp(appointment.service)
    changed = [each for each in appointment.coming if each.position in fresh]
    for each in changed:
        each.documents = fresh[each.position] | under
    Participant.objects.bulk_update(changed, ["documents"])


def _fresh(person: Participant, wanted: list[str]) -> dict[str, Any]:
    now = asked_now(from_snapshot(person.documents), wanted)
    return {**person.documents, "documents": now.to_snapshot()["documents"]}


def _heard(events: Iterable[AppointmentEvent]) -> Mapping[str, list[str]]:
    """Return the lists she was told of last."""
    told = [each.detail["lists"] for each in events if each.kind == KIND]
    return told[-1] if told else {}


def _keys(kept: Mapping[str, Any]) -> list[str]:
    return [line["key"] for line in kept["documents"]]


def _is_by_law(service_id: int) -> bool:
    source = source_of("service", service_id)
    return source is not None and source.is_by_law
