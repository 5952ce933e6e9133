"""What an administrator decides about the library in her commune."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import staff_only, who
from identity.members import ADMIN
from library import propagation, shelved
from library.forms import PayloadForm, RewriteForm, SuggestForm, edited_field
from library.models import Template
from shelf import answering, words
from shelf.history import current
from shelf.kinds import KINDS, PAGE
from shelf.models import Arrival, Origin, Page, UpdateProposal, unwrapped
from shelf.offers import ByLaw


CHOICES = {"accepted", "kept", "lock"}


@require_POST
@staff_only(ADMIN)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the library's words, keep the commune's, or keep them for good."""
    proposal = get_object_or_404(UpdateProposal.objects.select_related("origin"), pk=pk)
    choice = request.POST.get("choix", "")
    if choice in CHOICES:
        now = timezone.now()
        answering.answer(proposal=proposal, choice=choice, by=who(request), now=now)
        propagation.report(origin=proposal.origin, now=now)
    return redirect("library:origin", proposal.origin.template_uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def rewrite(request: HttpRequest, pk: int) -> HttpResponse:
    """Write words that are neither the library's nor the commune's."""
    proposal = get_object_or_404(UpdateProposal.objects.select_related("origin"), pk=pk)
    kind = KINDS[proposal.origin.kind]
    field = edited_field(kind, proposal.path)
    if field is None:
        raise Http404
    mine = unwrapped(proposal.mine)
    form = RewriteForm(
        field, request.POST or None, initial={"words": mine if isinstance(mine, str) else ""}
    )
    if form.is_valid():
        now = timezone.now()
        answering.answer(
            proposal=proposal,
            choice="edited",
            words=form.cleaned_data["words"],
            by=who(request),
            now=now,
        )
        propagation.report(origin=proposal.origin, now=now)
        return redirect("library:origin", proposal.origin.template_uuid)
    page = {
        "form": form,
        "origin": proposal.origin,
        "label": words.label(kind, proposal.path),
        "theirs": words.value(kind, proposal.path, unwrapped(proposal.theirs)),
    }
    status = 422 if form.errors else 200
    return render(request, "library/own/rewrite.html", page, status=status)


@require_POST
@staff_only(ADMIN)
def answer_all(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decide everything that waits about one thing at once."""
    found = get_object_or_404(Origin, template_uuid=uuid)
    choice = request.POST.get("choix", "")
    if choice in {"accepted", "kept"}:
        now = timezone.now()
        answering.answer_all(origin=found, accept=choice == "accepted", by=who(request), now=now)
        propagation.report(origin=found, now=now)
    return redirect("library:origin", uuid)


@require_POST
@staff_only(ADMIN)
def follow(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Follow the library no longer, or again."""
    found, now = get_object_or_404(Origin, template_uuid=uuid), timezone.now()
    if request.POST.get("choix") == "detacher":
        answering.detach(origin=found, by=who(request), now=now)
        propagation.report(origin=found, now=now)
    elif found.detached_at is not None:
        template = get_object_or_404(Template.objects.select_related("adapted_from"), uuid=uuid)
        propagation.follow_again(
            origin=found, template=template, by=who(request), now=now, today=timezone.localdate()
        )
    return redirect("library:origin", uuid)


@require_POST
@staff_only(ADMIN)
def unlock(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let the library speak again of a path that was kept for good."""
    found = get_object_or_404(Origin, template_uuid=uuid)
    answering.unlock(origin=found, path=request.POST.get("path", ""))
    return redirect("library:origin", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def suggest(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose the commune's words to the association."""
    found = get_object_or_404(Origin, template_uuid=uuid)
    payload = current(origin=found)
    if payload is None:
        raise Http404
    form = SuggestForm(request.POST or None)
    if form.is_valid():
        propagation.suggest(
            origin=found,
            payload=payload,
            words=form.cleaned_data["words"],
            now=timezone.now(),
        )
        return redirect("library:origin", uuid)
    names = shelved.names_here(propagation.here())
    page = {"form": form, "origin": found, "changes": shelved.own_changes(found, names)}
    status = 422 if form.errors else 200
    return render(request, "library/own/suggest.html", page, status=status)


@require_POST
@staff_only(ADMIN)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what a change of the library found."""
    arrival = get_object_or_404(Arrival.objects.select_related("origin"), pk=pk)
    answering.undo(arrival=arrival, by=who(request), now=timezone.now())
    return redirect("library:origin", arrival.origin.template_uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a page of information in the commune's own words."""
    found = get_object_or_404(Page, slug=slug)
    before = {each.name: getattr(found, each.name) for each in PAGE.fields}
    form = PayloadForm(PAGE.fields, before, request.POST or None)
    if form.is_valid():
        if Origin.objects.filter(kind=PAGE.code, object_id=found.pk, by_law=True).exists():
            form.add_error(None, str(ByLaw.message))
        else:
            answering.write_page(page=found, payload=form.payload(before))
            return redirect("library:pages")
    status = 422 if form.errors else 200
    content = {"form": form, "page_title": found.title or _("Page")}
    return render(request, "library/own/page.html", content, status=status)
