"""The walk of an elected official: each photo is a report to sort out later, which nobody sees."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from identity.members import Member
from incidents import desk, photos
from incidents.actions import FIRST_VISIBILITY, move, receive
from incidents.geo import Place
from incidents.history import locked
from incidents.models import Category, Photo, Report, ReportQuerySet
from incidents.workflow import Actor, Status


def unsorted(by: Member) -> ReportQuerySet:
    """Return the lines that somebody has brought home and not sorted yet."""
    return Report.objects.filter(
        channel=Report.Channel.WALK,
        status=Status.RECEIVED,
        visibility=Report.Visibility.PRIVATE,
        taken_by_id=by.user_id,
    )


@transaction.atomic
def bring_home(
    *, pictures: list[bytes], category: Category, key: UUID, by: Member, now: datetime
) -> int:
    """Make a line of each photo; the worker reads where it was taken. Return how many are new.

    Sending the same ``key`` again adds nothing.
    """
    added = 0
    for number, content in enumerate(pictures):
        report, token = receive(
            category=category,
            text="",
            place=None,
            address=_("Lieu de la photo"),
            channel=Report.Channel.WALK,
            now=now,
            idempotency_key=uuid5(key, str(number)),
            by=by,
        )
        if not token:
            continue
        Report.objects.filter(pk=report.pk).update(
            visibility=Report.Visibility.PRIVATE, address=""
        )
        photos.add(report=report, content=content, stage=Photo.Stage.BEFORE, now=now, by=by)
        added += 1
    return added


@transaction.atomic
def sort(  # noqa: PLR0913 (one line of a table)
    *,
    report: Report,
    category: Category,
    place: Place | None,
    address: str,
    text: str,
    by: Member,
    now: datetime,
) -> Report:
    """Say what a line is about and where; it is then a report like the others.

    Raises:
        IllegalMove: somebody has sorted it meanwhile.
    """
    if category.pk != report.category_id:
        desk.requalify(report=report, category=category, by=by, now=now)
    where = place or report.place
    if address != report.address or where != report.place:
        desk.relocate(report=report, place=where, address=address, by=by, now=now)
    current = move(report=report, to=Status.TRIAGE, actor=Actor.STAFF, by=by, now=now)
    current = locked(current)
    current.text = text
    current.visibility = FIRST_VISIBILITY[Category.Moderation(category.moderation)]
    current.save(update_fields=["text", "visibility"])
    return current
