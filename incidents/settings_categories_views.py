"""The settings of categories: in groups, in the order citizens see them, and packs of them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.models import ApiClient
from incidents.calendar import promised
from incidents.configuration import install_pack, missing_from
from incidents.models import Category, RoutingRule
from incidents.presets import PACKS
from incidents.settings_categories_forms import CategoryForm
from incidents.settings_pages import SPACE, save, short, show
from incidents.staff_pages import sets_reports
from parvis.provenance import source_of, told_in


LIST = f"{SPACE}:categories"
PACK_NAMES = {
    "rural": (gettext_lazy("Village rural"), "tractor"),
    "bourg": (gettext_lazy("Bourg"), "house"),
    "littoral": (gettext_lazy("Littoral"), "waves-horizontal"),
    "viticole": (gettext_lazy("Pays de vignes"), "grape"),
}
Groups = list[tuple[str, list[Category]]]


@require_safe
@sets_reports
def categories(request: HttpRequest) -> HttpResponse:
    """List the categories by group, as citizens see them."""
    groups = in_groups()
    page = {
        "groups": [(name, [_row(each) for each in kept]) for name, kept in groups],
        "count": sum(len(kept) for _name, kept in groups),
    }
    return show(request, "categories", page)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_category(request: HttpRequest) -> HttpResponse:
    """Offer one more category."""
    form = CategoryForm(request.POST or None, instance=Category(group=_asked_group(request)))
    label = _("Catégorie ajoutée : %(name)s")
    return _edit(request, form, label)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Change everything about a category; what was reported in it stays."""
    category = get_object_or_404(Category, pk=pk)
    form = CategoryForm(request.POST or None, instance=category)
    label = _("Catégorie modifiée : %(name)s")
    return _edit(request, form, label, name=category.name, count=category.reports.count())


@require_POST
@sets_reports
def move_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a category one place up or down in its group, or its whole group."""
    category = get_object_or_404(Category, pk=pk)
    groups = in_groups()
    here = next(n for n, (name, _kept) in enumerate(groups) if name == category.group)
    wanted = request.POST.get("sens", "")
    step = 1 if wanted.endswith("bas") else -1
    if wanted.startswith("groupe"):
        _swap(groups, here, step)
        name = category.group
    else:
        kept = groups[here][1]
        _swap(kept, kept.index(category), step)
        name = category.name
    order = [each.pk for _name, kept in groups for each in kept]

    def work() -> None:
        for position, each in enumerate(order):
            Category.objects.filter(pk=each).exclude(position=position).update(position=position)

    label = _("Ordre changé : %(name)s") % {"name": short(name)}
    return save(request, label=label, work=work, to=reverse(LIST), now=timezone.now())


@require_POST
@sets_reports
def switch_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a category, or offer it no more."""
    category = get_object_or_404(Category, pk=pk)
    is_active = request.POST.get("proposer") == "1"
    label = _("Catégorie proposée : %(name)s") if is_active else _("Catégorie retirée : %(name)s")

    def work() -> None:
        Category.objects.filter(pk=pk).update(is_active=is_active)

    return save(
        request,
        label=label % {"name": short(category.name)},
        work=work,
        to=reverse(LIST),
        now=timezone.now(),
        warning="" if is_active else _told_to_programs(),
    )


