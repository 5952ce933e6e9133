"""Whoever changes the record is found out, even the owner of the database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit import chain, keeping, noting
from audit.chain import Anchor
from audit.models import Entry
from booking.models import Service
from parvis.acting import Actor, acting


pytestmark = [pytest.mark.django_db]
SEALED = 8


@pytest.fixture
def record(commune):
    """Eight sealed entries, and an anchor of the last, as the owner of the database."""
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_tenant(commune)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry RESTART IDENTITY")
    with acting(Actor(name="Ana", user_id=7, channel="staff")):
        service = Service.objects.create(slug="carte", name="Carte", minutes=[20])
        for number in range(SEALED - 1):
            service.name = f"Carte {number}"
            service.save(update_fields=["name"])
    assert keeping.seal() == SEALED
    last = Entry.objects.get(position=SEALED)
    return [Anchor(last.position, last.hash, datetime.now(UTC))]


def tamper(*statements):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_stays")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_stays")


def verify(anchors):
    return chain.verify(anchors=anchors, now=datetime.now(UTC))


RESEALED = "UPDATE audit_entry SET position = NULL, previous = '', hash = '' WHERE position >= "
COPY = (
    "INSERT INTO audit_entry (at, actor_name, channel, origin, host, action, kind, object_table,"
    " object_id, label, payload, digest, position, previous, hash)"
    " SELECT at, 'Zoé', channel, origin, host, action, kind, object_table, object_id, label,"
    " payload, digest, {position}, previous, hash FROM audit_entry WHERE position = 4"
)
TAMPERINGS = {
    "another name": (
        ["UPDATE audit_entry SET actor_name = 'Zoé' WHERE position = 4"],
        (4, "the entry was changed"),
    ),
    "another content": (
        ['UPDATE audit_entry SET payload = \'{"after": {"name": "x"}}\' WHERE position = 4'],
        (4, "the content was changed"),
    ),
    "another content and its digest": (
        [
            "UPDATE audit_entry SET payload = '{}', digest = encode(sha256('{}'), 'hex')",
        ],
        (1, "the entry was changed"),
    ),
    "another time": (
        ["UPDATE audit_entry SET at = at - interval '1 hour' WHERE position = 4"],
        (4, "the entry was changed"),
    ),
    "deleted": (["DELETE FROM audit_entry WHERE position = 4"], (4, "an entry is missing")),
    "swapped": (
        [
            "UPDATE audit_entry SET position = 100 WHERE position = 4",
            "UPDATE audit_entry SET position = 4 WHERE position = 5",
            "UPDATE audit_entry SET position = 5 WHERE position = 100",
        ],
        (4, "the entry was changed"),
    ),
    "inserted in the middle": (
        [
            "UPDATE audit_entry SET position = position + 100 WHERE position > 4",
            COPY.format(position=5),
            "UPDATE audit_entry SET position = position - 99 WHERE position > 100",
        ],
        (5, "the entry was changed"),
    ),
    "the end cut off": (
        ["DELETE FROM audit_entry WHERE position > 6"],
        (7, "the end is missing"),
    ),
    "the beginning cut off": (
        ["DELETE FROM audit_entry WHERE position < 4"],
        (4, "the beginning is missing"),
    ),
    "written and sealed again": (
        [
            "UPDATE audit_entry SET actor_name = 'Zoé' WHERE position = 4",
            f"{RESEALED} 4",
            "SELECT audit_seal(1000)",
        ],
        (SEALED, "the chain was written again"),
    ),
    "emptied too early": (
        ["UPDATE audit_entry SET payload = NULL WHERE position = 4"],
        (4, "the content was emptied too early"),
    ),
    "taken out of the chain": (
        [
            f"{RESEALED} 7",
            "UPDATE audit_entry SET at = at - interval '2 hours' WHERE position IS NULL",
        ],
        (7, "the end is missing"),
    ),
    "all gone": (["TRUNCATE audit_entry"], (1, "the end is missing")),
}


def test_a_chain_that_nobody_touched_holds(record):
    verdict = verify(record)

    assert verdict.holds
    assert (verdict.entries, verdict.unsealed) == (SEALED, 0)
    assert verdict.head == record[0].hash


@pytest.mark.parametrize(("statements", "found"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_each_way_of_tampering_is_found(record, statements, found):
    tamper(*statements)

    verdict = verify(record)

    assert (verdict.position, verdict.fault) == found


def test_sealing_again_goes_on_where_it_was(record):
    Service.objects.create(slug="passeport", name="Passeport", minutes=[20])

    assert (keeping.seal(), keeping.seal()) == (1, 0)
    assert verify(record).entries == SEALED + 1


def test_an_erasure_leaves_the_chain_whole(record):
    pk = Service.objects.get().pk

    assert keeping.erase(table="booking_service", object_id=pk) == SEALED
    keeping.seal()

    assert not Entry.objects.exclude(kind="event").filter(payload__isnull=False).exists()
    assert verify(record).holds


def test_contents_are_emptied_after_a_year_and_rows_dropped_after_three(record):
    now = datetime.now(UTC)
    tamper("UPDATE audit_entry SET position = NULL, previous = '', hash = ''")
    tamper(
        "UPDATE audit_entry SET at = now() - interval '4 years' WHERE id IN"
        " (SELECT id FROM audit_entry ORDER BY id LIMIT 3)",
        "UPDATE audit_entry SET at = now() - interval '13 months' WHERE id IN"
        " (SELECT id FROM audit_entry ORDER BY id LIMIT 2 OFFSET 3)",
        "SELECT audit_seal(1000)",
    )
    third = Entry.objects.get(position=3)
    anchors = [Anchor(3, third.hash, now - timedelta(days=4 * 365))]

    assert keeping.forget(now=now, cut=3) == 5 + 3

    kept = Entry.objects.order_by("position")
    assert [entry.position for entry in kept] == [4, 5, 6, 7, 8]
    assert [entry.payload is None for entry in kept] == [True, True, False, False, False]
    assert verify(anchors).holds


def test_a_young_row_is_never_dropped(record):
    with pytest.raises(Exception, match="only grows"):
        keeping.forget(now=datetime.now(UTC) + timedelta(days=9999), cut=3)


def test_an_event_is_chained_like_the_rest(record):
    noting.note(noting.Fact("login", "é\x00’"))
    keeping.seal()

    assert verify(record).holds
