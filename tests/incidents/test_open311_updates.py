"""Updates of reports by Open311, out and in: statements H46, H58 to H60 of the contract."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connect import calls
from connect.models import ApiClient, CallDay
from identity.members import Member
from incidents import transfers
from incidents.actions import move
from incidents.history import noted
from incidents.models import Category, Handler, OpenRequest, OpenUpdate, StatusChange
from incidents.open311_reading import UPDATES, update_status
from incidents.workflow import CLOSED, Actor, Reason, Status
from parvis.models import OutgoingEmail
from tests.incidents.factories import category, report
from tests.incidents.open311_client import BASE, Program, issue
from tests.incidents.test_open311_reading import moved, published_photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PATH = f"{BASE}/servicerequestupdates.json"
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")


@pytest.fixture
def program(commune):
    return Program(commune)


@pytest.fixture
def made():
    Category.objects.all().update(is_active=False)
    kind = category(moderation="after")
    return report(kind, now=timezone.now() - timedelta(minutes=5))


@pytest.fixture
def source():
    return issue(timezone.now())[1]


@pytest.fixture
def handler():
    return issue(timezone.now(), role="handler", name="Département")[1]


@pytest.fixture
def told(program, made, source):
    """Send an update; return the answer and what it says."""

    def inner(path=PATH, **changed):
        values = {
            "api_key": source,
            "service_request_id": made.reference,
            "update_id": "u1",
            "updated_datetime": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": "unchanged",
            "description": "Toujours là.",
        }
        return program.send(path, values | changed)

    return inner


def test_h46_the_window_is_inclusive_at_both_ends(program, made):
    at = timezone.now() - timedelta(minutes=2)
    moved(made, Status.ACCEPTED, text="Vu sur place.", now=at)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")

    _answer, shown = program.read(PATH, start_date=stamp, end_date=stamp)
    _answer, later = program.read(
        PATH, start_date=(at + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    )

    (update,) = shown
    names = "update_id service_request_id status updated_datetime description media_url"
    assert list(update) == names.split()
    assert (update["status"], update["description"]) == ("IN_PROGRESS", "Vu sur place.")
    assert later == []


def test_updates_come_oldest_first_and_always_say_something(program, made):
    moved(made, Status.ACCEPTED, text="")
    moved(made, Status.RESOLVED, reason="repaired", text="")

    _answer, shown = program.read(PATH)

    assert [each["status"] for each in shown] == ["OPEN", "IN_PROGRESS", "FIXED"]
    assert all(each["description"] for each in shown)
    _answer, second = program.read(PATH, page=2, page_size=2)
    assert second == shown[2:]


def test_h58_h59_no_word_that_clients_misread_is_ever_said():
    assert set(UPDATES) == set(Status)
    assert not {"CLOSED", "REOPEN", "INTERNAL_REFERRAL"} & set(UPDATES.values())
    assert update_status("rejected", Reason.OUT_OF_SCOPE) == "NOT_COUNCILS_RESPONSIBILITY"
    assert update_status("rejected", Reason.ABUSIVE) == "NO_FURTHER_ACTION"


def test_h46_the_same_update_twice_is_refused_with_the_first_number(told):
    first = told()
    again = told(description="Encore.")

    assert first[0].status_code == 200
    assert again[0].status_code == 400
    assert "already exists" in again[1][0]["description"]
    calls.write_down()
    day = CallDay.objects.get()  # section 13: seen in the log of the key
    assert (day.calls, day.refused) == (2, 1)
    assert "already exists" in day.last_refusal
    assert first[1][0]["update_id"] in again[1][0]["description"]
    assert OpenUpdate.objects.count() == 1


def test_what_is_missing_or_unknown_is_refused(told, program):
    assert told(service_request_id="INCONNU1")[0].status_code == 404
    assert told(api_key="faux")[0].status_code == 403
    answer, faults = told(updated_datetime="2026-10-01", status="parti", update_id="")
    assert (answer.status_code, len(faults)) == (400, 3)
    assert told(description="")[0].status_code == 400


def test_h60_the_number_answered_is_the_one_that_is_listed(told, program, made, handler, source):
    passed_on(made)
    number = told(api_key=handler, status="IN_PROGRESS", description="On y va.")[1][0]["update_id"]
    mine = told(update_id="u2", description="Dangereux.")[1][0]["update_id"]

    everybody = [each["update_id"] for each in program.read(PATH)[1]]
    the_source = {each["update_id"]: each for each in program.read(PATH, api_key=source)[1]}

    assert number in everybody
    assert mine not in everybody  # nobody has read it yet
    assert the_source[mine]["description"] == "Dangereux."


def test_a_published_photo_is_told_with_the_update_it_came_with(program, made):
    first, now = made.submitted_at, timezone.now()
    moved(made, Status.ACCEPTED, now=now - timedelta(minutes=1))
    moved(made, Status.RESOLVED, reason="repaired", now=now)
    for at, is_public in ((first, True), (now - timedelta(minutes=1), False), (now, True)):
        photo = published_photo(made, stage="after", is_public=is_public)
        noted(made, "photo", by=None, now=at, photo=photo.pk)

    _answer, shown = program.read(PATH)

    told = [each["media_url"] for each in shown]
    assert [bool(each) for each in told] == [False, False, True]
    assert f"/photo/{photo.pk}-l-0" in told[-1]
    type(made).objects.update(status="cancelled", reason="")
    assert [each["media_url"] for each in program.read(PATH)[1]] == [None] * 3


def passed_on(made, **options):
    body = Handler.objects.create(kind="body", name="Département", **options)
    return transfers.forward(report=made, handler=body, text="", by=AGENT, now=timezone.now())


def test_a_source_says_it_is_repaired_and_the_team_decides(told, made):
    told(status="fixed", description="")

    made.refresh_from_db()
    message = made.messages.get()
    assert made.status == Status.RECEIVED
    assert (message.audience, message.author) == ("staff", "reporter")
    assert "réparé" in message.text


def sent_by_source(made):
    client = ApiClient.objects.get(role="source")
    OpenRequest.objects.create(client_id=client.pk, report=made, at=timezone.now())


def test_a_source_reopens_as_a_citizen_may(told, made):
    sent_by_source(made)
    moved(made, Status.RESOLVED, reason="repaired")
    told(status="REOPEN", description="Pas réparé.")
    made.refresh_from_db()
    assert made.status == Status.REOPENED


def test_a_source_asks_the_team_to_reopen_what_others_sent(told, made):
    moved(made, Status.RESOLVED, reason="repaired")
    told(status="REOPEN", description="Pas réparé.")
    made.refresh_from_db()
    assert made.status == Status.RESOLVED
    assert "réouverture" in made.messages.latest("pk").text


def test_a_source_comes_too_late_to_reopen(told, made):
    sent_by_source(made)
    moved(made, Status.RESOLVED, reason="repaired", now=timezone.now() - timedelta(minutes=4))
    type(made).objects.update(closed_at=timezone.now() - timedelta(days=8))
    answer, _said = told(status="OPEN", description="Pas réparé.")
    made.refresh_from_db()
    assert (answer.status_code, made.status) == (200, Status.RESOLVED)
    assert "réouverture" in made.messages.latest("pk").text


def test_the_body_it_was_passed_on_to_closes_it_and_the_citizen_is_told(told, made, handler):
    passed_on(made)
    before = OutgoingEmail.objects.count()

    answer, (said,) = told(api_key=handler, status="FIXED", description="Rebouché hier.")

    made.refresh_from_db()
    change = made.changes.latest("pk")
    assert answer.status_code == 200
    assert (made.status, made.reason, change.actor) == ("resolved", "repaired", Actor.PARTNER)
    assert change.message.text == "Rebouché hier."
    assert said["update_id"] == f"c{change.pk}"
    assert OutgoingEmail.objects.count() > before


def test_a_body_that_closes_without_a_word_says_what_it_did(told, program, made, handler):
    passed_on(made)

    told(api_key=handler, status="FIXED", description="")

    last = program.read(PATH)[1][-1]
    assert (last["status"], last["description"]) == ("FIXED", "Résolu")
    assert not made.messages.exists()


def test_what_no_body_has_is_for_the_team_to_judge(told, program, made, handler):
    """A key of a body closes and says nothing publicly where it was not asked."""
    before = OutgoingEmail.objects.filter(to=["jeanne@example.org"]).count()

    answer, (said,) = told(api_key=handler, status="FIXED", description="Rebouché.")

    made.refresh_from_db()
    message = made.messages.get()
    assert (answer.status_code, made.status) == (200, Status.RECEIVED)
    assert (message.audience, message.text) == ("staff", "FIXED\nRebouché.")
    assert OutgoingEmail.objects.filter(to=["jeanne@example.org"]).count() == before
    assert said["update_id"] not in [each["update_id"] for each in program.read(PATH)[1]]


def test_where_a_photo_is_due_a_closing_is_only_proposed(told, made, handler):
    Category.objects.filter(pk=made.category_id).update(needs_after_photo=True)
    passed_on(made)

    told(api_key=handler, status="CLOSED", description="Fait.")

    made.refresh_from_db()
    assert made.status == Status.FORWARDED
    assert made.messages.filter(audience="staff", text__contains="CLOSED").exists()


def test_a_body_gives_back_what_is_not_its_own(told, made, handler):
    passed_on(made)
    told(api_key=handler, status="NOT_COUNCILS_RESPONSIBILITY", description="Voie communale.")
    made.refresh_from_db()
    assert made.status == Status.TRIAGE


def test_news_older_than_the_last_move_adds_words_alone(told, made, handler):
    passed_on(made)
    old = (timezone.now() - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")

    told(api_key=handler, status="FIXED", description="Rebouché.", updated_datetime=old)

    made.refresh_from_db()
    assert made.status == Status.FORWARDED
    assert made.messages.filter(text="Rebouché.", audience="public").exists()
    assert not StatusChange.objects.filter(report=made, after__in=sorted(CLOSED)).exists()


def test_the_test_endpoint_takes_updates_of_trials(told, program, source):
    path = PATH.replace("/v2", "/test/v2")
    where = {
        "api_key": source,
        "service_code": "nid-de-poule",
        "lat": "45.1995",
        "long": "-0.7475",
    }
    _answer, (trial,) = program.send("/open311/test/v2/requests.json", where)

    answer, (said,) = told(path, service_request_id=trial["service_request_id"], status="FIXED")

    assert answer.status_code == 200
    (listed,) = program.read(path)[1]
    assert (listed["update_id"], listed["status"]) == (said["update_id"], "FIXED")
    (item,) = program.read(f"/open311/test/v2/requests/{trial['service_request_id']}.json")[1]
    assert item["status"] == "closed"
    assert told(path, service_request_id="RIEN0000", update_id="z")[0].status_code == 404
    again, faults = told(path, service_request_id=trial["service_request_id"])
    assert (again.status_code, "already exists" in faults[0]["description"]) == (400, True)
    assert told()[0].status_code == 200  # a number that was tried is free for the real one


def test_h58_h59_trials_are_listed_in_words_that_clients_read(told, program, source):
    path, kind = PATH.replace("/v2", "/test/v2"), "nid-de-poule"
    where = {"api_key": source, "service_code": kind, "lat": "45.1995", "long": "-0.7475"}
    _answer, (trial,) = program.send("/open311/test/v2/requests.json", where)
    number = trial["service_request_id"]
    for n, status in enumerate(["CLOSED", "UNCHANGED", "REOPEN", "INTERNAL_REFERRAL"]):
        told(path, service_request_id=number, status=status, update_id=str(n))
        (item,) = program.read(f"/open311/test/v2/requests/{number}.json")[1]
        assert item["status"] == ("closed" if n < 2 else "open")

    listed = [each["status"] for each in program.read(path)[1]]
    assert listed == ["FIXED", "FIXED", "OPEN", "INVESTIGATING"]


def test_a_cancelled_report_says_so(program, made):
    move(report=made, to=Status.CANCELLED, actor=Actor.REPORTER, by=None, now=timezone.now())

    (item,) = program.read(f"{BASE}/requests/{made.reference}.json")[1]

    assert item["status"] == "closed"
    assert program.read(PATH)[1][-1]["status"] == "CANCELLED"
