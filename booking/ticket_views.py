"""The hall: the queue and its calls, people without appointment, and the public call screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import diary, planning, tickets, topics
from booking.models import Resource, Service, Site, Ticket
from booking.reception_forms import WalkInForm
from booking.staff_pages import (
    after,
    current_member,
    just_done,
    page,
    reads_the_day,
    receives_people,
    remember,
    row_number,
    view_of,
    visit_or_404,
)
from booking.words import service_name
from parvis.errors import DomainError
from parvis.pieces import Tab


COUNTER = "counter"  # in the session: the counter at which somebody sits


class NobodyThere(DomainError):
    """The visit has no number: she has not arrived today."""

    message = gettext_lazy("Cette personne n’a pas de numéro : notez d’abord son arrivée.")


@require_safe
@reads_the_day
def queue(request: HttpRequest) -> HttpResponse:
    """Show who waits in the hall of a site and who is called where: four queries."""
    now = timezone.now()
    counters = list(
        Resource.objects.filter(active=True)
        .exclude(kind=Resource.Kind.STATION)
        .select_related("site")
    )
    mine = _chosen(request, counters)
    standing = list(tickets.standing(mine.site, now=now)) if mine else []
    waiting = tickets.waiting(standing, now=now)
    today = topics.of_day(planning.local_day(now))
    context = {
        "topics": [today, topics.of_hall(mine.site_id)] if mine else [today],
        "counters": _tabs(counters, mine),
        "mine": mine,
        "waiting": [_line(ticket, now=now) for ticket in waiting],
        "called": [_line(ticket, now=now) for ticket in standing if ticket.called_at],
        "screens": list({counter.site.pk: counter.site for counter in counters}.values()),
        "undo": just_done(request),
    }
    return page(request, "queue", context)


@require_POST
@receives_people
def call_next(request: HttpRequest) -> HttpResponse:
    """Call whoever is next in line to a counter."""
    counter = _counter(request.POST)
    ticket = tickets.call_next(counter=counter, by=current_member(request), now=timezone.now())
    if ticket is None:
        messages.info(request, _("Personne n’attend pour ce guichet."))
    else:
        _say_called(request, ticket)
    return redirect(_queue(counter))


@require_POST
@receives_people
def call(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Call somebody to a counter, or once more."""
    ticket, counter = _ticket(ticket_id), _counter(request.POST)
    try:
        tickets.call(
            ticket=ticket, counter=counter, by=current_member(request), now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        _say_called(request, ticket)
    return redirect(_queue(counter))


@require_POST
@receives_people
def call_back(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take a call back."""
    return _change(request, ticket_id, tickets.call_back, done=_("N° %(n)s attend de nouveau."))


@require_POST
@receives_people
def serve(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Note that somebody was received."""
    return _change(
        request, ticket_id, tickets.serve, done=_("N° %(n)s : reçu."), way_back="put_back"
    )


@require_POST
@receives_people
def leave(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Note that somebody has left."""
    return _change(
        request, ticket_id, tickets.leave, done=_("N° %(n)s : parti."), way_back="put_back"
    )


@require_POST
@receives_people
def put_back(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take back that somebody was received or left."""
    return _change(request, ticket_id, tickets.put_back, done=_("N° %(n)s : de retour."))


@require_POST
@receives_people
def forget(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take back a number that was given by mistake."""
    ticket = _ticket(ticket_id)
    done = _("N° %(n)s : retiré.") % {"n": ticket.number}
    return after(request, lambda: tickets.forget(ticket=ticket), to=_queue(), done=done)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def walk_in(request: HttpRequest) -> HttpResponse:
    """Give a number, or the first free slot of today, to somebody without appointment."""
    now = timezone.now()
    services = list(Service.objects.offered())
    sites = list(Site.objects.order_by("pk"))
    if not services or not sites:
        return page(request, "no_service", {})
    sent = request.POST if request.method == "POST" else None
    form = WalkInForm(sent, services=services, sites=sites, initial={"key": uuid4()})
    if form.is_valid():
        try:
            ticket = _let_in(request, form, now=now)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("booking:agent:slip", ticket.pk)
    context = {
        "form": form,
        "icons": {service.slug: service.icon for service in services},
        "several_sites": len(sites) > 1,
    }
    return page(request, "walk_in", context, status=422 if form.errors else 200)


@require_safe
@reads_the_day
def slip(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show a number to print or to read out; nothing on it says who she is."""
    ticket = _ticket(ticket_id)
    context = {
        "ticket": ticket,
        "service": service_name(ticket.service) if ticket.service else "",
        "start": ticket.appointment.start if ticket.appointment else None,
        "undo": just_done(request),
    }
    return page(request, "slip", context)


@require_POST
@receives_people
def call_visit(request: HttpRequest, reference: str) -> HttpResponse:
    """Call whoever has this appointment to the counter it takes."""
    now = timezone.now()
    visit = visit_or_404(reference, now=now)

    def act() -> None:
        ticket = Ticket.objects.filter(appointment=visit.appointment).first()
        rows = list(visit.appointment.allocations.all())
        if ticket is None or not rows:
            raise NobodyThere
        units = [row.resource for row in rows]
        counter = next((unit for unit in units if unit.kind == Resource.Kind.COUNTER), units[0])
        tickets.call(ticket=ticket, counter=counter, by=current_member(request), now=now)

    return after(
        request,
        act,
        to=diary.file_address(visit, zone=planning.zone(), view=view_of(request.POST)),
        done=_("%(name)s est appelé.") % {"name": visit.appointment.name},
        way_back=reverse("booking:agent:uncall", args=[reference]),
    )


@require_POST
@receives_people
def call_visit_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Let whoever has this appointment wait again."""
    now = timezone.now()
    visit = visit_or_404(reference, now=now)

    def act() -> None:
        ticket = Ticket.objects.filter(appointment=visit.appointment).first()
        if ticket is None:
            raise NobodyThere
        tickets.call_back(ticket=ticket, by=current_member(request), now=now)

    return after(
        request,
        act,
        to=diary.file_address(visit, zone=planning.zone(), view=view_of(request.POST)),
        done=_("%(name)s attend de nouveau.") % {"name": visit.appointment.name},
    )


@require_safe
def hall(request: HttpRequest, site_id: int) -> HttpResponse:
    """Show the latest numbers called, for a television in the hall: no name, nothing personal."""
    site = get_object_or_404(Site, pk=site_id)
    now = timezone.now()
    answer = render(
        request,
        "booking/hall.html",
        {
            "site": site,
            "topic": topics.of_hall(site.pk),
            "calls": tickets.called(site, now=now),
            "now": now,
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _let_in(request: HttpRequest, form: WalkInForm, *, now: datetime) -> Ticket:
    known = form.cleaned_data
    service: Service = known["service"]
    if known["then"] != "slot":
        ticket = tickets.walk_in(
            site=known["site"], service=service, name=known["name"], now=now, note=known["note"]
        )
        remember(
            request,
            _("N° %(n)s donné.") % {"n": ticket.number},
            way_back=reverse("booking:agent:forget", args=[ticket.pk]),
        )
        return ticket
    starts = planning.free(
        service=service,
        persons=1,
        first=planning.local_day(now),
        days=1,
        now=now,
        online=False,
    )
    start = next(iter(starts.starts()), None)
    if start is None:
        raise tickets.NoneToday
    appointment = tickets.walk_in_at(
        service=service,
        start=start,
        name=known["name"],
        by=current_member(request),
        now=now,
        idempotency_key=known["key"],
    )
    remember(
        request,
        _("Créneau pris : %(when)s.") % {"when": diary.moment(start)},
        way_back=reverse("booking:agent:cancel", args=[appointment.reference]),
    )
    return Ticket.objects.get(appointment=appointment)


def _change(
    request: HttpRequest,
    ticket_id: int,
    action: Callable[..., Ticket],
    *,
    done: str,
    way_back: str = "",
) -> HttpResponse:
    ticket = _ticket(ticket_id)
    member = current_member(request)
    return after(
        request,
        lambda: action(ticket=ticket, by=member, now=timezone.now()),
        to=_queue(),
        done=done % {"n": ticket.number},
        way_back=way_back and reverse(f"booking:agent:{way_back}", args=[ticket.pk]),
    )


def _say_called(request: HttpRequest, ticket: Ticket) -> None:
    remember(
        request,
        _("N° %(n)s est appelé.") % {"n": ticket.number},
        way_back=reverse("booking:agent:call_back", args=[ticket.pk]),
    )


def _ticket(ticket_id: int) -> Ticket:
    return get_object_or_404(
        Ticket.objects.select_related("service", "appointment", "site"), pk=ticket_id
    )


def _counter(sent: QueryDict) -> Resource:
    return get_object_or_404(Resource, pk=row_number(sent.get("guichet", "")))


def _chosen(request: HttpRequest, counters: list[Resource]) -> Resource | None:
    """Return the counter somebody sits at: the one just chosen, that of before, or the first."""
    wanted = row_number(request.GET.get("guichet", "")) or request.session.get(COUNTER)
    mine = next((each for each in counters if each.pk == wanted), None)
    if mine is not None and request.session.get(COUNTER) != mine.pk:
        request.session[COUNTER] = mine.pk
    return mine or next(iter(counters), None)


def _queue(counter: Resource | None = None) -> str:
    path = reverse("booking:agent:queue")
    return f"{path}?{urlencode({'guichet': counter.pk})}" if counter else path


def _tabs(counters: list[Resource], mine: Resource | None) -> list[Tab]:
    several = len({counter.site_id for counter in counters}) > 1
    return [
        Tab(
            label=f"{counter.name} ({counter.site.name})" if several else counter.name,
            href=_queue(counter),
            current=counter == mine,
        )
        for counter in counters
    ]


def _line(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    appointment = ticket.appointment
    waited = max(0, int((now - ticket.created_at).total_seconds() // 60))
    return {
        "ticket": ticket,
        "name": (appointment.name if appointment else ticket.name) or _("Sans nom"),
        "service": service_name(ticket.service) if ticket.service else "",
        "start": appointment.start if appointment else None,
        "waited": _("attend depuis %(n)s min") % {"n": waited},
        "counter": ticket.called_to.name if ticket.called_to else "",
        "note": ticket.note,
        "file": diary.reference_address(appointment, zone=planning.zone()) if appointment else "",
    }
