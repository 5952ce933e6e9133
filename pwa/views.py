"""What makes a commune's site an application: its card, its icons, and what works offline."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import parvis
from booking.models import Service
from incidents.models import Category
from parvis.theme import palette
from parvis.typo import town_hall
from pwa import icons, shells
from tenants.asked import commune_of
from tenants.models import Commune


FONT = Path(parvis.__file__).with_name("static") / "fonts" / "bricolage-grotesque.woff2"
HOUR, YEAR = 3600, 31_536_000
ICONS = ((192, "plein"), (512, "plein"), (192, "masque"), (512, "masque"))
MASKED = "masque"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the site to a telephone that would keep it among its applications."""
    commune = commune_of(request)
    colours = palette(commune.brand_colour)
    words = {
        "id": "/",
        "scope": "/",
        "start_url": "/?source=pwa",
        "name": town_hall(commune.name, get_language() or "fr"),
        "short_name": commune.name,
        "description": _("Rendez-vous, pièces à apporter et signalements de la commune."),
        "lang": get_language(),
        "dir": "ltr",
        "display": "standalone",
        "theme_color": colours.action,
        "background_color": colours.tint,
        "categories": ["government"],
        "icons": [_icon(commune, size, shape) for size, shape in ICONS],
        "shortcuts": _shortcuts(commune),
    }
    answer = JsonResponse(words, content_type="application/manifest+json")
    answer["Cache-Control"] = f"public, max-age={HOUR}"
    answer["Vary"] = "Accept-Language"
    return answer


def _icon(commune: Commune, size: int, shape: str) -> dict[str, str]:
    return {
        "src": icon_address(commune, size, shape),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "maskable" if shape == MASKED else "any",
    }


def icon_address(commune: Commune, size: int, shape: str = "plein") -> str:
    """Return where an icon is, under a name that changes with its colour and its letter."""
    stamp = palette(commune.brand_colour).version + f"{ord(icons.initial(commune.name)):x}"
    return f"{reverse('pwa:icon', args=[shape, size])}?v={stamp}"


def _shortcuts(commune: Commune) -> list[dict[str, object]]:
    """Name what one may come for at once, where the commune offers it."""
    found = []
    if Category.objects.offered().filter(door=Category.Door.REPORT).exists():
        found.append((_("Signaler"), _("Signaler un problème"), reverse("incidents:report_form")))
    if Service.objects.offered_online().exists():
        found.append((_("Rendez-vous"), _("Prendre rendez-vous"), reverse("booking:services")))
    icon = _icon(commune, 192, "plein")
    return [
        {"name": name, "description": words, "url": f"{where}?source=pwa", "icons": [icon]}
        for name, words, where in found
    ]


@require_safe
def icon(request: HttpRequest, shape: str, size: int) -> HttpResponse:
    """Draw an icon; kept for a year under the name that says its version."""
    if size not in icons.SIZES or shape not in {"plein", MASKED}:
        raise Http404
    commune = commune_of(request)
    drawn = icons.draw(
        icons.initial(commune.name),
        commune.brand_colour,
        FONT,
        size=size,
        is_masked=shape == MASKED,
    )
    answer = HttpResponse(drawn, content_type="image/png")
    answer["Cache-Control"] = f"public, max-age={YEAR if 'v' in request.GET else HOUR}"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker; browsers ask each time whether it has changed."""
    commune = commune_of(request)
    title = town_hall(commune.name, get_language() or "fr")
    text = shells.worker(commune, icon=icon_address(commune, 192), title=title)
    answer = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no network, and what can be done without; nobody is named on it."""
    context = {"csrf_token": ""}
    answer = render(request, "pwa/offline.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """Give the token that a form needs to be sent; the one in a kept form is too old."""
    return JsonResponse({"csrf": get_token(request)})
