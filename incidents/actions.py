"""What changes a report: it is received, it moves, its clock stops and runs again."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from identity.members import Member
from incidents import emails, pushes
from incidents.calendar import current_commune, promised
from incidents.geo import Place
from incidents.handlers import responsible
from incidents.history import locked, moved, noted
from incidents.models import (
    Asset,
    Category,
    ClockPause,
    Handler,
    Message,
    Photo,
    Report,
    ReportContact,
    ReportEvent,
    Team,
)
from incidents.references import new_reference
from incidents.refusals import (
    IllegalMove,
    NotReportable,
    Nowhere,
    PhotoMissing,
    ReasonMissing,
    StaleVersion,
    TooLate,
)
from incidents.workflow import CLOSED, EFFECTS, Actor, Clock, Status, is_legal, reasons
from messaging import pushing
from parvis.deferred import defer
from parvis.signing import digest, new_token


CONTESTED_WITHIN = timedelta(days=7)
WRITTEN_WITHIN = timedelta(days=7)  # before it was received: a telephone's clock may be wrong
FIRST_VISIBILITY = {
    Category.Moderation.AFTER: Report.Visibility.PUBLIC,
    Category.Moderation.BEFORE: Report.Visibility.PENDING,
    Category.Moderation.NEVER: Report.Visibility.PRIVATE,
}
CAUSES = {
    Status.AWAITING_REPORTER: ClockPause.Cause.REPORTER,
    Status.FORWARDED: ClockPause.Cause.THIRD_PARTY,
    Status.TRANSFERRED: ClockPause.Cause.THIRD_PARTY,
}


def receive(
    *,
    category: Category,
    text: str,
    place: Place | None,
    address: str,
    channel: str,
    now: datetime,
    idempotency_key: UUID,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "fr",
    road_class: str = "",
    asset: Asset | None = None,
    praises: Report | None = None,
    origin: tuple[str, str] = ("", ""),
    captured_at: datetime | None = None,
    by: Member | None = None,
    is_told: bool = True,
) -> tuple[Report, str]:
    """Write down what somebody says, find who takes care of it, and promise a date.

    ``captured_at`` is when it was written in a telephone without network, at most a week ago.
    ``origin`` is the commune (code INSEE) and the reference of a report handed over by another.
    Returns the report with the secret of its follow-up link, which is stored only as a digest, and
    acknowledges it by mail to whoever left an address, unless nobody is to be told. Sending the
    same key again returns the first report, and no secret.

    Raises:
        NotReportable: the category is not active, is kept for agents, or sends elsewhere.
        Nowhere: a problem without any place.
    """
    first = Report.objects.filter(idempotency_key=idempotency_key).first()
    if first is not None:
        return first, ""
    _check_receivable(category, by=by)
    if asset is not None and place is None:
        place = Place(asset.lat, asset.lon)
    if category.door == Category.Door.REPORT and place is None and not address.strip():
        raise Nowhere
    handler, _explanation = responsible(category, place=place, road_class=road_class)
    token = new_token()
    report = Report(
        reference=new_reference(),
        category=category,
        visibility=FIRST_VISIBILITY[Category.Moderation(category.moderation)],
        channel=channel,
        text=text,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        address=address,
        road_class=road_class,
        asset=asset,
        handler=handler,
        team=_team(handler, praises),
        submitted_at=now,
        captured_at=captured_at and min(now, max(captured_at, now - WRITTEN_WITHIN)),
        touched_at=now,
        due_at=promised(category, start=now),
        praises=praises,
        taken_by_id=by.user_id if by else None,
        taken_by_name=by.name if by else "",
        idempotency_key=idempotency_key,
        origin_commune=origin[0],
        origin_reference=origin[1],
    )
    with transaction.atomic():
        if not _is_first(report):
            return Report.objects.get(idempotency_key=idempotency_key), ""
        ReportContact.objects.create(
            report=report,
            name=name,
            email=email,
            phone=phone,
            language=language,
            token_hash=digest(token),
        )
        moved(report, "", actor=Actor.STAFF if by else Actor.REPORTER, by=by, now=now)
        if praises is not None:
            noted(praises, ReportEvent.Kind.THANKED, by=by, now=now, compliment=report.reference)
        commune = current_commune()
        acknowledged = emails.received(report, commune, token=token) if email else None
        event = "thanked" if category.door == Category.Door.COMPLIMENT else "new"
        if is_told:
            emails.send([acknowledged, emails.to_team(report, commune, event=event)])
    return report, token


def _team(handler: Handler | None, praises: Report | None) -> Team | None:
    """Return who is told: thanks go to the team that did the work."""
    if praises is not None and praises.team is not None:
        return praises.team
    return handler.team if handler else None


def _is_first(report: Report) -> bool:
    """Store a report, unless another with its key was stored at the same moment."""
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        if Report.objects.filter(idempotency_key=report.idempotency_key).exists():
            return False
        raise
    return True


@transaction.atomic
def move(
    *,
    report: Report,
    to: Status,
    actor: Actor,
    by: Member | None,
    now: datetime,
    reason: str = "",
    text: str = "",
    planned_on: date | None = None,
    message: Message | None = None,
    handler: Handler | None = None,
    master: Report | None = None,
    version: int | None = None,
    is_told: bool = True,
) -> Report:
    """Move a report as the table allows, set its clock, write its history, and tell who follows.

    ``reason`` goes with closings and reopenings; ``text`` is what everybody reads about it, unless
    a ``message`` was already written; ``handler`` is whom it is forwarded to, ``master`` the
    report it repeats; ``planned_on`` a local day; ``version`` is the one that was shown.

    Raises:
        StaleVersion: it has changed since it was shown.
        IllegalMove: the table does not allow it, or what goes with the move is missing.
        ReasonMissing: a reason is due, and is not one of those allowed.
        PhotoMissing: the category asks for a photo of the work done.
        TooLate: a citizen contests a closing after seven days.
    """
    current = locked(report)
    if version is not None and version != current.version:
        raise StaleVersion
    before = Status(current.status)
    _check_move(current, to, actor=actor, reason=reason, master=master, now=now)
    current.status = to
    current.reason = reason
    current.duplicate_of = master if to == Status.DUPLICATE else None
    current.closed_at = now if to in CLOSED else None
    if handler is not None:
        current.handler, current.team = handler, handler.team
    if planned_on is not None or to == Status.REOPENED:
        current.planned_on = planned_on
    if by is not None and current.answered_at is None:
        current.answered_at = now
    _set_clock(current, to, now=now)
    current.touched_at = now
    current.version += 1
    current.save()
    words = message or _written(current, text, actor=actor, by=by, now=now)
    change = moved(current, before, actor=actor, by=by, now=now, message=words)
    if is_told and EFFECTS[to].is_told:
        commune = current_commune()
        emails.send(emails.moved(change, commune, emails.recipients(current)))
        pushing.send(pushes.moved(change, commune))
    if current.origin_commune and to in CLOSED:
        defer("incidents.tell_origin", report_id=current.pk)
    return current


def _written(
    report: Report, text: str, *, actor: Actor, by: Member | None, now: datetime
) -> Message | None:
    """Keep what is said with a move; a question is for the reporter and who follows."""
    if not text:
        return None
    is_question = report.status == Status.AWAITING_REPORTER
    return Message.objects.create(
        report=report,
        audience=Message.Audience.REPORTER if is_question else Message.Audience.PUBLIC,
        author=Message.Author.PARTNER if actor == Actor.PARTNER else Message.Author.STAFF,
        author_id=by.user_id if by else None,
        author_name=by.name if by else "",
        text=text,
        at=now,
    )


def _check_receivable(category: Category, *, by: Member | None) -> None:
    is_for_others = category.is_staff_only and by is None
    if not category.is_active or is_for_others or category.door == Category.Door.REDIRECT:
        raise NotReportable


def _check_move(
    report: Report,
    to: Status,
    *,
    actor: Actor,
    reason: str,
    master: Report | None,
    now: datetime,
) -> None:
    if not is_legal(Status(report.status), to, actor):
        raise IllegalMove
    if to == Status.DUPLICATE and (
        master is None or master.pk == report.pk or master.duplicate_of
    ):
        raise IllegalMove
    if (allowed := reasons(to)) and reason not in allowed:
        raise ReasonMissing
    if to == Status.RESOLVED and report.category.needs_after_photo and actor != Actor.SYSTEM:
        after = report.photos.filter(stage=Photo.Stage.AFTER)
        if not after.exclude(state__in=[Photo.State.REFUSED, Photo.State.REMOVED]).exists():
            raise PhotoMissing
    is_contest = actor == Actor.REPORTER and to == Status.REOPENED
    if is_contest and report.closed_at and now > report.closed_at + CONTESTED_WITHIN:
        raise TooLate


def _set_clock(report: Report, to: Status, *, now: datetime) -> None:
    """Stop the clock where the table says so, or let it run on and promise a new date."""
    effect = EFFECTS[to].clock
    if to == Status.FORWARDED and report.handler is not None and report.handler.pauses_clock:
        effect = Clock.PAUSED
    running = report.pauses.filter(ended_at__isnull=True)
    if effect == Clock.PAUSED:
        if not running.exists():
            ClockPause.objects.create(report=report, cause=CAUSES[to], begun_at=now)
        return
    was_paused = running.update(ended_at=now)
    if to == Status.REOPENED:
        report.due_at = promised(report.category, start=now)
    elif was_paused and effect == Clock.RUNS:
        report.due_at = promised(report.category, start=begun(report), report=report)


def begun(report: Report) -> datetime:
    """Return when the present promise began: at the last reopening, or when it was received."""
    last = report.changes.filter(after=Status.REOPENED).order_by("-at").first()
    return last.at if last else report.submitted_at
