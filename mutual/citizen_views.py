"""What citizens see of other communes that receive for theirs, and how they arrive there."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import planning
from booking.models import Service
from mutual.neighbours import LIFE_S, PURPOSE, read_neighbours
from parvis.signing import BadSignature, unsign


@require_safe
def neighbours(request: HttpRequest) -> HttpResponse:
    """Show the next starts of the communes that receive for this one."""
    found = read_neighbours(planning.current_commune(), now=timezone.now())
    return render(request, "mutual/neighbours.html", {"neighbours": found})


@require_safe
def arrive(request: HttpRequest) -> HttpResponse:
    """Receive somebody sent by another commune: look again, and say where she is now."""
    try:
        told = unsign(request.GET.get("t", ""), purpose=PURPOSE, max_age=LIFE_S)
        start = datetime.fromisoformat(told["start"])
        service = Service.objects.offered_online().filter(pk=told["service"]).first()
    except (BadSignature, KeyError, TypeError, ValueError):
        return redirect("booking:services")
    if service is None:
        return redirect("booking:services")
    zone, now = planning.zone(), timezone.now()
    free = planning.free(
        service=service,
        persons=1,
        first=start.astimezone(zone).date(),
        days=1,
        now=now,
        online=True,
    )
    context = {
        "service": service,
        "start": start.astimezone(zone),
        "is_free": free.is_free(start),
        "sender": str(told.get("from", ""))[:100],
        "href": f"{reverse('booking:situation', args=[service.slug])}?{urlencode({'persons': 1})}",
    }
    return render(request, "mutual/arrive.html", context)
