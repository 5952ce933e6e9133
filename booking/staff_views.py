"""The counter: who comes today, what became of them, and bookings for those who phone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import (
    access,
    actions,
    days,
    declaring,
    diary,
    number_checks,
    planning,
    tickets,
    topics,
)
from booking.checklists import announced
from booking.days import Visit
from booking.file_views import people_boxes
from booking.models import Service
from booking.offers import offers
from booking.situations import Channel
from booking.staff_forms import (
    PhoneBookingForm,
    SearchForm,
    Wish,
    again,
    parse_day,
    read_wish,
    typed_so_far,
)
from booking.staff_pages import (
    after,
    current_member,
    just_done,
    page,
    reads_the_day,
    receives_people,
    view_of,
    visit_or_404,
)
from booking.words import people, persons, service_name
from identity.access import member_of
from parvis.errors import DomainError
from parvis.pieces import Tab
from parvis.typo import tel, telephone


OTHERS_MOST = 10
ONE_DAY = timedelta(days=1)

DONE: dict[str, Promise] = {
    "arrived": gettext_lazy("%(name)s est en salle."),
    "honoured": gettext_lazy("%(name)s : reçu au guichet."),
    "missed": gettext_lazy("%(name)s : absence notée."),
    "reset": gettext_lazy("%(name)s : de nouveau attendu."),
    "cancelled": gettext_lazy("%(name)s : rendez-vous annulé, le créneau est libre."),
    "restored": gettext_lazy("%(name)s : rendez-vous rétabli."),
}
WAYS_BACK = {
    "expected": "reset",
    "waiting": "arrive",
    "called": "arrive",
    "honoured": "receive",
    "missed": "miss",
}


class SlotGone(DomainError):
    """Somebody else has the slot by now, or it is past."""

    message = gettext_lazy("Ce créneau n’est plus libre : prenez un autre rendez-vous.")


@require_safe
@reads_the_day
def today(request: HttpRequest) -> HttpResponse:
    """Lead to the page of today, in the view that was asked for."""
    return redirect(
        diary.day_address(planning.local_day(timezone.now()), view=view_of(request.GET))
    )


@require_safe
@reads_the_day
def choose_day(request: HttpRequest) -> HttpResponse:
    """Lead to the page of the day that was picked."""
    return _to_day(request, request.GET.get("date", ""))


@require_safe
@reads_the_day
def day(request: HttpRequest, written: str) -> HttpResponse:
    """Show a day: who waits, who is expected, the counters side by side, one open file."""
    shown = parse_day(written)
    if shown is None or shown.isoformat() != written:
        return _to_day(request, written)
    now, zone = timezone.now(), planning.zone()
    agenda = days.read_day(shown, now=now)
    wanted = request.GET.get("rdv", "")
    file = agenda.visit(wanted) if wanted else None
    chosen = file.reference if file else ""
    view = view_of(request.GET)
    opens, closes = diary.bounds(agenda, zone)
    context = {
        "day": agenda,
        "topic": topics.of_day(shown),
        "is_today": shown == planning.local_day(now),
        "yesterday": diary.day_address(shown - ONE_DAY, view=view),
        "tomorrow": diary.day_address(shown + ONE_DAY, view=view),
        "counts": diary.counts(agenda),
        "closed": planning.closed_reason(shown),
        "views": _views(view, file=file),
        "view": view,
        "columns": diary.columns(
            agenda, chosen=chosen, may_book=access.may_book(member_of(request))
        ),
        "opens": opens,
        "closes": closes,
        "now": now,
        "groups": diary.groups(agenda, zone=zone, chosen=chosen),
        "rows": diary.rows(agenda.visits, zone=zone, view=view, chosen=chosen),
        "unknown": wanted if wanted and file is None else "",
        "undo": just_done(request),
        **(_file(file) if file else {}),
    }
    return page(request, "day", context)


@require_safe
@reads_the_day
def sheet(request: HttpRequest, written: str) -> HttpResponse:
    """Show the day as a table to print, one per site."""
    shown = parse_day(written)
    if shown is None:
        return _to_day(request, written)
    agenda = days.read_day(shown, now=timezone.now())
    context = {
        "day": agenda,
        "sites": diary.by_site(agenda),
        "closed": planning.closed_reason(shown),
        "back": diary.day_address(shown),
    }
    return page(request, "sheet", context)


@require_safe
@reads_the_day
def search(request: HttpRequest) -> HttpResponse:
    """Find an appointment by what the citizen can say of it."""
    form = SearchForm(request.GET)
    found = days.find(form.cleaned_data["q"], now=timezone.now()) if form.is_valid() else []
    context = {
        "form": form,
        "words": request.GET.get("q", ""),
        "found": diary.rows(found, zone=planning.zone()),
        "days": days.SEARCH_DAYS,
        "is_cut": len(found) == days.SEARCH_MOST,
    }
    return page(request, "search", context)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def new(request: HttpRequest) -> HttpResponse:
    """Book for somebody on the phone: everything on one screen, nothing typed is lost."""
    now = timezone.now()
    services = list(Service.objects.offered())
    if not services:
        return page(request, "no_service", {})
    former = days.read_visit(request.GET.get("comme", ""), now=now)
    sent = request.POST or (again(former.appointment, request.GET) if former else request.GET)
    wish = read_wish(sent, services)
    starts, first = offers(
        service=wish.service, persons=wish.persons, day=wish.day, start=wish.start, now=now
    )
    is_sent = request.method == "POST" and "look" not in request.POST
    is_same = request.POST.get("shown") == wish.stamp
    form = PhoneBookingForm(
        request.POST if is_sent and is_same else None,
        initial=typed_so_far(sent, wish=wish, first=first),
        services=services,
        wish=wish,
        offers=starts,
    )
    if form.is_valid():
        try:
            appointment = actions.book_directly(
                **form.wished, taken_by=current_member(request), now=now
            )
        except actions.SlotTaken as refusal:
            form.offer_instead(refusal.alternatives, str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("booking:agent:booked", appointment.reference)
    context = {
        **_wished(wish, day=planning.local_day(first or now)),
        "form": form,
        "icons": {service.slug: service.icon for service in services},
        "has_offers": bool(form.fields["slot"].widget.choices),
        "is_changed": is_sent and not is_same,
    }
    return page(request, "new", context, status=422 if form.errors else 200)


def _wished(wish: Wish, *, day: date) -> dict[str, Any]:
    """Say what is asked for on the phone, and what to bring for it on that day."""
    documents = announced(wish.service, situation=wish.situation, day=day, channel=Channel.DESK)
    return {
        "wish": wish,
        "name": service_name(wish.service),
        "persons": [{"documents": documents}],
        "for_each": wish.persons > 1,
    }


@require_safe
@reads_the_day
def booked(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what to read aloud, send and print once an appointment is taken."""
    visit = visit_or_404(reference, now=timezone.now())
    context = {
        "visit": visit,
        "service": service_name(visit.appointment.service),
        "people": people(visit.appointment.persons),
        "persons": persons(visit.appointment),
        "for_each": visit.appointment.persons > 1,
        "back": diary.file_address(visit, zone=planning.zone()),
        "asks_numbers": declaring.asks_numbers(visit.appointment),
        "warnings": number_checks.warnings(visit.appointment, now=timezone.now()),
        "undo": just_done(request),
    }
    return page(request, "booked", context)


