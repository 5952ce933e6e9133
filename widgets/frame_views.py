"""What a site of the commune shows of Parvis: pages without cookie, form or session.

A frame on another site gets no cookie of ours, so nothing is booked inside it: every way on opens
the real site in a new tab.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from booking import read_model
from booking.models import Service
from incidents.models import Category
from parvis.templatetags.ui_words import date_courte
from tenants.asked import commune_of
from widgets.sites import allowed_origins


ON_PORTAL = '"no" === "yes"'
SHORT, LONG = 60, 3600  # seconds that browsers may keep what is the same for everybody


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Serve the script that a town hall's page loads."""
    is_portal = request.site_kind == "portal"  # type: ignore[attr-defined]
    answer = HttpResponse(
        _script(is_portal=is_portal), content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = f"public, max-age={LONG}"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@cache
def _script(*, is_portal: bool) -> str:
    found = finders.find("js/widget.js")
    if found is None:
        raise FileNotFoundError("js/widget.js")
    text = Path(str(found)).read_text(encoding="utf-8")
    return text.replace(ON_PORTAL, '"yes" === "yes"') if is_portal else text


@require_safe
def booking(request: HttpRequest) -> HttpResponse:
    """Show what one can come for, and from which day."""
    services = _services(request.GET.get("motif", ""))
    days = read_model.first_free(services, now=timezone.now())
    return _frame(
        request,
        "booking",
        {"services": [(service, days.get(service.pk)) for service in services]},
    )


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show what can be reported."""
    offered = Category.objects.offered().filter(door=Category.Door.REPORT)
    return _frame(request, "report", {"categories": list(offered)})


@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """Say the first free day in one sentence, for anybody to read."""
    services = _services(request.GET.get("motif", ""))
    days = read_model.first_free(services, now=timezone.now())
    first = min(days.values(), default=None)
    one = services[0] if len(services) == 1 else None
    path = reverse("booking:situation", args=[one.slug]) if one else reverse("booking:services")
    text = _("Prendre rendez-vous")
    if first is not None:
        text = _("Prochain créneau : %(day)s") % {"day": date_courte(first)}
    answer = JsonResponse({"text": text, "path": path})
    answer["Access-Control-Allow-Origin"] = "*"  # public, and asked without cookies
    answer["Cache-Control"] = f"public, max-age={SHORT}"
    return answer


def _services(slug: str) -> list[Service]:
    """List what can be booked online: the one that is asked for, all when it is unknown."""
    services = list(Service.objects.offered_online())
    return [each for each in services if each.slug == slug] or services


def _frame(request: HttpRequest, name: str, words: dict[str, Any]) -> HttpResponse:
    """Answer with a page that only the verified sites of the commune may show."""
    commune = commune_of(request)
    origins = allowed_origins(commune)
    asked = request.GET.get("site", "")
    words |= {"site": asked if asked in origins else ""}
    answer = render(request, f"widgets/frames/{name}.html", words)
    answer.csp = {"frame-ancestors": " ".join(origins) or "'none'"}  # type: ignore[attr-defined]
    return answer
