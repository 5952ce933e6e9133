"""What is kept, and no longer: both sides of each limit, open ones untouched, files gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from identity.members import REPORT_AGENT, Member
from incidents import desk, following, keeping, merging, photos, reporters, retention
from incidents.actions import move
from incidents.keeping import Kind
from incidents.models import (
    Elimination,
    Follower,
    Message,
    Photo,
    Report,
    ReportContact,
    ReportEvent,
    Round,
    StatusChange,
    Stop,
)
from incidents.receipts import months_after
from incidents.workflow import Actor, Status
from messaging.models import PushSubscription
from parvis.mail import forget_delivered
from parvis.models import OutgoingEmail
from tenants import tasks as schedule
from tenants.models import Erasure
from tests.incidents.factories import category, planned, report


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune", "media")]
FOREMAN = Member(user_id=7, name="Paul Seguin", role=REPORT_AGENT)
SENT = datetime(2016, 3, 1, 9, tzinfo=UTC)  # so long ago that the database's own clock agrees
CLOSED = SENT + timedelta(days=3)
INSTANT = timedelta(seconds=1)
CANARY = "Zéphyrine Canari"
ADDRESS = "zephyrine.canari@example.org"


def after(moment, *, months=0, days=0):
    day = months_after(moment.date(), months) + timedelta(days=days)
    return datetime.combine(day, moment.timetz())


def closed(to="resolved", reason="repaired", at=CLOSED, actor=Actor.STAFF, **options):
    found = report(now=SENT, **options)
    return end(found, to, reason, at=at, actor=actor)


def end(found, to="resolved", reason="repaired", *, at=CLOSED, actor=Actor.STAFF):
    by = FOREMAN if actor == Actor.STAFF else None
    return move(report=found, to=Status(to), actor=actor, by=by, now=at, reason=reason)


def photo_of(found, *, stage="before"):
    """A photo with all the files it can have."""
    made = Photo.objects.create(
        report=found, stage=stage, state="ready", name=f"{found.pk:032d}", is_checked=True
    )
    for path in photos._files_of(made):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"pixels")
    return made


def full():
    """A closed report in which a person left her name wherever she could."""
    found = report(
        now=SENT, text=CANARY, name=CANARY, email=ADDRESS, phone="0600000000", address="Quai"
    )
    following.follow(report=found, email=f"b{ADDRESS}", language="fr", now=SENT)
    following.confirm(follower=Follower.objects.get(), now=SENT)
    reporters.answer(report=found, text=CANARY, now=SENT)
    desk.note(report=found, text=CANARY, by=FOREMAN, now=SENT)
    desk.write(report=found, text=CANARY, by=FOREMAN, now=SENT)
    sheet = Round.objects.create(title="Mardi", day=SENT.date(), token_hash="x")
    Stop.objects.create(round=sheet, report=found, position=1, note=CANARY)
    return end(found)


def run(*, now):
    """Erase as a night does where the commune chose nothing; count the reports each way."""
    steps = {step.rule: step for step in retention.STEPS}
    ways = {"record": "report_record", "photos": "report_photos", "person": "report_contact"}
    done = {way: steps[rule].erase(keeping.USUAL, now) for way, rule in ways.items()}
    steps["report_unconfirmed"].erase(keeping.USUAL, now)
    return done


def exists(found):
    return Report.objects.filter(pk=found.pk).exists()


def told_of(words):
    """List the tables of the commune in which some words can be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
            " AND relname ~ '^(incidents|parvis)_'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