@require_POST
@receives_people
def arrive(request: HttpRequest, reference: str) -> HttpResponse:
    """Note that the citizen is there and waits."""
    return _mark(request, reference, "arrived")


@require_POST
@receives_people
def receive(request: HttpRequest, reference: str) -> HttpResponse:
    """Note that the citizen was received."""
    return _mark(request, reference, "honoured")


@require_POST
@receives_people
def miss(request: HttpRequest, reference: str) -> HttpResponse:
    """Note that nobody came."""
    return _mark(request, reference, "missed")


@require_POST
@receives_people
def reset(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a mark back: the citizen is expected again."""
    return _mark(request, reference, "reset")


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask whether the slot is to be given back, for the citizen is told at once; then do it."""
    visit = visit_or_404(reference, now=timezone.now())
    if request.method != "POST":
        back = diary.file_address(visit, zone=planning.zone())
        return page(request, "cancel", {"visit": visit, "back": back})

    def act() -> None:
        actions.cancel(
            appointment=visit.appointment, by=current_member(request), now=timezone.now()
        )

    return _after(request, visit, act, done="cancelled", way_back="restore")


@require_POST
@receives_people
def restore(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a cancellation back, if the slot is still free."""
    visit = visit_or_404(reference, now=timezone.now())

    def act() -> None:
        try:
            actions.restore(
                appointment=visit.appointment, by=current_member(request), now=timezone.now()
            )
        except actions.SlotTaken as refusal:
            raise SlotGone from refusal

    return _after(request, visit, act, done="restored", way_back="")


def _mark(request: HttpRequest, reference: str, status: str) -> HttpResponse:
    visit = visit_or_404(reference, now=timezone.now())

    def act() -> None:
        tickets.mark(
            appointment=visit.appointment,
            status=status,
            by=current_member(request),
            now=timezone.now(),
        )

    return _after(request, visit, act, done=status, way_back=WAYS_BACK.get(visit.state, ""))


def _after(
    request: HttpRequest, visit: Visit, act: Callable[[], object], *, done: str, way_back: str
) -> HttpResponse:
    """Do something to a visit and come back to its day, with a way to undo it."""
    return after(
        request,
        act,
        to=diary.file_address(visit, zone=planning.zone(), view=view_of(request.POST)),
        done=str(DONE[done]) % {"name": visit.appointment.name},
        way_back=way_back and reverse(f"booking:agent:{way_back}", args=[visit.reference]),
    )


def _to_day(request: HttpRequest, written: str) -> HttpResponse:
    """Lead to a day that was typed; to today, and say so, when there is no such day."""
    shown = parse_day(written)
    if shown is None:
        if written:
            messages.warning(
                request, _("Cette date n’existe pas : voici la journée d’aujourd’hui.")
            )
        shown = planning.local_day(timezone.now())
    return redirect(diary.day_address(shown))


def _views(view: str, *, file: Visit | None) -> list[Tab]:
    query = {"rdv": file.reference} if file else {}
    return [
        Tab(
            label=label,
            href="?" + urlencode({**query, **({"vue": key} if key else {})}),
            current=key == view,
            icon=icon,
        )
        for key, label, icon in (
            ("", _("Guichets"), "columns-3"),
            ("liste", _("Liste"), "list"),
        )
    ]


def _file(visit: Visit) -> dict[str, Any]:
    """Gather what the open file shows; one query, the history."""
    return {
        "file": diary.rows([visit], zone=planning.zone())[0],
        "service": service_name(visit.appointment.service),
        "wait": diary.wait(visit),
        "moves": diary.moves(visit),
        "cancel": reverse("booking:agent:cancel", args=[visit.reference])
        if visit.state in days.PRESENT
        else "",
        "people": people_boxes(visit),
        "is_open_file": visit.state in days.PRESENT | {"honoured"},
        "persons": people(visit.appointment.persons),
        "phone": _link(tel(visit.appointment.phone), telephone(visit.appointment.phone)),
        "email": _link(f"mailto:{visit.appointment.email}", visit.appointment.email),
        "history": diary.history(visit.appointment),
        **_past(visit),
        "may_move": visit.state == "expected",
        "move_url": reverse("booking:agent:move", args=[visit.reference]),
        "rebook_url": f"{reverse('booking:agent:new')}?{urlencode({'comme': visit.reference})}",
        "next_visits": _next_visits(visit),
    }


def _next_visits(visit: Visit) -> list[dict[str, Any]]:
    """List the services that follow this one, with the days between which they take place."""
    links = visit.appointment.service.links.filter(second__is_active=True)
    day, today = planning.local_day(visit.start), planning.local_day(timezone.now())
    found = []
    for link in links.exclude(second__is_collection=True).select_related("second"):
        first = max(day + timedelta(days=link.min_days), today)
        last = day + timedelta(days=link.max_days)
        query = {"comme": visit.reference, "service": link.second.slug, "day": first.isoformat()}
        if first <= last:
            found.append(
                {
                    "name": service_name(link.second),
                    "href": f"{reverse('booking:agent:new')}?{urlencode(query)}",
                    "first": first,
                    "last": last,
                }
            )
    return found


def _past(visit: Visit) -> dict[str, Any]:
    """Gather what the same citizen has or had here: one query."""
    found = days.others(visit.appointment, now=timezone.now())
    return {
        "others": diary.rows(found[:OTHERS_MOST], zone=planning.zone()),
        "misses": sum(each.state == "missed" for each in found),
    }


def _link(address: str, words: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, words) if words else SafeString("")
