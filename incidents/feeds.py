"""The published reports as an Atom feed, for readers of news and for other sites."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.feedgenerator import Atom1Feed

from incidents.models import Report, ReportQuerySet, StatusChange
from incidents.states import state_of
from incidents.workflow import EFFECTS
from parvis.typo import reference_groups


ENTRIES_MOST = 50
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
TOLD = sorted(status for status, effect in EFFECTS.items() if effect.is_told)


def newest(wanted: ReportQuerySet) -> list[Report]:
    """Read the reports that moved last, with the instant of their last move that was told."""
    last = StatusChange.objects.filter(report=OuterRef("pk"), after__in=TOLD).order_by("-at")
    return list(
        wanted.select_related("category")
        .annotate(told_at=Coalesce(Subquery(last.values("at")[:1]), "submitted_at"))
        .order_by("-told_at", "-pk")[:ENTRIES_MOST]
    )


def atom(reports: Iterable[Report], *, title: str, site: str, path: str, language: str) -> str:
    """Write a feed; ``site`` is the address of the commune, without a slash at its end.

    An entry keeps its identifier whatever becomes of the report, and is dated anew at each move.
    """
    feed = Atom1Feed(
        title=title,
        link=f"{site}/signalements/",
        feed_url=f"{site}{path}",
        feed_guid=f"{site}{path}",
        description="",
        language=language,
    )
    for report in reports:
        page = f"{site}/signalements/{report.reference}/"
        told_at: datetime = report.told_at  # type: ignore[attr-defined]
        feed.add_item(
            title=speakable(_title(report)),
            link=page,
            unique_id=page,
            description=speakable(_summary(report)),
            pubdate=report.submitted_at,
            updateddate=told_at,
            categories=[speakable(report.category.label)],
        )
    return feed.writeString("utf-8")


def speakable(text: str) -> str:
    """Leave out the characters that XML does not know."""
    return UNSPEAKABLE.sub("", text)


def _title(report: Report) -> str:
    words = [report.category.label, report.address, state_of(report.status).word]
    return " · ".join(filter(None, words))


def _summary(report: Report) -> str:
    return "\n\n".join(filter(None, [report.text, reference_groups(report.reference)]))
