"""How a commune's pages are found: by search engines, by words, on paper and from its own site."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override
from django.views.decorators.http import require_http_methods, require_safe

import parvis
from booking.forms import SituationForm
from booking.models import Service
from identity.access import staff_only
from identity.members import ADMIN
from parvis.errors import DomainError
from parvis.exports import download
from parvis.theme import DEFAULT_BRAND
from parvis.typo import town_hall
from tenants.asked import commune_of
from tenants.directory import outline
from tenants.hosts import absolute_url
from website import links, pictures, posters, sitemaps
from website.forms import PosterForm, ServiceChoice, WordForm
from website.links import Link


FONTS = Path(parvis.__file__).with_name("static") / "fonts"
FACES = (FONTS / "bricolage-grotesque.woff2", FONTS / "public-sans.woff2")
DAY = 86_400
HOUR = 3600


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public pages; a commune that is not real and open has none to show."""
    commune = request.commune  # type: ignore[attr-defined]
    if commune is None:
        entries, origin = sitemaps.of_portal(), absolute_url("portal", "")
    elif commune.is_real_and_open:
        entries, origin = sitemaps.of_commune(now=timezone.now()), absolute_url(commune, "")
    else:
        raise Http404
    answer = HttpResponse(
        sitemaps.written(entries, origin=origin), content_type="application/xml; charset=utf-8"
    )
    answer["Cache-Control"] = f"public, max-age={HOUR}"
    return answer


@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Draw what goes with a link to the site; no query."""
    commune = request.commune  # type: ignore[attr-defined]
    with override("fr"):
        below = _("Rendez-vous, pièces à apporter, signalements")
        if commune is None:
            drawn = pictures.card("Parvis", below, DEFAULT_BRAND, (), FACES)
        else:
            rings = tuple(
                tuple((x, y) for x, y in ring) for ring in outline(commune.insee_code) or ()
            )
            name = town_hall(commune.name, "fr")
            drawn = pictures.card(name, below, commune.brand_colour, rings, FACES)
    answer = HttpResponse(drawn, content_type="image/png")
    answer["Cache-Control"] = f"public, max-age={DAY}"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"  # those who show links fetch it
    return answer


@require_safe
def follow(request: HttpRequest, word: str) -> HttpResponse:
    """Lead from a word to its page; an address of ours without its final slash gets it."""
    if path := links.destination(word):
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{path}?{query}" if query else path)
    if not request.path.endswith("/") and (page := links.page_named(word)):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{page}?{query}" if query else page)
    raise Http404


@require_safe
@staff_only(ADMIN)
def addresses(request: HttpRequest) -> HttpResponse:
    """Show the short addresses and their posters."""
    origin = absolute_url(commune_of(request), "")
    rows = [(link, f"{origin}{link.short}") for link in links.all_links()]
    return render(request, "website/links.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def address(request: HttpRequest, key: str) -> HttpResponse:
    """Change the word of a service."""
    link = _link(key)
    if link.service is None:
        raise Http404
    form = WordForm(request.POST or None, initial={"word": link.short.rpartition("/")[2]})
    if form.is_bound and form.is_valid():
        try:
            links.rename(service=link.service, typed=form.cleaned_data["word"])
        except DomainError as refusal:
            form.add_error("word", str(refusal))
        else:
            return redirect("website:addresses")
    context = {"form": form, "link": link, "url": _full(request, link)}
    status = 422 if form.errors else 200
    return render(request, "website/link.html", context, status=status)


@require_safe
@staff_only(ADMIN)
def poster(request: HttpRequest, key: str) -> HttpResponse:
    """Print the poster of a page."""
    size, language = PosterForm(request.GET).wish
    with override(language):  # a service may have a name in each
        link = _link(key)
    content = posters.poster(
        link,
        commune_of(request),
        address=_full(request, link),
        size=size,
        language=language,
        now=timezone.now(),
    )
    return download(content, f"affiche-{key}-{size}-{language}.pdf", is_shown=True)


@require_safe
@staff_only(ADMIN)
def prepared(request: HttpRequest) -> HttpResponse:
    """Prepare a link that says already for what, for how many and why one comes."""
    services = list(Service.objects.offered_online())
    choice = ServiceChoice([(each.slug, each.name) for each in services], request.GET or None)
    chosen = next((each for each in services if each.slug == request.GET.get("motif")), None)
    context: dict[str, Any] = {"choice": choice, "service": chosen}
    if chosen is not None:
        form = SituationForm(chosen, request.GET)
        context["form"] = form
        if form.is_valid():
            query = urlencode(form.cleaned_data)
            page = reverse("booking:situation", args=[chosen.slug])
            slots = reverse("booking:slots", args=[chosen.slug])
            commune = commune_of(request)
            context["url"] = absolute_url(commune, f"{page}?{query}")
            context["slots_url"] = absolute_url(commune, f"{slots}?{query}")
    return render(request, "website/prepared.html", context)


def _link(key: str) -> Link:
    """Find a link by its key.

    Raises:
        Http404: there is none.
    """
    found = links.link_of(key)
    if found is None:
        raise Http404
    return found


def _full(request: HttpRequest, link: Link) -> str:
    """Build the whole address of a link, on the name that the commune shows; one query."""
    return absolute_url(commune_of(request), link.short)
