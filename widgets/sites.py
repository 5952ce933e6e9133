"""The sites of a commune that may show the widget: named by its administrator, then seen by us."""

from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parvis.db import rejects
from parvis.deferred import defer_to
from parvis.egress import INTERNET, Answer, Reach, Unreachable, fetch_foreign
from parvis.errors import DomainError
from parvis.guard import PUBLIC
from tenants.models import Commune
from widgets.models import EmbeddingSite


State, Problem = EmbeddingSite.State, EmbeddingSite.Problem
MOST = 10
LONGEST = 300
OK, MOVED = range(200, 300), range(300, 400)


class PageRefused(DomainError):
    """This is no page of a site."""

    message = _(
        "Indiquez l’adresse complète d’une page de votre site : « https://www.pauillac.fr/ »."
    )
    status = 422


class SiteListed(DomainError):
    """The site is in the list."""

    message = _("Ce site est déjà dans votre liste.")
    status = 422


class TooManySites(DomainError):
    """A commune has few sites."""

    message = _("Dix sites au plus : retirez-en un d’abord.")
    status = 422


def origin_of(page: str) -> str:
    """Name the site of a page as browsers do: scheme, host and unusual port.

    Raises:
        PageRefused: it is not the address of a page by https (or by http, where Parvis is).
    """
    schemes = {"https", settings.SCHEME}
    try:
        parts = urlsplit(page.strip())
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except (UnicodeError, ValueError) as fault:
        raise PageRefused from fault
    is_odd = parts.username is not None or len(page) > LONGEST or "." not in f"{host}."[:-1]
    if (
        parts.scheme not in schemes
        or not host.replace(".", "").replace("-", "").isalnum()
        or is_odd
    ):
        raise PageRefused
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


@transaction.atomic
def add(*, commune: Commune, page: str, now: datetime) -> EmbeddingSite:
    """Name a site that shall show the widget; it may once our server has seen the tag there.

    Raises:
        PageRefused: it is no page.
        SiteListed: the site is in the list.
        TooManySites: the list is full.
    """
    origin = origin_of(page)
    if EmbeddingSite.objects.filter(commune=commune).count() >= MOST:
        raise TooManySites
    with rejects("one_site_per_origin", SiteListed):
        site = EmbeddingSite.objects.create(
            commune=commune, page=page.strip(), origin=origin, added_at=now
        )
    look_soon(site=site)
    return site


@transaction.atomic
def look_soon(*, site: EmbeddingSite) -> None:
    """Have a page looked at now."""
    defer_to(PUBLIC, "widgets.check_site", site_id=site.pk)


def remove(*, site: EmbeddingSite) -> None:
    """Forbid a site to show the widget."""
    site.delete()


def look(*, site_id: int, now: datetime, reach: Reach = INTERNET) -> None:
    """Read the page and note whether the commune's tag is on it. Runs in the public schema.

    A site that was seen keeps its right when its page fails to answer; it loses it when the page
    answers without the tag.
    """
    site = EmbeddingSite.objects.select_related("commune").filter(pk=site_id).first()
    if site is None:
        return
    problem = _problem(site, reach)
    found: dict[str, object] = {"checked_at": now, "problem": problem}
    if problem == Problem.NONE:
        found |= {"state": State.SEEN, "seen_at": now}
    elif problem == Problem.ABSENT:
        found |= {"state": State.PENDING}
    EmbeddingSite.objects.filter(pk=site_id).update(**found)  # it may be gone meanwhile


def _problem(site: EmbeddingSite, reach: Reach) -> str:
    try:
        answer = fetch_foreign(site.page, reach=reach)
    except Unreachable:
        return str(Problem.UNREACHABLE)
    if answer.status in MOVED:
        return str(Problem.MOVED)
    if answer.status not in OK:
        return str(Problem.UNREACHABLE)
    return str(Problem.NONE if has_tag(answer, site.commune) else Problem.ABSENT)


def has_tag(answer: Answer, commune: Commune) -> bool:
    """Tell whether a page carries the widget's script, or the mark, of this very commune."""
    finder = _Finder(commune.slug)
    finder.feed(answer.content.decode("utf-8", "replace"))
    return finder.is_found


class _Finder(HTMLParser):
    """Looks for ``<script src="…/w.js" data-commune="slug">`` or ``<meta name="parvis">``."""

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.is_found = False
        self._slug = slug

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag of the commune."""
        given = {name: (value or "").strip() for name, value in attrs}
        is_script = tag == "script" and urlsplit(given.get("src", "")).path.endswith("/w.js")
        is_mark = tag == "meta" and given.get("name") == "parvis"
        said = given.get("data-commune" if is_script else "content", "")
        self.is_found = self.is_found or ((is_script or is_mark) and said == self._slug)


def widget_seen(commune: Commune, *, now: datetime) -> bool:
    """Tell whether our server lately saw the widget on a site of the commune."""
    return EmbeddingSite.objects.filter(commune=commune).seen_lately(now).exists()


def allowed_origins(commune: Commune) -> list[str]:
    """List the sites whose pages may show the widget of a commune."""
    found = EmbeddingSite.objects.filter(commune=commune).allowed()
    return list(found.order_by("origin").values_list("origin", flat=True))
