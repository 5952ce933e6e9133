"""At the counter: give an appointment another time, and receive somebody beyond the room."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking import diary, moving, planning
from booking.actions import SlotTaken
from booking.models import Appointment, Resource, Service
from booking.move_forms import MoveForm, OverbookForm, usual_situation
from booking.offers import offers
from booking.people import Person
from booking.placing import minutes_for
from booking.staff_forms import parse_day, parse_start
from booking.staff_pages import current_member, page, receives_people, remember, visit_or_404
from parvis.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose the free times of a day and move there; ``back`` undoes it without asking."""
    now, zone = timezone.now(), planning.zone()
    visit = visit_or_404(reference, now=now)
    form = _move_form(request, visit.appointment, now=now)
    if form.is_valid():
        try:
            moved = moving.move(
                appointment=visit.appointment,
                start=form.cleaned_data["slot"],
                by=current_member(request),
                now=now,
                version=form.cleaned_data["version"],
            )
        except SlotTaken as refusal:
            form.offer_instead(refusal.alternatives, str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"name": moved.name, "when": diary.moment(moved.start.astimezone(zone))}
            remember(
                request,
                _("%(name)s : déplacé au %(when)s.") % words,
                way_back=reverse("booking:agent:move", args=[reference]),
                value=visit.start.isoformat(),
            )
            return redirect(diary.reference_address(moved, zone=zone))
    context = {
        "form": form,
        "visit": visit,
        "has_starts": bool(form.fields["slot"].widget.choices),
        "back": diary.file_address(visit, zone=zone),
    }
    return page(request, "move", context, status=422 if form.errors else 200)


def _move_form(request: HttpRequest, appointment: Appointment, *, now: datetime) -> MoveForm:
    """Propose the free times of the day asked for; bound once a time was pressed."""
    sent = request.POST or request.GET
    day = parse_day(sent.get("day", ""))
    starts, first = offers(
        service=appointment.service,
        persons=appointment.persons,
        day=day,
        start=parse_start(sent.get("debut", "")),
        now=now,
        length=minutes_for(appointment, appointment.persons),
    )
    is_sent = request.method == "POST" and "look" not in request.POST
    values = request.POST.copy()
    if values.get("back"):  # what the page after a move sends to undo it
        values["slot"] = values.get("back", "")
    return MoveForm(
        values if is_sent else None,
        starts=starts,
        initial={
            "slot": first.isoformat() if first else "",
            "day": day,
            "version": appointment.version,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def overbook(request: HttpRequest) -> HttpResponse:
    """Receive somebody beyond the room, for a reason that stays with the appointment."""
    now = timezone.now()
    services = list(Service.objects.offered())
    counters = list(Resource.objects.filter(active=True).select_related("site"))
    if not services or not counters:
        return page(request, "no_service", {})
    form = OverbookForm(
        request.POST if request.method == "POST" else None,
        services=services,
        counters=counters,
        today=planning.local_day(now),
        initial={"key": uuid4(), "day": planning.local_day(now), "persons": 1},
    )
    if form.is_valid():
        known = form.cleaned_data
        service: Service = known["service"]
        person = Person(situation=usual_situation(service), name=known["name"])
        try:
            appointment = moving.overbook(
                service=service,
                people=[person, *[Person(situation=person.situation)] * (known["persons"] - 1)],
                start=form.start(planning.zone()),
                resource=known["counter"],
                taken_by=current_member(request),
                now=now,
                idempotency_key=known["key"],
                **{name: known[name] for name in ("reason", "name", "email", "phone", "channel")},
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            remember(
                request,
                _("%(name)s : reçu en surnombre.") % {"name": appointment.name},
                way_back=reverse("booking:agent:cancel", args=[appointment.reference]),
            )
            return redirect(diary.reference_address(appointment, zone=planning.zone()))
    return page(request, "overbook", {"form": form}, status=422 if form.errors else 200)
