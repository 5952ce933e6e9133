"""What the holder of a reporter's link may do: answer, cancel, contest, say if she is content."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from incidents import emails, open311_outbox, photos
from incidents.actions import CONTESTED_WITHIN, move
from incidents.calendar import current_commune
from incidents.history import locked, noted
from incidents.models import Message, Photo, Report, ReportContact, ReportEvent
from incidents.refusals import IllegalMove, TooManyPhotos
from incidents.workflow import CLOSED, DECIDED, Actor, Status, is_legal


PHOTOS_MOST = 10  # of one report, those sent at first among them


def may_cancel(report: Report) -> bool:
    """Tell whether nothing has been begun yet."""
    return is_legal(Status(report.status), Status.CANCELLED, Actor.REPORTER)


def may_contest(report: Report, now: datetime) -> bool:
    """Tell whether the closing is recent enough, and one that can be wrong."""
    return (
        report.status in DECIDED
        and report.closed_at is not None
        and now <= report.closed_at + CONTESTED_WITHIN
    )


@transaction.atomic
def answer(*, report: Report, text: str, now: datetime) -> None:
    """Add her words; when the town hall had asked, the clock runs again.

    Raises:
        IllegalMove: the report is closed.
    """
    current = locked(report)
    if current.status in CLOSED:
        raise IllegalMove
    message = _written(current, text, now=now)
    if current.status == Status.AWAITING_REPORTER:
        move(
            report=current,
            to=Status.TRIAGE,
            actor=Actor.REPORTER,
            by=None,
            now=now,
            message=message,
        )
    else:
        noted(current, ReportEvent.Kind.MESSAGE, by=None, now=now, message=message.pk)
        Report.objects.filter(pk=current.pk).update(touched_at=now)
    open311_outbox.pass_on(current, message, now=now)
    emails.send([emails.to_team(current, current_commune(), event=f"answered-{message.pk}")])


def may_add_photos(report: Report) -> int:
    """Return how many photos she may still add; one query."""
    if report.is_closed:
        return 0
    hers = report.photos.filter(stage=Photo.Stage.BEFORE)
    kept = hers.exclude(state__in=[Photo.State.REFUSED, Photo.State.REMOVED]).count()
    return max(0, PHOTOS_MOST - kept)


@transaction.atomic
def add_photos(*, report: Report, contents: Sequence[bytes], now: datetime) -> None:
    """Show the town hall more of it; the worker develops them.

    Raises:
        TooManyPhotos: there are enough, or the report is closed.
        pictures.Unfit: one is no photo that can be kept.
    """
    current = locked(report)
    if len(contents) > may_add_photos(current):
        raise TooManyPhotos
    for content in contents:
        photos.add(report=current, content=content, stage=Photo.Stage.BEFORE, now=now)
    Report.objects.filter(pk=current.pk).update(touched_at=now)


@transaction.atomic
def contest(
    *, report: Report, reason: str, text: str, now: datetime, contents: Sequence[bytes] = ()
) -> None:
    """Say that it is not repaired, perhaps with a photo of what is left: the report is open again.

    Raises:
        TooLate: more than seven days have passed.
        ReasonMissing: no reason was chosen.
        IllegalMove: it is not closed.
    """
    message = _written(report, text, now=now) if text else None
    current = move(
        report=report,
        to=Status.REOPENED,
        actor=Actor.REPORTER,
        by=None,
        now=now,
        reason=reason,
        message=message,
    )
    for content in contents[:PHOTOS_MOST]:
        photos.add(report=current, content=content, stage=Photo.Stage.BEFORE, now=now)
    emails.send([emails.to_team(current, current_commune(), event="contested")])


def cancel(*, report: Report, now: datetime) -> None:
    """Withdraw a report on which nothing has been begun.

    Raises:
        IllegalMove: work has begun, or it is closed.
    """
    move(report=report, to=Status.CANCELLED, actor=Actor.REPORTER, by=None, now=now)


@transaction.atomic
def rate(*, report: Report, satisfaction: int, now: datetime) -> None:
    """Keep how satisfied she is with a closing, from 1 to 5; she may change her mind.

    Raises:
        IllegalMove: it is not closed.
    """
    current = locked(report)
    if current.status not in DECIDED:
        raise IllegalMove
    Report.objects.filter(pk=current.pk).update(satisfaction=satisfaction)
    noted(current, ReportEvent.Kind.RATED, by=None, now=now, words=str(satisfaction))


def stop_news(*, report: Report, now: datetime) -> None:  # noqa: ARG001 (as its neighbours)
    """Write to her no more about this report; her link stays good."""
    ReportContact.objects.filter(report=report).update(wants_news=False)


def want_news(*, report: Report, now: datetime) -> None:  # noqa: ARG001 (as its neighbours)
    """Write to her again, at the address she gave."""
    ReportContact.objects.filter(report=report).update(wants_news=True)


@transaction.atomic
def send_link_again(*, reference: str, email: str, now: datetime) -> None:
    """Send her link to whoever knows the reference and the address; say nothing otherwise."""
    contact = (
        ReportContact.objects.select_related("report__category")
        .filter(report__reference=reference, email__iexact=email)
        .exclude(email="")
        .first()
    )
    if contact is not None:
        repeat = f"{now:%Y%m%d%H%M}"
        emails.send([emails.link(contact.report, current_commune(), repeat=repeat)])


def _written(report: Report, text: str, *, now: datetime) -> Message:
    return Message.objects.create(
        report=report,
        audience=Message.Audience.REPORTER,
        author=Message.Author.REPORTER,
        text=text,
        at=now,
    )
