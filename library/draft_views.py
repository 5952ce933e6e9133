"""Write a draft, see what it would change in the communes, and publish it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import staff_only
from library import actions, shown
from library.forms import ChangelogForm, PayloadForm, PublishForm, key_for
from library.models import TemplateVersion
from library.pages import TEAM, draft_of, own, watched
from shelf.kinds import KINDS, Field, Kind
from shelf.words import named
from tenants.asked import association_of


UP, DOWN, OUT = "haut", "bas", "retirer"


@require_POST
@staff_only(*TEAM)
def open_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin the next version with what the last one says."""
    actions.open_draft(template=own(request, uuid))
    return redirect("library:draft", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write the next version."""
    template = own(request, uuid)
    version, kind = draft_of(template), KINDS[template.kind]
    sent = request.POST or None
    form = PayloadForm(
        kind.fields,
        version.payload,
        sent,
        choices=shown.document_names(association_of(request)),
    )
    said = ChangelogForm(
        sent,
        initial={"changelog": version.changelog, "changelog_en": version.changelog_en},
    )
    if sent and form.is_valid() and said.is_valid():
        actions.write_draft(
            version=version, payload=form.payload(version.payload), **said.cleaned_data
        )
        return redirect("library:impact", uuid)
    page = {
        "template": template,
        "kind": kind,
        "version": version,
        "form": form,
        "said": said,
        "lists": [_listed(each, version) for each in kind.fields if each.fields],
    }
    status = 422 if form.errors or said.errors else 200
    return render(request, "library/draft.html", page, status=status)


@require_POST
@staff_only(*TEAM)
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the draft up."""
    actions.drop_draft(version=draft_of(own(request, uuid)))
    return redirect("library:template", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def impact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what the draft would change, here and in the communes; POST asks them."""
    template = own(request, uuid)
    version = draft_of(template)
    if request.method == "POST":
        actions.ask_impact(version=version, now=timezone.now())
        return redirect("library:impact", uuid)
    form = PublishForm(timezone.localdate())
    page = _impact_page(request, version, form)
    goes_on = page["is_asked"] and not page["progress"].is_finished
    return watched(request, "library/impact.html", page, refreshes=goes_on)


@require_POST
@staff_only(*TEAM)
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Publish the draft, from a day on."""
    template = own(request, uuid)
    version = draft_of(template)
    form = PublishForm(timezone.localdate(), request.POST)
    missing = _missing(KINDS[template.kind], version.payload)
    if missing:
        form.add_error(None, missing)
    elif form.is_valid():
        try:
            actions.publish(
                version=version,
                effective_on=form.cleaned_data["effective_on"],
                now=timezone.now(),
                today=timezone.localdate(),
            )
        except actions.EarlierThanPlanned as refusal:
            form.add_error("effective_on", str(refusal))
        else:
            return redirect("library:version", uuid, version.number)
    page = _impact_page(request, version, form)
    return render(request, "library/impact.html", page, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def add_item(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    """Add an item to a keyed list, at its end."""
    return _item(request, uuid, name, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def item(request: HttpRequest, uuid: UUID, name: str, key: str) -> HttpResponse:
    """Change one item of a keyed list."""
    return _item(request, uuid, name, key)


@require_POST
@staff_only(*TEAM)
def move(request: HttpRequest, uuid: UUID, name: str, key: str) -> HttpResponse:
    """Move an item up or down, or take it out."""
    template = own(request, uuid)
    version = draft_of(template)
    _field(KINDS[template.kind], name)
    items = list(version.payload.get(name) or [])
    at = _place(items, key)
    taken = items.pop(at)
    way = request.POST.get("sens")
    if way in {UP, DOWN}:
        items.insert(max(0, at - 1) if way == UP else at + 1, taken)
    if way in {UP, DOWN, OUT}:
        actions.write_draft(version=version, payload={**version.payload, name: items})
    return redirect("library:draft", uuid)


def _item(request: HttpRequest, uuid: UUID, name: str, key: str | None) -> HttpResponse:
    template = own(request, uuid)
    version, kind = draft_of(template), KINDS[template.kind]
    field = _field(kind, name)
    items = list(version.payload.get(name) or [])
    before = items[_place(items, key)] if key is not None else {}
    form = PayloadForm(field.fields, before, request.POST or None)
    if form.is_valid():
        known = {each["key"] for each in items}
        made = {"key": key or key_for(kind, name, form.cleaned_data, known)} | form.payload(before)
        if key is None:
            items.append(made)
        else:
            items[_place(items, key)] = made
        actions.write_draft(version=version, payload={**version.payload, name: items})
        return redirect("library:draft", uuid)
    page = {"template": template, "form": form, "item": before, "field": field}
    return render(request, "library/item.html", page, status=422 if form.errors else 200)


def _field(kind: Kind, name: str) -> Field:
    for each in kind.fields:
        if each.name == name and each.fields:
            return each
    raise Http404


def _place(items: list[dict[str, Any]], key: str | None) -> int:
    for at, each in enumerate(items):
        if each["key"] == key:
            return at
    raise Http404


def _listed(field: Field, version: TemplateVersion) -> dict[str, Any]:
    items = version.payload.get(field.name) or []
    return {
        "field": field,
        "items": [(each["key"], each.get("name") or named(each["key"])) for each in items],
    }


def _missing(kind: Kind, payload: dict[str, Any]) -> str:
    """Say which field a version cannot do without."""
    for each in kind.fields:
        if each.is_required and not payload.get(each.name):
            return actions.Incomplete.message % {"field": each.label}
    return ""


def _impact_page(
    request: HttpRequest, version: TemplateVersion, form: PublishForm
) -> dict[str, Any]:
    template, association = version.template, association_of(request)
    before = actions.published(template).first()
    if before is None and template.adapted_from is not None:
        before = actions.published(template.adapted_from).first()
    far = shown.progress(version.impacts, association=association, first=version.impact_asked_at)
    return {
        "template": template,
        "version": version,
        "changes": shown.changes(template, before, version),
        "progress": far,
        "is_asked": version.impact_asked_at is not None,
        "concerned": shown.concerned_names(version, association) if far.is_finished else [],
        "form": form,
    }
