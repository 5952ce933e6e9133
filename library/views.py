"""The association's library: its list, one template, its versions, who has what, suggestions."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only
from library import actions, shown
from library.forms import AnswerForm, DescribeForm, FilterForm, NewForm
from library.models import Suggestion, Template
from library.pages import TEAM, own, readable, watched
from shelf import words
from shelf.kinds import KINDS
from shelf.merge import differences
from tenants.asked import association_of


@require_safe
@staff_only(*TEAM)
def index(request: HttpRequest) -> HttpResponse:
    """List what communes can take, by kind."""
    association = association_of(request)
    form = FilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    found = shown.rows(association, archived=asked.get("archived", False))
    wanted, kind = asked.get("q", "").casefold(), asked.get("kind", "")
    kept = [
        row
        for row in found
        if wanted in row.template.name.casefold() and kind in {"", row.template.kind}
    ]
    groups = [
        (each, [row for row in kept if row.template.kind == each.code]) for each in KINDS.values()
    ]
    page = {
        "filter": form,
        "groups": [(each, listed) for each, listed in groups if listed],
        "total": len(found),
        "found": len(kept),
        "kinds": KINDS.values(),
        "waiting": Suggestion.objects.filter(
            commune__association=association, state=Suggestion.State.OPEN
        ).count(),
        "conflicts": shown.open_conflicts(association),
    }
    return render(request, "library/index.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin a template of a kind."""
    if kind not in KINDS:
        raise Http404
    form = NewForm(kind, request.POST or None, initial={"policy": "recommended"})
    if form.is_valid():
        try:
            draft = actions.create_template(
                association=association_of(request), kind=kind, **form.cleaned_data
            )
        except actions.AddressTaken as refusal:
            form.add_error("slug", str(refusal))
        else:
            return redirect("library:draft", draft.template.uuid)
    status = 422 if form.errors else 200
    return render(request, "library/new.html", {"form": form, "kind": KINDS[kind]}, status=status)


@require_safe
@staff_only(*TEAM)
def template(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one template: what it says, its versions, how many communes have it."""
    found = readable(request, uuid)
    versions = shown.versions_with_counts(found)
    current = next((each for each in versions if each.published_at), None)
    association = association_of(request)
    names = shown.document_names(association)
    page = {
        "template": found,
        "kind": KINDS[found.kind],
        "is_own": found.association_id == association.pk,
        "versions": [each for each in versions if each.published_at],
        "draft": next((each for each in versions if not each.published_at), None),
        "said": words.shown(KINDS[found.kind], current.payload, names=names) if current else [],
        "holders": len(shown.holders(found, association)),
    }
    return render(request, "library/template.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def describe(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name a template otherwise, or change how its versions arrive."""
    found = own(request, uuid)
    form = DescribeForm(request.POST or None, initial={"name": found.name, "policy": found.policy})
    if form.is_valid():
        actions.describe(template=found, **form.cleaned_data)
        return redirect("library:template", uuid)
    status = 422 if form.errors else 200
    page = {"form": form, "template": found}
    return render(request, "library/describe.html", page, status=status)


@require_POST
@staff_only(*TEAM)
def archive(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer a template no longer, or again; communes keep what they took."""
    found = own(request, uuid)
    is_active = found.status == Template.Status.ACTIVE
    actions.set_status(
        template=found,
        status=Template.Status.ARCHIVED if is_active else Template.Status.ACTIVE,
    )
    return redirect("library:template", uuid)


@require_POST
@staff_only(*TEAM)
def adapt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a template of the platform the association's own."""
    found = readable(request, uuid)
    if found.association_id is not None:
        return redirect("library:template", uuid)
    draft = actions.adapt(template=found, association=association_of(request))
    return redirect("library:draft", draft.template.uuid)


@require_safe
@staff_only(*TEAM)
def who(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """List the communes that have a template, each with its version: counts only."""
    found = readable(request, uuid)
    page = {
        "template": found,
        "rows": shown.holders(found, association_of(request)),
        "newest": actions.published(found).values_list("number", flat=True).first(),
    }
    return render(request, "library/holders.html", page)


@require_safe
@staff_only(*TEAM)
def version(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Show what a version changed, and how far it has come; refreshes itself meanwhile."""
    found = readable(request, uuid)
    this = get_object_or_404(actions.published(found), number=number)
    before = actions.published(found).filter(number__lt=number).first()
    if before is None and found.adapted_from is not None:
        before = actions.published(found.adapted_from).filter(number__lt=number).first()
    far = shown.progress(
        this.applications, association=association_of(request), first=this.published_at
    )
    is_planned = this.effective_on is not None and this.effective_on > timezone.localdate()
    page = {
        "template": found,
        "version": this,
        "changes": shown.changes(found, before, this),
        "progress": far,
        "is_planned": is_planned,
        "waiting": [] if far.is_finished or is_planned else shown.waiting(this),
    }
    goes_on = bool(page["waiting"])
    return watched(request, "library/version.html", page, refreshes=goes_on)


@require_POST
@staff_only(*TEAM)
def resume(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Wake the communes that have not answered."""
    this = get_object_or_404(actions.published(own(request, uuid)), number=number)
    actions.resume(version=this)
    return redirect("library:version", uuid, number)


@require_safe
@staff_only(*TEAM)
def suggestions(request: HttpRequest) -> HttpResponse:
    """List what communes suggest, what waits first."""
    found = (
        Suggestion.objects.filter(commune__association=association_of(request))
        .select_related("commune", "template")
        .defer("payload")
    )
    page = {"rows": sorted(found[:200], key=lambda each: each.state != Suggestion.State.OPEN)}
    return render(request, "library/suggestions.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a suggestion beside the library's text, and answer it."""
    found = get_object_or_404(
        Suggestion.objects.select_related("commune", "template__association"),
        pk=pk,
        commune__association=association_of(request),
    )
    form = AnswerForm(request.POST or None)
    is_own = found.template.association_id == association_of(request).pk
    if form.is_valid() and found.state == Suggestion.State.OPEN:
        answer, now = form.cleaned_data["answer"], timezone.now()
        if "accept" in request.POST and is_own:
            actions.accept(suggestion=found, answer=answer, now=now)
            return redirect("library:draft", found.template.uuid)
        actions.decline(suggestion=found, answer=answer, now=now)
        return redirect("library:suggestions")
    kind = KINDS[found.template.kind]
    current = actions.published(found.template).first()
    wished = differences(
        current.payload if current else kind.empty(), found.payload, lists=kind.lists
    )
    page = {
        "suggestion": found,
        "form": form,
        "is_own": is_own,
        "is_open": found.state == Suggestion.State.OPEN,
        "changes": words.lines(kind, wished, names=shown.document_names(None)),
    }
    status = 422 if form.errors else 200
    return render(request, "library/suggestion.html", page, status=status)
