"""What time does to what is kept: nothing is over its time, everywhere, for years."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from booking import retention as booking
from booking.models import (
    Appointment,
    AppointmentEvent,
    Participant,
    SettingsChange,
    Ticket,
    Title,
    WaitingEntry,
)
from parvis import erasing
from parvis.models import OutgoingEmail
from privacy import ledger, nightly
from privacy.models import Choice, DataLink, DataRequest, Night
from privacy.policy import RULES, spans
from tenants.ledger import note
from tenants.models import Erasure
from tests.conftest import owner
from tests.factories import AppointmentFactory
from tests.incidents.test_retention import full


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune", "media")]
DAY = datetime(2019, 3, 5, 8, tzinfo=UTC)  # so long ago that the database's own clock agrees
CANARY = "Zéphyrine Canari"
ADDRESS = "zephyrine.canari@example.org"
NUMBER = "ABCDE12345"
INSTANT = timedelta(seconds=1)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def met(status="honoured", **options):
    """An appointment in which a person left her name wherever she could."""
    person = {
        "name": CANARY,
        "pre_application": NUMBER,
        "situation": {"minor": True},
        "documents": {"photo": CANARY},
        "ticks": ["photo"],
        "missing": ["stamp"],
    }
    given = {
        "start": DAY,
        "status": status,
        "name": CANARY,
        "email": ADDRESS,
        "note": CANARY,
        "taken_by_id": 7,
        "taken_by_name": "Paul Seguin",
        "people": [person],
    }
    return AppointmentFactory(**given | options)


def around(appointment):
    """Everything else that tells of her."""
    site, service = appointment.site, appointment.service
    Ticket.objects.create(
        site=site, day=DAY.date(), number=1, name=CANARY, created_at=DAY, served_at=DAY
    )
    WaitingEntry.objects.create(
        service=service,
        name=CANARY,
        email=ADDRESS,
        people=[{"name": CANARY}],
        first_day=DAY.date(),
        last_day=DAY.date(),
        token_hash="waiting",
    )
    Title.objects.create(
        kind="CNI",
        number="2019ABC",
        holder=CANARY,
        email=ADDRESS,
        token_hash="title",
        arrived_on=DAY.date(),
        collected_on=DAY.date(),
    )
    AppointmentEvent.objects.create(
        appointment=appointment, kind="honoured", at=DAY, by_id=7, by_name="Paul Seguin"
    )
    SettingsChange.objects.create(label="Horaires", at=DAY, by_id=7, by_name="Paul Seguin")
    OutgoingEmail.objects.create(
        key="told", subject=CANARY, body=CANARY, to=[ADDRESS], sent_at=DAY, not_before=DAY
    )
    DataLink.objects.create(email=ADDRESS, token_hash="link", sent_at=DAY, expires_at=DAY)
    DataRequest.objects.create(
        kind="other", email=ADDRESS, words=CANARY, asked_at=DAY, answered_at=DAY
    )


def told_of(*words):
    """List the tables of the commune in which some words can be read."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        for (table,) in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{word}%"]
                )
                if cursor.fetchone()[0]:
                    found.add(table)
    return found


@pytest.mark.parametrize("days", [1, 92, 366, 366 * 5 + 2])
def test_nothing_is_over_its_time_whatever_the_age(days):
    around(met())
    met("missed", reference="MISSED12")
    met("held", reference="HELD1234", held_until=DAY)
    full()  # a report of 2016 with everything around it

    night = nightly.run(now=DAY + timedelta(days=days))

    assert night.erased
    assert night.left == {}
    assert nightly.due(now=DAY + timedelta(days=days)) == {}


def test_after_five_years_nothing_tells_of_her():
    around(met())
    full()
    OutgoingEmail.objects.update(sent_at=DAY)

    nightly.run(now=DAY + timedelta(days=366 * 5 + 2))

    assert told_of(CANARY, ADDRESS, NUMBER) == set()
    assert told_of("Paul Seguin") <= {"audit_entry"}  # the record has a time of its own


