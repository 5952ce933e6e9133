"""What is already known of the thing that somebody reports: offered, never imposed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from incidents import links, published
from incidents.cards import age
from incidents.geo import Place
from incidents.models import Asset, Category, Photo, Report
from incidents.nearby import similar_reports
from parvis.report_pieces import KnownReport


OFFERED_MOST = 3


def near(category: Category, *, place: Place, now: datetime) -> list[KnownReport]:
    """List the published open reports that are alike and near; two queries."""
    found = similar_reports(category, place=place, now=now)
    where = {
        report.pk: _("à %(metres)s m") % {"metres": round(likeness.metres)}
        for report, likeness in found
    }
    return _shown([report for report, _likeness in found], where, now=now)


def of_asset(asset: Asset, *, now: datetime) -> list[KnownReport]:
    """List the published open reports about one object; two queries."""
    found = (
        Report.objects.open()
        .published()
        .filter(asset=asset)
        .select_related("category")
        .order_by("-submitted_at", "-pk")[:OFFERED_MOST]
    )
    return _shown(list(found), {}, now=now)


def _shown(found: Sequence[Report], where: dict[int, str], *, now: datetime) -> list[KnownReport]:
    photos = _photos(found)
    return [
        KnownReport(
            reference=report.reference,
            title=report.category.label,
            details=" · ".join(
                filter(None, [where.get(report.pk, ""), report.address, _since(report, now)])
            ),
            href=reverse("incidents:public_report", args=[report.reference]),
            join=reverse("incidents:same", args=[report.reference]),
            photo=photos.get(report.pk, ""),
            concerned=published.concerned(report),
        )
        for report in found
    ]


def _since(report: Report, now: datetime) -> str:
    return _("il y a %(age)s") % {"age": age(now - report.submitted_at)}


def _photos(found: Iterable[Report]) -> dict[int, str]:
    """Return the address of the first public photo of each report."""
    public = Photo.objects.filter(report__in=list(found), is_public=True).order_by(
        "-position", "-pk"
    )
    return {each.report_id: links.photo_address(each, "s", is_public=True) for each in public}