class TestPeople:
    limit = after(CLOSED, months=12)

    def test_they_are_forgotten_twelve_months_after_the_closing_and_not_before(self):
        found = full()

        assert run(now=self.limit - INSTANT)["person"] == 0
        assert ReportContact.objects.get().name == CANARY
        assert run(now=self.limit)["person"] == 1

        contact = ReportContact.objects.get()
        assert (contact.name, contact.email, contact.phone) == ("", "", "")
        assert contact.erased_at == self.limit
        assert not Follower.objects.exists()
        assert set(Message.objects.values_list("text", flat=True)) == {""}
        found.refresh_from_db()
        assert (found.text, found.address) == ("", "Quai")

    def test_nothing_of_them_is_left_in_any_table(self):
        full()
        assert len(told_of(CANARY)) >= 4
        assert len(told_of(ADDRESS)) >= 2
        OutgoingEmail.objects.update(sent_at=CLOSED)

        run(now=self.limit)
        forget_delivered(now=self.limit)

        assert told_of(CANARY) == told_of(ADDRESS) == told_of("0600000000") == []

    def test_their_browsers_are_forgotten_with_them(self):
        found = full()
        for subject in (f"report:{found.pk}", f"follower:{Follower.objects.get().pk}"):
            PushSubscription.objects.create(
                subject=subject, endpoint="https://push.example/x", p256dh="k", auth="s"
            )

        run(now=self.limit)

        assert not PushSubscription.objects.exists()

    def test_the_history_stays_as_it_was(self):
        full()
        before = list(StatusChange.objects.values()), list(ReportEvent.objects.values())

        run(now=self.limit)

        assert (list(StatusChange.objects.values()), list(ReportEvent.objects.values())) == before

    def test_her_link_ends_with_her(self, client, commune):
        found = full()
        stamp = found.contact.token_hash

        run(now=self.limit)

        assert ReportContact.objects.get().token_hash != stamp

    def test_twice_changes_nothing(self):
        full()

        assert run(now=self.limit)["person"] == 1
        assert run(now=self.limit)["person"] == 0
        assert Elimination.objects.count() == 1

    def test_a_reopened_report_is_not_touched(self):
        found = full()
        move(
            report=found,
            to=Status.REOPENED,
            actor=Actor.STAFF,
            by=FOREMAN,
            now=CLOSED,
            reason="other",
        )

        assert sum(run(now=after(CLOSED, months=240)).values()) == 0
        assert ReportContact.objects.get().name == CANARY

    @pytest.mark.parametrize(
        ("days", "is_left"), [(29, True), (30, False)], ids=["before", "after"]
    )
    def test_an_address_nobody_confirmed_is_forgotten_after_thirty_days(self, days, is_left):
        following.follow(report=report(now=SENT), email="x@example.org", language="fr", now=SENT)

        run(now=after(SENT, days=days))

        assert Follower.objects.exists() == is_left

    def test_an_address_that_was_confirmed_stays_with_an_open_report(self):
        following.follow(report=report(now=SENT), email="x@example.org", language="fr", now=SENT)
        following.confirm(follower=Follower.objects.get(), now=SENT)

        run(now=after(SENT, months=100))

        assert Follower.objects.exists()


class TestPhotos:
    limit = after(CLOSED, months=24)

    def test_they_go_with_all_their_files_after_24_months_and_not_before(self):
        photo = photo_of(closed())
        files = photos._files_of(photo)

        assert run(now=self.limit - INSTANT)["photos"] == 0
        assert all(path.exists() for path in files)
        assert run(now=self.limit)["photos"] == 1

        assert not any(path.exists() for path in files)
        assert Photo.objects.get().state == "removed"
        assert run(now=self.limit)["photos"] == 0

    def test_those_of_an_open_report_stay(self):
        photo = photo_of(report(now=SENT))

        run(now=after(SENT, months=200))

        assert photos.rendition(photo, "l").exists()

    def test_they_never_outlive_their_report(self, settings):
        photo_of(closed("rejected", "abusive"))

        run(now=after(CLOSED, days=30))

        assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
        assert not Photo.objects.exists()


