"""The settings: their home page, what was changed last, and the rules for all appointments."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import planning, reconfiguring
from booking.models import Appointment, Opening, Settings, SettingsChange
from booking.settings_closures_views import next_closing
from booking.settings_diagnosis_views import bookable_days
from booking.settings_forms import RulesForm
from booking.settings_pages import appointment_row, manages, save, show
from booking.settings_places_views import in_service
from booking.settings_services_views import online_count
from booking.settings_words_views import documents_state, messages_state
from booking.stranded import stranded
from parvis.errors import DomainError
from parvis.pieces import Tab
from parvis.provenance import within_the_law


HOME = "booking:agent:settings:home"


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the settings, and its state in one line."""

    label: str
    href: str
    icon: str
    text: str


@require_safe
@manages
def home(request: HttpRequest) -> HttpResponse:
    """Show every part of the settings with its state, and the last changes."""
    now = timezone.now()
    page = {
        "cards": _cards(now),
        "changes": reconfiguring.latest_changes(),
        "citizen": reverse("booking:home"),
        "tabs": [
            Tab(_("Rendez-vous"), reverse(HOME), current=True, icon="calendar-days"),
            Tab(_("Signalements"), "/agent/signalements/reglages/", icon="megaphone"),
        ],
        "today": planning.local_day(now),
    }
    return show(request, "home", page)


@require_POST
@manages
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back, or say why it cannot be."""
    change = get_object_or_404(SettingsChange, pk=pk)
    try:
        with within_the_law():
            reconfiguring.undo(change=change, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Annulé : %(label)s.") % {"label": change.label})
    return redirect(HOME)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def rules(request: HttpRequest) -> HttpResponse:
    """Change what holds for all appointments."""
    settings = Settings.objects.filter(pk=1).first() or Settings(pk=1)
    form = RulesForm(request.POST or None, instance=settings)
    if form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in form.fields}

        def work() -> None:
            Settings.objects.filter(pk=1).update(**wanted)

        return save(
            request,
            label=_("Règles modifiées"),
            work=work,
            to=reverse(HOME),
            now=timezone.now(),
        )
    return show(request, "rules", {}, form=form)


@require_safe
@manages
def outside(request: HttpRequest) -> HttpResponse:
    """List the appointments to come that fall outside the hours of today."""
    now = timezone.now()
    found = Appointment.objects.filter(pk__in=stranded(now=now)).select_related("service", "site")
    page = {"rows": [appointment_row(each) for each in found.order_by("period", "pk")]}
    return show(request, "outside", page)


def _cards(now: datetime) -> list[Card]:
    settings = Settings.objects.filter(pk=1).first() or Settings()
    hold = ngettext(
        "Créneau gardé %(n)s minute", "Créneau gardé %(n)s minutes", settings.hold_minutes
    ) % {"n": settings.hold_minutes}
    return [
        _card(_("Démarches"), "services", "list-checks", online_count()),
        _card(_("Pièces"), "documents", "file-text", documents_state()),
        _card(_("Guichets et agents"), "resources", "users", in_service()),
        _card(_("Horaires"), "hours", "calendar-clock", _hours()),
        _card(_("Fermetures"), "closures", "calendar-off", next_closing(now)),
        _card(_("Messages envoyés"), "messages", "mail", messages_state()),
        _card(_("Règles"), "rules", "scale", hold),
        _card(
            _("Pourquoi personne ne peut réserver ?"),
            "diagnosis",
            "circle-question-mark",
            bookable_days(now),
        ),
    ]


def _hours() -> str:
    count = Opening.objects.count()
    if not count:
        return _("Aucune plage : personne ne peut réserver")
    return ngettext(
        "%(n)s plage d’ouverture par semaine", "%(n)s plages d’ouverture par semaine", count
    ) % {"n": count}


def _card(label: str, name: str, icon: str, text: str) -> Card:
    return Card(label, reverse(f"booking:agent:settings:{name}"), icon, text)
