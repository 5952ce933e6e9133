"""What happens to a calendar of another tool: added, read again every night, taken away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _, gettext_lazy

from booking import imported, planning
from booking.configuration import closures_changed
from booking.imported import Promise
from booking.models import (
    Allocation,
    Appointment,
    AppointmentQuerySet,
    Closure,
    Resource,
    Service,
)
from booking.people import Person
from exchange.calendar_files import (
    MOST_BYTES,
    CalendarFault,
    Event,
    NoCalendar,
    read_calendar,
)
from exchange.import_models import CalendarFeed, ImportedRef
from exchange.mapping import folded
from identity.members import Member
from parvis.deferred import defer
from parvis.egress import INTERNET, Forbidden, Reach, TooMuch, Unreachable, fetch_foreign
from parvis.errors import DomainError


AHEAD = timedelta(days=365)
MOST_FEEDS = 20
NAMESPACE = UUID("c2d3f0d4-0c13-4d4e-9a71-5f9f3a3f7a02")
OK, UNCHANGED = 200, 304
NAME_MOST = 120
TAG_MOST, STAMP_MOST = 200, 60  # longer ones are no use: the calendar is read whole again
DUE = timedelta(minutes=50)  # the scheduler comes every quarter of an hour
FAULTS = {
    CalendarFault.TOO_LARGE: gettext_lazy("Cet agenda dépasse 2 Mo."),
    CalendarFault.NO_CALENDAR: gettext_lazy("Ce n’est pas un agenda au format iCalendar (.ics)."),
    CalendarFault.TOO_SLOW: gettext_lazy(
        "Les répétitions de cet agenda sont trop longues à calculer : simplifiez-les."
    ),
    CalendarFault.TOO_MANY: gettext_lazy("Cet agenda compte trop d’événements : 5 000 au plus."),
}


ANSWERS = {
    301: gettext_lazy("Cet agenda a changé d’adresse : redonnez-la."),
    302: gettext_lazy("Cette adresse mène ailleurs : donnez celle de l’agenda lui-même."),
    401: gettext_lazy("Cet agenda demande un mot de passe : partagez-le par une adresse privée."),
    403: gettext_lazy("Cet agenda n’est pas partagé : rendez-le lisible par son adresse."),
    404: gettext_lazy("Cet agenda n’existe plus à cette adresse."),
}
ANSWERS |= {308: ANSWERS[301], 303: ANSWERS[302], 307: ANSWERS[302], 410: ANSWERS[404]}


class NotAnAddress(DomainError):
    """Only public addresses by https are read."""

    message = gettext_lazy("Indiquez une adresse qui commence par https:// ou webcal://.")
    status = 422


class TooManyFeeds(DomainError):
    """A commune has few calendars."""

    message = gettext_lazy("Vingt agendas au plus : retirez-en un d’abord.")
    status = 422


class Removed(DomainError):
    """A calendar was taken away while it was being read: it takes nothing any more."""

    message = gettext_lazy("Cet agenda n’est plus suivi.")


class NotRead(DomainError):
    """A calendar cannot be read; ``message`` says why."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@transaction.atomic
def add_feed(  # noqa: PLR0913 - keyword-only: all that is typed
    *,
    name: str,
    url: str,
    resource: Resource | None,
    keyword: str,
    service: Service | None,
    by: Member,
    content: bytes = b"",
    now: datetime,
) -> CalendarFeed:
    """Add a calendar: an address is read by the queue, now and every night; a file, at once.

    Raises:
        NotAnAddress: the address is not one that may be read.
        TooManyFeeds: there are enough.
        NotRead: the file is no calendar.
    """
    if url:
        url = _checked(url)
    if CalendarFeed.objects.count() >= MOST_FEEDS:
        raise TooManyFeeds
    feed = CalendarFeed.objects.create(
        name=name,
        url=url,
        resource=resource,
        keyword=keyword,
        service=service,
        by_id=by.user_id,
        by_name=by.name,
    )
    if url:
        defer("exchange.read_calendar", feed=feed.pk)
    else:
        take_in(feed=feed, content=content, now=now)
    return feed


