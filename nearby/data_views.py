"""The open data of what is free: all communes, one row for each service at each place."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nearby import opendata
from parvis.exports import to_csv
from tenants.hosts import moved_url
from tenants.models import Association


KEPT_S = 30  # here, and as long in caches on the way: what is taken is gone within a minute
LICENCE = "Licence Ouverte / Open Licence 2.0 (Etalab)"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
Write = Callable[[list[tuple[object, ...]]], bytes]


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """Give the table for spreadsheets, in which no name becomes a formula."""
    return _answer(request, "csv", "text/csv; charset=utf-8", _csv)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Give the same for programs."""
    return _answer(request, "json", "application/json", _json)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what is in the files, under which licence."""
    return render(request, "nearby/data.html", {"columns": opendata.HEADER, "licence": LICENCE})


def _answer(request: HttpRequest, name: str, kind: str, write: Write) -> HttpResponse:
    association: Association | None = request.association  # type: ignore[attr-defined]
    key = f"nearby:data:{name}:{association.pk if association else ''}"
    content: bytes | None = caches["shared"].get(key)
    if content is None:
        content = write(_table(association, now=timezone.now()))
        caches["shared"].set(key, content, KEPT_S)
    tag = f'"{sha256(content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type=kind)
        answer["Content-Disposition"] = f'inline; filename="creneaux.{name}"'
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Link"] = f'<{LICENCE_URL}>; rel="license"'
    return answer


def _table(association: Association | None, *, now: datetime) -> list[tuple[object, ...]]:
    found = opendata.rows(association=association.pk if association else None, now=now)
    paths = {
        number: reverse("nearby:arrive", args=[number], urlconf="parvis.urls_commune")
        for number in {each.number for each in found}
    }
    return [
        opendata.cells(each, href=moved_url(each.host, paths[each.number]), now=now)
        for each in found
    ]


def _csv(table: list[tuple[object, ...]]) -> bytes:
    return to_csv(opendata.HEADER, table)  # type: ignore[arg-type]


def _json(table: list[tuple[object, ...]]) -> bytes:
    told = {
        "licence": LICENCE,
        "creneaux": [dict(zip(opendata.HEADER, each, strict=True)) for each in table],
    }
    return json.dumps(told, ensure_ascii=False).encode()
