"""The end of what is kept: people, then photos, then whole reports, each at its time.

A report is judged with all those merged with it: while one of them is open, nothing of any of
them is touched, and their time begins when the last one is closed. Each group is one transaction
of its own: a worker that is killed goes on the next night, and repeating changes nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import ProgrammingError, connection, transaction

from incidents import keeping, photos
from incidents.history import locked
from incidents.models import (
    Elimination,
    Follower,
    Message,
    Photo,
    Report,
    ReportContact,
    Stop,
)
from parvis.signing import digest, new_token


log = logging.getLogger(__name__)
MOST = 1000  # groups in one night
GROUPS = """
WITH g AS (
    SELECT coalesce(duplicate_of_id, id) AS key, array_agg(id ORDER BY id) AS ids,
        array_agg(reference ORDER BY id) AS refs, bool_and(closed_at IS NOT NULL) AS is_over,
        max(closed_at) AS closed_at, bool_or(text <> '') AS has_text,
        max(closed_at + CASE
            WHEN status = 'cancelled' THEN %(cancelled)s::interval
            WHEN status = 'rejected' AND reason = 'abusive' THEN %(abusive)s::interval
            ELSE %(record)s::interval END) AS ends_at
    FROM incidents_report
    WHERE %(key)s::bigint IS NULL OR id = %(key)s OR duplicate_of_id = %(key)s GROUP BY 1)
SELECT key, ids, refs FROM g WHERE is_over AND (%(key)s::bigint IS NULL OR key = %(key)s)
"""
PERSON = """ AND closed_at + %(person)s::interval <= %(now)s AND (has_text
    OR EXISTS (SELECT FROM incidents_reportcontact c
               WHERE c.report_id = ANY(ids) AND c.erased_at IS NULL)
    OR EXISTS (SELECT FROM incidents_follower f WHERE f.report_id = ANY(ids))
    OR EXISTS (SELECT FROM incidents_message m
               WHERE m.report_id = ANY(ids) AND m.erased_at IS NULL))"""
PHOTOS = """ AND closed_at + %(photos)s::interval <= %(now)s AND EXISTS (
    SELECT FROM incidents_photo p WHERE p.report_id = ANY(ids) AND p.state <> 'removed')"""
RECORD = " AND ends_at <= %(now)s"
ORDER = " ORDER BY key LIMIT %(most)s"
WAYS = {
    Elimination.What.RECORD: RECORD,
    Elimination.What.PHOTOS: PHOTOS,
    Elimination.What.PERSON: PERSON,
}
"""In this order: what goes whole need not be emptied before."""


@dataclass(frozen=True, slots=True)
class Group:
    """A report and those merged with it."""

    key: int
    ids: list[int]
    references: list[str]


def due(what: Elimination.What, *, now: datetime, key: int | None = None) -> list[Group]:
    """List what has reached its end, without touching it: one query."""
    values: dict[str, Any] = {
        "cancelled": keeping.CANCELLED_KEPT,
        "abusive": keeping.ABUSIVE_KEPT,
        "record": keeping.RECORD_KEPT,
        "person": keeping.PERSON_KEPT,
        "photos": keeping.PHOTOS_KEPT,
        "now": now,
        "key": key,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(GROUPS + WAYS[what] + ORDER, values)
        return [Group(*row) for row in cursor.fetchall()]


def run(*, now: datetime) -> dict[str, int]:
    """Erase everything whose time has come; return how many reports each way."""
    done = {str(what): 0 for what in WAYS}
    for what in WAYS:
        for group in due(what, now=now):
            try:
                done[what] += _erase(what, group, now=now)
            except ProgrammingError:
                # The wall of the database: a history newer than the closing it tells of.
                log.exception("The report %s cannot be deleted yet", group.references[0])
    _forget_unconfirmed(now=now)
    return done


def replay(*, now: datetime) -> int:
    """Erase again, after a restore, what had been erased before; return how many reports.

    Only what the ledger names and the restored tables still hold is touched.
    """
    known = {
        reference
        for each in Elimination.objects.filter(what=Elimination.What.PERSON)
        for reference in each.references
    }
    with transaction.atomic():
        found = list(Report.objects.filter(reference__in=known, contact__erased_at__isnull=True))
        _erase_people([each.pk for each in found], now=now)
    return len(found)


@transaction.atomic
def _erase(what: Elimination.What, group: Group, *, now: datetime) -> int:
    """Erase one group if it is still due once nobody else can change it."""
    for pk in group.ids:
        locked(Report(pk=pk))
    current = due(what, now=now, key=group.key)
    if [each.ids for each in current] != [group.ids]:
        return 0
    Elimination.objects.create(what=what, references=group.references, at=now)
    if what == Elimination.What.PERSON:
        _erase_people(group.ids, now=now)
    elif what == Elimination.What.PHOTOS:
        _remove_photos(group.ids)
    else:
        _delete(group)
    return len(group.ids)


def _erase_people(reports: Sequence[int], *, now: datetime) -> None:
    """Forget who reported and followed, and every word; the links end with the people."""
    for contact in ReportContact.objects.filter(report__in=reports, erased_at__isnull=True):
        contact.name = contact.email = contact.phone = ""
        contact.language, contact.wants_news = "fr", False
        contact.token_hash, contact.erased_at = digest(new_token()), now
        contact.save()
    Follower.objects.filter(report__in=reports).delete()
    words = Message.objects.filter(report__in=reports, erased_at__isnull=True)
    words.update(text="", erased_at=now)
    Stop.objects.filter(report__in=reports).exclude(note="").update(note="")
    Report.objects.filter(pk__in=reports).update(text="")


def _remove_photos(reports: Sequence[int]) -> None:
    """Delete pictures and all their files; that there was one stays, with nothing of it."""
    found = list(Photo.objects.filter(report__in=reports).exclude(state=Photo.State.REMOVED))
    Photo.objects.filter(pk__in=[each.pk for each in found]).update(
        state=Photo.State.REMOVED, is_public=False, blurred=[], suggested=[]
    )
    for photo in found:
        photos.delete_files(photo)


def _delete(group: Group) -> None:
    """Delete whole reports, their history by the only way there is to it."""
    files = list(Photo.objects.filter(report__in=group.ids))
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_forget_history(%s)", [group.ids])
    duplicates = Report.objects.filter(pk__in=group.ids).exclude(pk=group.key)
    duplicates.delete()
    Report.objects.filter(pk=group.key).delete()
    for photo in files:
        photos.delete_files(photo)


def _forget_unconfirmed(*, now: datetime) -> None:
    """Forget the addresses that were typed and to which nobody said yes, of open reports too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM incidents_follower"
            " WHERE confirmed_at IS NULL AND created_at + %s::interval <= %s",
            [keeping.UNCONFIRMED_KEPT, now],
        )