class TestAppointments:
    over = datetime(2019, 6, 5, 8, 20, tzinfo=UTC)  # three months after it ended

    def test_contact_goes_after_three_months_and_not_before(self):
        found = met()

        nightly.run(now=self.over - INSTANT)
        found.refresh_from_db()
        assert (found.name, found.email) == (CANARY, ADDRESS)

        nightly.run(now=self.over)
        found.refresh_from_db()
        assert (found.name, found.email, found.phone, found.note) == ("–", "", "", "")
        assert found.taken_by_id is None

    def test_what_counts_stays(self):
        found = met()
        token = found.token_hash

        nightly.run(now=self.over)

        left = Appointment.objects.get()
        assert (left.service, left.status, left.channel) == (found.service, "honoured", "online")
        assert left.period == found.period
        assert Participant.objects.get().missing == ["stamp"]
        assert left.token_hash != token

    def test_the_number_goes_after_a_week_or_a_month_when_she_did_not_come(self):
        met()
        met("missed", reference="MISSED12")

        nightly.run(now=DAY + timedelta(days=8))
        left = Participant.objects.exclude(pre_application="")
        assert [each.appointment.status for each in left] == ["missed"]

        nightly.run(now=DAY + timedelta(days=31))
        assert not left.all().exists()
        assert Participant.objects.filter(name=CANARY).count() == 2

    def test_one_to_come_is_left_alone(self):
        met("booked", start=DAY + timedelta(days=9))

        nightly.run(now=DAY + timedelta(days=8))

        assert Participant.objects.get().pre_application == NUMBER

    def test_a_commune_that_chose_less_keeps_less(self):
        met()
        Choice.objects.create(rule="appointment_contact", number=1, by_id=1, by_name="A", at=DAY)

        nightly.run(now=DAY + timedelta(days=32))

        assert Appointment.objects.get().name == "–"

    def test_a_second_run_does_nothing_and_batches_do_all(self, monkeypatch):
        monkeypatch.setattr(booking, "BATCH", 2)
        for number in range(5):
            met(reference=f"MANY000{number}")

        first, second = nightly.run(now=self.over), nightly.run(now=self.over)

        assert first.erased["appointment_contact"] == 5
        assert second.erased == {}

    def test_what_is_interrupted_goes_on(self, monkeypatch):
        monkeypatch.setattr(booking, "BATCH", 2)
        for number in range(3):
            met(reference=f"MANY000{number}")
        (step,) = [s for s in booking.STEPS if s.rule == "appointment_contact"]

        assert step.erase(spans({}), self.over) == 2  # and then the worker dies
        assert step.count(spans({}), self.over) == 1
        assert erasing.run(step, spans({}), self.over) == 1


@pytest.mark.parametrize(
    ("number", "reason", "is_kept"),
    [(1, "", True), (24, "Contentieux", True), (4, "", False), (25, "Contentieux", False)],
)
def test_the_database_holds_the_bounds(number, reason, is_kept):
    values = {"rule": "appointment_contact", "by_id": 1, "by_name": "A", "at": DAY}
    if is_kept:
        Choice.objects.create(number=number, reason=reason, **values)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Choice.objects.create(number=number, reason=reason, **values)


@pytest.mark.parametrize("rule", [key for key in RULES if not RULES[key].is_adjustable])
def test_what_is_not_chosen_cannot_be_written(rule):
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(rule=rule, number=1, by_id=1, by_name="A", at=DAY)


class TestLedger:
    def test_every_erasure_is_noted_without_anybody(self):
        found = met()
        around(found)
        report = full()

        nightly.run(now=DAY + timedelta(days=200))

        lines = set(Erasure.objects.values_list("kind", "record", "schema"))
        assert ("appointment", found.reference, "c_33314") in lines
        assert ("waiting", "waiting", "c_33314") in lines
        assert ("person", report.reference, "c_33314") in lines
        told = " ".join(str(line) for line in lines)
        assert CANARY not in told
        assert ADDRESS not in told

    def test_a_line_is_written_in_the_transaction_of_the_erasure(self):
        found = met()

        with pytest.raises(RuntimeError, match="interrupted"), transaction.atomic():
            nightly.run(now=DAY + timedelta(days=200))
            raise RuntimeError("interrupted")

        found.refresh_from_db()
        assert found.name == CANARY
        assert not Erasure.objects.exists()

    @pytest.mark.parametrize(
        "verb", ["UPDATE privacy_erasure SET at = now()", "DELETE FROM privacy_erasure"]
    )
    def test_the_database_refuses_to_change_it(self, verb):
        with transaction.atomic():
            note(Erasure.Kind.OTHER, ["x"], at=DAY)

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
        with (
            owner(),
            pytest.raises(DatabaseError, match="only added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb)

    def test_a_commune_sees_and_writes_its_own_lines_only(self, other_commune):
        with transaction.atomic():
            note(Erasure.Kind.OTHER, ["ours"], at=DAY)

        with pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
            Erasure.objects.create(schema="c_33214", kind="other", record="theirs", at=DAY)
        connection.set_tenant(other_commune)
        assert not Erasure.objects.exists()

    def test_a_restored_commune_forgets_again(self, commune):
        kept, gone = met(reference="KEPT1234"), met(reference="GONE1234")
        asked = DAY + timedelta(days=3)  # by her wish, long before its time
        with transaction.atomic():
            booking.forget(
                "appointment_contact", [gone.reference], at=asked, reason=Erasure.Reason.REQUEST
            )
        Appointment.objects.filter(pk=gone.pk).update(name=CANARY, email=ADDRESS)  # the restore

        count = ledger.replay("c_33314", DAY, now=asked)
        connection.set_tenant(commune)

        assert count == 1
        gone, kept = Appointment.objects.get(pk=gone.pk), Appointment.objects.get(pk=kept.pk)
        assert (gone.name, gone.email, kept.name) == ("–", "", CANARY)
        assert ledger.replay("c_33314", asked, now=asked) == 0


def test_names_in_the_history_cannot_be_taken_out_too_soon():
    with (
        pytest.raises(DatabaseError, match="kept longer"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT booking_forget_names(now(), 10)")


def test_the_dry_run_touches_nothing():
    around(met())

    found = nightly.due(now=DAY + timedelta(days=100))

    assert found["appointment_contact"] == 1
    assert Appointment.objects.get().name == CANARY
    assert not Night.objects.exists()
