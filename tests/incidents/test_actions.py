"""A report is received once, goes to whom the rules name, and moves as the table allows."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from identity.members import REPORT_AGENT, Member
from incidents import actions
from incidents.models import (
    Asset,
    ClockPause,
    Handler,
    Photo,
    Report,
    ReportContact,
    RoutingRule,
    StatusChange,
    Zone,
)
from incidents.refusals import (
    IllegalMove,
    NotReportable,
    Nowhere,
    PhotoMissing,
    ReasonMissing,
    StaleVersion,
    TooLate,
)
from incidents.workflow import Actor, Status
from tests.incidents.factories import NOW, QUAY, category, report, team


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
PARIS = ZoneInfo("Europe/Paris")
FOREMAN = Member(user_id=7, name="Paul Seguin", role=REPORT_AGENT)
AROUND_THE_QUAY = {
    "type": "Polygon",
    "coordinates": [
        [[-0.76, 45.19], [-0.74, 45.19], [-0.74, 45.21], [-0.76, 45.21], [-0.76, 45.19]]
    ],
}


def move(found, to, *, actor=Actor.STAFF, now=NOW, **options):
    by = FOREMAN if actor == Actor.STAFF else None
    return actions.move(report=found, to=Status(to), actor=actor, by=by, now=now, **options)


def test_a_report_is_received_with_a_promise_and_a_history():
    found = report(category(promise=5))

    assert found.status == "received"
    assert found.visibility == "pending"
    assert found.due_at == datetime(2026, 12, 1, tzinfo=PARIS)  # five working days, to their end
    [change] = found.changes.all()
    assert (change.before, change.after, change.actor) == ("", "received", "reporter")


def test_who_reports_is_written_in_one_place_only():
    found = report(email="jeanne@example.org", name="Jeanne Dupuy")

    assert found.contact.email == "jeanne@example.org"
    assert "jeanne" not in str(vars(found)).lower()
    assert len(found.contact.token_hash) == 64


def test_the_same_form_sent_twice_is_one_report():
    key = uuid4()

    assert report(idempotency_key=key).pk == report(idempotency_key=key).pk
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"is_active": False},
        {"is_staff_only": True},
        {"door": "redirect", "redirect_text": "Appelez Orange."},
    ],
    ids=str,
)
def test_what_is_not_for_citizens_is_refused(options):
    with pytest.raises(NotReportable):
        report(category(**options))


def test_an_agent_reports_what_citizens_may_not():
    assert report(category(is_staff_only=True), by=FOREMAN).taken_by_name == FOREMAN.name


def test_a_problem_is_somewhere_an_idea_need_not_be():
    with pytest.raises(Nowhere):
        report(category(), place=None, address=" ")

    idea = category(code="idee", name="Une idée", door="suggestion")
    assert report(idea, place=None, address="").place is None


def test_a_sticker_says_where():
    lamp = Asset.objects.create(kind="lampadaire", code="L12", lat=45.2, lon=-0.75, token="ABC")

    assert report(asset=lamp, place=None, address="").place.lat == lamp.lat


def test_the_first_rule_that_matches_names_who_takes_care():
    hole = category()
    roads, other = team("Voirie"), Handler.objects.create(kind="body", name="Département")
    quay = Zone.objects.create(name="Quais", outline=AROUND_THE_QUAY)
    RoutingRule.objects.create(position=1, road_class="department", handler=other)
    RoutingRule.objects.create(position=2, category=hole, zone=quay, handler=roads)

    assert report(hole).handler == roads
    assert report(hole).team == roads.team
    assert report(hole, road_class="department").handler == other
    assert report(hole, place=None).handler is None


def test_a_move_is_written_with_who_did_it_and_answers_the_citizen():
    found = move(report(), "accepted", now=NOW + timedelta(hours=2))

    assert found.answered_at == NOW + timedelta(hours=2)
    change = found.changes.last()
    assert (change.before, change.after, change.by_name) == ("received", "accepted", FOREMAN.name)


def test_what_the_table_does_not_allow_is_refused():
    found = report()

    with pytest.raises(IllegalMove):
        move(found, "reopened", reason="other")
    with pytest.raises(IllegalMove):
        move(found, "accepted", actor=Actor.REPORTER)
    assert StatusChange.objects.count() == 1


def test_nothing_closes_without_a_reason_of_its_own():
    found = report()

    for reason in ("", "not_repaired", "nonsense"):
        with pytest.raises(ReasonMissing):
            move(found, "resolved", reason=reason)

    assert move(found, "resolved", reason="repaired").closed_at == NOW


def test_a_category_may_ask_for_a_photo_of_the_work():
    found = report(category(needs_after_photo=True))
    with pytest.raises(PhotoMissing):
        move(found, "resolved", reason="repaired")

    Photo.objects.create(report=found, stage="after", name="a" * 32)

    assert move(found, "resolved", reason="repaired").status == "resolved"


def test_a_closing_is_contested_for_seven_days():
    found = move(report(), "resolved", reason="repaired")

    with pytest.raises(TooLate):
        move(
            found, "reopened", actor=Actor.REPORTER, reason="not_repaired", now=NOW + timedelta(8)
        )
    again = move(found, "reopened", actor=Actor.REPORTER, reason="not_repaired")

    assert again.closed_at is None
    assert again.due_at > NOW


def test_the_clock_stands_still_while_the_citizen_is_asked():
    found = report(category(promise=48, promise_unit="hours"))
    asked = move(found, "awaiting_reporter", now=NOW + timedelta(hours=1))
    assert ClockPause.objects.get().cause == "reporter"

    answered = move(asked, "triage", actor=Actor.REPORTER, now=NOW + timedelta(hours=11))

    assert answered.due_at == NOW + timedelta(hours=58)
    assert ClockPause.objects.get().ended_at == NOW + timedelta(hours=11)


def test_forwarding_stops_the_clock_where_the_handler_says_so():
    body = Handler.objects.create(kind="body", name="Département", pauses_clock=True)

    found = move(report(), "forwarded", handler=body)

    assert found.handler == body
    assert found.pauses.get().cause == "third_party"


def test_a_duplicate_names_the_report_it_repeats():
    master, found = report(), report()

    with pytest.raises(IllegalMove):
        move(found, "duplicate")
    with pytest.raises(IllegalMove):
        move(found, "duplicate", master=found)
    merged = move(found, "duplicate", master=master)

    assert merged.duplicate_of == master
    with pytest.raises(IllegalMove):
        move(report(), "duplicate", master=merged)
    assert move(merged, "reopened", reason="other").duplicate_of is None


def test_two_screens_do_not_undo_each_other():
    found = report()
    move(found, "accepted", version=found.version)

    with pytest.raises(StaleVersion):
        move(found, "rejected", reason="abusive", version=found.version)


def test_the_history_cannot_be_changed():
    found = report()

    for change in (
        StatusChange.objects.all().delete,
        lambda: found.changes.update(after="triage"),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "nonsense"},
        {"status": "resolved"},
        {"lat": 45.0, "lon": None},
        {"lat": 95.0},
        {"satisfaction": 6},
        {"status": "duplicate", "closed_at": NOW},
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(wrong):
    found = report()

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=found.pk).update(**wrong)


def test_an_erased_contact_holds_nothing():
    found = report()

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportContact.objects.filter(report=found).update(erased_at=NOW)


def test_a_place_is_read_as_it_was_given():
    assert report(place=QUAY).place == QUAY
