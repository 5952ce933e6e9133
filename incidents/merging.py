"""Several reports of the same thing: one is handled, everybody is kept, told and counted."""

from datetime import datetime

from django.db import transaction

from identity.members import Member
from incidents import emails
from incidents.actions import move
from incidents.calendar import current_commune
from incidents.history import locked, noted
from incidents.models import Follower, Report, ReportEvent
from incidents.refusals import IllegalMove
from incidents.workflow import Actor, Reason, Status
from parvis.signing import digest, new_token


MANY = 3  # concerned inhabitants that make a report more urgent


@transaction.atomic
def merge(*, report: Report, master: Report, by: Member, now: datetime) -> Report:
    """Handle a report with another: its people follow that one, and are told.

    Those merged with ``report`` before go along. Returns the master as it is now.

    Raises:
        IllegalMove: they are the same, the master is itself a duplicate or closed as one.
    """
    master, report = _both(master, report)
    if master.pk == report.pk or master.status == Status.DUPLICATE:
        raise IllegalMove
    told = emails.recipients(report)
    current = move(
        report=report,
        to=Status.DUPLICATE,
        actor=Actor.STAFF,
        by=by,
        now=now,
        master=master,
        is_told=False,
    )
    along = list(Report.objects.filter(duplicate_of=current).values_list("pk", flat=True))
    Report.objects.filter(pk__in=along).update(duplicate_of=master)
    added = _bring_along(current, master, now=now)
    master.reporters += current.reporters
    if master.reporters >= MANY:
        master.priority = max(master.priority, Report.Priority.HIGH)
    master.touched_at = now
    master.version += 1
    master.save(update_fields=["reporters", "priority", "touched_at", "version"])
    noted(
        master,
        ReportEvent.Kind.MERGED,
        by=by,
        now=now,
        other=current.reference,
        followers=added,
        reporters=current.reporters,
        along=along,
    )
    emails.send(emails.merged(current, master, current_commune(), told))
    return master


@transaction.atomic
def separate(*, report: Report, by: Member, now: datetime) -> Report:
    """Undo a merge: the report is open again, and its people follow it alone.

    Those that had been merged with it before come back with it.

    Raises:
        IllegalMove: it is no duplicate.
    """
    if report.duplicate_of is None:
        raise IllegalMove
    master, report = _both(report.duplicate_of, report)
    merging = (
        master.events.filter(kind=ReportEvent.Kind.MERGED, detail__other=report.reference)
        .order_by("-at", "-pk")
        .first()
    )
    current = move(
        report=report,
        to=Status.REOPENED,
        actor=Actor.STAFF,
        by=by,
        now=now,
        reason=Reason.OTHER,
    )
    if merging is not None:
        along = Report.objects.filter(pk__in=merging.detail.get("along", []), duplicate_of=master)
        along.update(duplicate_of=current)
        Follower.objects.filter(pk__in=merging.detail["followers"], report=master).delete()
        master.reporters = max(1, master.reporters - merging.detail["reporters"])
        master.touched_at = now
        master.version += 1
        master.save(update_fields=["reporters", "touched_at", "version"])
    noted(master, ReportEvent.Kind.SEPARATED, by=by, now=now, other=current.reference)
    return current


def _both(one: Report, other: Report) -> tuple[Report, Report]:
    """Lock two reports, always in the same order."""
    found = {pk: locked(Report(pk=pk)) for pk in sorted({one.pk, other.pk})}
    return found[one.pk], found[other.pk]


def _bring_along(report: Report, master: Report, *, now: datetime) -> list[int]:
    """Let the reporter and the followers of a duplicate follow its master; list who was added."""
    people = {
        each.email: (each.language, each.is_concerned)
        for each in report.followers.filter(confirmed_at__isnull=False)
    }
    contact = report.contact
    if contact.email and contact.wants_news:
        people[contact.email.lower()] = (contact.language, True)
    there = set(master.followers.values_list("email", flat=True)) | {master.contact.email.lower()}
    added = Follower.objects.bulk_create(
        Follower(
            report=master,
            email=email,
            language=language,
            is_concerned=is_concerned,
            token_hash=digest(new_token()),
            confirmed_at=now,
            created_at=now,
        )
        for email, (language, is_concerned) in people.items()
        if email not in there
    )
    return [each.pk for each in added]
