"""The published reports outside this site: a feed, and a map that others put in their pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from incidents import feeds, published
from incidents.calendar import current_commune
from incidents.models import Report
from incidents.public_forms import WishForm
from incidents.public_views import if_changed, row
from incidents.staff_pages import reads_reports
from incidents.states import LEGEND
from parvis.typo import town_hall
from tenants.hosts import absolute_url


FEED_KEPT_S = 300
EMBEDDED_ROWS = 10
ANYWHERE = {"frame-ancestors": "*"}


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Send the reports that moved last, filtered as the list; the same again costs little."""
    now, form = timezone.now(), WishForm(request.GET)
    if not form.is_valid():
        raise Http404

    def written() -> HttpResponse:
        found = feeds.newest(published.found(form.wish, now=now))
        content = _written(request, found, form)
        return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")

    return if_changed(request, written, now=now, kept_s=FEED_KEPT_S)


def _written(request: HttpRequest, found: list[Report], form: WishForm) -> str:
    commune, language = current_commune(), get_language() or "fr"
    title = _("Signalements · %(place)s") % {"place": town_hall(commune.name, language)}
    if form.wish.zone is not None:
        title = f"{title} · {form.wish.zone.name}"
    site = absolute_url(commune, "/").removesuffix("/")
    path = request.get_full_path()
    return feeds.atom(found, title=title, site=site, path=path, language=language)


@require_safe
def embedded(request: HttpRequest) -> HttpResponse:
    """Show the map and its list in a frame of any site: nothing to press but links, no cookie."""
    form = WishForm(request.GET)
    form.is_valid()
    wanted = published.with_pictures(published.found(form.wish, now=timezone.now()))
    filters = request.GET.copy()
    filters.pop("boite", None)
    context = {
        "rows": [row(each) for each in wanted[:EMBEDDED_ROWS]],
        "legend": LEGEND,
        "marks": f"{reverse('incidents:points')}?{filters.urlencode()}",
        "whole": f"{reverse('incidents:public_list')}?{filters.urlencode()}",
    }
    answer = render(request, "incidents/public/embedded.html", context)
    answer.csp = ANYWHERE  # type: ignore[attr-defined]
    return answer


@reads_reports
@require_safe
def snippet(request: HttpRequest) -> HttpResponse:
    """Show the team what to put in the site of the commune."""
    commune = current_commune()
    site = absolute_url(commune, "/").removesuffix("/")
    title = _("Signalements · %(place)s") % {"place": town_hall(commune.name)}
    frame = absolute_url(commune, reverse("incidents:embedded"))
    context = {
        "code": f'<iframe src="{frame}" title="{title}" width="100%" height="640"'
        ' loading="lazy"></iframe>',
        "frame": frame,
        "feed": f"{site}{reverse('incidents:feed')}",
        "page": f"{site}{reverse('incidents:public_list')}",
    }
    return render(request, "incidents/staff/snippet.html", context)
