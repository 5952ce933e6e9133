"""The settings of services: their order, which are online, and everything about one."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.configuration import PRESET_FIELDS
from booking.models import Appointment, Service
from booking.presets import USUAL, ServicePreset
from booking.settings_pages import manages, save, short, show
from booking.settings_services_forms import ServiceForm
from booking.words import minutes, people
from parvis.provenance import source_of, told_in


LIST = "booking:agent:settings:services"


@require_safe
@manages
def services(request: HttpRequest) -> HttpResponse:
    """List the services in the order of the public page."""
    page = {
        "rows": [
            {"service": service, "length": minutes(service.minutes[0]), "state": _state(service)}
            for service in Service.objects.offered()
        ],
        "stopped": Service.objects.filter(is_active=False).order_by("name", "pk"),
    }
    return show(request, "services", page)


@require_safe
@manages
def catalogue(request: HttpRequest) -> HttpResponse:
    """Offer what other town halls receive for, ready to be adapted, or a blank page."""
    known = set(Service.objects.values_list("slug", flat=True))
    page = {"presets": [each for each in USUAL.services if each.slug not in known]}
    return show(request, "catalogue", page)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_service(request: HttpRequest) -> HttpResponse:
    """Offer one more service, from the catalogue or from nothing."""
    wanted = request.GET.get("modele", "")
    preset = next((each for each in USUAL.services if each.slug == wanted), None)
    form = ServiceForm(request.POST or None, instance=_started(preset))
    if form.is_valid():
        label = _("Démarche ajoutée : %(name)s") % {"name": short(form.cleaned_data["name"])}
        return save(request, label=label, work=form.write, to=reverse(LIST), now=timezone.now())
    return show(request, "service", {"service": None, "preset": preset}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Change everything about a service."""
    now = timezone.now()
    service = get_object_or_404(Service, pk=pk)
    was_active = service.is_active
    form = ServiceForm(request.POST or None, instance=service)
    coming = _coming(service, now=now).count()
    if form.is_valid():
        label = _("Démarche modifiée : %(name)s") % {"name": short(form.cleaned_data["name"])}
        stops = was_active and not form.cleaned_data["is_active"]
        with told_in(form):
            return save(
                request,
                label=label,
                work=form.write,
                to=reverse(LIST),
                now=now,
                warning=kept(coming) if stops else "",
            )
    page = {
        "service": service,
        "source": source_of("service", service.pk),
        "coming": coming,
        "table": [
            (people(number), minutes(length))
            for number, length in enumerate(service.minutes, start=1)
        ],
        "citizen": reverse("booking:situation", args=[service.slug]),
    }
    return show(request, "service", page, form=form)


@require_POST
@manages
def move_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a service one place up or down on the public page."""
    service = get_object_or_404(Service.objects.offered(), pk=pk)
    order = list(Service.objects.offered().values_list("pk", flat=True))
    here = order.index(service.pk)
    there = here + (1 if request.POST.get("sens") == "bas" else -1)
    if not 0 <= there < len(order):
        return redirect(LIST)
    order[here], order[there] = order[there], order[here]

    def work() -> None:
        for position, each in enumerate(order):
            Service.objects.filter(pk=each).exclude(position=position).update(position=position)

    label = _("Ordre changé : %(name)s") % {"name": short(service.name)}
    return save(request, label=label, work=work, to=reverse(LIST), now=timezone.now())


@require_POST
@manages
def switch_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Open or close a service to online booking."""
    service = get_object_or_404(Service, pk=pk)
    is_online = request.POST.get("ouvrir") == "1"
    label = (
        _("Réservation en ligne ouverte : %(name)s")
        if is_online
        else _("Réservation en ligne fermée : %(name)s")
    )

    def work() -> None:
        Service.objects.filter(pk=pk).update(is_online=is_online)

    return save(
        request,
        label=label % {"name": short(service.name)},
        work=work,
        to=reverse(LIST),
        now=timezone.now(),
    )


def online_count() -> str:
    """Say how many services citizens may book."""
    count = Service.objects.offered_online().count()
    if not count:
        return _("Aucune démarche en ligne")
    return ngettext("%(n)s démarche en ligne", "%(n)s démarches en ligne", count) % {"n": count}


def kept(count: int) -> str:
    """Say that appointments to come are kept; nothing when there are none."""
    if not count:
        return ""
    return ngettext(
        "%(n)s rendez-vous à venir est gardé : vous recevrez cette personne comme prévu.",
        "%(n)s rendez-vous à venir sont gardés : vous recevrez ces personnes comme prévu.",
        count,
    ) % {"n": count}


def _coming(service: Service, *, now: datetime) -> QuerySet[Appointment]:
    return service.appointments.filter(
        status=Appointment.Status.BOOKED, period__startswith__gte=now
    )


def _state(service: Service) -> str:
    return _("En ligne") if service.is_online else _("Guichet seulement")


def _started(preset: ServicePreset | None) -> Service:
    """Return a service not saved yet, with what the catalogue says of it."""
    if preset is None:
        return Service(minutes=[20])
    values = {name: getattr(preset, name) for name in PRESET_FIELDS}
    return Service(
        **values | {"is_active": True},
        minutes=list(preset.minutes),
        documents=list(preset.documents),
    )