class TestRecords:
    @pytest.mark.parametrize(
        ("to", "reason", "actor", "kept"),
        [
            ("resolved", "repaired", Actor.STAFF, {"months": 60}),
            ("rejected", "private_ground", Actor.STAFF, {"months": 60}),
            ("rejected", "abusive", Actor.STAFF, {"days": 30}),
            ("cancelled", "", Actor.REPORTER, {"months": 12}),
        ],
        ids=["resolved", "rejected", "abusive", "cancelled"],
    )
    def test_each_is_deleted_at_its_time_and_not_before(self, to, reason, actor, kept):
        found = closed(to, reason, actor=actor)
        limit = after(CLOSED, **kept)

        run(now=limit - INSTANT)
        assert exists(found)
        run(now=limit)

        assert not exists(found)
        for model in (StatusChange, ReportEvent, ReportContact, Message, Photo):
            assert not model.objects.exists()

    def test_open_ones_are_never_deleted(self):
        found = report(now=SENT)

        run(now=after(SENT, months=1200))

        assert exists(found)
        assert ReportContact.objects.get().email

    def test_what_it_thanked_stays_without_it(self):
        found = closed()

        thanks = report(category(code="merci", door="compliment"), praises=found, now=SENT)

        run(now=after(CLOSED, months=60))

        thanks.refresh_from_db()
        assert thanks.praises is None

    def test_the_ledger_names_references_only(self):
        found = closed()

        run(now=after(CLOSED, months=60))

        entry = Elimination.objects.get()
        assert (entry.what, entry.references) == ("record", [found.reference])


class TestMerged:
    def pair(self):
        """A report merged with another, which is still open."""
        master, other = report(now=SENT), report(now=SENT, email="b@example.org")
        merging.merge(report=other, master=master, by=FOREMAN, now=SENT)
        return master, Report.objects.get(pk=other.pk)

    def test_while_the_master_is_open_nothing_of_any_is_touched(self):
        master, other = self.pair()
        photo_of(other)

        assert sum(run(now=after(SENT, months=600)).values()) == 0

        other.contact.refresh_from_db()
        assert other.contact.email == "b@example.org"
        assert master.followers.count() == 1

    def test_their_time_begins_with_the_last_closing(self):
        master, other = self.pair()
        end(master, at=CLOSED)

        assert run(now=after(CLOSED, months=12) - INSTANT)["person"] == 0
        assert run(now=after(CLOSED, months=12))["person"] == 2
        assert run(now=after(CLOSED, months=60) - INSTANT)["record"] == 0
        assert run(now=after(CLOSED, months=60))["record"] == 2

        assert not exists(master)
        assert not exists(other)


class TestTheWall:
    def run(self, statement, *values):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    def forget(self, *reports):
        self.run("SELECT incidents_forget_history(%s)", [each.pk for each in reports])

    def test_the_role_of_a_commune_cannot_delete_history(self):
        found = closed()

        for model in (StatusChange, ReportEvent, Elimination):
            table = model._meta.db_table
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET at = at"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    self.run(statement)
        assert found.changes.exists()

    def test_not_even_by_its_only_door_before_the_time(self):
        now = datetime.now(UTC)
        for found in (
            report(now=now - timedelta(days=3000)),
            end(report(now=SENT), at=now - timedelta(days=1700)),
            end(report(now=SENT), "rejected", "abusive", at=now - timedelta(days=29)),
            end(report(now=SENT), "cancelled", "", at=now - timedelta(days=360),
                actor=Actor.REPORTER),
        ):  # fmt: skip
            with pytest.raises(ProgrammingError, match="kept longer"):
                self.forget(found)
            assert found.changes.exists()

    def test_a_closing_that_was_written_over_fools_nobody(self):
        found = end(report(now=SENT), at=datetime.now(UTC))
        Report.objects.filter(pk=found.pk).update(closed_at=SENT)

        assert run(now=datetime.now(UTC))["record"] == 0

        assert exists(found)

    def test_a_duplicate_is_kept_with_its_open_master(self):
        master, other = TestMerged().pair()

        with pytest.raises(ProgrammingError, match="kept longer"):
            self.forget(other)
        assert exists(master)

    def test_what_is_over_goes(self):
        found = closed()

        self.forget(found)

        assert not found.changes.exists()


