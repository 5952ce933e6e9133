"""Whatever staff, reporters, partners and clocks do, in any order, what must hold holds.

A machine plays the real actions on a real database and looks at everything after each step.
"""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from identity.members import REPORT_AGENT, Member
from incidents import clocks, desk, following, merging, partners, reporters, transfers
from incidents.actions import begun, move
from incidents.calendar import promised
from incidents.models import (
    Category,
    ClockPause,
    Follower,
    Handler,
    Report,
    ReportEvent,
    StatusChange,
)
from incidents.workflow import CLOSED, EFFECTS, MOVES, Actor, Clock, Reason, Status
from parvis.errors import DomainError
from parvis.models import OutgoingEmail
from tests.incidents.factories import category, report, team


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
FOREMAN = Member(user_id=7, name="Paul Seguin", role=REPORT_AGENT)
START = datetime(2026, 10, 19, 9, tzinfo=ZoneInfo("Europe/Paris"))  # before the hour changes
HISTORY = (StatusChange, ReportEvent)
WAITS = [timedelta(minutes=5), timedelta(hours=9), timedelta(days=1), timedelta(days=8)]
numbers = st.integers(0, 5)
statuses = st.sampled_from(list(Status))
reasons = st.sampled_from(["", *Reason])


class Town(RuleBasedStateMachine):
    """One commune; each run begins with nothing and leaves nothing."""

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = START
        self.kinds = [
            category(promise=8, promise_unit="hours"),
            category(code="dépôt", name="Dépôt sauvage", promise=3),
        ]
        self.roads = team()
        self.firm = Handler.objects.create(kind="contractor", name="Aquitaine Travaux",
                                           email="travaux@example.org")  # fmt: skip
        self.ice = Handler.objects.create(kind="body", name="Gel", pauses_clock=True)
        self.seen = {model: {} for model in HISTORY}
        self.gone = defaultdict(set)  # who asked for no more news of a report
        self.people = 0
        for kind in (0, 0, 1):
            self.one(kind)

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # What they do

    @rule(kind=st.integers(0, 1))
    def one(self, kind):
        """Somebody reports something."""
        if Report.objects.count() < 6:
            self.people += 1
            report(
                Category.objects.get(pk=self.kinds[kind].pk),
                now=self.now,
                email=f"p{self.people}@example.org",
            )

    @rule(wait=st.sampled_from(WAITS))
    def time_passes(self, wait):
        self.now += wait

    @rule(number=numbers, to=statuses, reason=reasons, who=st.sampled_from(list(Actor)))
    def somebody_moves(self, number, to, reason, who):
        """Anybody tries any move; only those of the table are done."""
        if to == Status.DUPLICATE:
            return
        found = self.pick(number)
        by = FOREMAN if who == Actor.STAFF else None
        with refused():
            move(report=found, to=to, actor=who, by=by, now=self.now, reason=reason, text="Mot.")

    @rule(number=numbers, reason=st.sampled_from(["repaired", "nothing_to_do", "abusive"]))
    def staff_close(self, number, reason):
        to = Status.REJECTED if reason == "abusive" else Status.RESOLVED
        with refused():
            move(
                report=self.pick(number),
                to=to,
                actor=Actor.STAFF,
                by=FOREMAN,
                now=self.now,
                reason=reason,
            )

    @rule(number=numbers)
    def staff_ask(self, number):
        with refused():
            move(
                report=self.pick(number),
                to=Status.AWAITING_REPORTER,
                actor=Actor.STAFF,
                by=FOREMAN,
                now=self.now,
                text="Où donc ?",
            )

    @rule(number=numbers, is_cold=st.booleans())
    def staff_forward(self, number, is_cold):
        handler = self.ice if is_cold else self.firm
        with refused():
            transfers.forward(
                report=self.pick(number), handler=handler, text="", by=FOREMAN, now=self.now
            )

    @rule(one=numbers, other=numbers)
    def staff_merge(self, one, other):
        with refused():
            merging.merge(report=self.pick(one), master=self.pick(other), by=FOREMAN, now=self.now)

    @rule(number=numbers)
    def staff_separate(self, number):
        with refused():
            merging.separate(report=self.pick(number), by=FOREMAN, now=self.now)

    @rule(number=numbers, cause=st.sampled_from(ClockPause.Cause.values))
    def staff_pause(self, number, cause):
        with refused():
            desk.pause(report=self.pick(number), cause=cause, by=FOREMAN, now=self.now)

    @rule(number=numbers)
    def staff_resume(self, number):
        with refused():
            desk.resume(report=self.pick(number), by=FOREMAN, now=self.now)

    @rule(number=numbers, kind=st.integers(0, 1))
    def staff_requalify(self, number, kind):
        with refused():
            desk.requalify(
                report=self.pick(number), category=self.kinds[kind], by=FOREMAN, now=self.now
            )

    @rule(number=numbers)
    def staff_write(self, number):
        desk.write(report=self.pick(number), text="Bientôt.", by=FOREMAN, now=self.now)

    @rule(number=numbers, act=st.sampled_from(["answer", "contest", "cancel", "rate", "leave"]))
    def reporter_acts(self, number, act):
        found = self.pick(number)
        with refused():
            if act == "answer":
                reporters.answer(report=found, text="Là.", now=self.now)
            elif act == "contest":
                reporters.contest(report=found, reason="not_repaired", text="Non.", now=self.now)
            elif act == "cancel":
                reporters.cancel(report=found, now=self.now)
            elif act == "rate":
                reporters.rate(report=found, satisfaction=2, now=self.now)
            else:
                reporters.stop_news(report=found, now=self.now)
                self.gone[found.pk].add(found.contact.email)

    @rule(number=numbers)
    def neighbour_follows(self, number):
        found = self.pick(number)
        self.people += 1
        email = f"p{self.people}@example.org"
        following.follow(report=found, email=email, language="fr", now=self.now)
        following.confirm(follower=Follower.objects.get(email=email), now=self.now)

    @rule(number=numbers)
    def neighbour_leaves(self, number):
        follower = Follower.objects.order_by("pk").all()[number : number + 1].first()
        if follower is not None:
            self.gone[follower.report_id].add(follower.email)
            following.unfollow(follower=follower, now=self.now)

    @rule(number=numbers, act=st.sampled_from(["plan", "begin", "finish", "decline"]))
    def partner_acts(self, number, act):
        held = {"report": self.pick(number), "handler": self.firm, "text": "", "now": self.now}
        with refused():
            if act == "plan":
                partners.acknowledge(day=self.now.date(), **held)
            elif act == "begin":
                partners.begin(**held)
            elif act == "finish":
                partners.finish(reason=Reason.REPAIRED, picture=None, **held)
            else:
                partners.decline(**held)

    @rule()
    def clocks_run(self):
        """Twice, as two workers would."""
        for _each in range(2):
            clocks.follow_silent(now=self.now)
            clocks.escalate(now=self.now)

    @rule(model=st.sampled_from(HISTORY), word=st.sampled_from(["DELETE FROM", "UPDATE"]))
    def somebody_falsifies_history(self, model, word):
        table = model._meta.db_table
        end = " SET at = now()" if word == "UPDATE" else ""
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{word} {table}{end}")

    # What holds

    @invariant()
    def what_must_hold_holds(self):
        found = list(
            Report.objects.select_related("category", "contact", "duplicate_of__contact")
            .prefetch_related("pauses", "followers")
            .order_by("pk")
        )
        self.history_is_a_path_of_the_table_and_only_grows(found)
        self.clocks_stand_still_where_they_should(found)
        self.duplicates_have_a_master_who_has_none(found)
        self.everybody_merged_hears_of_the_master(found)
        self.nobody_is_told_twice_of_one_move()

    def history_is_a_path_of_the_table_and_only_grows(self, reports):
        for model in HISTORY:
            rows = {row["id"]: row for row in model.objects.values()}
            for key, row in self.seen[model].items():
                assert rows.get(key) == row
            self.seen[model] = rows
        paths = defaultdict(list)
        for row in sorted(self.seen[StatusChange].values(), key=itemgetter("id")):
            paths[row["report_id"]].append(StatusChange(**row))
        for found in reports:
            path = paths[found.pk]
            assert (path[0].before, path[0].after) == ("", Status.RECEIVED)
            for previous, change in pairwise(path):
                assert change.before == previous.after
                assert change.after in MOVES[Actor(change.actor)][Status(change.before)]
                assert change.at >= previous.at
            assert (found.status, found.reason) == (path[-1].after, path[-1].reason)
            assert found.closed_at == (path[-1].at if found.status in CLOSED else None)

    def clocks_stand_still_where_they_should(self, reports):
        """And promises are those of the rules."""
        for found in reports:
            running = [pause for pause in found.pauses.all() if pause.ended_at is None]
            assert len(running) <= 1
            if found.status in CLOSED:
                assert not running
            elif EFFECTS[Status(found.status)].clock == Clock.PAUSED:
                assert running
            elif not running:
                assert found.due_at == promised(found.category, start=begun(found), report=found)

    def duplicates_have_a_master_who_has_none(self, reports):
        for found in reports:
            assert (found.status == Status.DUPLICATE) == (found.duplicate_of is not None)
            if found.duplicate_of is not None:
                assert found.duplicate_of.duplicate_of_id is None
                assert found.duplicate_of.status != Status.DUPLICATE
            assert found.reporters >= 1

    def everybody_merged_hears_of_the_master(self, reports):
        followers = {each.pk: {f.email for f in each.followers.all()} for each in reports}
        for found in reports:
            master = found.duplicate_of
            if master is None:
                continue
            people = {
                each.email for each in found.followers.all() if each.confirmed_at is not None
            }
            if found.contact.wants_news:
                people.add(found.contact.email)
            told = followers[master.pk] | {master.contact.email}
            assert people <= told | self.gone[master.pk] | self.gone[found.pk]

    def nobody_is_told_twice_of_one_move(self):
        told = defaultdict(list)
        for mail in OutgoingEmail.objects.filter(key__startswith="moved."):
            told[mail.key.split(".")[1]] += mail.to
        for readers in told.values():
            assert len(readers) == len(set(readers))
        reminded = OutgoingEmail.objects.filter(key__startswith="reminded.").count()
        assert reminded == ReportEvent.objects.filter(kind="reminded").count()

    def pick(self, number):
        """Choose a report, as a page shows it: perhaps before somebody else changed it."""
        every = Report.objects.select_related("category", "contact", "duplicate_of", "handler")
        found = list(every.order_by("pk"))
        return found[number % len(found)]


def refused():
    """What the rules refuse changes nothing."""
    return suppress(DomainError)


def test_whatever_happens_what_must_hold_holds():
    run_state_machine_as_test(
        Town,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