def read_again(
    *, feed: CalendarFeed, now: datetime, is_whole: bool = True, reach: Reach = INTERNET
) -> CalendarFeed:
    """Read the address of a calendar; a failure is told beside the last good date.

    Unless ``is_whole``, its server is told what is known already, and may answer that nothing
    changed. Every night it is read whole: a day has come into the year that is looked at.
    """
    asked = {} if is_whole else _what_is_known(feed)
    try:
        answer = fetch_foreign(feed.url, reach=reach, most_bytes=MOST_BYTES, headers=asked)
        if asked and answer.status == UNCHANGED:
            _note(feed, now=now)
            return feed
        if answer.status != OK:
            said = _("Le serveur répond « %(status)s ».") % {"status": answer.status}
            raise NotRead(str(ANSWERS.get(answer.status, said)))
        take_in(feed=feed, content=answer.content, now=now)
        _remember(feed, answer.tag, answer.modified)
    except TooMuch:
        _fail(feed, str(FAULTS[CalendarFault.TOO_LARGE]), now=now)
    except Forbidden:
        _fail(feed, _("Cette adresse n’est pas sur l’internet public."), now=now)
    except Unreachable:
        _fail(feed, _("Le serveur ne répond pas."), now=now)
    except DomainError as refusal:
        _fail(feed, str(refusal), now=now)
    return feed


def take_in(*, feed: CalendarFeed, content: bytes, now: datetime) -> CalendarFeed:
    """Let what is here follow what a calendar says: new, changed and removed events.

    Raises:
        NotRead: it is no calendar.
        Removed: it was taken away meanwhile.
    """
    try:
        agenda = read_calendar(content, zone=planning.zone(), first=now, last=now + AHEAD)
    except NoCalendar as fault:
        raise NotRead(str(FAULTS[fault.fault])) from fault
    word = folded(feed.keyword)
    visits = [
        each for each in agenda.events if word and feed.service and word in folded(each.title)
    ]
    refs = {each.ref for each in visits}
    _follow_busy(feed, [each for each in agenda.events if each.ref not in refs], now=now)
    refused = _follow_visits(feed, visits, now=now)
    feed.events, feed.refused = len(agenda.events), refused + agenda.left_out
    feed.touched = touched(feed, now=now).count()
    feed.save(update_fields=["events", "refused", "touched"])
    _note(feed, now=now)
    return feed


def touched(feed: CalendarFeed, *, now: datetime) -> AppointmentQuerySet:
    """Return the booked appointments to come that a calendar's busy times fall on.

    They stay: somebody has to look at them.
    """
    closures = ImportedRef.objects.filter(source=_busy(feed)).values("target")
    over = Closure.objects.filter(pk__in=closures, period__overlap=OuterRef("period"))
    found = Appointment.objects.filter(Exists(over), status=Appointment.Status.BOOKED)
    found = found.filter(period__endswith__gt=now).order_by("period", "pk")
    if feed.resource_id is None:
        return found
    taken = Allocation.objects.filter(
        appointment=OuterRef("pk"),
        resource_id=feed.resource_id,
        state__in=[Allocation.State.BOOKED, Allocation.State.OVERBOOKED],
    )
    return found.filter(Exists(taken))


@transaction.atomic
def remove_feed(*, feed: CalendarFeed, now: datetime) -> None:
    """Take a calendar away: the times it took are free again, its appointments stay."""
    _follow_busy(feed, [], now=now)
    ImportedRef.objects.filter(source__in=[_busy(feed), _visits(feed)]).delete()
    feed.delete()


def feeds_to_read() -> list[CalendarFeed]:
    """List the calendars that have an address."""
    return list(CalendarFeed.objects.exclude(url="").select_related("resource", "service"))


def ask_for_due(*, now: datetime) -> int:
    """Have the queue read the calendars that were read an hour ago; return how many."""
    due = CalendarFeed.objects.exclude(url="").exclude(tried_at__gt=now - DUE)
    found = list(due.values_list("pk", flat=True))
    for feed in found:
        defer("exchange.read_calendar", feed=feed, is_whole=0)
    return len(found)


def _busy(feed: CalendarFeed) -> str:
    return f"busy:{feed.pk}"


def _visits(feed: CalendarFeed) -> str:
    return f"visit:{feed.pk}"


@transaction.atomic
def _follow_busy(feed: CalendarFeed, events: Sequence[Event], *, now: datetime) -> None:
    """Close exactly when these events take place; titles stay in the other tool.

    Raises:
        Removed: it is not followed any more.
    """
    if CalendarFeed.objects.select_for_update(no_key=True).filter(pk=feed.pk).first() is None:
        raise Removed
    known = {each.ref: each for each in ImportedRef.objects.filter(source=_busy(feed))}
    wanted = {each.ref: each for each in events}
    gone = [each for ref, each in known.items() if ref not in wanted]
    added = [each for ref, each in wanted.items() if ref not in known]
    moved = [
        (known[ref], each)
        for ref, each in wanted.items()
        if ref in known and known[ref].digest != _digest(each)
    ]
    before = Closure.objects.in_bulk([each.target for each in gone])
    before |= Closure.objects.in_bulk([ref.target for ref, _event in moved])
    over = Closure.objects.filter(pk__in=[each.target for each in gone])
    over.filter(period__endswith__gt=now).delete()
    ImportedRef.objects.filter(pk__in=[each.pk for each in gone]).delete()
    closures = Closure.objects.bulk_create(
        [Closure(period=_period(each), resource=feed.resource) for each in added]
    )
    ImportedRef.objects.bulk_create(
        [
            ImportedRef(
                source=_busy(feed), ref=event.ref, target=closure.pk, digest=_digest(event)
            )
            for event, closure in zip(added, closures, strict=True)
        ]
    )
    for ref, event in moved:
        Closure.objects.filter(pk=ref.target).update(period=_period(event))
        ref.digest = _digest(event)
    ImportedRef.objects.bulk_update([ref for ref, _event in moved], ["digest"])
    spans = [(each.period.lower, each.period.upper) for each in before.values()]
    spans += [(each.start, each.end) for each in added]
    spans += [(each.start, each.end) for _ref, each in moved]
    if spans:
        closures_changed(_days(spans), now=now)


