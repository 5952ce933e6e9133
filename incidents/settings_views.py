"""The settings of reports: their home page, what is missing, and what was changed last."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from incidents import reconfiguring
from incidents.models import Category, Handler, RoutingRule, SettingsChange
from incidents.settings_pages import SPACE, show
from incidents.staff_pages import sets_reports
from parvis.errors import DomainError
from parvis.pieces import Tab


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
    known = list(Category.objects.filter(is_active=True).only("group", "door"))
    rules = list(RoutingRule.objects.values("category", "group", "zone", "road_class"))
    page = {
        "cards": _cards(known),
        "gaps": _gaps(known, rules),
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
        reconfiguring.undo(change=change, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Annulé : %(label)s.") % {"label": change.label})
    return redirect(HOME)


def without_rule(known: Sequence[Category], rules: Sequence[dict[str, object]]) -> int:
    """Count the categories that no rule covers in every place and on every road."""
    everywhere = [each for each in rules if not each["zone"] and not each["road_class"]]
    if any(not each["category"] and not each["group"] for each in everywhere):
        return 0
    groups = {each["group"] for each in everywhere}
    named = {each["category"] for each in everywhere}
    return sum(
        each.door != Category.Door.REDIRECT and each.pk not in named and each.group not in groups
        for each in known
    )


def _gaps(known: Sequence[Category], rules: Sequence[dict[str, object]]) -> list[Gap]:
    gaps = []
    if not known:
        gaps.append(
            Gap(
                _("Aucune catégorie : les citoyens ne peuvent rien signaler."),
                reverse(f"{SPACE}:packs"),
            )
        )
    return gaps


def _cards(known: Sequence[Category]) -> list[Card]:
    return [
        _card(_("Catégories"), "categories", "list-tree", _categories(len(known))),
        _card(_("Équipes et responsables"), "handlers", "users", _handlers()),
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


def _card(label: str, name: str, icon: str, text: str) -> Card:
    return Card(label, reverse(f"{SPACE}:{name}"), icon, text)