@require_POST
@sets_reports
def delete_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a category in which nothing was ever reported; its rules go with it."""
    category = get_object_or_404(Category, pk=pk)
    count = category.reports.count()
    if count:
        refusal = ngettext(
            "%(n)s signalement est dans cette catégorie : elle ne se supprime pas, "
            "retirez-la plutôt.",
            "%(n)s signalements sont dans cette catégorie : elle ne se supprime pas, "
            "retirez-la plutôt.",
            count,
        )
        messages.error(request, refusal % {"n": count})
        return redirect(f"{SPACE}:change_category", pk)
    rules = RoutingRule.objects.filter(category=category).count()
    label = _("Catégorie supprimée : %(name)s") % {"name": short(category.name)}
    return save(
        request,
        label=label,
        work=category.delete,
        to=reverse(LIST),
        now=timezone.now(),
        warning=_rules_gone(rules),
    )


def _told_to_programs() -> str:
    """Warn that other programs drop what is offered no more."""
    if not ApiClient.objects.exists():
        return ""
    return _(
        "Les logiciels reliés à votre commune ne la proposeront plus : certains la tiennent "
        "pour supprimée."
    )


@require_safe
@sets_reports
def packs(request: HttpRequest) -> HttpResponse:
    """Offer packs of categories, made for kinds of communes."""
    known = set(Category.objects.values_list("code", flat=True))
    rows = [
        {
            "label": label,
            "icon": icon,
            "text": _pack_text(len(missing_from(slug, known))),
            "slug": slug,
        }
        for slug, (label, icon) in PACK_NAMES.items()
    ]
    return show(request, "packs", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a pack adds, and add it; what the commune has is left alone."""
    if slug not in PACKS:
        raise Http404
    title = str(PACK_NAMES[slug][0])
    if request.method == "POST":
        return save(
            request,
            label=_("Lot installé : %(name)s") % {"name": title},
            work=lambda: install_pack(slug),
            to=reverse(LIST),
            now=timezone.now(),
        )
    known = set(Category.objects.values_list("code", flat=True))
    missing = missing_from(slug, known)
    groups: dict[str, list[Any]] = {}
    for group, preset in missing:
        groups.setdefault(group.name, []).append(preset)
    total = sum(len(group.categories) for group in PACKS[slug])
    page = {
        "title": title,
        "slug": slug,
        "groups": list(groups.items()),
        "count": len(missing),
        "kept": total - len(missing),
    }
    return show(request, "pack", page)


def in_groups() -> Groups:
    """Sort the categories in their groups, both in the order citizens see; one query."""
    groups: dict[str, list[Category]] = {}
    for each in Category.objects.annotate(used=Count("reports")).order_by("position", "name"):
        groups.setdefault(each.group, []).append(each)
    return list(groups.items())


def _edit(
    request: HttpRequest, form: CategoryForm, label: str, *, name: str = "", count: int = 0
) -> HttpResponse:
    now = timezone.now()
    if form.is_bound and form.is_valid() and "look" not in request.POST:
        with told_in(form):
            return save(
                request,
                label=label % {"name": short(form.cleaned_data["name"])},
                work=form.write,
                to=reverse(LIST),
                now=now,
            )
    groups = Category.objects.order_by("group").values_list("group", flat=True).distinct()
    page = {
        "category": form.instance if form.instance.pk else None,
        "source": source_of("pack", form.instance.code),
        "name": name,
        "count": count,
        "group_names": list(groups),
        "questions": form.instance.attributes.all() if form.instance.pk else [],
        "example": _example(form, now=now),
    }
    return show(request, "category", page, form=form)


def _example(form: CategoryForm, *, now: Any) -> dict[str, Any] | None:
    """Say when a report received now would be promised, as far as the form says it."""
    if form.is_bound:
        form.is_valid()
        amount, unit = form.cleaned_data.get("promise"), form.cleaned_data.get("promise_unit")
    else:
        amount, unit = form.instance.promise, form.instance.promise_unit
    if not amount or not unit:
        return None
    due = promised(Category(promise=amount, promise_unit=unit), start=now)
    return {"due": due, "is_hours": unit == Category.PromiseUnit.HOURS}


def _asked_group(request: HttpRequest) -> str:
    return request.GET.get("groupe", "").replace("\0", "")[:60]


def _swap(things: list[Any], here: int, step: int) -> None:
    there = here + step
    if 0 <= there < len(things):
        things[here], things[there] = things[there], things[here]


def _row(category: Category) -> dict[str, Any]:
    unit = (
        ngettext("%(n)s heure", "%(n)s heures", category.promise)
        if category.promise_unit == Category.PromiseUnit.HOURS
        else ngettext("%(n)s jour ouvré", "%(n)s jours ouvrés", category.promise)
    )
    is_redirect = category.door == Category.Door.REDIRECT
    return {
        "category": category,
        "promise": "–" if is_redirect else unit % {"n": category.promise},
        "published": _("renvoi") if is_redirect else category.get_moderation_display(),
        "used": category.used,  # type: ignore[attr-defined]
    }


def _rules_gone(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(n)s règle qui la nommait est supprimée avec elle.",
        "%(n)s règles qui la nommaient sont supprimées avec elle.",
        count,
    ) % {"n": count}


def _pack_text(count: int) -> str:
    if not count:
        return _("Vous avez déjà tout ce qu’il contient")
    return ngettext("%(n)s catégorie à ajouter", "%(n)s catégories à ajouter", count) % {
        "n": count
    }
