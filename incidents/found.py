"""The reports that a filter lets through."""

import re
from datetime import datetime, time, timedelta

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q

from incidents import filters, references
from incidents.areas import inside
from incidents.calendar import zone as time_zone
from incidents.filters import Filter
from incidents.models import Message, Report, ReportQuerySet, StatusChange, Zone
from incidents.offered import Offered
from incidents.workflow import CLOSED, EFFECTS, Actor, Status


SILENT_AFTER = timedelta(days=7)
TOLD = sorted(str(each) for each in Status if EFFECTS[each].is_told)
TOWN_HALL = [str(Actor.STAFF), str(Actor.PARTNER)]


def narrow(wanted: Filter, *, known: Offered, now: datetime, user_id: int) -> ReportQuerySet:
    """Return the reports that a filter lets through, in no order; ``user_id`` asks for hers."""
    return in_states(in_any_state(wanted, known=known, now=now, user_id=user_id), wanted.states)


def in_states(reports: ReportQuerySet, states: frozenset[Status]) -> ReportQuerySet:
    """Keep those in some states, in words that the indexes of open reports know."""
    if states == frozenset(Status):
        return reports
    kept = reports.filter(status__in=sorted(states))
    return kept.open() if states.isdisjoint(CLOSED) else kept


def in_any_state(wanted: Filter, *, known: Offered, now: datetime, user_id: int) -> ReportQuerySet:
    """Return what a filter lets through besides the state; a quarter costs one query."""
    reports = Report.objects.all()
    if wanted.words:
        reports = reports.alias(searched=SearchVector("text", "address", config="french"))
    for part in (
        _about(wanted, known),
        _whose(wanted, user_id),
        _when(wanted, now),
        _searched(wanted.words, known) if wanted.words else Q(),
    ):
        reports = reports.filter(part)
    if wanted.silent:
        reports = silent(reports, now=now)
    if wanted.contested:
        reports = contested(reports)
    return in_zone(reports, wanted.zone) if wanted.zone else reports


def _about(wanted: Filter, known: Offered) -> Q:
    found = Q()
    if wanted.kind:
        pks = [each.pk for each in known.kinds if wanted.kind in {each.code, each.group}]
        found &= Q(category__in=pks)
    if wanted.door:
        found &= Q(category__door=wanted.door)
    if wanted.priority:
        found &= Q(priority=wanted.priority)
    if wanted.channel:
        found &= Q(channel=wanted.channel)
    if wanted.unread:
        found &= Q(visibility=Report.Visibility.PENDING)
    return found


def _whose(wanted: Filter, user_id: int) -> Q:
    found = Q()
    if wanted.team:
        found &= Q(team=None) if wanted.team == filters.NOBODY else Q(team=int(wanted.team))
    if wanted.person == filters.NOBODY:
        found &= Q(assignee_id=None)
    elif wanted.person:
        pk = user_id if wanted.person == filters.MINE else int(wanted.person)
        found &= Q(assignee_id=pk)
    return found


def _when(wanted: Filter, now: datetime) -> Q:
    found = Q(due_at__lt=now) & ~Q(status__in=sorted(CLOSED)) if wanted.late else Q()
    if wanted.since:
        found &= Q(submitted_at__gte=datetime.combine(wanted.since, time(), time_zone()))
    if wanted.until:
        after = wanted.until + timedelta(days=1)
        found &= Q(submitted_at__lt=datetime.combine(after, time(), time_zone()))
    return found


def silent(reports: ReportQuerySet, *, now: datetime) -> ReportQuerySet:
    """Keep the open ones about which the town hall has said nothing for seven days."""
    since = now - SILENT_AFTER
    moved = StatusChange.objects.filter(
        report=OuterRef("pk"), at__gt=since, actor__in=TOWN_HALL, after__in=TOLD
    )
    said = Message.objects.filter(report=OuterRef("pk"), at__gt=since).exclude(
        Q(audience=Message.Audience.STAFF) | Q(author=Message.Author.REPORTER)
    )
    return reports.open().filter(~Exists(moved), ~Exists(said), submitted_at__lte=since)


def contested(reports: ReportQuerySet) -> ReportQuerySet:
    """Keep those whose closing a citizen has contested."""
    reopened = StatusChange.objects.filter(
        report=OuterRef("pk"), after=Status.REOPENED, actor=Actor.REPORTER
    )
    return reports.filter(Exists(reopened))


def in_zone(reports: ReportQuerySet, zone: int) -> ReportQuerySet:
    """Keep those inside a zone as it is drawn today; one query for its outline."""
    outline = Zone.objects.filter(pk=zone).values_list("outline", flat=True).first()
    return inside(reports, outline) if outline else reports.none()


def _searched(words: str, known: Offered) -> Q:
    """Look in what was written and where, in the names of categories, and for a reference."""
    parts = re.findall(r"\w+", words)
    if not parts:
        return Q(pk=None)
    found = Q(
        searched=SearchQuery(
            " & ".join(f"{part}:*" for part in parts), config="french", search_type="raw"
        )
    )
    typed = "".join(parts).upper()
    if len(typed) == references.LENGTH:
        found |= Q(reference=typed)
    said = [part.casefold() for part in parts]
    named = [
        each.pk
        for each in known.kinds
        if all(part in f"{each.group} {each.name} {each.keywords}".casefold() for part in said)
    ]
    return found | Q(category__in=named) if named else found
