"""The waiting list for citizens: to join it, to see one's place, to take or leave an offer."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from booking import links, planning, visitor, waiting, words
from booking.forms import DetailsForm, SituationForm
from booking.models import Appointment, Service, WaitingEntry
from booking.people import Person, people_of
from booking.taking import SlotTaken
from identity import visits
from identity.limits import Limit, TooMany
from parvis.errors import DomainError
from parvis.inputs import DayInput
from parvis.templatetags.ui_words import date_heure


USUAL_DAYS = 60
JOINS = Limit("waiting-join", 20, timedelta(hours=1))  # per address


class WaitForm(DetailsForm):
    """How to reach her, and which days suit her."""

    first_day = forms.DateField(
        label=gettext_lazy("À partir du"),
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
    )
    last_day = forms.DateField(
        label=gettext_lazy("Jusqu’au"),
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours qui conviennent"),
        help_text=gettext_lazy("Aucun choisi : tous les jours conviennent."),
        coerce=int,
        choices=[(number, WEEKDAYS[number]) for number in range(6)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("first_day", "last_day", "weekdays", "name", "email", "phone")

    def __init__(self, service: Service, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(service, *args, **kwargs)
        self.fields.pop("pre_application", None)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Refuse days in the past, and an end before the beginning."""
        known = super().clean()
        first, last = known.get("first_day"), known.get("last_day")
        if last and last < self.today:
            self.add_error("last_day", ValidationError(_("Choisissez un jour à venir.")))
        elif first and last and last < first:
            self.add_error("last_day", ValidationError(_("Choisissez un jour après le premier.")))
        return known


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """Join the list of a service, without an appointment."""
    offered = Service.objects.offered_online().filter(has_waiting_list=True)
    service = get_object_or_404(offered, slug=slug)
    wish = SituationForm(service, request.GET)
    if not wish.is_valid():
        return redirect("booking:situation", slug)
    back = f"{reverse('booking:slots', args=[slug])}?{request.GET.urlencode()}"
    return _join(request, service, wish.people, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def wait_with_mine(request: HttpRequest) -> HttpResponse:
    """Join the list to come sooner, and keep the appointment meanwhile."""
    now = timezone.now()
    mine = visitor.managed(request, now=now)
    if mine is None:
        return redirect("booking:find")
    if not (mine.service.has_waiting_list and visitor.may_cancel(mine, now=now)):
        return redirect("booking:mine")
    known = mine.waiting.filter(served_at__isnull=True, left_at__isnull=True).first()
    if known is not None:
        return redirect(links.path_to_entry(known))
    return _join(request, mine.service, people_of(mine), back=reverse("booking:mine"), mine=mine)


@require_http_methods(["GET", "HEAD"])
def entry(request: HttpRequest, secret: str) -> HttpResponse:
    """Show her place in the list, and what is offered to her; a visit changes nothing."""
    now = timezone.now()
    known = links.entry_behind(secret)
    if known is None:
        return visitor.private(render(request, "booking/unknown_link.html", status=404))
    offered = waiting.offer_of(known, now=now)
    context = {
        "entry": known,
        "name": words.service_name(known.service),
        "rank": waiting.rank(known),
        "is_over": bool(known.left_at or known.served_at),
        "offered": offered,
        "when": date_heure(timezone.localtime(offered.start)) if offered else "",
        "until": date_heure(timezone.localtime(offered.held_until)) if offered else "",
        "address": request.path,
    }
    return visitor.private(render(request, "booking/waiting.html", context))


@require_POST
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Take what is offered."""
    known = _entry(secret)
    try:
        booked, token = waiting.accept(entry=known, now=timezone.now())
    except SlotTaken:
        raise waiting.OfferGone from None
    target = redirect("booking:confirmed" if token else "booking:mine")
    return visitor.give(target, visitor.MANAGE, token or links.secret_of(booked))


@require_POST
def decline(request: HttpRequest, secret: str) -> HttpResponse:
    """Leave what is offered to the next person, and stay on the list."""
    waiting.decline(entry=_entry(secret), now=timezone.now())
    return redirect(request.path.removesuffix("laisser/"))


@require_POST
def leave(request: HttpRequest, secret: str) -> HttpResponse:
    """Leave the list."""
    waiting.leave(entry=_entry(secret), now=timezone.now())
    return redirect(request.path.removesuffix("quitter/"))


def _join(
    request: HttpRequest,
    service: Service,
    people: list[Person],
    *,
    back: str,
    mine: Appointment | None = None,
) -> HttpResponse:
    now = timezone.now()
    form = WaitForm(
        service, request.POST or None, today=planning.local_day(now), initial=_usual(mine, now=now)
    )
    late: TooMany | None = None
    if form.is_valid():
        known = form.cleaned_data
        try:
            visits.count(request, JOINS, now=now)
            joined = waiting.join(
                service=service,
                people=people,
                language=get_language() or "fr",
                appointment=mine,
                now=now,
                **{key: known[key] for key in WaitForm.field_order},
            )
        except TooMany as refusal:
            visits.refuse(request, form, refusal)
            late = refusal
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(links.path_to_entry(joined))
    context = {
        "form": form,
        "name": words.service_name(service),
        "people": words.people(len(people)),
        "back": back,
        "keeps": bool(mine),
    }
    page = render(request, "booking/wait.html", context, status=422 if form.errors else 200)
    return visitor.private(visits.refused(page, late) if late else page)


def _usual(mine: Appointment | None, *, now: datetime) -> dict[str, Any]:
    today = planning.local_day(now)
    if mine is None:
        return {"first_day": today, "last_day": today + timedelta(days=USUAL_DAYS)}
    reach = {"name": mine.name, "email": mine.email, "phone": mine.phone}
    return reach | {"first_day": today, "last_day": planning.local_day(mine.start)}


def _entry(secret: str) -> WaitingEntry:
    known = links.entry_behind(secret)
    if known is None:
        raise Http404
    return known
