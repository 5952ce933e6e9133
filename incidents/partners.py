"""What another body or a company answers about a report it was given, by its signed link.

Each answer may be sent twice without harm: the second finds it done. A report that went into other
hands is no longer theirs. Their words are for the town hall: nobody else reads them unread.
"""

from datetime import date, datetime

from django.db import transaction

from incidents import photos
from incidents.actions import move
from incidents.history import locked, noted
from incidents.models import Handler, Message, Photo, Report, ReportEvent
from incidents.refusals import ElsewhereNow, IllegalMove
from incidents.workflow import Actor, Reason, Status, moves
from parvis.typo import date_longue


def held(*, report: Report, handler: Handler) -> Report:
    """Lock a report that is in the hands of this partner.

    Raises:
        ElsewhereNow: it went into other hands.
    """
    current = locked(report)
    if current.handler_id != handler.pk:
        raise ElsewhereNow
    return current


def open_moves(report: Report) -> frozenset[Status]:
    """Return where a partner may move a report from here."""
    return moves(Status(report.status), Actor.PARTNER)


@transaction.atomic
def acknowledge(
    *, report: Report, handler: Handler, day: date | None, text: str, now: datetime
) -> None:
    """Take a report into account, and plan it when there is a day; a planned one changes its day.

    Raises:
        ElsewhereNow: it went into other hands.
        IllegalMove: work has begun, or is over.
    """
    current = held(report=report, handler=handler)
    if day is None:
        if Status.PLANNED not in open_moves(current) and current.status != Status.PLANNED:
            raise IllegalMove
        _tell(current, handler, text, now=now)
        _note_once(current, handler, now=now)
        return
    if current.status != Status.PLANNED:
        _move(current, Status.PLANNED, now=now, day=day)
    elif current.planned_on != day:
        current.planned_on, current.touched_at = day, now
        current.version += 1
        current.save(update_fields=["planned_on", "touched_at", "version"])
        words = f"{handler.name} : {date_longue(day)}"
        noted(current, ReportEvent.Kind.PROMISED, by=None, now=now, words=words)
    _tell(current, handler, text, now=now)


@transaction.atomic
def begin(*, report: Report, handler: Handler, text: str, now: datetime) -> None:
    """Say that the work has begun.

    Raises:
        ElsewhereNow: it went into other hands.
        IllegalMove: it is over.
    """
    current = held(report=report, handler=handler)
    if current.status != Status.IN_PROGRESS:
        _move(current, Status.IN_PROGRESS, now=now)
    _tell(current, handler, text, now=now)


@transaction.atomic
def finish(
    *,
    report: Report,
    handler: Handler,
    reason: Reason,
    picture: bytes | None,
    text: str,
    now: datetime,
) -> None:
    """Say that it is done, with a photo of it where the category asks for one.

    Raises:
        ElsewhereNow: it went into other hands.
        IllegalMove: it was closed otherwise.
        PhotoMissing: the category asks for a photo of the work done.
        pictures.Unfit: the photo is none that can be kept.
    """
    current = held(report=report, handler=handler)
    if current.status == Status.RESOLVED:
        return
    if picture is not None:
        photos.add(report=current, content=picture, stage=Photo.Stage.AFTER, now=now)
    _move(current, Status.RESOLVED, now=now, reason=reason)
    _tell(current, handler, text, now=now)


@transaction.atomic
def decline(*, report: Report, handler: Handler, text: str, now: datetime) -> None:
    """Give a report back to the town hall, which looks for whom it is; the link ends.

    Raises:
        ElsewhereNow: it went into other hands.
        IllegalMove: it is closed.
    """
    current = held(report=report, handler=handler)
    current = _move(current, Status.TRIAGE, now=now)
    _tell(current, handler, text, now=now)
    current.handler = None
    current.save(update_fields=["handler"])


@transaction.atomic
def write(*, report: Report, handler: Handler, text: str, now: datetime) -> None:
    """Write to the town hall.

    Raises:
        ElsewhereNow: the report went into other hands.
    """
    current = held(report=report, handler=handler)
    if _tell(current, handler, text, now=now):
        current.touched_at = now
        current.version += 1
        current.save(update_fields=["touched_at", "version"])


def _move(
    report: Report, to: Status, *, now: datetime, reason: str = "", day: date | None = None
) -> Report:
    return move(
        report=report,
        to=to,
        actor=Actor.PARTNER,
        by=None,
        now=now,
        reason=reason,
        planned_on=day,
    )


def _tell(report: Report, handler: Handler, text: str, *, now: datetime) -> bool:
    """Keep the words of a partner for the town hall; the same twice in a row are kept once."""
    if not text:
        return False
    last = report.messages.filter(author=Message.Author.PARTNER).last()
    if last is not None and last.text == text and last.author_id == handler.pk:
        return False
    said = Message.objects.create(
        report=report,
        audience=Message.Audience.STAFF,
        author=Message.Author.PARTNER,
        author_id=handler.pk,
        author_name=handler.name[:80],
        text=text,
        at=now,
    )
    noted(report, ReportEvent.Kind.MESSAGE, by=None, now=now, message=said.pk)
    return True


def _note_once(report: Report, handler: Handler, *, now: datetime) -> None:
    """Write in the history that a partner has seen a report since it was given to them."""
    given = report.changes.filter(after=Status.FORWARDED).last()
    seen = report.events.filter(kind=ReportEvent.Kind.SEEN)
    if given is not None and seen.filter(at__gte=given.at).exists():
        return
    noted(report, ReportEvent.Kind.SEEN, by=None, now=now, words=handler.name)