def test_text_of_people_is_never_of_nobody():
    for model, kinds in keeping.MODELS.items():
        of_nobody = set(kinds[Kind.NOTHING].split())
        assert not of_nobody & {"text", "email", "phone", "name", "note", "address"}, model


def test_what_was_merged_with_an_open_one_meanwhile_is_left():
    old, master = closed(), report(now=SENT)
    limit = after(CLOSED, months=12)
    person = Elimination.What.PERSON
    (seen,) = retention.due(person, now=limit)
    Report.objects.filter(pk=old.pk).update(status="duplicate", duplicate_of=master)

    assert retention.due(person, now=limit, key=seen.key) == []
    assert retention._erase(person, seen, now=limit) == 0
    Report.objects.filter(pk=master.pk).update(
        status="resolved", reason="repaired", closed_at=CLOSED
    )
    assert retention.due(person, now=limit, key=old.pk) == []
    (both,) = retention.due(person, now=limit, key=master.pk)
    assert both.ids == [old.pk, master.pk]


def test_one_group_is_read_by_the_indexes_of_its_reports():
    plan = planned(lambda: retention.due(Elimination.What.PERSON, now=CLOSED, key=1))

    assert "Index" in plan
    assert "Seq Scan on incidents_report " not in plan


def test_a_killed_night_goes_on_the_next():
    for _each in range(3):
        closed()
    limit = after(CLOSED, months=12)
    seen = []

    def dies(execute, sql, params, many, context):
        if 'UPDATE "incidents_message"' in sql:
            seen.append(sql)
            if len(seen) == 2:
                raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(dies):
        run(now=limit)

    assert ReportContact.objects.filter(erased_at=None).count() == 2
    assert Elimination.objects.count() == 1
    assert run(now=limit)["person"] == 2


def test_after_a_restore_what_was_erased_is_erased_again():
    found = full()
    limit = after(CLOSED, months=12)
    run(now=limit)
    ReportContact.objects.update(erased_at=None, name=CANARY)  # as an older copy brings it back
    Message.objects.update(erased_at=None, text=CANARY)
    OutgoingEmail.objects.all().delete()

    again = retention.forget_people([found.reference], at=limit, reason=Erasure.Reason.REPLAY)

    assert again == 1
    assert told_of(CANARY) == []


def test_what_will_be_erased_can_be_asked_without_erasing():
    found = closed()
    limit = after(CLOSED, months=12)

    due = retention.due(Elimination.What.PERSON, now=limit)

    assert [each.references for each in due] == [[found.reference]]
    assert ReportContact.objects.get().erased_at is None


def test_delivered_messages_are_emptied_after_a_month_and_dropped_after_six():
    report(now=SENT)
    OutgoingEmail.objects.update(sent_at=SENT)

    assert forget_delivered(now=SENT + timedelta(days=30)) == 0
    assert forget_delivered(now=SENT + timedelta(days=30) + INSTANT) == 1
    assert OutgoingEmail.objects.get().body == ""
    assert OutgoingEmail.objects.get().to == []
    forget_delivered(now=SENT + timedelta(days=183))
    assert OutgoingEmail.objects.exists()
    forget_delivered(now=SENT + timedelta(days=183) + INSTANT)
    assert not OutgoingEmail.objects.exists()


def test_messages_that_wait_are_kept():
    report(now=SENT)

    forget_delivered(now=SENT + timedelta(days=999))

    assert OutgoingEmail.objects.get().body


def test_the_scheduler_asks_for_it():
    assert {"privacy.erase_what_is_due", "parvis.forget_delivered"} <= set(schedule.EVERY_NIGHT)
