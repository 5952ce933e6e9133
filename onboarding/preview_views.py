"""Instant preview: from the name of a commune to its own site, on the portal."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity import limits, visits
from onboarding import creation
from parvis.errors import DomainError
from tenants import hosts, lifecycle
from tenants.actions import UnknownInseeCode, list_commune
from tenants.models import Association, Commune, Domain, OfficialCommune
from tenants.official import LONGEST_QUERY


MOST_FOUND = 20
SLOW_S = 60  # after that, the page says that it takes longer than usual


@dataclass(frozen=True, slots=True)
class Choice:
    """A commune that somebody may mean; ``href`` leads to its site when it has one."""

    insee_code: str
    name: str
    place: str
    href: str = ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find the commune (``?q=``); namesakes are told apart by their departments."""
    query = "".join(char for char in request.GET.get("q", "") if char.isprintable()).strip()
    return _page(request, query[:LONGEST_QUERY])


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have the preview made, and show how far it is."""
    code = request.POST.get("insee", "").strip().upper()
    try:
        commune = _asked(code)
        if commune.is_real_and_open:
            return HttpResponseRedirect(hosts.absolute_url(commune, "/"))
        if commune.delete_after is None:
            visits.count(request, limits.PREVIEW, now=timezone.now())
        preview = creation.ask_preview(commune=commune, now=timezone.now())
    except DomainError as refusal:
        return _page(request, request.POST.get("q", ""), error=str(refusal), status=refusal.status)
    return HttpResponseRedirect(progress_path(preview))


@require_safe
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """Say how far the preview is; the page reads itself again until it is there."""
    domain = (
        Domain.objects.filter(domain=hosts.private_host(key)).select_related("commune").first()
    )
    preview = domain.commune if domain else None
    if preview is None or (ends := preview.delete_after) is None:
        raise Http404
    began = ends - lifecycle.PREVIEW_LIFE
    context = {
        "preview": preview,
        "is_ready": preview.is_preview,
        "is_slow": (timezone.now() - began).total_seconds() > SLOW_S,
        "address": hosts.absolute_url(preview, "/"),
    }
    answer = render(request, "onboarding/preview/progress.html", context)
    if not preview.is_preview:
        answer["Refresh"] = "1"  # the browser asks again in a second, without a script
    return answer


def progress_path(preview: Commune) -> str:
    """Lead to the page of a preview on the portal."""
    host = hosts.host_of(preview)
    key = host.partition(".")[0].removeprefix(hosts.PRIVATE_PREFIX)
    return reverse("preview_progress", args=[key], urlconf=hosts.URLCONFS["portal"])


def _asked(code: str) -> Commune:
    """Register the commune that is asked for, as nobody's member unless it is one.

    Raises:
        UnknownInseeCode: there is none.
    """
    if not code.isalnum():
        raise UnknownInseeCode
    return list_commune(insee_code=code)


def _page(request: HttpRequest, query: str, *, error: str = "", status: int = 200) -> HttpResponse:
    found = _choices(query) if query else []
    if query and not found and not error:
        error = _(
            "Aucune commune ne porte ce nom ni ce code postal. Vérifiez l’orthographe, ou essayez "
            "avec le code postal."
        )
    context = {
        "query": query,
        "found": found,
        "error": error,
        "have_namesakes": len({each.name for each in found}) < len(found),
    }
    return render(request, "onboarding/preview/home.html", context, status=status)


def _choices(query: str) -> list[Choice]:
    departments = {
        code for codes in Association.objects.values_list("departments") for code in codes[0]
    }
    officials = list(OfficialCommune.objects.search(query, near=departments, limit=MOST_FOUND))
    codes = [official.insee_code for official in officials]
    open_ones = list(Commune.objects.open().filter(insee_code__in=codes)) if codes else []
    pages = hosts.home_pages(open_ones)
    hrefs = {commune.insee_code: pages.get(commune.pk, "") for commune in open_ones}
    return [
        Choice(each.insee_code, each.name, each.place, hrefs.get(each.insee_code, ""))
        for each in officials
    ]
