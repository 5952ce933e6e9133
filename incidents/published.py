"""What everybody may read of the reports; nothing of it says who wrote one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _, ngettext

from incidents import journal, links, references
from incidents.areas import inside
from incidents.geo import Box
from incidents.models import Category, Photo, Report, ReportQuerySet, StatusChange, Zone
from incidents.states import State, state_of
from incidents.workflow import DECIDED, Actor, Status


CLOSED_LATELY = timedelta(days=90)
MERCIS_MOST = 20
STEADY_S = 600
DOORS = (Category.Door.REPORT, Category.Door.SUGGESTION)
GROUPS: dict[str, frozenset[Status]] = {
    "recus": frozenset({Status.RECEIVED, Status.TRIAGE}),
    "en-cours": frozenset({Status.ACCEPTED, Status.PLANNED, Status.IN_PROGRESS, Status.REOPENED}),
    "en-attente": frozenset({Status.AWAITING_REPORTER, Status.FORWARDED, Status.TRANSFERRED}),
    "termines": DECIDED,
}
LISTED = sorted(frozenset[Status]().union(*GROUPS.values()))
GONE = (Status.CANCELLED, Status.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for among the reports; what is empty excludes nothing."""

    group: str = ""
    state: str = ""
    zone: Zone | None = None
    words: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A published photo: its address on a page, a larger one, and what it shows."""

    address: str
    large: str
    caption: str


@dataclass(frozen=True, slots=True)
class Published:
    """One report as everybody reads it."""

    report: Report
    state: State
    before: list[Picture]
    after: list[Picture]
    entries: list[journal.Entry]
    mercis: list[Report] = field(default_factory=list)
    is_contested: bool = False


def reports(*, now: datetime) -> ReportQuerySet:
    """Return those that everybody may read: open, or closed lately."""
    lately = Q(closed_at__isnull=True) | Q(closed_at__gte=now - CLOSED_LATELY)
    return Report.objects.published().filter(lately, status__in=LISTED, category__door__in=DOORS)


def mercis() -> ReportQuerySet:
    """Return the thanks that everybody may read."""
    thanks = Report.objects.published().filter(category__door=Category.Door.COMPLIMENT)
    return thanks.exclude(status__in=GONE)


def praised(thanks: Report) -> Report | None:
    """Return the report that thanks are about, where everybody may read it."""
    other = thanks.praises
    is_public = other is not None and other.visibility == Report.Visibility.PUBLIC
    return other if is_public and other is not None and other.status not in GONE else None


def found(wish: Wish, *, now: datetime) -> ReportQuerySet:
    """Narrow the published reports down to what somebody looks for."""
    wanted = reports(now=now)
    if wish.group:
        wanted = wanted.filter(category__group=wish.group)
    if wish.state:
        wanted = wanted.filter(status__in=sorted(GROUPS[wish.state]))
    if wish.zone is not None:
        wanted = inside(wanted, wish.zone.outline)
    if wish.box is not None:
        wanted = wanted.within(wish.box)
    if wish.words:
        wanted = _saying(wanted, wish.words)
    return wanted


def version(*, now: datetime) -> str:
    """Return what changes whenever something published does, or at most ten minutes later."""
    last = Report.objects.aggregate(last=Max("touched_at"))["last"]  # one row of an index
    return f"{last} {int(now.timestamp()) // STEADY_S}"


def with_pictures(wanted: ReportQuerySet) -> ReportQuerySet:
    """Read the category and the published photos (``shown``) of reports along; newest first."""
    shown = Prefetch("photos", queryset=shown_photos(), to_attr="shown")
    return (
        wanted.select_related("category").prefetch_related(shown).order_by("-submitted_at", "-pk")
    )


def after(wanted: ReportQuerySet, reference: str) -> ReportQuerySet:
    """Go on below a report; where there is none with this reference, from the start."""
    last = Report.objects.published().filter(reference=reference).only("submitted_at").first()
    if last is None:
        return wanted
    return wanted.filter(
        Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk)
    )


def one(reference: str) -> Report | None:
    """Find a report that everybody may read; a merged one leads to its master."""
    report = (
        Report.objects.published()
        .select_related("category", "handler", "duplicate_of", "praises")
        .filter(reference=reference)
        .first()
    )
    if report is None or report.status == Status.CANCELLED:
        return None
    if report.duplicate_of is not None:
        is_public = report.duplicate_of.visibility == Report.Visibility.PUBLIC
        return report.duplicate_of if is_public else None
    return report


def read(report: Report) -> Published:
    """Read what surrounds a published report; five queries, however long its history."""
    before, after_works = pictures(
        list(shown_photos().filter(report=report)), place=report.address
    )
    return Published(
        report=report,
        state=state_of(report.status),
        before=before,
        after=after_works,
        entries=journal.timeline(report, for_public=True),
        mercis=list(mercis().filter(praises=report).order_by("-submitted_at")[:MERCIS_MOST]),
        is_contested=_is_contested(report),
    )


def picture(photo: Photo, *, place: str = "") -> Picture:
    """Say where a photo is, and what it shows; the address of an unpublished one ends soon."""
    words = _("avant") if photo.stage == Photo.Stage.BEFORE else _("après")
    return Picture(
        address=links.photo_address(photo, "m", is_public=photo.is_public),
        large=links.photo_address(photo, "l", is_public=photo.is_public),
        caption=" · ".join(filter(None, [words.capitalize(), place])),
    )


def pictures(photos: Iterable[Photo], *, place: str = "") -> tuple[list[Picture], list[Picture]]:
    """Part photos in those taken before and those taken after the work."""
    before = [each for each in photos if each.stage == Photo.Stage.BEFORE]
    later = [each for each in photos if each.stage == Photo.Stage.AFTER]
    return [picture(each, place=place) for each in before], [
        picture(each, place=place) for each in later
    ]


def thumbnail(report: Report) -> str:
    """Return the address of the first photo of a report read by ``with_pictures``, or ""."""
    shown: list[Photo] = report.shown  # type: ignore[attr-defined]
    return links.photo_address(shown[0], "s", is_public=True) if shown else ""


def concerned(report: Report) -> str:
    """Say how many inhabitants have said it."""
    n = report.reporters
    return ngettext("%(n)s habitant concerné", "%(n)s habitants concernés", n) % {"n": n}


def shown_photos() -> QuerySet[Photo]:
    """Return the photos that everybody may see, where their report is published."""
    return (
        Photo.objects.filter(state=Photo.State.READY, is_public=True)
        .exclude(stage=Photo.Stage.EVIDENCE)
        .order_by("position", "pk")
    )


def _is_contested(report: Report) -> bool:
    if report.status != Status.REOPENED:
        return False
    last = StatusChange.objects.filter(report=report, after=Status.REOPENED).last()
    return last is not None and last.actor == Actor.REPORTER


def _saying(wanted: ReportQuerySet, words: str) -> ReportQuerySet:
    """Look for words in what is said, in the place and in the name of the thing."""
    query = SearchQuery(words, config="french", search_type="websearch")
    reference = references.typed(words)
    return wanted.annotate(said=SearchVector("text", "address", config="french")).filter(
        Q(said=query)
        | Q(address__icontains=words)
        | Q(category__name__icontains=words)
        | Q(category__name_en__icontains=words)
        | Q(category__keywords__icontains=words)
        | Q(reference=reference)
    )
