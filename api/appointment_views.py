"""Appointments, booked and changed by another program as a citizen does it herself."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import HeaderEx, P, Query, Router

from api import appointment_shapes, cursors, repeats, shapes
from api.callers import Asks, caller_of
from api.refusals import InvalidFields, TermsNotAccepted
from api.service_views import READ, documents, known
from api.words import between, no_such_service
from booking import actions, checklists, declaring, moving, planning, visitor, words
from booking.forms import CONFUSED, REFERENCE, DetailsForm
from booking.links import path_to
from booking.models import Appointment, AppointmentEvent, AppointmentQuerySet, Service
from booking.online import Visitor, book_online
from booking.people import Person, two_numbers
from booking.refusals import NotOffered, NotOnline
from connect import scopes
from tenants.hosts import absolute_url


router = Router(tags=["appointments"])
MAY_READ = Asks(scopes.APPOINTMENTS_READ)
MAY_WRITE = Asks(scopes.APPOINTMENTS_WRITE)
LIST = "appointments"


@router.api_operation(
    READ,
    "/appointments",
    auth=MAY_READ,
    response=appointment_shapes.AppointmentPage,
    operation_id="listAppointments",
    url_name="appointments",
)
def appointments(
    request: HttpRequest, wish: Query[appointment_shapes.AppointmentWish], response: HttpResponse
) -> appointment_shapes.AppointmentPage:
    """List appointments in the order in which they were made."""
    filters = wish.model_dump(exclude={"cursor", "limit"})
    wanted = _with_all(_wanted(wish)).order_by("pk")
    if wish.cursor is not None:
        wanted = wanted.filter(pk__gt=int(cursors.read(wish.cursor, LIST, filters)[0]))
    rows = list(wanted[: wish.limit + 1])
    shown = rows[: wish.limit]
    is_more = len(rows) > wish.limit
    following = cursors.write(LIST, filters, str(shown[-1].pk)) if is_more else None
    return appointment_shapes.AppointmentPage(items=_told_all(request, shown), next=following)


@router.post(
    "/appointments",
    auth=MAY_WRITE,
    response={201: appointment_shapes.AppointmentMade},
    operation_id="bookAppointment",
    url_name="appointments",
)
def book(
    request: HttpRequest,
    body: appointment_shapes.AppointmentIn,
    response: HttpResponse,
    idempotency_key: HeaderEx[str | None, P(alias="Idempotency-Key")] = None,
) -> appointment_shapes.AppointmentMade:
    """Book by the rules of citizens, and tell her by mail as the site does."""
    now = timezone.now()
    asked = repeats.read(request, client_id=caller_of(request).client_id, key=idempotency_key)

    def work(uuid: UUID) -> str:
        return _booked(body, uuid, now=now).reference

    made = _found(repeats.once(asked, work, answer=response, now=now))
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    response["Location"] = f"/api/v1/appointments/{made.reference}"
    return appointment_shapes.AppointmentMade(
        **_told(request, made, checklists.own_texts()), manage_url=f"{site}{path_to(made)}"
    )


@router.api_operation(
    READ,
    "/appointments/{appointment_id}",
    auth=MAY_READ,
    response=appointment_shapes.Appointment,
    operation_id="readAppointment",
    url_name="appointment",
)
def appointment(request: HttpRequest, appointment_id: str) -> appointment_shapes.Appointment:
    """Read one appointment."""
    return _told_all(request, [_found(appointment_id)])[0]


@router.post(
    "/appointments/{appointment_id}/move",
    auth=MAY_WRITE,
    response=appointment_shapes.Appointment,
    operation_id="moveAppointment",
    url_name="move_appointment",
)
def move(
    request: HttpRequest, appointment_id: str, body: appointment_shapes.MoveIn
) -> appointment_shapes.Appointment:
    """Give an appointment another start; the same start again changes nothing."""
    moving.move(
        appointment=_found(appointment_id),
        start=body.start,
        by=None,
        now=timezone.now(),
        version=body.version,
    )
    return _told_all(request, [_found(appointment_id)])[0]


@router.post(
    "/appointments/{appointment_id}/cancel",
    auth=MAY_WRITE,
    response=appointment_shapes.Appointment,
    operation_id="cancelAppointment",
    url_name="cancel_appointment",
)
def cancel(
    request: HttpRequest,
    appointment_id: str,
    body: appointment_shapes.CancelIn,
) -> appointment_shapes.Appointment:
    """Give the slot back as a citizen may herself; doing it twice changes nothing.

    Raises:
        NotCancellable: the visit has begun, or its service is not changed online.
    """
    now, wanted = timezone.now(), _found(appointment_id)
    if wanted.status != Appointment.Status.CANCELLED and not visitor.may_cancel(wanted, now=now):
        raise actions.NotCancellable
    actions.cancel(appointment=wanted, by=None, now=now, reason=body.reason)
    return _told_all(request, [_found(appointment_id)])[0]


def _wanted(wish: appointment_shapes.AppointmentWish) -> AppointmentQuerySet:
    """Narrow the appointments down; an event of any kind counts as a change."""
    wanted = Appointment.objects.kept()
    zone = planning.zone()
    if wish.first and wish.last and wish.last < wish.first:
        raise InvalidFields([("to", between())])
    if wish.first:
        wanted = wanted.filter(
            period__startswith__gte=datetime.combine(wish.first, time.min, zone)
        )
    if wish.last:
        after = datetime.combine(wish.last + timedelta(days=1), time.min, zone)
        wanted = wanted.filter(period__startswith__lt=after)
    if wish.service:
        wanted = wanted.filter(service__slug=wish.service)
    if wish.status:
        wanted = wanted.filter(status=wish.status)
    if wish.updated_since:
        since = wish.updated_since
        happened = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), at__gte=since)
        wanted = wanted.filter(Q(created_at__gte=since) | Exists(happened))
    return wanted


def _with_all(wanted: AppointmentQuerySet) -> AppointmentQuerySet:
    return wanted.select_related("service", "site").prefetch_related("participants")


def _found(reference: str) -> Appointment:
    """Find an appointment by its reference, as it is written or heard.

    Raises:
        Http404: there is none.
    """
    plain = reference.upper().translate(CONFUSED)
    if not REFERENCE.fullmatch(plain):
        raise Http404
    found = _with_all(Appointment.objects.kept()).filter(reference=plain).first()
    if found is None:
        raise Http404
    return found


def _booked(body: appointment_shapes.AppointmentIn, uuid: UUID, *, now: datetime) -> Appointment:
    """Book what is asked for.

    Raises:
        DomainError: whatever stands in the way.
    """
    service = _online(body.service)
    if len(body.people) > service.most_persons:
        raise NotOffered
    if service.terms and not body.terms_accepted:
        raise TermsNotAccepted
    form = _details(service, body)
    (name, numbers), *others = form.details["people"]
    people = [
        _person(said, *told)
        for said, told in zip(body.people, [(name, numbers), *others], strict=True)
    ]
    return book_online(
        service=service,
        people=people,
        start=body.start,
        visitor=Visitor(
            name=name,
            email=form.details["email"],
            phone=form.details["phone"],
            language=body.language,
            is_resident=body.is_resident,
        ),
        idempotency_key=uuid,
        now=now,
    )


def _person(said: appointment_shapes.PersonIn, name: str, numbers: str) -> Person:
    first, second = two_numbers(numbers)
    return Person(
        situation=_situation(said), name=name, pre_application=first, other_number=second
    )


def _online(code: str) -> Service:
    try:
        service = known(code)
    except Http404 as fault:
        raise InvalidFields([("service", no_such_service())]) from fault
    if not service.is_online:
        raise NotOnline
    return service


def _situation(said: appointment_shapes.PersonIn) -> dict[str, str]:
    return {key: str(each) for key, each in said.situation if each is not None}


def _details(service: Service, body: appointment_shapes.AppointmentIn) -> DetailsForm:
    """Read who comes as the form of the site does.

    Raises:
        InvalidFields: something does not read, or is missing.
    """
    given = {"email": body.email, "phone": body.phone}
    for number, person in enumerate(body.people, start=1):
        suffix = "" if number == 1 else f"-{number}"
        given[f"name{suffix}"] = person.name
        given[f"pre_application{suffix}"] = person.pre_application
    needs_number = declaring.needs_number(service)
    form = DetailsForm(service, given, persons=len(body.people), needs_number=needs_number)
    if form.is_valid():
        return form
    raise InvalidFields(
        [
            (_place(field), str(sentence))
            for field, sentences in form.errors.items()
            for sentence in sentences
        ]
    )


def _place(field: str) -> str:
    """Say where the field of a form is in what was sent."""
    name, _dash, number = field.partition("-")
    if name in {"name", "pre_application"}:
        return f"people.{int(number or 1) - 1}.{name}"
    return field


def _told_all(
    request: HttpRequest, shown: Iterable[Appointment]
) -> list[appointment_shapes.Appointment]:
    own = checklists.own_texts()
    return [appointment_shapes.Appointment(**_told(request, each, own)) for each in shown]


def _told(request: HttpRequest, made: Appointment, own: Any) -> dict[str, Any]:
    """Tell an appointment; who comes only to whoever may read appointments."""
    may_read = caller_of(request).may(scopes.APPOINTMENTS_READ)
    now, site = timezone.now(), made.site
    brought = {each.pk: listed for each, listed in checklists.told_each(made, own)}
    return {
        "id": made.reference,
        "service": made.service.slug,
        "service_name": words.service_name(made.service),
        "site": shapes.Site(id=site.pk, name=site.name, address=site.address),
        "start": timezone.localtime(made.start),
        "end": timezone.localtime(made.end),
        "persons": made.persons,
        "status": made.status,
        "channel": made.channel,
        "language": made.language,
        "created_at": timezone.localtime(made.created_at),
        "cancelled_at": made.cancelled_at and timezone.localtime(made.cancelled_at),
        "version": made.version,
        "may_move": visitor.may_move(made, now=now),
        "may_cancel": visitor.may_cancel(made, now=now),
        "people": [
            appointment_shapes.PersonOut(
                position=each.position,
                is_cancelled=each.cancelled_at is not None,
                documents=documents(brought.get(each.pk, [])),
                name=each.name if may_read else None,
                pre_application=" ".join(each.numbers) if may_read else None,
            )
            for each in made.participants.all()
        ],
        "contact": appointment_shapes.Contact(name=made.name, email=made.email, phone=made.phone)
        if may_read
        else None,
    }
