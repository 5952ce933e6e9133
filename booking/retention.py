"""The end of what appointments keep of people; what is left counts visits, of nobody.

Each step takes one batch in one transaction with its lines in the ledger. The same statements
serve the end of a time, the wish of a person and the replay after a restore.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from booking import planning, pushes
from booking.imported import NOBODY
from booking.models import Appointment
from parvis.erasing import BATCH, Spans, Step
from tenants import ledger
from tenants.models import Erasure


Kind, Reason = Erasure.Kind, Erasure.Reason
OVER = "upper(a.period) + %(kept)s::interval <= %(now)s"
WORDS = "(a.note <> '' OR a.cancel_reason <> '' OR a.override_reason <> '')"
CASE = "(p.name <> '' OR p.situation <> '{}' OR p.documents <> '{}' OR p.ticks <> '{}')"
KNOWN = f"""(a.name <> '{NOBODY}' OR a.email <> '' OR a.phone <> '' OR a.from_commune <> ''
    OR a.taken_by_id IS NOT NULL OR EXISTS (
        SELECT FROM booking_participant p WHERE p.appointment_id = a.id AND {CASE}))"""
NUMBERED = """(EXISTS (SELECT FROM booking_participant p
    WHERE p.appointment_id = a.id AND p.pre_application || p.other_number <> '')
    OR EXISTS (SELECT FROM coordination_declaration d WHERE d.appointment = a.reference))"""
DUE = {
    "appointment_contact": f"a.status <> 'held' AND {OVER} AND {KNOWN}",
    "pre_application": f"a.status NOT IN ('held', 'missed') AND {OVER} AND {NUMBERED}",
    "pre_application_missed": f"a.status = 'missed' AND {OVER} AND {NUMBERED}",
    "appointment_words": f"a.status <> 'held' AND {OVER} AND {WORDS}",
    "hold": "a.status = 'held' AND a.held_until + %(kept)s::interval <= %(now)s",
}
FRESH = "encode(sha256(gen_random_uuid()::text::bytea), 'hex')"
FORGET_CONTACT = f"""
UPDATE booking_appointment SET name = '{NOBODY}', email = '', phone = '', language = 'fr',
    from_commune = '', note = '', cancel_reason = '', override_reason = '', taken_by_id = NULL,
    taken_by_name = '', token_hash = {FRESH}
WHERE id = ANY(%(ids)s)"""  # noqa: S608 (constants)
FORGET_CASE = """
UPDATE booking_participant SET name = '', pre_application = '', other_number = '',
    situation = '{}', documents = '{}', ticks = '{}'