def _days(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[date]:
    """Name the local days that these times touch."""
    zone, one = planning.zone(), timedelta(days=1)
    for start, end in spans:
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        while day <= last:
            yield day
            day += one


def _follow_visits(feed: CalendarFeed, events: Sequence[Event], *, now: datetime) -> int:
    """Keep these events as appointments; return how many could not be."""
    known = {each.ref: each for each in ImportedRef.objects.filter(source=_visits(feed))}
    by = Member(user_id=feed.by_id, name=feed.by_name, role="admin")
    refused = 0
    for event in events:
        ref = known.pop(event.ref, None)
        if ref is not None and ref.digest == _digest(event):
            continue
        try:
            _follow_visit(feed, event, ref, by=by, now=now)
        except DomainError:
            refused += 1
    for ref in known.values():
        appointment = Appointment.objects.filter(pk=ref.target).first()
        if appointment is not None and appointment.start > now:
            imported.take_back(appointment=appointment, by=by, now=now)
        ref.delete()
    return refused


@transaction.atomic
def _follow_visit(
    feed: CalendarFeed, event: Event, ref: ImportedRef | None, *, by: Member, now: datetime
) -> None:
    if feed.service is None:
        return
    name = event.title[:NAME_MOST]
    promise = Promise(
        service=feed.service, start=event.start, people=(Person(name=name),), name=name
    )
    if ref is not None:
        appointment = Appointment.objects.filter(pk=ref.target).first()
        if appointment is None:  # erased here since: it stays away
            return
        imported.update(promise, appointment=appointment, by=by, now=now)
        ref.digest = _digest(event)
        ref.save(update_fields=["digest"])
        return
    key = uuid5(NAMESPACE, f"{feed.pk}\n{event.ref}\n{now.isoformat()}")
    taken = imported.take_over(promise, key=key, is_told=False, by=by, now=now)
    ImportedRef.objects.create(
        source=_visits(feed), ref=event.ref, target=taken.pk, digest=_digest(event)
    )


def _period(event: Event) -> DateTimeTZRange:
    return DateTimeTZRange(event.start, event.end)


def _digest(event: Event) -> str:
    return uuid5(
        NAMESPACE, f"{event.start.isoformat()}\n{event.end.isoformat()}\n{event.title}"
    ).hex


def _what_is_known(feed: CalendarFeed) -> Mapping[str, str]:
    """Write the headers of a conditional question; none after a failure."""
    if feed.error:
        return {}
    known = {"If-None-Match": feed.tag, "If-Modified-Since": feed.modified}
    return {name: value for name, value in known.items() if value}


def _remember(feed: CalendarFeed, tag: str, modified: str) -> None:
    feed.tag = tag if len(tag) <= TAG_MOST and tag.isascii() and tag.isprintable() else ""
    is_told = len(modified) <= STAMP_MOST and modified.isascii() and modified.isprintable()
    feed.modified = modified if is_told else ""
    feed.save(update_fields=["tag", "modified"])


def _note(feed: CalendarFeed, *, now: datetime) -> None:
    feed.tried_at = feed.good_at = now
    feed.error = ""
    feed.save(update_fields=["tried_at", "good_at", "error"])


def _fail(feed: CalendarFeed, message: str, *, now: datetime) -> None:
    feed.tried_at, feed.error = now, message[:300]
    CalendarFeed.objects.filter(pk=feed.pk).update(tried_at=now, error=feed.error)


def _checked(url: str) -> str:
    """Return an address by https.

    Raises:
        NotAnAddress: it is none.
    """
    if url.lower().startswith("webcal://"):
        url = f"https://{url[9:]}"
    try:
        parts = urlsplit(url)
        is_one = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError as fault:
        raise NotAnAddress from fault
    if not is_one or any(each in url for each in " \t\r\n"):
        raise NotAnAddress
    return url
