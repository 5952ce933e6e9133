"""What the team does to a report besides moving it; each is one transaction and one event."""

from datetime import datetime

from django.db import transaction

from identity.members import Member
from incidents import emails, photos
from incidents.actions import begun
from incidents.calendar import current_commune, promised
from incidents.geo import Place
from incidents.handlers import responsible
from incidents.history import locked, noted
from incidents.models import Category, ClockPause, Message, Report, ReportEvent, Team
from incidents.people import colleague
from incidents.refusals import IllegalMove, NotPublishable
from incidents.workflow import CLOSED, EFFECTS, Clock, Status


Kind = ReportEvent.Kind
Assignee = tuple[int | None, str]
NOBODY: Assignee = (None, "")


@transaction.atomic
def assign(
    *,
    report: Report,
    by: Member,
    now: datetime,
    team: Team | None = None,
    assignee: Assignee = NOBODY,
    is_told: bool = True,
) -> None:
    """Give a report to a team, to one person, or to nobody; whoever is new to it gets a mail."""
    current = locked(report)
    if (team, *assignee) == (current.team, current.assignee_id, current.assignee_name):
        return
    is_new_team = team is not None and team.pk != current.team_id
    is_new_person = assignee[0] is not None and assignee[0] != current.assignee_id
    current.team = team
    current.assignee_id, current.assignee_name = assignee
    who = " · ".join(filter(None, [team.name if team else "", current.assignee_name]))
    _saved(current, "team", "assignee_id", "assignee_name", now=now)
    noted(current, Kind.ASSIGNED, by=by, now=now, words=who)
    if is_told:
        person = colleague(assignee[0]) if is_new_person and assignee[0] else None
        tell_assigned(reports=[current], team=team if is_new_team else None, person=person, by=by)


@transaction.atomic
def tell_assigned(
    *, reports: list[Report], team: Team | None, person: Member | None, by: Member
) -> None:
    """Write once, about all these reports, to the team and the person they were given to.

    Nobody is told of what she gave to herself.
    """
    if not reports:
        return
    addresses = {team.email} if team else set()
    if person is not None and person.user_id != by.user_id:
        addresses.add(person.email)
    commune = current_commune()
    emails.send(
        [emails.assigned(reports, commune, email=each) for each in sorted(addresses - {""})]
    )


@transaction.atomic
def prioritise(*, report: Report, priority: int, by: Member, now: datetime) -> None:
    """Say how urgent it is: one of ``Report.Priority``.

    Raises:
        ValueError: there is no such priority.
    """
    current = locked(report)
    level = Report.Priority(priority)
    current.priority = level
    _saved(current, "priority", now=now)
    noted(current, Kind.PRIORITY, by=by, now=now, words=str(level.label))


@transaction.atomic
def requalify(*, report: Report, category: Category, by: Member, now: datetime) -> None:
    """Put a report in another category: another promise, and perhaps other people.

    A category that is never published takes the report out of the public pages.

    Raises:
        IllegalMove: the category sends elsewhere, and receives nothing.
    """
    current = locked(report)
    if category.door == Category.Door.REDIRECT:
        raise IllegalMove
    former = current.category.name
    current.category = category
    handler, _words = responsible(category, place=current.place, road_class=current.road_class)
    current.handler, current.team = handler, handler.team if handler else None
    if current.status not in CLOSED:
        current.due_at = promised(category, start=begun(current), report=current)
    if category.moderation == Category.Moderation.NEVER:
        current.visibility = Report.Visibility.PRIVATE
    fields = ("category", "handler", "team", "due_at", "visibility")
    _saved(current, *fields, now=now)
    noted(current, Kind.REQUALIFIED, by=by, now=now, words=f"{former} → {category.name}")


