"""The settings of reports: their home page, what is missing, and what was changed last."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from incidents import reconfiguring
from incidents.models import Category, Handler, RoutingRule, SettingsChange, Team
from incidents.settings_assets_views import assets_state
from incidents.settings_messages_views import messages_state
from incidents.settings_pages import SPACE, show
from incidents.settings_rules_views import without_rule
from incidents.settings_words_views import replies_state, service_state
from incidents.settings_zones_views import zones_state
from incidents.staff_pages import sets_reports
from parvis.errors import DomainError
from parvis.pieces import Tab
from parvis.provenance import within_the_law


HOME = f"{SPACE}:home"


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the settings, and its state in one line."""

    label: str
    href: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, and where it is put right."""

    text: str
    href: str


@require_safe
@sets_reports
def home(request: HttpRequest) -> HttpResponse:
    """Show every part of the settings with its state, what is missing, and the last changes."""
    categories = Category.objects.filter(is_active=True).count()
    page = {
        "cards": _cards(categories),
        "gaps": _gaps(categories),
        "changes": reconfiguring.latest_changes(),
        "citizen": reverse("incidents:report_form"),
        "tabs": [
            Tab(_("Rendez-vous"), reverse("booking:agent:settings:home"), icon="calendar-days"),
            Tab(_("Signalements"), reverse(HOME), current=True, icon="megaphone"),
        ],
    }
    return show(request, "home", page)


@require_POST
@sets_reports
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


def _gaps(categories: int) -> list[Gap]:
    """List what keeps reports from being made, or from reaching somebody."""
    lost = without_rule() if categories else 0
    teams = list(Team.objects.filter(is_active=True).values_list("email", "members"))
    silent = sum(not email for email, _members in teams)
    gaps = [
        (not categories, "packs", _("Aucune catégorie : les citoyens ne peuvent rien signaler.")),
        (not teams, "add_team", _("Aucune équipe : personne n’est prévenu d’un signalement.")),
        (lost, "rules", _lost(lost)),
        (silent, "handlers", _silent(silent)),
    ]
    return [Gap(str(text), reverse(f"{SPACE}:{name}")) for is_so, name, text in gaps if is_so]


def _lost(count: int) -> str:
    return ngettext(
        "Aucune règle ne désigne toujours quelqu’un pour %(n)s catégorie.",
        "Aucune règle ne désigne toujours quelqu’un pour %(n)s catégories.",
        count,
    ) % {"n": count}


def _silent(count: int) -> str:
    return ngettext(
        "%(n)s équipe n’a pas de courriel : elle n’est prévenue de rien.",
        "%(n)s équipes n’ont pas de courriel : elles ne sont prévenues de rien.",
        count,
    ) % {"n": count}


def _cards(categories: int) -> list[Card]:
    return [
        _card(_("Catégories"), "categories", "list-tree", _categories(categories)),
        _card(_("Équipes et responsables"), "handlers", "users", _handlers()),
        _card(_("Qui fait quoi"), "rules", "split", _rules()),
        _card(_("Zones"), "zones", "map", zones_state()),
        _card(_("Équipements"), "assets", "qr-code", assets_state()),
        _card(_("Modèles de réponse"), "replies", "message-square-text", replies_state()),
        _card(_("Messages envoyés"), "messages", "mail", messages_state()),
        _card(_("Accusé de réception"), "service", "mail-check", service_state()),
        Card(
            _("Montrer les signalements ailleurs"),
            reverse("incidents:agent:snippet"),
            "code-xml",
            _("Une carte pour le site de la commune, un fil d’actualité"),
        ),
        Card(
            _("Durées de conservation"),
            reverse("privacy:home"),
            "archive",
            _("Ce qui est gardé, ce qui s’efface de lui-même"),
        ),
        Card(
            _("Ce qui a été effacé"),
            reverse("incidents:agent:retention"),
            "file-text",
            _("Liste des éliminations, CSV"),
        ),
    ]


def _categories(count: int) -> str:
    if not count:
        return _("Aucune catégorie proposée")
    return ngettext("%(n)s catégorie proposée", "%(n)s catégories proposées", count) % {"n": count}


def _handlers() -> str:
    count = Handler.objects.filter(is_active=True).count()
    if not count:
        return _("Personne n’est prévenu d’un signalement")
    return ngettext("%(n)s en service", "%(n)s en service", count) % {"n": count}


def _rules() -> str:
    count = RoutingRule.objects.count()
    if not count:
        return _("Aucune règle")
    return ngettext("%(n)s règle", "%(n)s règles", count) % {"n": count}


def _card(label: str, name: str, icon: str, text: str) -> Card:
    return Card(label, reverse(f"{SPACE}:{name}"), icon, text)
