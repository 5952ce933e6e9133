"""The pages of a site that search engines may show (sitemaps.org)."""

from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from django.urls import NoReverseMatch, reverse

from booking.models import Service
from incidents import published
from shelf.models import Page
from tenants.hosts import URLCONFS


NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_REPORTS = 1000
PAGES = (
    "booking:home",
    "booking:services",
    "booking:pieces",
    "incidents:report_form",
    "incidents:public_list",
    "incidents:public_thanks",
    "incidents:public_figures",
    "nearby:waits",
    "shelf:pages",
    "accessibility",
    "legal_notice",
    "privacy:notice",
)
PORTAL_PAGES = (
    "portal_home",
    "nearby:find",
    "nearby:data",
    "accessibility",
    "legal_notice",
    "privacy",
)
Entry = tuple[str, date | None]


def of_commune(*, now: datetime) -> list[Entry]:
    """List the public pages of the active commune; three queries, whatever it has.

    Of the reports, the newest of those that everybody may read.
    """
    services = Service.objects.offered_online().values_list("slug", flat=True)
    reports = published.reports(now=now).order_by("-submitted_at", "-pk")
    told = reports.values_list("reference", "closed_at", "submitted_at")[:MOST_REPORTS]
    entries: list[Entry] = _named(PAGES, "commune")
    for slug in services:
        entries.append((_page("booking:situation", slug), None))
        entries.append((_page("booking:documents", slug), None))
    informations = Page.objects.values_list("slug", flat=True)
    entries += [(_page("shelf:page", slug), None) for slug in informations]
    for reference, closed_at, submitted_at in told:
        day = (closed_at or submitted_at).date()
        entries.append((_page("incidents:public_report", reference), day))
    return entries


def of_portal() -> list[Entry]:
    """List the pages of the portal."""
    return _named(PORTAL_PAGES, "portal")


def written(entries: list[Entry], *, origin: str) -> bytes:
    """Write a sitemap; ``origin`` is the site's address without its final slash."""
    root = Element("urlset", xmlns=NAMESPACE)
    for path, day in entries:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = f"{origin}{path}"
        if day is not None:
            SubElement(url, "lastmod").text = day.isoformat()
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _page(name: str, argument: str) -> str:
    return reverse(name, URLCONFS["commune"], args=[argument])


def _named(names: tuple[str, ...], kind: str) -> list[Entry]:
    found: list[Entry] = []
    for name in names:
        try:
            found.append((reverse(name, urlconf=URLCONFS[kind]), None))  # type: ignore[index]
        except NoReverseMatch:  # a site has not all the pages that others have
            continue
    return found
