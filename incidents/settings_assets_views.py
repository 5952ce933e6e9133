"""The settings of the inventory: its things, the files they come in and go out by, stickers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import inventory, stickers
from incidents.calendar import current_commune
from incidents.models import Asset
from incidents.reconfiguring import INVENTORY
from incidents.settings_assets_forms import AssetForm
from incidents.settings_pages import SPACE, save, short, show
from incidents.staff_pages import sets_reports
from parvis.exports import download, to_csv
from parvis.typed import number


LIST = f"{SPACE}:assets"
PER_PAGE = 50
WORDS_MOST = 80


@require_safe
@sets_reports
def assets(request: HttpRequest) -> HttpResponse:
    """List the inventory, a page at a time."""
    found = _found(request).annotate(used=Count("reports"))
    current = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    known = inventory.kinds()
    page = {
        "page_obj": current,
        "count": current.paginator.count,
        "words": _word(request, "q"),
        "kind": _word(request, "nature"),
        "kinds": known,
        "query": request.GET.urlencode(),
        "sheets_most": stickers.SHEETS_MOST * stickers.PER_PAGE,
    }
    return show(request, "assets", page)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_asset(request: HttpRequest) -> HttpResponse:
    """Add one thing."""
    return _edit(request, Asset(), _("Équipement ajouté : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_asset(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one thing; its sticker stays the same."""
    return _edit(request, get_object_or_404(Asset, pk=pk), _("Équipement modifié : %(name)s"))


@require_POST
@sets_reports
def delete_asset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a thing out of the inventory, unless something was reported about it."""
    asset = get_object_or_404(Asset, pk=pk)
    count = asset.reports.count()
    if count:
        refusal = ngettext(
            "%(n)s signalement porte sur lui : dites plutôt qu’il n’est plus en place.",
            "%(n)s signalements portent sur lui : dites plutôt qu’il n’est plus en place.",
            count,
        )
        messages.error(request, refusal % {"n": count})
        return redirect(f"{SPACE}:change_asset", pk)
    label = _("Équipement supprimé : %(name)s") % {"name": _named(asset)}
    return save(
        request,
        label=label,
        work=asset.delete,
        to=reverse(LIST),
        now=timezone.now(),
        tables=INVENTORY,
    )


@require_safe
@sets_reports
def assets_csv(request: HttpRequest) -> HttpResponse:
    """Give the inventory as a table, which can be brought back after being changed."""
    header = [_("nature"), _("numéro"), _("nom"), _("latitude"), _("longitude"), _("en place")]
    rows = (
        (each.kind, each.code, each.name, each.lat, each.lon, _yes(is_so=each.is_active))
        for each in _found(request)
    )
    return download(to_csv(header, rows), "equipements.csv")


@require_safe
@sets_reports
def sticker_sheet(request: HttpRequest) -> HttpResponse:
    """Print the stickers of the things that were ticked, or of the whole list."""
    found = _found(request).filter(is_active=True)
    ticked = [pk for each in request.GET.getlist("e")[:PER_PAGE] if (pk := number(each))]
    if ticked:
        found = Asset.objects.filter(pk__in=ticked).order_by("kind", "code", "pk")
    chosen = list(found[: stickers.SHEETS_MOST * stickers.PER_PAGE])
    if not chosen:
        messages.error(request, _("Aucun équipement en place : rien à imprimer."))
        return redirect(LIST)
    content = stickers.sheet(chosen, current_commune(), now=timezone.now())
    return download(content, "autocollants.pdf", is_shown=True)


@require_safe
@sets_reports
def sticker(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the sticker of one thing, large."""
    asset = get_object_or_404(Asset, pk=pk)
    content = stickers.large(asset, current_commune(), now=timezone.now())
    return download(content, "autocollant.pdf", is_shown=True)


def assets_state() -> str:
    """Say how many things there are."""
    count = Asset.objects.filter(is_active=True).count()
    if not count:
        return _("Aucun équipement")
    return ngettext("%(n)s équipement en place", "%(n)s équipements en place", count) % {
        "n": count
    }


def _found(request: HttpRequest) -> QuerySet[Asset]:
    return inventory.matching(words=_word(request, "q"), kind=_word(request, "nature"))


def _word(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:WORDS_MOST]


def _yes(*, is_so: bool) -> str:
    return _("oui") if is_so else _("non")


def _named(asset: Asset) -> str:
    return short(f"{asset.kind} {asset.code}")


def _edit(request: HttpRequest, asset: Asset, label: str) -> HttpResponse:
    title = f"{asset.kind} {asset.code}" if asset.pk else ""
    form = AssetForm(request.POST or None, instance=asset)
    if form.is_bound and form.is_valid():
        return save(
            request,
            label=label % {"name": _named(form.instance)},
            work=form.write,
            to=reverse(LIST),
            now=timezone.now(),
            tables=INVENTORY,
        )
    page: dict[str, Any] = {
        "asset": asset if asset.pk else None,
        "title": title,
        "kinds": inventory.kinds(),
        "lat": asset.lat if asset.pk else None,
        "lon": asset.lon if asset.pk else None,
    }
    return show(request, "asset", page, form=form)
