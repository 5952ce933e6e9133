"""What happens by itself, on both sides of each limit, once, whoever runs it and how often."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from identity.members import REPORT_AGENT, Member
from incidents import clocks, desk, reporters, tasks
from incidents.actions import move
from incidents.models import Report, ReportEvent
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tenants import tasks as schedule
from tenants.models import Membership
from tests.conftest import owner
from tests.incidents.factories import category, report, team


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
PARIS = ZoneInfo("Europe/Paris")
FOREMAN = Member(user_id=7, name="Paul Seguin", role=REPORT_AGENT)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=PARIS)
INSTANT = timedelta(seconds=1)
WEEK = timedelta(days=7)


def asked(now=MONDAY, **options):
    """A report whose reporter was asked something."""
    found = report(now=now, **options)
    return move(
        report=found,
        to=Status.AWAITING_REPORTER,
        actor=Actor.STAFF,
        by=FOREMAN,
        now=now,
        text="Quel numéro ?",
    )


def mails(kind):
    return OutgoingEmail.objects.filter(key__startswith=f"{kind}.")


def events(kind):
    return ReportEvent.objects.filter(kind=kind).count()


def status_of(found):
    return Report.objects.get(pk=found.pk).status


class TestSilence:
    def test_the_question_says_what_silence_leads_to(self):
        asked()

        body = mails("moved").get().body
        assert "dans les 7 jours" in body
        assert "14 jours plus tard, le signalement sera clos" in body

    def test_she_is_reminded_after_a_week_and_not_before(self):
        asked()

        assert clocks.follow_silent(now=MONDAY + WEEK - INSTANT) == 0
        assert clocks.follow_silent(now=MONDAY + WEEK) == 1

        mail = mails("reminded").get()
        assert mail.to == ["jeanne@example.org"]
        assert "Quel numéro ?" in mail.body
        assert "avant le lundi 14\u00a0décembre 2026" in mail.body

    def test_she_is_reminded_once(self):
        asked()

        for hours in (0, 0, 1, 24):
            clocks.follow_silent(now=MONDAY + WEEK + timedelta(hours=hours))

        assert mails("reminded").count() == events("reminded") == 1

    def test_it_is_closed_two_weeks_after_the_reminder_and_not_before(self):
        found = asked()
        reminded = MONDAY + WEEK
        clocks.follow_silent(now=reminded)

        assert clocks.follow_silent(now=reminded + 2 * WEEK - INSTANT) == 0
        assert clocks.follow_silent(now=reminded + 2 * WEEK) == 1

        closed = Report.objects.get(pk=found.pk)
        assert (closed.status, closed.reason) == ("rejected", "no_answer")
        assert closed.changes.last().actor == Actor.SYSTEM
        assert clocks.follow_silent(now=reminded + 2 * WEEK) == 0
        assert "restées sans réponse" in mails("moved").last().body

    def test_without_the_reminder_nothing_closes_however_late(self):
        found = asked()

        clocks.follow_silent(now=MONDAY + timedelta(days=90))
        clocks.follow_silent(now=MONDAY + timedelta(days=91))

        assert status_of(found) == "awaiting_reporter"
        assert events("reminded") == 1

    def test_an_answer_ends_it_and_a_new_question_begins_again(self):
        found = asked()
        clocks.follow_silent(now=MONDAY + WEEK)
        again = MONDAY + WEEK + timedelta(days=1)
        reporters.answer(report=found, text="Au 12.", now=again)
        move(
            report=found, to=Status.AWAITING_REPORTER, actor=Actor.STAFF, by=FOREMAN, now=again,
            text="Et quelle rue ?",
        )  # fmt: skip

        clocks.follow_silent(now=MONDAY + 3 * WEEK + timedelta(hours=1))
        assert status_of(found) == "awaiting_reporter"
        clocks.follow_silent(now=again + WEEK)

        assert [each.body.count("Et quelle rue") for each in mails("reminded")] == [0, 1]

    @pytest.mark.parametrize("hour", [0, 7, 20, 23])
    def test_nobody_is_written_to_at_night(self, hour):
        asked()

        assert clocks.follow_silent(now=(MONDAY + 2 * WEEK).replace(hour=hour)) == 0

    def test_who_left_no_address_or_wants_no_news_is_not_closed_out(self):
        silent = asked(email="")
        weary = asked()
        reporters.stop_news(report=weary, now=MONDAY)

        for weeks in (1, 2, 3, 6):
            clocks.follow_silent(now=MONDAY + weeks * WEEK)

        assert status_of(silent) == status_of(weary) == "awaiting_reporter"
        assert not mails("reminded").exists()

    def test_a_week_over_the_change_of_hour_is_seven_times_24_hours(self):
        before = datetime(2026, 10, 23, 10, tzinfo=PARIS)  # summer time ends on the 25th
        asked(now=before)
        elapsed = before.astimezone(ZoneInfo("UTC")) + WEEK

        assert clocks.follow_silent(now=elapsed - INSTANT) == 0
        assert clocks.follow_silent(now=elapsed) == 1
        assert elapsed.astimezone(PARIS).hour == 9


class TestPromises:
    @pytest.fixture
    def boss(self, commune, make_user):
        return make_user("admin", commune=commune, email="maire@example.org")

    def given(self, unit="hours", promise=10, **options):
        """A report promised within ten hours, for a team or not."""
        kind = category(promise=promise, promise_unit=unit, code=f"c{Report.objects.count()}")
        found = report(kind, now=MONDAY, **options)
        Report.objects.filter(pk=found.pk).update(team=team(f"T{found.pk}").team)
        return found

    def test_the_team_is_told_at_80_hundredths_the_administrators_when_it_is_late(self, boss):
        found = self.given()
        hour = timedelta(hours=1)

        assert clocks.escalate(now=MONDAY + 8 * hour - INSTANT) == 0
        assert clocks.escalate(now=MONDAY + 8 * hour) == 1
        assert [each.to for each in mails("escalated")] == [[f"t{found.pk}@example.org"]]
        assert clocks.escalate(now=MONDAY + 10 * hour - INSTANT) == 0
        assert clocks.escalate(now=MONDAY + 10 * hour) == 1

        told = sorted(each.to[0] for each in mails("escalated"))
        assert told == ["maire@example.org", *[f"t{found.pk}@example.org"] * 2]
        levels = ReportEvent.objects.filter(kind="escalated").values_list("detail__level")
        assert list(levels) == [(80,), (100,)]

    def test_each_is_told_once_however_often_it_runs(self, boss):
        self.given()

        for minutes in range(0, 60 * 24 * 3, 45):
            clocks.escalate(now=MONDAY + timedelta(minutes=minutes))

        assert events("escalated") == 2

    def test_what_was_never_warned_is_told_late_once(self, boss):
        self.given()

        assert clocks.escalate(now=MONDAY + timedelta(days=2)) == 1
        assert clocks.escalate(now=MONDAY + timedelta(days=3)) == 0

    def test_without_a_team_the_administrators_are_told_at_once(self, boss):
        Report.objects.filter(pk=self.given().pk).update(team=None)

        clocks.escalate(now=MONDAY + timedelta(hours=9))

        assert [each.to for each in mails("escalated")] == [["maire@example.org"]]

    def test_with_nobody_to_tell_nothing_is_written(self):
        Report.objects.filter(pk=self.given().pk).update(team=None)

        assert clocks.escalate(now=MONDAY + timedelta(hours=9)) == 0
        assert events("escalated") == 0

    def test_many_make_one_message_for_each_reader(self, boss):
        for _each in range(5):
            self.given()
        Report.objects.update(team=None)

        assert clocks.escalate(now=MONDAY + timedelta(days=1)) == 5

        mail = mails("escalated").get()
        assert "5 signalements" in mail.subject
        for reference in Report.objects.values_list("reference", flat=True):
            assert f"/agent/signalements/{reference}/" in mail.body

    def test_a_clock_that_stands_still_alarms_nobody(self, boss):
        found = self.given()
        desk.pause(report=found, cause="weather", by=FOREMAN, now=MONDAY)

        assert clocks.escalate(now=MONDAY + timedelta(days=9)) == 0
        desk.resume(report=found, by=FOREMAN, now=MONDAY + timedelta(hours=24))
        assert clocks.escalate(now=MONDAY + timedelta(hours=24 + 8) - INSTANT) == 0
        assert clocks.escalate(now=MONDAY + timedelta(hours=24 + 8)) == 1

    def test_a_reopened_report_has_a_new_promise(self, boss):
        found = self.given()
        clocks.escalate(now=MONDAY + timedelta(hours=11))
        for to, reason in ((Status.RESOLVED, "repaired"), (Status.REOPENED, "other")):
            move(
                report=found,
                to=to,
                actor=Actor.STAFF,
                by=FOREMAN,
                now=MONDAY + timedelta(hours=12),
                reason=reason,
            )

        assert clocks.escalate(now=MONDAY + timedelta(hours=12 + 8) - INSTANT) == 0
        assert clocks.escalate(now=MONDAY + timedelta(hours=12 + 8)) == 1

    def test_closed_ones_and_compliments_alarm_nobody(self, boss):
        found = self.given()
        Report.objects.filter(pk=found.pk).update(
            status="resolved", reason="repaired", closed_at=MONDAY
        )
        thanks = category(code="merci", door="compliment", promise=1, promise_unit="hours")
        report(thanks, now=MONDAY)

        assert clocks.escalate(now=MONDAY + WEEK) == 0

    def test_working_days_are_told_once_each_working_morning(self, boss):
        """Promised for the end of Tuesday 1 December: 80 % on Monday, whole in the night."""
        self.given(unit="days", promise=6)
        warned = datetime(2026, 11, 30, 0, tzinfo=PARIS)
        morning = warned.replace(hour=8)

        assert clocks.escalate(now=morning - INSTANT) == 0
        assert clocks.escalate(now=morning) == 1
        late = self.given(unit="days", promise=1)
        assert clocks.escalate(now=morning + timedelta(hours=3)) == 0
        assert clocks.escalate(now=morning + timedelta(days=1)) == 1
        assert late.events.filter(kind="escalated").exists()

    @pytest.mark.parametrize(
        "day",
        [
            datetime(2026, 12, 25, 9, tzinfo=PARIS),  # a public holiday, on a Friday
            datetime(2026, 12, 26, 9, tzinfo=PARIS),
        ],
    )
    def test_a_day_off_is_no_working_morning(self, boss, day):
        self.given(unit="days", promise=6)

        assert clocks.escalate(now=day) == 0
        assert clocks.escalate(now=datetime(2026, 12, 28, 9, tzinfo=PARIS)) == 1

    def test_two_teams_hear_of_their_own_only(self, boss):
        one, other = self.given(), self.given()

        clocks.escalate(now=MONDAY + timedelta(hours=9))

        bodies = {each.to[0]: each.body for each in mails("escalated")}
        assert one.reference[:4] in bodies[f"t{one.pk}@example.org"]
        assert other.reference[:4] not in bodies[f"t{one.pk}@example.org"]

    def test_the_administrators_of_another_commune_hear_nothing(self, other_commune, make_user):
        make_user("admin", commune=other_commune, email="ailleurs@example.org")
        Report.objects.filter(pk=self.given().pk).update(team=None)

        assert clocks.escalate(now=MONDAY + timedelta(days=1)) == 0

    def test_who_left_the_team_hears_nothing(self, boss):
        with owner():
            Membership.objects.filter(user=boss).update(is_active=False)
        Report.objects.filter(pk=self.given().pk).update(team=None)

        assert clocks.escalate(now=MONDAY + timedelta(days=1)) == 0

    def test_the_questions_asked_do_not_depend_on_how_many_are_late(
        self, boss, django_assert_num_queries, django_assert_max_num_queries
    ):
        given = self.given()
        given.refresh_from_db()
        with django_assert_max_num_queries(14) as asked:
            clocks.escalate(now=MONDAY + timedelta(hours=9))
        for _each in range(4):
            self.given()
        Report.objects.update(team=given.team)
        with django_assert_num_queries(len(asked) + 3):  # one event for each of three more
            clocks.escalate(now=MONDAY + timedelta(hours=9, minutes=1))


def test_the_scheduler_asks_for_both():
    assert {"incidents.follow_silent", "incidents.escalate"} <= set(schedule.EVERY_QUARTER)
    assert tasks.follow_silent.run() == tasks.escalate.run() == 0
