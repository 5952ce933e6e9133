"""One commune is put back to an instant while the others write (scenario S11), and what it owes.

The story and its checks are those of ``faults.restores``; a server of its own, real commands, real
writers. What is checked afterwards is checked again after seeded faults: a check that never fails
proves nothing.
"""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from psycopg import sql
from pytest_django import DjangoDbBlocker

from benchmarks.fleet import OUTBOX, Fleet, fleet
from faults.restores import NAMED, Story, tell, wrong
from parvis.fingerprints import differing
from tenants.instants import NoSuchHour, Unreadable, instant
from tenants.management.commands.migrate import own_address
from tenants.models import Commune


pytestmark = pytest.mark.django_db  # it asks for the database that the server is made like


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with django_db_blocker.unblock():
        like = own_address()
    with fleet(durable=False, like=like) as made:
        made.furnish(3, visits=40, letters=5)
        yield tell(made, durable=False)


def test_one_commune_is_as_it_was_and_the_others_went_on_writing(story: Story):
    assert wrong(story) == []
    landed = story.writers.landed(*story.window)
    print(f"S11: {sum(landed.values())} writes landed in the swap, 1 erasure; {story.took:.1f} s")
    print(story.words)
    assert all(landed[schema] >= 1 for schema in story.fleet.others)
    assert story.took < 180  # 60 s where nothing else runs: ``make faults`` holds it to that


