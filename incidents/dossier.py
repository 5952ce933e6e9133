"""All that the team reads about one report, in as many questions whatever its history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import gettext as _

from incidents import chasing, journal, links
from incidents.geo import Place
from incidents.handlers import read_rules
from incidents.hotspots import LEAST
from incidents.models import ClockPause, Intervention, Photo, Report, RoutingRule
from incidents.nearby import similar_reports
from incidents.recurring import alike_here
from incidents.routing import Question, first_match


OF_A_WORK = ("done_on", "named", "minutes", "material", "note")
OF_A_PHOTO = ("id", "stage", "state", "blurred", "suggested", "is_public")


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo as the team sees it."""

    photo: Photo
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Work:
    """One visit for this report, as the team reads it."""

    done_on: date
    team: str
    minutes: int
    material: str
    note: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """A report with what surrounds it."""

    report: Report
    pictures: list[Picture]
    entries: list[journal.Entry]
    why: str
    pause: str
    followers: int
    duplicates: list[Report] = field(default_factory=list)
    compliments: list[Report] = field(default_factory=list)
    near: list[tuple[Report, int]] = field(default_factory=list)
    may_chase: bool = False
    again: int = 0
    """How many of its kind there were within 100 m in 90 days, when they make a hot spot."""
    interventions: list[Work] = field(default_factory=list)


def read(reference: str, *, now: datetime) -> Dossier:
    """Read everything about a report.

    Raises:
        Http404: there is none with this reference.
    """
    report = _report(reference, now=now)
    around = Report.objects.filter(Q(duplicate_of=report) | Q(praises=report)).order_by("-pk")
    others = list(around.select_related("category")[:50])
    cause = report.cause  # type: ignore[attr-defined]
    return Dossier(
        report=report,
        pictures=[_picture(Photo(**each)) for each in report.shown],  # type: ignore[attr-defined]
        entries=journal.timeline(report, for_staff=True),
        why=_why(report),
        pause=str(ClockPause.Cause(cause).label) if cause else "",
        followers=report.confirmed,  # type: ignore[attr-defined]
        duplicates=[each for each in others if each.duplicate_of_id == report.pk],
        compliments=[each for each in others if each.praises_id == report.pk],
        near=_near(report, now=now),
        may_chase=chasing.is_with_partner(report),
        again=again if (again := report.again or 0) >= LEAST else 0,  # type: ignore[attr-defined]
        interventions=[_work(each) for each in report.works],  # type: ignore[attr-defined]
    )


def _report(reference: str, *, now: datetime) -> Report:
    pause = ClockPause.objects.filter(report=OuterRef("pk"), ended_at__isnull=True)
    photos = Photo.objects.filter(report=OuterRef("pk")).exclude(state=Photo.State.REMOVED)
    works = Intervention.objects.filter(reports=OuterRef("pk")).annotate(named=F("team__name"))
    report = (
        Report.objects.select_related(
            *("category", "handler", "team", "asset", "duplicate_of", "praises", "contact"),
            "answers",
        )
        .annotate(
            confirmed=Count("followers", filter=Q(followers__confirmed_at__isnull=False)),
            again=alike_here(now=now),
            cause=Subquery(pause.values("cause")[:1], output_field=CharField()),
            shown=_within(photos, *OF_A_PHOTO),
            works=_within(works, *OF_A_WORK),
        )
        .filter(reference=reference)
        .first()
    )
    if report is None:
        raise Http404
    return report


def _within(rows: QuerySet[Any], *columns: str) -> ArraySubquery:
    """Read some rows beside the report, in the same query, as dictionaries; twenty at most."""
    return ArraySubquery(rows.values(json=JSONObject(**{each: each for each in columns}))[:20])


def _picture(photo: Photo) -> Picture:
    is_ready = photo.state == Photo.State.READY
    words = [str(photo.get_stage_display())]
    if not is_ready:
        words.append(str(photo.get_state_display()))
    elif photo.is_public:
        words.append(_("publiée"))
    else:
        words.append(_("non publiée"))
    if photo.blurred:
        words.append(_("floutée"))
    if photo.suggested:
        words.append(_("plaque possible"))
    address = links.photo_address(photo, "m") if is_ready else ""
    return Picture(photo, address, ", ".join(words))


def _work(row: dict[str, Any]) -> Work:
    team = row.pop("named") or ""
    return Work(**{**row, "done_on": date.fromisoformat(row["done_on"])}, team=team)


def _why(report: Report) -> str:
    """Say which line of the commune's table names who takes care of it; one query."""
    question = Question(
        category=report.category_id,
        group=report.category.group,
        place=report.place,
        road_class=report.road_class,
    )
    rules = read_rules()
    rule = first_match(rules, question)
    if rule is None:
        return _("Aucune règle ne désigne de responsable pour cette catégorie et ce lieu.")
    rank = {"rank": rules.index(rule) + 1, "words": rule.explanation or _conditions(rule)}
    if rule.handler != report.handler_id:
        return _("Choisi à la main : la règle %(rank)s désignerait un autre responsable.") % rank
    return _("Règle %(rank)s : %(words)s") % rank


def _conditions(rule: Any) -> str:
    said = [
        _("cette catégorie") if rule.category else "",
        _("ce groupe de catégories") if rule.group else "",
        _("cette zone") if rule.zone else "",
        str(dict(RoutingRule._meta.get_field("road_class").flatchoices).get(rule.road_class, "")),  # noqa: SLF001
    ]
    return ", ".join(filter(None, said)) or _("tous les signalements")


def _near(report: Report, *, now: datetime) -> list[tuple[Report, int]]:
    place: Place | None = report.place
    if place is None or report.is_closed:
        return []
    found = similar_reports(report.category, place=place, now=now, is_public=False)
    return [(each, round(likeness.metres)) for each, likeness in found if each.pk != report.pk]
