"""What staff pages know about the person who reads them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.access import may_manage_team, member_of
from identity.members import ADMIN, BOOKING_AGENT, DIRECTOR, REPORT_AGENT, Member
from tenants.hosts import absolute_url


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the layouts show her, without reading the account again."""

    display_name: str
    email: str
    is_authenticated: bool = True


def who(request: HttpRequest) -> dict[str, Any]:
    """Name the person, her menu and her ways out; no query on the site of a commune."""
    member = member_of(request)
    if member is not None:
        return {
            "user": Person(display_name=member.name, email=member.email),
            "member": member,
            "support": _support(member),
            "navigation": _navigation(request, member),
            "more_links": _more_links(request, member),
            "account_url": absolute_url("login", "/compte/"),
            "switch_url": absolute_url("login", "/lieux/"),
            "practice_url": absolute_url("login", "/entrainement/"),
            "logout_url": reverse("logout", urlconf=request.urlconf),
        }
    user = getattr(request, "user", None)
    if getattr(request, "site_kind", "") != "login" or not (user and user.is_authenticated):
        return {"user": user, "member": None}
    return {
        "user": user,
        "member": None,
        "navigation": _account_navigation(request),
        "account_url": reverse("account"),
        "logout_url": reverse("account_logout"),
    }


def _support(member: Member) -> dict[str, Any] | None:
    """Say who reads along at this moment; None most of the time."""
    until = datetime.fromtimestamp(member.support_until, tz=UTC)
    if not member.support_name or until <= timezone.now():  # noqa: TID251 (part of every page)
        return None
    return {
        "name": member.support_name,
        "reason": member.support_reason,
        "until": timezone.localtime(until),
    }


def _navigation(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    links: list[tuple[str, str, str]] = []
    if member.commune_id:
        if not request.path.startswith("/agent/"):
            return []  # on the citizens' pages the menu is theirs
        if member.role != REPORT_AGENT:
            links.append((_("Rendez-vous"), "/agent/", "calendar-days"))
            links.append((_("File d’attente"), "/agent/file/", "users-round"))
            links.append((_("Liste d’attente"), "/agent/attente/", "bell"))
            links.append((_("Titres"), "/agent/titres/", "id-card"))
            links.append((_("Pannes"), "/agent/panne/", "unplug"))
            links.append((_("Chiffres"), "/agent/chiffres/", "chart-column"))
        if member.role != BOOKING_AGENT:
            links.append((_("Signalements"), "/agent/signalements/", "megaphone"))
        else:
            links.append((_("Signaler"), "/agent/signalements/nouveau/", "megaphone"))
        if member.role == ADMIN:
            links.append((_("Réglages"), _settings_path(request), "settings"))
        links.append((_("Ma commune"), "/agent/commune/", "landmark"))
    else:
        links = _association_links()
    return _one_current([_link(request, *link) for link in links])


def _association_links() -> list[tuple[str, str, str]]:
    return [
        (_("Tableau de bord"), "/", "layout-dashboard"),
        (_("Lundi"), "/lundi/", "list-checks"),
        (_("Communes"), "/communes/", "landmark"),
        (_("Bibliothèque"), "/bibliotheque/", "library"),
        (_("Formations"), "/formations/", "graduation-cap"),
        (_("Idées"), "/idees/", "lightbulb"),
        (_("Partage"), "/partage/", "handshake"),
        (_("Mesures"), "/mesures/", "chart-column"),
    ]


def _more_links(request: HttpRequest, member: Member) -> list[tuple[str, str]]:
    """Give what is needed now and then a place in the menu of the person: (label, address)."""
    association, commune = request.association, request.commune  # type: ignore[attr-defined]
    links = []
    if member.role == DIRECTOR:
        links.append((_("Réglages de l’association"), "/reglages/"))
        links.append((_("Messages envoyés"), "/messages/"))
    if not member.commune_id:
        links.append((_("Départs et suspensions"), "/departs/"))
        links.append((_("Trouver un rendez-vous"), "/trouver/"))
    if member.commune_id:
        links.append((_("Mes messages"), "/agent/mes-messages/"))
    if member.commune_id and member.role in {ADMIN, BOOKING_AGENT}:
        links.append((_("Mon agenda"), "/agent/commune/agendas/"))
    if may_manage_team(member.role):
        team = commune.slug if member.commune_id else f"association/{association.slug}"
        links.append((_("Équipe"), absolute_url("login", f"/equipe/{team}/")))
    return links


def _settings_path(request: HttpRequest) -> str:
    """Lead to the settings of what is on the screen."""
    reports = "/agent/signalements/"
    return f"{reports}reglages/" if request.path.startswith(reports) else "/agent/reglages/"


def _one_current(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep only the closest of the links that lead to the page or above it."""
    closest = max((link["href"] for link in links if link["current"]), key=len, default="")
    return [{**link, "current": link["current"] and link["href"] == closest} for link in links]


def _account_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        _link(request, _("Mes lieux"), reverse("places"), "building-2"),
        _link(request, _("Mon compte"), reverse("account"), "user"),
    ]


def _link(request: HttpRequest, label: str, href: str, icon: str) -> dict[str, Any]:
    current = request.path == href if href == "/" else request.path.startswith(href)
    return {"label": label, "href": href, "icon": icon, "current": current}
