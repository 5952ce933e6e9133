"""Appointments to come of another tool. Of past ones nothing is kept, not even a name."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from booking import imported, planning
from booking.imported import Promise
from booking.models import Appointment, Service
from booking.people import Person
from coordination.numbers import is_number
from exchange.import_items import Fix, Item, Refused, World, at_most, item, number
from exchange.mapping import folded, own_reference
from parvis.typo import date_heure


NAMESPACE = UUID("7f1d3c8e-52a0-4f6b-9a57-0d4e7b9c2a11")
CANCELLED = ("annul", "supprim", "cancel", "refus", "absent", "non honore")
LAST_DAYS = 730
SEARCHED_DAYS = 120
NAME_MOST, PHONE_MOST, NOTE_MOST = 120, 20, 300


def read(values: Mapping[str, str], world: World) -> Item:
    """Understand a row.

    Raises:
        Refused: it is past, cancelled, or says something that cannot be.
    """
    start = _start(values, world)
    if any(folded(values.get("status", "")).startswith(word) for word in CANCELLED):
        raise Refused("status", _("Ce rendez-vous est annulé : il n’est pas repris."))
    service = world.service(values.get("service", ""))
    persons = number(values, "persons", usual=1, most=service.most_persons)
    name = _name(values)
    email, phone = _email(values), at_most(values, "phone", PHONE_MOST)
    note = at_most(values, "note", NOTE_MOST)
    pre_application = values.get("pre_application", "").replace(" ", "").upper()
    if pre_application and not is_number(pre_application):
        raise Refused(
            "pre_application",
            _("Un numéro de pré-demande a dix lettres et chiffres."),
            [(_("Sans numéro"), {"pre_application": ""})],
        )
    first = Person(name=name, pre_application=pre_application)
    promise = Promise(
        service=service,
        start=start,
        people=(first, *(Person() for _each in range(persons - 1))),
        name=name,
        email=email,
        phone=phone,
        note=note,
    )
    return item(
        own_reference("appointments", values, "day", "time", "name", "first_name", "service"),
        promise,
        start=start.isoformat(),
        service=service.pk,
        persons=persons,
        who=[name, email, phone, note, pre_application],
    )


def conflicts(items: Sequence[Item], world: World) -> dict[int, Refused]:
    """Say which of these rows, by their rank, find no counter free, and when one is."""
    fits = imported.fits([each.wish for each in items])
    found = {}
    for rank, (each, is_free) in enumerate(zip(items, fits, strict=True)):
        if not is_free:
            near = _nearest(each.wish.service, each.wish, world)
            found[rank] = Refused("time", _("Aucun guichet n’est libre à cette heure."), near)
    return found


def create(known: Item, world: World) -> int:
    """Keep the appointment.

    Raises:
        DomainError: the slot is taken, or the service is not given any more.
    """
    taken = imported.take_over(
        known.wish,
        key=uuid5(NAMESPACE, f"{world.batch}\n{known.ref}"),
        is_told=bool(world.settings.get("is_told")),
        by=world.by,
        now=world.now,
    )
    return taken.pk


def update(target: int, known: Item, world: World) -> bool:
    """Follow a change; False when the appointment is not there any more.

    Raises:
        DomainError: it cannot be changed any more, or the new hour is taken.
    """
    appointment = Appointment.objects.filter(pk=target).first()
    if appointment is None:
        return False
    imported.update(known.wish, appointment=appointment, by=world.by, now=world.now)
    return True


def undo(target: int, world: World) -> bool:
    """Take an appointment back, unless something happened to it since."""
    appointment = Appointment.objects.filter(pk=target).first()
    return appointment is not None and imported.take_back(
        appointment=appointment, by=world.by, now=world.now
    )


def is_in(values: Mapping[str, str]) -> bool:
    """Tell whether the row holds anything of an appointment."""
    return bool(values.get("day"))


def _start(values: Mapping[str, str], world: World) -> datetime:
    day, rest = world.day(values, "day")
    hour = world.hour(values, "time", rest)
    start = datetime.combine(day, hour, world.zone)
    if start <= world.now:
        raise Refused("day", _("Ce rendez-vous est passé : il n’est pas repris."))
    if start > world.now + timedelta(days=LAST_DAYS):
        raise Refused("day", _("Cette date est à plus de deux ans."))
    return start


def _name(values: Mapping[str, str]) -> str:
    name = " ".join(
        part for part in (values.get("first_name", ""), values.get("name", "")) if part
    )
    if not name:
        raise Refused("name", _("Le nom manque."))
    if len(name) > NAME_MOST:
        raise Refused("name", _("Ce nom est trop long."), [(f"{name[:30]}…", {"name": name[:80]})])
    return name


def _email(values: Mapping[str, str]) -> str:
    email = values.get("email", "").lower()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError as fault:
        fixes: list[Fix] = [(_("Sans courriel"), {"email": ""})]
        words = _("« %(text)s » n’est pas une adresse électronique.") % {"text": email[:60]}
        raise Refused("email", words, fixes) from fault
    return email


def _nearest(service: Service, promise: Promise, world: World) -> list[Fix]:
    """Propose the nearest free starts; what is free is looked up once per service and month."""
    day = promise.start.astimezone(world.zone).date()
    first = max(day.replace(day=1), world.now.astimezone(world.zone).date())
    key = (service.pk, len(promise.people), first)
    free = world.memory.get(key)
    if free is None:
        free = world.memory[key] = planning.free(
            service=service,
            persons=len(promise.people),
            first=first,
            days=SEARCHED_DAYS,
            now=world.now,
            online=False,
        )
    return [
        (date_heure(start), {"day": f"{start:%Y-%m-%d}", "time": f"{start:%H:%M}"})
        for start in free.nearest(promise.start, count=2)
    ]
