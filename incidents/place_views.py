"""What the form asks about places while it is filled in; JSON, and never an obstacle."""

from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from identity.addresses import address_of
from incidents import geocoder_client, where
from incidents.geo import Place, read_place
from incidents.models import Category


ASKED_MOST, PERIOD = 120, timedelta(minutes=1)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """List addresses of the commune that begin like ``q``."""
    if not _may_ask(request):
        return _said({"found": []}, status=429)
    found = where.suggestions(request.GET.get("q", ""))
    shown = [{"label": each.label, "lat": each.lat, "lon": each.lon} for each in found]
    return _said({"found": shown})


@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """Tell what is known of ``lat`` and ``lon``: address, commune, and who takes care."""
    place = read_place(request.GET.get("lat", ""), request.GET.get("lon", ""))
    if place is None:
        return _said({"address": "", "inside": None}, status=400)
    if not _may_ask(request):
        return _said({"address": "", "inside": None}, status=429)
    inside = where.is_here(place)
    said: dict[str, Any] = {"address": "", "inside": inside}
    if not inside:
        return _said(said | _elsewhere(place))
    nearest = geocoder_client.reverse(place)
    if nearest is not None:
        said["address"] = nearest.label
    code = request.GET.get("categorie", "").replace("\0", "")
    category = Category.objects.offered().filter(code=code).first()
    if category is not None and (caretaker := where.caretaker(category, place)):
        said["caretaker"] = _("Qui s’en occupe : %(name)s") % {"name": caretaker}
    return _said(said)


def _elsewhere(place: Place) -> dict[str, str]:
    """Say in words which commune to ask."""
    other = where.whose(place)
    if other is None:
        return {"words": _("Ce lieu n’est pas dans la commune.")}
    words = _("Ce lieu est à %(name)s.") % {"name": other.name}
    if other.form:
        return {"words": words, "form": other.form, "open": _("Le signaler là-bas")}
    reach = " ".join(part for part in (other.phone, other.email) if part)
    return {"words": f"{words} {_('Sa mairie')}\u00a0: {reach}" if reach else words}


def _may_ask(request: HttpRequest) -> bool:
    """Count the questions of an address; a page that is read may not write to the database."""
    key = f"places:{address_of(request)}"
    try:
        caches["shared"].add(key, 0, int(PERIOD.total_seconds()))
        return bool(caches["shared"].incr(key) <= ASKED_MOST)
    except (RedisError, ValueError):
        return True


def _said(what: dict[str, Any], *, status: int = 200) -> JsonResponse:
    answer = JsonResponse(what, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
