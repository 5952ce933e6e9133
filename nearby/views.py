"""On a commune's site: who arrives from elsewhere, alerts, and how long one waits."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from booking import planning, read_model, words as booking_words
from booking.models import Service
from identity import limits, visits
from identity.limits import Limit
from nearby import actions, badges, links, words
from nearby.forms import AlertForm, usual_last_day
from nearby.models import Alert
from parvis.typed import number
from slots.links import href
from tenants.asked import commune_of
from tenants.directory import normalise
from tenants.hosts import absolute_url


ASKED = Limit("alert", 10, timedelta(hours=1))  # per address
BADGE_S = 60
SHOWN = 5


@require_safe
def arrive(request: HttpRequest, service: int) -> HttpResponse:
    """Lead whoever comes from a search to the choice of a time, which looks again."""
    found = Service.objects.offered_online().filter(pk=min(service, 2**63 - 1)).first()
    if found is None:
        return redirect("booking:services")
    persons = number(request.GET.get("personnes", "1"), digits=2) or 1
    query = {"persons": str(min(persons, found.most_persons))}
    if start := request.GET.get("debut", "")[:40]:
        query["debut"] = start
    return redirect(f"{reverse('booking:slots', args=[found.slug])}?{urlencode(query)}")


@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest) -> HttpResponse:
    """Ask to be told when a start comes free nearby; the address confirms by a link."""
    now = timezone.now()
    today = planning.local_day(now)
    wishes = _wishes()
    if request.method == "POST":
        form = AlertForm(request.POST, wishes=[each[:2] for each in wishes], today=today)
        if form.is_valid():
            try:
                visits.count(request, ASKED, now=now)
            except limits.TooMany as refusal:
                visits.refuse(request, form, refusal)
                return visits.refused(_alert_page(request, form), refusal)
            return _asked(form, wishes, now=now)
    else:
        initial = _initial(request, wishes, today)
        form = AlertForm(wishes=[each[:2] for each in wishes], today=today, initial=initial)
    return _alert_page(request, form)


def _alert_page(request: HttpRequest, form: AlertForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "nearby/alert.html", {"form": form}, status=status)


def _asked(
    form: AlertForm, wishes: list[tuple[str, str, str, str]], *, now: datetime
) -> HttpResponse:
    said = form.cleaned_data
    reason, key, name = next(
        (reason, key, name) for value, name, reason, key in wishes if value == said["demarche"]
    )
    actions.ask(
        email=said["email"],
        language=get_language() or "fr",
        reason=reason,
        key=key,
        name=str(name),
        persons=said["personnes"],
        radius_km=said["rayon"],
        last_day=said["last_day"],
        now=now,
    )
    return redirect("nearby:asked")


def _wishes() -> list[tuple[str, str, str, str]]:
    """List what an alert may be about: value, name, titles, folded name."""
    found = [(value, str(name), value, "") for value, name in words.titles()]
    services = Service.objects.offered_online().filter(titles="", is_confidential=False)
    for service in services:
        name = booking_words.service_name(service)
        if key := normalise(service.name)[:100]:
            found.append((f"s{service.pk}", name, "", key))
    return found


def _initial(
    request: HttpRequest, wishes: list[tuple[str, str, str, str]], today: date
) -> dict[str, Any]:
    """Begin with what the page before knew."""
    asked = number(request.GET.get("motif", ""))
    service = Service.objects.offered_online().filter(pk=asked).first() if asked else None
    value = (service.titles or f"s{service.pk}") if service else request.GET.get("titres", "")
    return {
        "demarche": value if value in {each[0] for each in wishes} else "",
        "personnes": number(request.GET.get("personnes", ""), digits=1) or 1,
        "rayon": number(request.GET.get("rayon", ""), digits=3) or 20,
        "last_day": usual_last_day(today),
    }


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say that a message is on its way; the same whatever was known before."""
    return render(request, "nearby/asked.html")


@require_http_methods(["GET", "HEAD", "POST"])
def one_alert(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an alert to whoever holds its link; a press confirms it, another stops it."""
    known = links.alert_behind(secret)
    if known is None:
        return _private(render(request, "nearby/unknown.html", status=404))
    now = timezone.now()
    if request.method == "POST":
        if request.POST.get("act") == "stop":
            actions.stop(alert=known, now=now)
        elif request.POST.get("act") == "confirm" and actions.confirm(alert=known, now=now):
            messages.success(request, _("C’est noté : vous serez prévenu par courriel."))
        return _private(redirect(request.path))
    context = {
        "alert": known,
        "wish": words.wish_words(known),
        "is_over": known.stopped_at is not None or known.last_day < planning.local_day(now),
        "found": _shown(known, now=now),
        "most": actions.MOST_A_DAY,
    }
    return _private(render(request, "nearby/one_alert.html", context))


def _shown(known: Alert, *, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "name": each.commune,
            "start": each.first,
            "distance": words.distance(each.km),
            "href": href(each, each.first),
        }
        for each in actions.free_for(known, now=now)[:SHOWN]
    ]


@csrf_exempt  # RFC 8058: the mail program posts alone, and the key says for whom
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """Stop at once what a mail program asks to stop; whoever follows the link sees the alert."""
    known = links.alert_behind(secret)
    if known is None:
        return _private(render(request, "nearby/unknown.html", status=404))
    if request.method == "POST":
        actions.stop(alert=known, now=timezone.now())
        said = _("C’est noté. Cette alerte est arrêtée.")
        return _private(HttpResponse(said, content_type="text/plain; charset=utf-8"))
    return _private(redirect("nearby:one_alert", secret))


@require_safe
def waits(request: HttpRequest) -> HttpResponse:
    """Say how long one waits for each service, and how to show it elsewhere."""
    now = timezone.now()
    services = list(Service.objects.offered_online().filter(is_confidential=False))
    days = read_model.first_free(services, now=now)
    today, here = planning.local_day(now), commune_of(request)
    rows = [
        {
            "service": service,
            "name": booking_words.service_name(service),
            "day": days.get(service.pk),
            "wait": words.wait((days[service.pk] - today).days) if service.pk in days else "",
            "href": reverse("booking:situation", args=[service.slug]),
            "embed": badges.embed(
                name=booking_words.service_name(service),
                page=absolute_url(here, reverse("booking:situation", args=[service.slug])),
                picture=absolute_url(here, reverse("nearby:badge", args=[service.slug])),
            ),
        }
        for service in services
    ]
    return render(request, "nearby/waits.html", {"rows": rows, "now": now})


@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the wait for one service, for any site to show: no script, no cookie."""
    service = Service.objects.offered_online().filter(slug=slug, is_confidential=False).first()
    if service is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    now = timezone.now()
    day = read_model.first_free([service], now=now).get(service.pk)
    said = words.wait((day - planning.local_day(now)).days) if day else _("complet")
    title = booking_words.service_name(service)
    answer = HttpResponse(badges.draw(title, said), content_type="image/svg+xml")
    answer["Cache-Control"] = f"public, max-age={BADGE_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep a page whose address is its key out of caches and out of search engines."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