MUTANTS = {
    "restores a second schema": (
        "UPDATE {other}.booking_appointment SET note = 'touched' WHERE id = 1",
        "was touched",
    ),
    "ledger not replayed": (
        "UPDATE {restored}.booking_appointment SET name = 'Mesure' WHERE reference = %(erased)s",
        "an erased person is back",
    ),
    "outbox not merged": (
        "UPDATE {restored}.parvis_outgoingemail SET sent_at = NULL WHERE key = 'waiting:1'",
        "would be sent again",
    ),
    "restores another instant": (
        "DELETE FROM {restored}.booking_allocation WHERE id = 5",
        "is not as it was",
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_the_checks_find_a_restore_that(story: Story, mutant: tuple[str, str]):
    statement, complaint = mutant
    made, space = story.fleet, story.fleet.restored
    table = (
        statement.replace("DELETE FROM", "UPDATE")
        .split()[1]
        .format(other=made.others[0], restored=space)
    )
    made.tell(f"CREATE TABLE public.saved AS SELECT * FROM {table}")
    with silently(made) as connection:
        connection.execute(
            statement.format(other=made.others[0], restored=space), {"erased": story.erased}
        )

    found = wrong(story)

    put_back(made, table)
    assert complaint in " ".join(found)
    assert wrong(story) == []


@contextmanager
def silently(made: Fleet) -> Iterator[psycopg.Connection]:
    """Write as nothing in the product can: no trigger notes it."""
    with psycopg.connect(made.environment["PARVIS_BACKUP_DATABASE_URL"]) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def put_back(made: Fleet, table: str) -> None:
    with silently(made) as connection:
        schema, name = table.split(".")
        columns = [
            column
            for (column,) in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = %s"
                " AND table_name = %s AND is_generated = 'NEVER'",
                [schema, name],
            )
        ]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        connection.execute(f"DELETE FROM {table}")
        connection.execute(
            sql.SQL(
                "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM public.saved"
            ).format(sql.Identifier(schema, name), names, names)
        )
        connection.execute("DROP TABLE public.saved")


def test_the_commune_is_open_again_and_what_it_had_is_closed_to_it(story: Story):
    made, space = story.fleet, story.fleet.restored

    assert made.tell(f"SELECT state FROM tenants_commune WHERE schema_name = '{space}'") == [
        ("ready",)
    ]
    role = f"t_{space}"
    assert made.tell(
        "SELECT has_schema_privilege(%(role)s, %(now)s, 'USAGE'),"
        " has_schema_privilege(%(role)s, %(old)s, 'USAGE'),"
        " has_table_privilege(%(role)s, %(table)s, 'INSERT'),"
        " has_table_privilege(%(role)s, %(history)s, 'DELETE')",
        role=role,
        now=space,
        old=f"{space}_before",
        table=f"{space}.booking_appointment",
        history=f"{space}.booking_appointmentevent",
    ) == [(True, False, True, False)]
    assert list(made.store.root.glob("scratch-*")) == []


def test_numbers_given_since_are_never_given_again(story: Story):
    """A link that was sent meanwhile must not open the appointment of somebody else."""
    ((following,),) = story.fleet.tell(
        "SELECT nextval(pg_get_serial_sequence(%(table)s, 'id'))",
        table=f"{story.fleet.restored}.booking_appointment",
    )

    assert following > story.last_id


def test_the_team_gets_the_list_of_what_was_promised_since(story: Story):
    (folder,) = story.fleet.store.restores.glob(f"{story.fleet.restored}-*")
    with (folder / "promises.csv").open(encoding="utf-8-sig") as file:
        _header, *rows = csv.reader(file, delimiter=";")
    promises = {row[1]: row for row in rows}
    messages = (folder / "messages.csv").read_text(encoding="utf-8-sig")

    assert promises["S1NCE000"][3] == ""
    assert promises["S1NCE000"][6] == "she@example.org"
    assert promises[story.lost][2:4] == ["cancelled", "booked"]
    assert "since:1" in messages
    assert "old:1" not in messages
    told = json.loads((folder / "restore.json").read_text())
    assert told["reason"] == "Une erreur"
    assert told["erased_again"] == 1
    said = "SELECT label FROM {}.audit_entry WHERE action = 'restored' AND kind = 'event'"
    assert story.scalar(said) == "Une erreur"
    assert told["files_fetched"] == 1
    here = story.fleet.folder / "files" / story.fleet.restored
    assert [path.name for path in here.iterdir()] == [f"{NAMED}.jpg"]


def test_looking_changes_nothing(story: Story):
    before = story.fleet.prints(*story.fleet.schemas)

    said = story.fleet.parvis(
        "restore", "--commune", story.fleet.restored, "--at", story.at.isoformat(), "--look"
    ).stdout

    assert OUTBOX in said
    assert "Tables identiques" in said
    assert story.fleet.prints(*story.fleet.schemas) == before


def test_a_restore_that_was_killed_is_undone_and_what_is_old_is_dropped(story: Story):
    made, space = story.fleet, story.fleet.restored
    before = made.prints(space)[space]
    made.tell(f"ALTER SCHEMA {space} RENAME TO {space}_before_2")
    made.tell(f"CREATE SCHEMA {space}")
    made.tell(f"""COMMENT ON SCHEMA {space}_before_2 IS '{{"state": "begun"}}'""")
    made.tell(f"UPDATE tenants_commune SET state = 'maintenance' WHERE schema_name = '{space}'")
    (made.store.restores / f"{space}.json").write_text('{"state": "ready"}')

    made.tell(f"CREATE SCHEMA {space}_before_3")
    made.tell(
        f"COMMENT ON SCHEMA {space}_before_3 IS"
        """ '{"state": "done", "drop_after": "2026-01-01T00:00:00+00:00"}'"""
    )

    said = made.run("-c", BOTH, space).stdout

    assert "ouverte de nouveau" in said
    assert set(differing(before, made.prints(space)[space])) <= {"audit_entry"}
    assert "effacés" in said
    assert made.tell(f"SELECT to_regnamespace('{space}_before_3')") == [(None,)]


BOTH = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("restore", commune=sys.argv[1], abandon=True)
call_command("backup", expire=True)
"""
REFUSALS = {
    "unknown commune": ("nowhere", "2026-11-28 10:15", "Aucune commune"),
    "no instant": ("pauillac", "demain", "n’est pas un instant"),
    "skipped hour": ("pauillac", "2026-03-29 02:30", "n’existe pas"),
    "to come": ("33314", "2126-11-28 10:15:00", "pas encore passé"),
    "too early": ("c_33314", "2020-11-28 10:15:00", "précède la première"),
}


@pytest.mark.owner
@pytest.mark.public
@pytest.mark.parametrize(("name", "at", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_restored_is_refused_in_words(story: Story, settings, name, at, words):
    settings.BACKUPS = story.fleet.store.root

    with pytest.raises(CommandError, match=words):
        call_command("restore", commune=name, at=at)

    assert Commune.objects.get(insee_code="33314").state == Commune.State.READY


def test_an_instant_is_read_in_the_zone_of_the_commune():
    assert instant("2026-07-01 10:15:00", "Europe/Paris") == datetime(
        2026, 7, 1, 8, 15, tzinfo=UTC
    )
    assert instant("2026-07-01 10:15", "Indian/Reunion") == datetime(2026, 7, 1, 6, 15, tzinfo=UTC)
    assert instant("2026-07-01T10:15:00Z", "Europe/Paris").hour == 10
    # The hour that the autumn has twice is taken the first time.
    assert instant("2026-10-25 02:30", "Europe/Paris") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with pytest.raises(NoSuchHour):
        instant("2026-03-29 02:30", "Europe/Paris")
    for text in ("", "hier", "2026-11-28", "2026-13-01 10:00", "\x00"):
        with pytest.raises(Unreadable):
            instant(text, "Europe/Paris")
