"""Those who want news of a report that somebody else wrote."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from incidents import emails, pushes
from incidents.calendar import current_commune
from incidents.history import locked, noted
from incidents.models import Follower, Report, ReportEvent
from incidents.workflow import CLOSED
from parvis.signing import digest, new_token


STILL_THERE = "toujours là"  # read by the team in the history of the report


@transaction.atomic
def follow(
    *, report: Report, email: str, language: str, now: datetime, is_concerned: bool = True
) -> None:
    """Write to an address to ask whether it wants news; nothing is sent to it before it says so.

    Asking again for an address that has not answered writes to it again, at most once a day: the
    answer shown is the same, so that nobody learns who follows. Whoever wrote the report is sent
    her own link instead. A duplicate's master is followed.
    """
    followed = report.duplicate_of or report
    today = f"{now:%Y%m%d}"
    if followed.contact.email.lower() == email.lower():
        emails.send([emails.link(followed, current_commune(), repeat=today)])
        return
    follower, _is_new = Follower.objects.get_or_create(
        report=followed,
        email=email.lower(),
        defaults={
            "language": language,
            "token_hash": digest(new_token()),
            "is_concerned": is_concerned,
            "created_at": now,
        },
    )
    if follower.confirmed_at is None:
        emails.send([emails.asked_to_follow(follower, current_commune(), repeat=today)])


@transaction.atomic
def confirm(*, follower: Follower, now: datetime) -> None:
    """Send news from now on, and count one more inhabitant concerned; once, however pressed."""
    report = locked(follower.report)
    waiting = Follower.objects.filter(pk=follower.pk, confirmed_at__isnull=True)
    if not waiting.update(confirmed_at=now):
        return
    if follower.is_concerned:
        _count(report, 1)
    noted(report, ReportEvent.Kind.FOLLOWED, by=None, now=now)


@transaction.atomic
def unfollow(*, follower: Follower, now: datetime) -> None:
    """Forget an address at once; the inhabitant stays counted."""
    report = locked(follower.report)
    pushes.forget(followers=[follower.pk])
    Follower.objects.filter(pk=follower.pk).delete()
    noted(report, ReportEvent.Kind.FOLLOWED, by=None, now=now, words="-1")


@transaction.atomic
def join(*, report: Report, now: datetime) -> None:
    """Count somebody who says "me too" and leaves no address; a duplicate's master is joined.

    Of a report that was closed she says that it is still there: its team is told, once for each
    closing. Only its reporter reopens it.
    """
    joined = locked(report.duplicate_of or report)
    _count(joined, 1)
    if joined.status in CLOSED:
        noted(joined, ReportEvent.Kind.FOLLOWED, by=None, now=now, words=STILL_THERE)
        emails.send([emails.to_team(joined, current_commune(), event="still-there")])
    else:
        noted(joined, ReportEvent.Kind.FOLLOWED, by=None, now=now)


def _count(report: Report, more: int) -> None:
    Report.objects.filter(pk=report.pk).update(reporters=F("reporters") + more)
