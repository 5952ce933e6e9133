"""A commune made from the template is the same as one made by migrations."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from faults import coming
from tenants.actions import UnknownInseeCode, list_commune, open_commune
from tenants.catalogue import fingerprints
from tenants.going_back import NoWayBack, go_back
from tenants.models import Commune, MigrationStatus, OfficialCommune
from tenants.provisioning import (
    MARK,
    current_template,
    drop,
    fingerprint,
    migrate_schema,
    provision,
    wanted_migrations,
)
from tenants.releases import behind, left, patiently, release


pytestmark = [pytest.mark.django_db, pytest.mark.public, pytest.mark.owner]


@pytest.fixture
def schemas():
    """Three schemas by replay; gone with the transaction."""
    names = ["c_33901", "c_33902", "c_33903"]
    for name in names:
        provision(name, template=current_template())
    return names


def test_replay_gives_what_migrations_give():
    provision("c_33901", template=current_template())
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA c_33902")

    migrate_schema("c_33902")

    assert len(set(fingerprints(["c_33901", "c_33902"]).values())) == 1


def test_the_template_is_that_of_the_code():
    assert current_template().fingerprint == fingerprint(wanted_migrations())
    assert MARK in current_template().sql
    assert "public." not in current_template().sql


def test_provisioning_twice_changes_nothing():
    provision("c_33901", template=current_template())

    assert provision("c_33901", template=current_template()) is False


def test_the_connection_looks_at_the_same_place_after_a_replay():
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        before = cursor.fetchone()

    provision("c_33901", template=current_template())

    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == before


@pytest.mark.parametrize("name", ["public", "c_1", "c_33314; DROP", "pauillac", "C_33314"])
def test_only_the_name_of_a_commune_may_become_a_schema(name):
    with pytest.raises(ValueError, match=name.partition(";")[0]):
        provision(name, template=current_template())
    with pytest.raises(ValueError, match=name.partition(";")[0]):
        drop(name)


def test_a_dropped_commune_leaves_no_schema_and_no_role():
    provision("c_33901", template=current_template())

    drop("c_33901")

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('c_33901'), to_regrole('t_c_33901')")
        assert cursor.fetchone() == (None, None)


def test_an_unknown_insee_code_is_said_in_words():
    with pytest.raises(UnknownInseeCode, match="INSEE"):
        list_commune(insee_code="99999\x00"[:5])


def test_a_commune_opens_from_its_insee_code(now):
    OfficialCommune.objects.update_or_create(
        insee_code="33063",
        defaults={
            "name": "Bordeaux",
            "department": "33",
            "postcodes": ["33000"],
            "search_key": " bordeaux",
            "population": 260_000,
        },
    )

    commune = open_commune(commune=list_commune(insee_code="33063"), now=now)

    assert (commune.schema_name, commune.slug, commune.state) == ("c_33063", "bordeaux", "ready")
    assert [domain.domain for domain in commune.domains.all()] == ["bordeaux.localhost"]
    assert open_commune(commune=commune, now=now).opened_at == now  # again: nothing changes


def member(schema, number):
    return Commune.objects.create(
        schema_name=schema, insee_code=schema[2:], name=schema, slug=schema, state="ready"
    )


def forget_last_migration(schema):
    """Put one schema back before a migration that adds an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "DELETE FROM {s}.django_migrations WHERE app = 'parvis';"
                "DROP TABLE {s}.parvis_outgoingemail"
            ).format(s=sql.Identifier(schema))
        )


def test_an_up_to_date_fleet_is_left_alone(schemas, now):
    for number, schema in enumerate(schemas):
        member(schema, number)

    outcome = release(now=now)

    assert outcome.complete
    assert outcome.migrated == []
    assert behind(schemas) == {}


def test_communes_behind_are_migrated_and_end_up_equal(schemas, now):
    for number, schema in enumerate(schemas):
        member(schema, number)
        forget_last_migration(schema)
    lines = []

    outcome = release(now=now, say=lines.append)

    assert outcome.complete
    assert sorted(outcome.migrated) == schemas
    assert "canary c_33901" in lines[0]
    assert len(set(fingerprints([*schemas, "c_33314"]).values())) == 1
    assert MigrationStatus.objects.filter(state="done").count() == len(schemas)


def test_a_failure_in_one_commune_is_noted_and_the_next_run_goes_on(schemas, now):
    for number, schema in enumerate(schemas):
        member(schema, number)
        forget_last_migration(schema)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE c_33902.parvis_outgoingemail (id int)")  # in the way

    first = release(now=now)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE c_33902.parvis_outgoingemail")
    second = release(now=now)

    assert list(first.failed) == ["c_33902"]
    assert second.complete
    assert second.migrated == ["c_33902"]


def test_when_the_canary_fails_nobody_else_is_touched(schemas, now):
    for number, schema in enumerate(schemas):
        member(schema, number)
        forget_last_migration(schema)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE c_33901.parvis_outgoingemail (id int)")

    outcome = release(now=now)

    assert set(outcome.failed) == set(schemas)
    assert outcome.migrated == []


@pytest.fixture
def to_come(monkeypatch):
    """A release with one migration more, for the communes there are."""
    monkeypatch.setattr(MigrationLoader, "load_disk", MigrationLoader.load_disk)
    coming.add()


def columns():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE column_name = %s",
            [coming.COLUMN],
        )
        return cursor.fetchone()[0]


def test_a_release_is_followed_and_taken_back_everywhere(to_come, capsys):
    before = fingerprints(["c_33314", "c_33214"])
    migrate_schema("c_33214")
    MigrationStatus.objects.update_or_create(
        schema_name="c_33314",
        defaults={"fingerprint": "x", "state": "failed", "error": "in the way\nSQL"},
    )

    with pytest.raises(CommandError, match="Next: c_33314"):
        call_command("migrate", status=True)
    assert capsys.readouterr().out == "1 done, 1 left\n  c_33314: in the way\n"
    assert columns() == 2
    call_command("migrate", coming.APP, coming.before(), verbosity=0)

    assert "1 commune(s) taken back" in capsys.readouterr().out
    assert columns() == 0
    assert fingerprints(["c_33314", "c_33214"]) == before
    assert left() == (0, ["c_33214", "c_33314"])


def test_no_app_is_taken_back_to_nothing():
    with pytest.raises(CommandError, match="every commune"):
        call_command("migrate", "booking", "zero")


def test_what_needs_code_is_not_taken_back(monkeypatch, to_come):
    monkeypatch.setattr(coming, "OPERATIONS", [RunPython(RunPython.noop, RunPython.noop)])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO c_33314.django_migrations (app, name, applied) VALUES (%s, %s, now())",
            [coming.APP, coming.NAME],
        )

    with pytest.raises(NoWayBack, match="needs code"):
        go_back(app=coming.APP, name=coming.before(), say=print)


def test_nobody_waits_for_long_behind_a_release():
    def asked():
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return cursor.fetchone()[0]

    before, during = asked(), []

    assert patiently(lambda: during.append(asked())) == ""
    assert (during, asked()) == (["500ms"], before)


def test_the_command_says_how_many_are_up_to_date(capsys):
    call_command("migrate", verbosity=1)

    assert "2 commune(s) up to date" in capsys.readouterr().out
