"""What to bring: a page of its own, to print or to share, for those who book and for others."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from booking import planning, tallies, words
from booking.checklists import announced_each
from booking.forms import SituationForm
from booking.models import Service


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Choose what to come for; no appointment is needed to know what to bring."""
    offered = [(words.service_name(each), each) for each in Service.objects.offered()]
    return render(request, "booking/pieces.html", {"services": offered})


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what to bring in one situation, under the questions that decide it."""
    service = get_object_or_404(Service.objects.offered(), slug=slug)
    if request.method == "GET":
        tallies.seen(now=timezone.now())
    form = SituationForm(service, request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and form.is_valid():
        query = urlencode(form.cleaned_data)
        if form.unseen:
            return redirect(f"{request.path}?{query}&suite={form.unseen[0]}#suite")
        return redirect(f"{request.path}?{query}#pieces")
    context = documents_of(service, form if form.is_valid() else SituationForm(service, {}))
    context |= {"form": form, "new_question": request.GET.get("suite", "")}
    if form.is_valid():
        query = urlencode(form.cleaned_data)
        context["address"] = f"{request.path}?{query}"
        if service.is_online:
            context["slots_address"] = f"{reverse('booking:slots', args=[slug])}?{query}"
    status = 422 if form.errors else 200
    return render(request, "booking/documents.html", context, status=status)


def documents_of(service: Service, form: SituationForm) -> dict[str, Any]:
    """Say what the answers of a valid form call for, for each person, and what it costs."""
    form.is_valid()
    people = form.people
    lists, total = announced_each(
        service,
        [person.situation for person in people],
        day=planning.local_day(timezone.now()),
    )
    is_alike = all(each == lists[0] for each in lists)
    shown = lists[:1] if is_alike else lists
    return {
        "service": service,
        "name": words.service_name(service),
        "persons": [
            {
                "name": words.rank(number),
                "documents": each,
                "key": f"{service.slug}-{number}",
            }
            for number, each in enumerate(shown, start=1)
        ],
        "documents_title": words.documents_count(len(lists[0]))
        if is_alike
        else words.documents_of_each(),
        "for_each": len(people) > 1 and is_alike,
        "total": total if len(people) > 1 else "",
    }