@transaction.atomic
def relocate(
    *, report: Report, place: Place | None, address: str, by: Member, now: datetime
) -> None:
    """Say where it really is; who takes care of it is asked again."""
    current = locked(report)
    current.lat = place.lat if place else None
    current.lon = place.lon if place else None
    current.address = address
    handler, _words = responsible(current.category, place=place, road_class=current.road_class)
    if handler is not None:
        current.handler, current.team = handler, handler.team
    _saved(current, "lat", "lon", "address", "handler", "team", now=now)
    noted(current, Kind.PLACED, by=by, now=now, words=address, source="staff")


@transaction.atomic
def publish(*, report: Report, by: Member | None, now: datetime) -> None:
    """Let everybody read a report, with those of its photos that were checked.

    Raises:
        NotPublishable: its category is never published.
    """
    current = locked(report)
    if current.category.moderation == Category.Moderation.NEVER:
        raise NotPublishable
    was_public = current.visibility == Report.Visibility.PUBLIC
    shown = photos.publish_checked(current)
    if was_public and not shown:
        return
    current.visibility = Report.Visibility.PUBLIC
    _saved(current, "visibility", now=now)
    noted(current, Kind.PUBLISHED, by=by, now=now, photos=shown)


@transaction.atomic
def withdraw(*, report: Report, by: Member, now: datetime) -> None:
    """Take a report and its photos out of the public pages."""
    current = locked(report)
    if current.visibility == Report.Visibility.HIDDEN:
        return
    current.visibility = Report.Visibility.HIDDEN
    _saved(current, "visibility", now=now)
    noted(current, Kind.WITHDRAWN, by=by, now=now)


@transaction.atomic
def note(*, report: Report, text: str, by: Member, now: datetime) -> None:
    """Write something for the team alone."""
    _write(locked(report), text, Message.Audience.STAFF, by=by, now=now)


@transaction.atomic
def write(*, report: Report, text: str, by: Member, now: datetime) -> None:
    """Write to the reporter and to those who follow; it counts as a first answer."""
    current = locked(report)
    message = _write(current, text, Message.Audience.PUBLIC, by=by, now=now)
    if current.answered_at is None:
        current.answered_at = now
        _saved(current, "answered_at", now=now)
    emails.send(emails.said(message, current_commune(), emails.recipients(current)))


@transaction.atomic
def pause(*, report: Report, cause: str, by: Member, now: datetime) -> None:
    """Stop the clock: somebody else, the weather or works have to come first.

    Raises:
        IllegalMove: the report is closed, or its clock stands still already.
    """
    current = locked(report)
    why = ClockPause.Cause(cause)
    if current.status in CLOSED or current.pauses.filter(ended_at__isnull=True).exists():
        raise IllegalMove
    ClockPause.objects.create(report=current, cause=why, begun_at=now)
    _saved(current, now=now)
    noted(current, Kind.PAUSED, by=by, now=now, words=str(why.label))


@transaction.atomic
def resume(*, report: Report, by: Member, now: datetime) -> None:
    """Let the clock run again, and promise a date without the days it stood still.

    Raises:
        IllegalMove: it does not stand still, or its state is one that stops it.
    """
    current = locked(report)
    if EFFECTS[Status(current.status)].clock == Clock.PAUSED:
        raise IllegalMove
    if not current.pauses.filter(ended_at__isnull=True).update(ended_at=now):
        raise IllegalMove
    current.due_at = promised(current.category, start=begun(current), report=current)
    _saved(current, "due_at", now=now)
    noted(current, Kind.RESUMED, by=by, now=now)


def _write(report: Report, text: str, audience: str, *, by: Member, now: datetime) -> Message:
    message = Message.objects.create(
        report=report,
        audience=audience,
        author=Message.Author.STAFF,
        author_id=by.user_id,
        author_name=by.name,
        text=text,
        at=now,
    )
    noted(report, Kind.MESSAGE, by=by, now=now, message=message.pk)
    return message


def _saved(report: Report, *fields: str, now: datetime) -> None:
    report.touched_at = now
    report.version += 1
    report.save(update_fields=[*fields, "touched_at", "version"])
