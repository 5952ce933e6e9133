"""Bringing an inventory in: a file, its columns as guessed, what it would change, then the change.

The file waits in the memory of the site for half an hour, under a name that its session holds.
"""

import secrets
import zlib
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from incidents import inventory
from incidents.asset_files import Item, Table, Wrong, read_items, read_table
from incidents.reconfiguring import INVENTORY
from incidents.settings_assets_forms import WORDS, AssetFileForm, ColumnsForm, is_here
from incidents.settings_pages import SPACE, save, show
from incidents.staff_pages import sets_reports


WAITING = "report_settings_file"  # in the session: under which name the file waits
KEPT = timedelta(minutes=30)
WRONG_LISTED = 30
ROWS_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def import_assets(request: HttpRequest) -> HttpResponse:
    """Take a file, and go on to what it holds."""
    form = AssetFileForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        name = secrets.token_urlsafe(16)
        content = zlib.compress(form.cleaned_data["file"])
        caches["default"].set(_key(name), content, KEPT.total_seconds())
        request.session[WAITING] = name
        return redirect(f"{SPACE}:import_columns")
    return show(request, "asset_file", {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def import_columns(request: HttpRequest) -> HttpResponse:
    """Show which column seems to hold what and what would change, then change it."""
    table = _waiting(request)
    if table is None:
        messages.error(request, _("Ce fichier n’est plus là : choisissez-le de nouveau."))
        return redirect(f"{SPACE}:import_assets")
    is_asked = request.method == "POST"
    sent = request.POST if is_asked else _guessed(table)
    form = ColumnsForm(table, sent or None)
    page: dict[str, Any] = {"table": table, "shown": table.rows[:ROWS_SHOWN], "found": None}
    if form.is_bound and form.is_valid():
        kind = form.cleaned_data["same_kind"]
        items, wrong = read_items(table, form.columns, kind=kind, near=is_here)
        if "sure" in request.POST and items:
            return _bring_in(request, items)
        page["found"] = _found(items, wrong)
    if not is_asked:
        form = ColumnsForm(table, initial=sent)
    return show(request, "asset_columns", page, form=form)


def _bring_in(request: HttpRequest, items: list[Item]) -> HttpResponse:
    label = ngettext("%(n)s équipement importé", "%(n)s équipements importés", len(items))
    answer = save(
        request,
        label=label % {"n": len(items)},
        work=lambda: inventory.bring_in(items),
        to=reverse(f"{SPACE}:assets"),
        now=timezone.now(),
        tables=INVENTORY,
    )
    caches["default"].delete(_key(request.session.pop(WAITING)))
    return answer


def _found(items: list[Item], wrong: list[Wrong]) -> dict[str, Any]:
    """Say what would change."""
    difference = inventory.compare(items)
    return {
        "new": len(difference.new),
        "changed": len(difference.changed),
        "same": difference.same,
        "total": len(items),
        "wrong": [(each.line, WORDS[each.fault]) for each in wrong[:WRONG_LISTED]],
        "wrong_count": len(wrong),
        "wrong_others": max(0, len(wrong) - WRONG_LISTED),
    }


def _guessed(table: Table) -> dict[str, str]:
    """Fill the columns in as guessed; nothing when the file says too little to try."""
    guessed = table.guess()
    if not {"code", "lat", "lon"} <= set(guessed):
        return {}
    return {what: str(column) for what, column in guessed.items()}


def _waiting(request: HttpRequest) -> Table | None:
    name = request.session.get(WAITING, "")
    content = caches["default"].get(_key(name)) if name else None
    return None if content is None else read_table(zlib.decompress(content))


def _key(name: str) -> str:
    return f"asset-file:{name}"
