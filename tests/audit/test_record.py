"""The database writes down who did what; nobody serving pages can write or change it."""

import json

import pytest
from django.apps import apps
from django.conf import settings as product
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import InsufficientPrivilege

from audit import keeping, noting
from audit.models import Entry
from audit.watched import UNWATCHED, WATCHED, WATCHED_IN_PUBLIC, arguments
from booking.models import Appointment, Service, Settings
from parvis.acting import Actor, acting, in_bulk
from parvis.personal import Kind
from privacy import registry
from tenants.models import Membership
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
ANA = Actor(name="Ana", user_id=7, channel="staff", origin="203.0.113.0/24", action="a:b")


@pytest.fixture(autouse=True)
def _nothing_before(commune):
    """Empty what the opening of the commune wrote: each test sees its own entries only."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {commune.schema_name}.audit_entry, public.audit_entry")


def entries():
    return list(Entry.objects.order_by("pk"))


def a_service(**fields):
    return Service.objects.create(slug="carte", name="Carte", minutes=[20], **fields)


def test_a_change_says_who_when_from_where_and_what_it_was_before():
    with acting(ANA):
        service = a_service()
        service.name = "Passeport"
        service.save(update_fields=["name"])

    made, changed = entries()
    assert (changed.actor_id, changed.actor_name, changed.channel) == (7, "Ana", "staff")
    assert (changed.origin, changed.action, changed.kind) == ("203.0.113.0/24", "a:b", "update")
    assert (changed.object_table, changed.object_id) == ("booking_service", str(service.pk))
    assert changed.label == "Passeport"
    assert changed.payload == {"before": {"name": "Carte"}, "after": {"name": "Passeport"}}
    assert made.kind == "insert"
    assert made.payload["after"]["minutes"] == [20]
    assert "text" not in made.payload["after"]  # empty


def test_saving_without_a_change_and_rolling_back_write_nothing():
    service = a_service()
    before = Entry.objects.count()

    service.save()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(name="x")
        raise ZeroDivisionError

    assert Entry.objects.count() == before


def test_a_deletion_keeps_what_was_there():
    service = a_service()
    pk = str(service.pk)

    service.delete()

    gone = entries()[-1]
    assert (gone.kind, gone.object_id) == ("delete", pk)
    assert gone.payload["before"]["name"] == "Carte"


def test_what_is_personal_is_said_to_have_changed_and_never_written(commune):
    canary = "Zéphyrine Canari"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO booking_waitingentry (service_id, people, name, email, phone, language,"
            " first_day, last_day, weekdays, token_hash, refused, offers_missed)"
            " VALUES (%s, '[]', %s, 'z@example.org', '', 'fr', now(), now(), '{}', 'x', '{}', 0)",
            [a_service().pk, canary],
        )

    entry = entries()[-1]
    assert {"name", "email"} <= set(entry.payload["hidden"])
    assert canary not in json.dumps(entry.payload, ensure_ascii=False)
    assert "token_hash" not in entry.payload["after"]


def test_many_rows_may_pass_with_one_line_for_them_all():
    with in_bulk(ANA):
        a_service()
        noting.note(noting.Fact("imported", "42"))

    (only,) = entries()
    assert (only.kind, only.action, only.label, only.actor_name) == (
        *("event", "imported"),
        *("42", "Ana"),
    )


def refused(statement):
    with (
        pytest.raises(DatabaseError) as fault,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(fault.value.__cause__, InsufficientPrivilege), fault.value


def test_the_role_of_a_commune_neither_writes_nor_changes_the_record():
    a_service()
    keeping.seal()

    refused("INSERT INTO audit_entry (at, kind, digest) VALUES (now(), 'event', '')")
    refused("UPDATE audit_entry SET actor_name = 'x'")
    refused("UPDATE audit_entry SET payload = NULL")
    refused("DELETE FROM audit_entry")
    refused("TRUNCATE audit_entry")
    refused("SELECT * FROM public.audit_entry")
    refused("SELECT public.audit_say('x', '', '', '', NULL)")


@pytest.mark.owner
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'x'",
        "UPDATE audit_entry SET payload = '{}'",
        "UPDATE audit_entry SET position = position + 10",
        "UPDATE audit_entry SET hash = 'x'",
        "DELETE FROM audit_entry",
    ],
)
def test_not_even_the_owner_changes_it_by_mistake(statement):
    a_service()
    keeping.seal()

    refused(statement)


def test_every_table_is_watched_or_has_a_reason_not_to_be():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_class c"
            " LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'audit_row'"
            " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_class c"
            " JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'audit_row'"
            " WHERE c.relnamespace = 'public'::regnamespace"
        )
        public = dict(cursor.fetchall())

    def said(watches):
        return {
            table: "".join(f"{each}\\000" for each in arguments(watch))
            for table, watch in watches.items()
        }

    watched = {table: args for table, args in found.items() if args is not None}
    assert set(found) - set(watched) == {*UNWATCHED, "django_migrations"}
    assert watched == said(WATCHED)
    assert public == said(WATCHED_IN_PUBLIC)


def test_every_column_that_is_named_exists():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0 AND c.relnamespace"
            " IN (current_schema()::regnamespace, 'public'::regnamespace) GROUP BY 1"
        )
        columns = dict(cursor.fetchall())
    for table, watch in (WATCHED | WATCHED_IN_PUBLIC).items():
        named = {name for text in arguments(watch) for name in text.split(",") if name}
        assert named <= set(columns[table]), table


# Said of the town hall, which publishes it, or of its own team.
OF_THE_TOWN_HALL = {
    "onboarding_communefile": {"publisher", "dpo_name", "dpo_email"},
    "tenants_membership": {"user_id", "role", "granted_at"},
    "identity_invitation": {"invited_by_id"},
}


def test_no_value_is_written_of_a_column_that_is_personal():
    for label, name, mark in registry.personal():
        meta = apps.get_model(label)._meta
        watch = (WATCHED | WATCHED_IN_PUBLIC).get(meta.db_table)
        if watch is None or mark.kind == Kind.STAFF:
            continue
        unwritten = {*watch.hidden.split(","), *watch.ignored.split(",")}
        unwritten |= OF_THE_TOWN_HALL.get(meta.db_table, set())
        assert meta.get_field(name).column in unwritten, (label, name)
        if meta.db_table not in OF_THE_TOWN_HALL:
            assert name not in watch.label.split(",")


def test_what_changes_in_public_is_written_in_the_record_of_its_commune(
    commune, other_commune, make_user
):
    make_user("admin", commune=commune)
    make_user("reader", commune=other_commune, email="other@example.org")

    found = entries()
    assert [(e.object_table, e.label) for e in found] == [("tenants_membership", "admin")]
    with owner(), connection.cursor() as cursor:
        Membership.objects.filter(commune=commune).update(role="reader")
        cursor.execute("SELECT count(*) FROM public.audit_entry WHERE object_id <> ''")
        assert cursor.fetchone() == (0,)
    assert entries()[-1].payload == {"before": {"role": "admin"}, "after": {"role": "reader"}}


def test_a_form_names_its_sender(client, commune, make_user):
    admin = make_user("admin", commune=commune)
    login_as(client, admin, site=commune.schema_name)
    Settings.objects.get_or_create(pk=1)
    words = {"name": "Annexe", "address": "1 rue du Port"}

    answer = client.post("/agent/reglages/lieux/nouveau/", words, REMOTE_ADDR="198.51.100.77")

    assert answer.status_code == 302, answer.content
    connection.set_tenant(commune)
    found = Entry.objects.get(object_table="booking_site")
    assert (found.actor_id, found.actor_name, found.channel) == (admin.pk, "admin", "staff")
    assert found.origin == "198.51.100.0/24"
    assert found.host == "pauillac.localhost"
    assert found.action == "booking:agent:settings:add_site"


def test_the_actor_rides_on_a_statement_that_is_sent_anyway(client):
    with CaptureQueriesContext(connection) as plain:
        connection.set_schema("c_33214")
        Appointment.objects.count()
    with CaptureQueriesContext(connection) as named, acting(ANA):
        connection.set_schema("c_33314")
        Appointment.objects.count()

    assert len(named) == len(plain)


def test_refusals_and_downloads_are_noted_once_each(client, commune, make_user, settings):
    settings.DEMO = True
    login_as(client, make_user("report_agent", commune=commune), site=commune.schema_name)

    assert client.get("/agent/reglages/").status_code == 403
    assert client.get("/agent/signalements/export/?format=csv").status_code == 200
    assert client.get("/agent/signalements/").status_code == 200

    connection.set_tenant(commune)
    noted = Entry.objects.filter(kind="event").order_by("pk")
    assert [(e.action, e.actor_name, e.payload["page"]) for e in noted] == [
        ("refused", "report_agent", "booking:agent:settings:home"),
        ("download", "report_agent", "incidents:agent:export"),
    ]


def test_the_middleware_stands_outside_the_guard_of_safe_requests():
    order = product.MIDDLEWARE
    assert order.index("audit.middleware.WhoActs") < order.index(
        "parvis.middleware.safe_means_safe"
    )
    assert order.index("identity.middleware.staff_session") < order.index(
        "audit.middleware.WhoActs"
    )
