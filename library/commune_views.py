"""A commune's side of the library: what waits, what it has, what it may take, what came."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import staff_only, who
from identity.members import ADMIN
from library import propagation, shelved
from library.models import Suggestion
from shelf import words
from shelf.kinds import KINDS
from shelf.models import Arrival, Origin, Page


@require_safe
@staff_only(ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """Say what waits for an answer, what the law changed and what will come."""
    commune, today = propagation.here(), timezone.localdate()
    found = shelved.shelved()
    by_law = Arrival.objects.filter(cause=Arrival.Cause.LAW).select_related("origin")
    page = {
        "waiting": [each for each in found if each.waiting],
        "groups": [
            (kind, [each for each in found if each.kind is kind]) for kind in KINDS.values()
        ],
        "has_any": bool(found),
        "by_law": by_law.defer("before", "after")[:5],
        "planned": shelved.planned(today=today),
        "offered": len(shelved.to_take(commune, today=today)),
    }
    return render(request, "library/own/home.html", page)


@require_safe
@staff_only(ADMIN)
def origin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decide what is proposed for one thing; see what is the commune's own in it."""
    found = get_object_or_404(Origin, template_uuid=uuid)
    names = shelved.names_here(propagation.here())
    kind = KINDS[found.kind]
    page = {
        "origin": found,
        "kind": kind,
        "state": shelved.state_words(found),
        "choices": shelved.choices(found, names),
        "changes": shelved.own_changes(found, names),
        "locked": [(path, words.label(kind, path, names=names)) for path in found.locked],
        "history": shelved.history(names, origin=found),
        "suggestions": Suggestion.objects.filter(template__uuid=uuid).defer("payload")[:5],
    }
    return render(request, "library/own/origin.html", page)


@require_safe
@staff_only(ADMIN)
def catalogue(request: HttpRequest) -> HttpResponse:
    """List what the commune does not have yet."""
    wanted = request.GET.get("q", "").strip()[:100]
    found = shelved.to_take(propagation.here(), today=timezone.localdate(), wanted=wanted)
    groups = [
        (kind, [each for each in found if each.kind == kind.code]) for kind in KINDS.values()
    ]
    page = {"groups": [(kind, listed) for kind, listed in groups if listed], "q": wanted}
    return render(request, "library/own/catalogue.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show something of the library, and take it."""
    commune, today = propagation.here(), timezone.localdate()
    template = next((each for each in propagation.offered(commune) if each.uuid == uuid), None)
    versions = propagation.offers_of([template], today=today) if template else {}
    if template is None or template.pk not in versions:
        raise Http404
    if request.method == "POST":
        propagation.take(template=template, by=who(request), now=timezone.now(), today=today)
        return redirect("library:origin", uuid)
    kind = KINDS[template.kind]
    newest = versions[template.pk][0]
    page = {
        "template": template,
        "kind": kind,
        "said": words.shown(kind, newest.payload, names=shelved.names_here(commune)),
        "is_taken": Origin.objects.filter(template_uuid=uuid).exists(),
    }
    return render(request, "library/own/offer.html", page)


@require_safe
@staff_only(ADMIN)
def history(request: HttpRequest) -> HttpResponse:
    """List what came through the library, each change with what it changed."""
    found = shelved.history(shelved.names_here(propagation.here()))
    return render(request, "library/own/history.html", {"history": found})


@require_safe
@staff_only(ADMIN)
def pages(request: HttpRequest) -> HttpResponse:
    """List the pages of information of the commune."""
    return render(request, "library/own/pages.html", {"pages": Page.objects.defer("text")})