WHERE appointment_id = ANY(%(ids)s)"""
FORGET_NUMBERS = """
UPDATE booking_participant SET pre_application = '', other_number = ''
WHERE appointment_id = ANY(%(ids)s)"""
FORGET_DECLARATIONS = """
DELETE FROM coordination_declaration
WHERE appointment IN (SELECT reference FROM booking_appointment WHERE id = ANY(%(ids)s))"""
FORGET_WORDS = """
UPDATE booking_appointment SET note = '', cancel_reason = '', override_reason = ''
WHERE id = ANY(%(ids)s)"""
HOW: dict[str, tuple[Erasure.Kind, tuple[str, ...]]] = {
    "appointment_contact": (Kind.APPOINTMENT, (FORGET_CONTACT, FORGET_CASE, FORGET_DECLARATIONS)),
    "pre_application": (Kind.NUMBER, (FORGET_NUMBERS, FORGET_DECLARATIONS)),
    "pre_application_missed": (Kind.NUMBER, (FORGET_NUMBERS, FORGET_DECLARATIONS)),
    "appointment_words": (Kind.WORDS, (FORGET_WORDS,)),
}
# Of each other table: what is over, what names the row, and how it ends.
WAITING = """coalesce(t.served_at, t.left_at, (t.last_day + 1)::timestamp AT TIME ZONE %(zone)s)
    + %(kept)s::interval <= %(now)s"""
TITLE = """(coalesce(t.collected_on, t.destroyed_on, (t.arrived_on + interval '3 months')::date)
    + 1)::timestamp AT TIME ZONE %(zone)s + %(kept)s::interval <= %(now)s
    AND (t.holder <> '' OR t.email <> '' OR t.phone <> '' OR left(t.number, 1) <> '–')"""
TICKET = """(t.day + 1)::timestamp AT TIME ZONE %(zone)s + %(kept)s::interval <= %(now)s
    AND (t.name <> '' OR t.note <> '')"""
OTHERS: dict[str, tuple[str, str, str, Erasure.Kind, str]] = {
    "waiting": (
        "booking_waitingentry",
        WAITING,
        "token_hash",
        Kind.WAITING,
        "DELETE FROM booking_waitingentry WHERE id = ANY(%(ids)s)",
    ),
    "title": (
        "booking_title",
        TITLE,
        "token_hash",
        Kind.TITLE,
        (
            f"UPDATE booking_title SET holder = '', email = '', phone = '', language = 'fr',"  # noqa: S608
            f" number = '–' || id, participant_id = NULL, token_hash = {FRESH}"
            " WHERE id = ANY(%(ids)s)"
        ),
    ),
    "hall_ticket": (
        "booking_ticket",
        TICKET,
        "id",
        Kind.TICKET,
        "UPDATE booking_ticket SET name = '', note = '' WHERE id = ANY(%(ids)s)",
    ),
}
FREE_OFFERS = """
UPDATE booking_appointment SET waiting_entry_id = NULL WHERE waiting_entry_id = ANY(%(ids)s)"""
OLD_NAMES = """
SELECT (SELECT count(*) FROM booking_appointmentevent
        WHERE at + %(kept)s::interval <= %(now)s AND by_id IS NOT NULL)
     + (SELECT count(*) FROM booking_settingschange
        WHERE at + %(kept)s::interval <= %(now)s AND by_id IS NOT NULL)
     + (SELECT count(*) FROM booking_outage
        WHERE reported_at + %(kept)s::interval <= %(now)s AND by_id IS NOT NULL)"""
FORGET_NAMES = """
SELECT booking_forget_names(%(now)s - %(kept)s::interval, %(most)s)"""
FORGET_AUTHORS = (
    (
        "UPDATE booking_settingschange SET by_id = NULL, by_name = '–'"
        " WHERE at + %(kept)s::interval <= %(now)s AND by_id IS NOT NULL"
    ),
    (
        "UPDATE booking_outage SET by_id = NULL, by_name = '–', repaired_by_name = ''"
        " WHERE reported_at + %(kept)s::interval <= %(now)s AND by_id IS NOT NULL"
    ),
)


def forget(
    what: str, references: Sequence[str], *, at: datetime, reason: Erasure.Reason = Reason.POLICY
) -> int:
    """Do to these appointments what the rule ``what`` does in its time; count them."""
    with transaction.atomic():
        rows = _ask(
            "SELECT id, reference FROM booking_appointment WHERE reference = ANY(%(refs)s)"
            " ORDER BY id FOR UPDATE",
            refs=list(references),
        )
        return _end(what, rows, at, reason)


def forget_other(
    what: str, records: Sequence[str], *, at: datetime, reason: Erasure.Reason = Reason.POLICY
) -> int:
    """Do the same to rows of the waiting list, titles or tickets, by what names them."""
    table, _due, name, _kind, _how = OTHERS[what]
    with transaction.atomic():
        rows = _ask(
            f"SELECT id, {name} FROM {table} WHERE {name}::text = ANY(%(refs)s)"  # noqa: S608
            " ORDER BY id FOR UPDATE",
            refs=list(records),
        )
        return _end_other(what, rows, at, reason)


def _end(what: str, rows: list[tuple[Any, ...]], at: datetime, reason: Erasure.Reason) -> int:
    kind, statements = HOW[what]
    for statement in statements:
        _do(statement, ids=[pk for pk, _reference in rows])
    if kind == Kind.APPOINTMENT and rows:
        pushes.forget([pk for pk, _reference in rows])
    return ledger.note(kind, [reference for _pk, reference in rows], at=at, reason=reason)


def _end_other(
    what: str, rows: list[tuple[Any, ...]], at: datetime, reason: Erasure.Reason
) -> int:
    _table, _due, _name, kind, statement = OTHERS[what]
    ids = [pk for pk, _record in rows]
    if what == "waiting":
        _do(FREE_OFFERS, ids=ids)
    _do(statement, ids=ids)
    return ledger.note(kind, [record for _pk, record in rows], at=at, reason=reason)


def _count(what: str, kept: Spans, now: datetime) -> int:
    return _number(
        f"SELECT count(*) FROM booking_appointment a WHERE {DUE[what]}",  # noqa: S608
        kept=kept[what],
        now=now,
    )


def _count_other(what: str, kept: Spans, now: datetime) -> int:
    table, due, _name, _kind, _how = OTHERS[what]
    return _number(
        f"SELECT count(*) FROM {table} t WHERE {due}",  # noqa: S608
        kept=kept[what],
        now=now,
        zone=str(planning.zone()),
    )


@transaction.atomic
def _erase(what: str, kept: Spans, now: datetime) -> int:
    rows = _ask(
        f"SELECT a.id, a.reference FROM booking_appointment a WHERE {DUE[what]}"  # noqa: S608
        " ORDER BY a.id LIMIT %(most)s FOR UPDATE SKIP LOCKED",
        kept=kept[what],
        now=now,
        most=BATCH,
    )
    return _end(what, rows, now, Reason.POLICY)


@transaction.atomic
def _erase_other(what: str, kept: Spans, now: datetime) -> int:
    table, due, name, _kind, _how = OTHERS[what]
    rows = _ask(
        f"SELECT t.id, t.{name} FROM {table} t WHERE {due}"  # noqa: S608
        " ORDER BY t.id LIMIT %(most)s FOR UPDATE SKIP LOCKED",
        kept=kept[what],
        now=now,
        zone=str(planning.zone()),
        most=BATCH,
    )
    return _end_other(what, rows, now, Reason.POLICY)


def _erase_holds(kept: Spans, now: datetime) -> int:
    """Delete what was typed and never confirmed; it leaves the ledger as it leaves the screen."""
    rows = _ask(
        f"SELECT a.id FROM booking_appointment a WHERE {DUE['hold']} LIMIT %(most)s",  # noqa: S608
        kept=kept["hold"],
        now=now,
        most=BATCH,
    )
    held = Appointment.objects.filter(pk__in=[pk for (pk,) in rows], status="held")
    held.delete()
    return len(rows)


def _count_names(kept: Spans, now: datetime) -> int:
    return _number(OLD_NAMES, kept=kept["history"], now=now)


@transaction.atomic
def _erase_names(kept: Spans, now: datetime) -> int:
    when = {"kept": kept["history"], "now": now}
    return _number(FORGET_NAMES, **when, most=BATCH) + sum(
        _do(statement, **when) for statement in FORGET_AUTHORS
    )


def _ask(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _number(statement: str, **values: Any) -> int:
    return int(_ask(statement, **values)[0][0])


def _do(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


STEPS = (
    Step("hold", partial(_count, "hold"), _erase_holds),
    *(Step(what, partial(_count, what), partial(_erase, what)) for what in HOW),
    *(Step(what, partial(_count_other, what), partial(_erase_other, what)) for what in OTHERS),
    Step("history", _count_names, _erase_names),
)
