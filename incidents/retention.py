"""The end of what is kept: people, then photos, then whole reports, each at its time.

A report is judged with all those merged with it: while one of them is open, nothing of any of
them is touched, and their time begins when the last one is closed. Each group is one transaction
of its own: a worker that is killed goes on the next night, and repeating changes nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import ProgrammingError, connection, transaction

from incidents import keeping, photos, pushes
from incidents.history import locked
from incidents.models import (
    Dispatch,
    Elimination,
    Follower,
    MediaFetch,
    Message,
    Photo,
    Report,
    ReportAnswers,
    ReportContact,
    Stop,
)
from parvis.erasing import Spans, Step
from parvis.signing import digest, new_token
from tenants import ledger
from tenants.models import Erasure


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


def due(
    what: Elimination.What, *, now: datetime, key: int | None = None, kept: Spans = keeping.USUAL
) -> list[Group]:
    """List what has reached its end, without touching it: one query."""
    values: dict[str, Any] = {
        "cancelled": kept["report_cancelled"],
        "abusive": kept["report_abusive"],
        "record": kept["report_record"],
        "person": kept["report_contact"],
        "photos": kept["report_photos"],
        "now": now,
        "key": key,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(GROUPS + WAYS[what] + ORDER, values)
        return [Group(*row) for row in cursor.fetchall()]


def _count(what: Elimination.What, kept: Spans, now: datetime) -> int:
    return sum(len(group.ids) for group in due(what, now=now, kept=kept))


def _erase_all(what: Elimination.What, kept: Spans, now: datetime) -> int:
    done = 0
    for group in due(what, now=now, kept=kept):
        try:
            done += _erase(what, group, now=now, kept=kept)
        except ProgrammingError:
            # The wall of the database: a history newer than the closing it tells of.
            log.exception("The report %s cannot be deleted yet", group.references[0])
    return done


@transaction.atomic
def forget_people(references: Sequence[str], *, at: datetime, reason: Erasure.Reason) -> int:
    """Erase who reported and all words about these reports, if that is not done; count them."""
    found = list(
        Report.objects.filter(reference__in=references, contact__erased_at__isnull=True).order_by(
            "pk"
        )
    )
    for each in found:
        locked(each)
    _erase_people([each.pk for each in found], now=at)
    return ledger.note(
        Erasure.Kind.PERSON, [each.reference for each in found], at=at, reason=reason
    )


@transaction.atomic
def forget_reporters(tokens: Sequence[str], *, at: datetime, reason: Erasure.Reason) -> int:
    """Forget who reported, by the fingerprint of her link; count them.

    Her words go too where the report is closed: until then the town hall acts on them.
    """
    contacts = ReportContact.objects.filter(token_hash__in=tokens, erased_at__isnull=True)
    found = list(contacts.select_related("report").order_by("report_id"))
    count = ledger.note(
        Erasure.Kind.CONTACT, [each.token_hash for each in found], at=at, reason=reason
    )
    for contact in found:
        locked(contact.report)
        _erase_contact(contact, now=at)
    pushes.forget(reports=[each.report_id for each in found])
    over = [each.report_id for each in found if each.report.is_closed]
    Report.objects.filter(pk__in=over).update(text="")
    ReportAnswers.objects.filter(report__in=over).update(values=[], unknown={})
    words = Message.objects.filter(report__in=over, author=Message.Author.REPORTER)
    words.filter(erased_at__isnull=True).update(text="", erased_at=at)
    return count


@transaction.atomic
def forget_photos(references: Sequence[str], *, at: datetime, reason: Erasure.Reason) -> int:
    """Remove the photos of these reports and their files; count the reports."""
    found = list(Report.objects.filter(reference__in=references, photos__isnull=False).distinct())
    _remove_photos([each.pk for each in found])
    return ledger.note(
        Erasure.Kind.PHOTOS, [each.reference for each in found], at=at, reason=reason
    )


@transaction.atomic
def forget_followers(
    tokens: Sequence[str], *, at: datetime, reason: Erasure.Reason = Erasure.Reason.POLICY
) -> int:
    """Delete these followers, by the fingerprint of their link; count them."""
    found = Follower.objects.filter(token_hash__in=tokens)
    followers = dict(found.values_list("pk", "token_hash"))
    records = list(followers.values())
    pushes.forget(followers=list(followers))
    found.delete()
    return ledger.note(Erasure.Kind.FOLLOWER, records, at=at, reason=reason)


@transaction.atomic
def _erase(
    what: Elimination.What, group: Group, *, now: datetime, kept: Spans = keeping.USUAL
) -> int:
    """Erase one group if it is still due once nobody else can change it."""
    for pk in group.ids:
        locked(Report(pk=pk))
    current = due(what, now=now, key=group.key, kept=kept)
    if [each.ids for each in current] != [group.ids]:
        return 0
    Elimination.objects.create(what=what, references=group.references, at=now)
    ledger.note(Erasure.Kind(what.value), group.references, at=now)
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
        _erase_contact(contact, now=now)
    _forget_browsers(reports)
    Follower.objects.filter(report__in=reports).delete()
    words = Message.objects.filter(report__in=reports, erased_at__isnull=True)
    words.update(text="", erased_at=now)
    Stop.objects.filter(report__in=reports).exclude(note="").update(note="")
    ReportAnswers.objects.filter(report__in=reports).update(values=[], unknown={})
    Dispatch.objects.filter(report__in=reports).update(last_notes="")
    MediaFetch.objects.filter(report__in=reports).delete()
    Report.objects.filter(pk__in=reports).update(text="")


def _forget_browsers(reports: Sequence[int]) -> None:
    followers = Follower.objects.filter(report__in=reports).values_list("pk", flat=True)
    pushes.forget(reports=reports, followers=list(followers))


def _erase_contact(contact: ReportContact, *, now: datetime) -> None:
    contact.name = contact.email = contact.phone = ""
    contact.language, contact.wants_news = "fr", False
    contact.token_hash, contact.erased_at = digest(new_token()), now
    contact.save()


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
    _forget_browsers(group.ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_forget_history(%s)", [group.ids])
        # Not by the ORM: it would clear the key in the history, which nobody may change.
        cursor.execute("DELETE FROM incidents_message WHERE report_id = ANY(%s)", [group.ids])
    duplicates = Report.objects.filter(pk__in=group.ids).exclude(pk=group.key)
    duplicates.delete()
    Report.objects.filter(pk=group.key).delete()
    for photo in files:
        photos.delete_files(photo)


UNCONFIRMED = "confirmed_at IS NULL AND created_at + %s::interval <= %s"
OLD = "at + %s::interval <= %s AND by_id IS NOT NULL"


def _forget_unconfirmed(kept: Spans, now: datetime) -> int:
    """Forget the addresses that were typed and to which nobody said yes, of open reports too."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT token_hash FROM incidents_follower WHERE {UNCONFIRMED}",  # noqa: S608
            [kept["report_unconfirmed"], now],
        )
        tokens = [token for (token,) in cursor.fetchall()]
    return forget_followers(tokens, at=now) if tokens else 0


def _count_unconfirmed(kept: Spans, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM incidents_follower WHERE {UNCONFIRMED}",  # noqa: S608
            [kept["report_unconfirmed"], now],
        )
        return int(cursor.fetchone()[0])


def _count_authors(kept: Spans, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM incidents_settingschange WHERE {OLD}",  # noqa: S608
            [kept["history"], now],
        )
        return int(cursor.fetchone()[0])


def _forget_authors(kept: Spans, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE incidents_settingschange SET by_id = NULL, by_name = '–' WHERE {OLD}",  # noqa: S608
            [kept["history"], now],
        )
        return int(cursor.rowcount)


_RULES = {
    Elimination.What.RECORD: "report_record",
    Elimination.What.PHOTOS: "report_photos",
    Elimination.What.PERSON: "report_contact",
}
STEPS = (
    *(Step(_RULES[what], partial(_count, what), partial(_erase_all, what)) for what in WAYS),
    Step("report_unconfirmed", _count_unconfirmed, _forget_unconfirmed),
    Step("history", _count_authors, _forget_authors),
)
