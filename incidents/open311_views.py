"""The Open311 server of the commune, GeoReport v2: what everybody reads of it.

What is written is in :mod:`incidents.open311_write_views`. Production and test endpoint run the
same code; the test endpoint reads and writes trials instead of reports.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents import (
    open311_bulk as bulk_files,
    open311_catalogue as catalogue,
    open311_keys as keys,
    open311_trials as trials,
)
from incidents.calendar import current_commune, zone
from incidents.models import Category
from incidents.open311_asking import read_wish
from incidents.open311_errors import XML_FORM, Refused, answer
from incidents.open311_formats import said
from incidents.open311_frame_views import given, steady
from incidents.open311_parameters import asked, check_jurisdiction
from incidents.open311_reading import Wish, found, items, words_of
from incidents.references import typed


BULK_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tell people what this is, how to get a key, and where the two formats are."""
    commune = current_commune()
    document = catalogue.discovery(commune, version=catalogue.changed_at(commune))
    context = {"document": document, "services": catalogue.offered()}
    return render(request, "incidents/public/open311.html", context)


def discovery(request: HttpRequest, *, form: str, is_test: bool = False) -> HttpResponse:
    """Say where the server is."""
    commune = current_commune()
    version = catalogue.changed_at(commune)
    return steady(
        request,
        form,
        version=version,
        make=lambda: ("discovery", catalogue.discovery(commune, version=version)),
    )


def services(request: HttpRequest, *, form: str, is_test: bool) -> HttpResponse:
    """List the services."""
    check_jurisdiction(request.GET)
    return steady(
        request,
        form,
        version=catalogue.changed_at(current_commune()),
        make=lambda: ("services", catalogue.services(catalogue.offered())),
    )


def definition(
    request: HttpRequest, *, form: str, is_test: bool, service_code: str
) -> HttpResponse:
    """Say what one service asks."""
    check_jurisdiction(request.GET)
    category = offered_service(service_code)
    return steady(
        request,
        form,
        version=catalogue.changed_at(current_commune()),
        make=lambda: (
            "service_definition",
            catalogue.definition(category, category.attributes.all()),
        ),
    )


def offered_service(code: str) -> Category:
    """Find a service that is listed.

    Raises:
        Refused: 404, there is none with this code.
    """
    offered = Category.objects.offered().exclude(door=Category.Door.REDIRECT)
    category = offered.filter(code=code.replace("\0", "")).first()
    if category is None or not catalogue.CODE.fullmatch(category.code):
        raise Refused(404, _("Aucun service n’a le code %(code)s.") % {"code": code})
    return category


def requests(request: HttpRequest, *, form: str, is_test: bool) -> HttpResponse:
    """List reports, newest first."""
    check_jurisdiction(request.GET)
    client = keys.reader(request, scope=keys.OWN_READ, now=timezone.now())
    wish = read_wish(request.GET, now=timezone.now(), client=client)
    is_extended = asked(request.GET, "extensions").lower() == "true"
    with translation.override("fr"):
        if is_test:
            shown, has_more = trials.found(wish, is_extended=is_extended)
        else:
            rows, has_more = found(wish)
            shown = items(rows, words_of(current_commune(), is_extended=is_extended))
    response = given("service_requests", shown, form)
    if links := _links(request, wish, shown, has_more=has_more):
        response["Link"] = links
    return response


def single(request: HttpRequest, *, form: str, is_test: bool, reference: str) -> HttpResponse:
    """Show one report, as a list of exactly one."""
    check_jurisdiction(request.GET)
    client = keys.reader(request, scope=keys.OWN_READ, now=timezone.now())
    wish = Wish(references=(typed(reference.replace("\0", "")),), client=client)
    is_extended = asked(request.GET, "extensions").lower() == "true"
    with translation.override("fr"):
        if is_test:
            shown, _more = trials.found(wish, is_extended=is_extended)
        else:
            words = words_of(current_commune(), is_extended=is_extended)
            shown = items(found(wish)[0], words)
    if not shown:
        raise Refused(
            404, _("Aucun signalement n’a le numéro %(number)s.") % {"number": reference}
        )
    return given("service_requests", shown, form)


@require_safe
def bulk(request: HttpRequest, kind: str) -> FileResponse:
    """Give the file that was written last night.

    Raises:
        Http404: none was written yet.
    """
    try:
        content = bulk_files.file_of(kind).open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    answer = FileResponse(content, content_type=BULK_TYPES[kind], filename=f"requests.{kind}")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer 404 in XML to what is no address of the server (H11)."""
    return answer(XML_FORM, 404, [_("Cette adresse n’existe pas : elle finit par .xml ou .json.")])


def _links(
    request: HttpRequest, wish: Wish, shown: list[dict[str, Any]], *, has_more: bool
) -> str:
    """Lead to the pages before and after, by a window that new reports do not move (H42).

    Where the client named no end, the window ends with the newest report of the first page.
    """
    if wish.references or not (has_more or wish.page > 1):
        return ""
    query: dict[str, Any] = {
        name: value
        for name, value in request.GET.lists()
        if name not in {"api_key", "page", "start_date", "end_date"}
    }
    moments = {"start_date": wish.start, "end_date": wish.end}
    if wish.start is None and wish.updated_before is None:
        moments["updated_before"] = timezone.now()
    query |= {name: said(each, zone()) for name, each in moments.items() if each is not None}
    is_open = wish.page == 1 and not asked(request.GET, "end_date")
    if shown and wish.end is not None and is_open:
        query["end_date"] = shown[0]["requested_datetime"]
    base = request.build_absolute_uri(request.path)
    ways = [("prev", wish.page - 1)] * (wish.page > 1) + [("next", wish.page + 1)] * has_more
    return ", ".join(
        f'<{base}?{urlencode(query | {"page": page}, doseq=True)}>; rel="{way}"'
        for way, page in ways
    )
