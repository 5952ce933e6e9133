"""What everybody may read, and what every answer has."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import limits
from tests.factories import ServiceFactory
from tests.incidents.factories import category, report


pytestmark = pytest.mark.django_db
PUBLIC = ["services", "services/carte-identite", "sites", "slots?service=carte-identite"]


@pytest.mark.parametrize("what", [*PUBLIC, "reports", "figures"])
def test_reading_has_a_tag_and_a_limit_and_pages_of_others_may_read_it(client, service, what):
    answer = client.get(f"/api/v1/{what}")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["RateLimit-Policy"] == '"api-open";q=120;w=60'
    assert "Set-Cookie" not in answer
    again = client.get(f"/api/v1/{what}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/api/v1/{what}").status_code == 200


def test_a_service_says_durations_and_documents(client, service):
    (found,) = client.get("/api/v1/services").json()["items"]

    assert found["durations"] == [
        {"persons": 1, "minutes": 20},
        {"persons": 2, "minutes": 30},
    ]
    assert found["first_free_day"]
    assert "photo" in {each["key"] for each in found["documents"]}


def test_documents_follow_the_situation_and_the_language(client, service):
    usual = client.get("/api/v1/services/carte-identite").json()
    english = {"accept-language": "en"}
    child = client.get("/api/v1/services/carte-identite?age=0-11", headers=english).json()

    keys = {each["key"] for each in child["documents"]}
    assert "parent_id" in keys - {each["key"] for each in usual["documents"]}
    assert child["name"] == "Identity card"
    assert {each["key"] for each in child["questions"]} > {"age", "parents"}


def test_slots_are_those_of_the_site(client, service, commune):
    days = client.get("/rendez-vous/carte-identite/creneaux/?persons=2").content.decode()
    slots = client.get("/api/v1/slots?service=carte-identite&persons=2").json()["items"]

    assert slots
    assert slots[0]["start"][:16] in days
    assert client.get("/api/v1/slots?service=carte-identite&site=99").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 422, "invalid_fields"),
        ("?service=autre", 404, "not_found"),
        ("?service=carte-identite%00", 422, "invalid_fields"),
        ("?service=carte-identite&persons=9", 422, "not_offered"),
        ("?service=carte-identite&persons=x", 422, "invalid_fields"),
        ("?service=carte-identite&from=2026-11-30&to=2026-11-29", 422, "invalid_fields"),
        ("?service=carte-identite&from=2026-01-01&to=2026-12-29", 422, "invalid_fields"),
        ("?service=carte-identite&from=9999-12-31", 422, "invalid_fields"),
        (f"?service=carte-identite&site={'9' * 40}", 422, "invalid_fields"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_form(client, service, query, status, code):
    answer = client.get(f"/api/v1/slots{query}")

    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert told["type"] == f"/api/v1/docs#{code}"
    assert told["title"]
    assert told["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "nulle-part", 404), ("delete", "services", 405), ("post", "slots", 405)],
)
def test_what_django_refuses_has_the_same_form(client, method, path, status):
    answer = getattr(client, method)(f"/api/v1/{path}", headers={"accept-language": "en"})

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    if status == 405:
        assert "GET" in answer["Allow"]


def test_a_defect_and_a_closed_commune_have_the_same_form(client, commune, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("api.service_views.offered", lambda: 1 / 0)
    answer = client.get("/api/v1/services")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "ZeroDivision" not in answer.content.decode()

    unknown = client.get("/api/v1/services", headers={"host": "nulle-part.localhost"})
    assert (unknown.status_code, unknown["Content-Type"]) == (404, "application/problem+json")


def test_a_page_of_another_site_may_ask_first(client):
    answer = client.options(
        "/api/v1/services", headers={"access-control-request-headers": "if-none-match"}
    )

    assert answer.status_code == 204
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]


def test_too_many_requests_are_told_when_to_come_back(client, service, monkeypatch):
    monkeypatch.setattr(limits, "OPEN", replace(limits.OPEN, seats=2))
    answers = [client.get("/api/v1/services") for _turn in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[1]["RateLimit"] == '"api-open";r=0;t=60'
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "too_many"


def test_reports_say_nothing_of_who_wrote_them_and_pages_hold_when_some_come_in(client, commune):
    kind = category(moderation="after")
    for number in range(5):
        report(kind, text=f"Trou {number}")
    private = report(category(code="autre", moderation="never"), text="À ne pas lire")

    first = client.get("/api/v1/reports?limit=2").json()
    connection.set_tenant(commune)
    report(kind, text="Venu entre-temps")
    second = client.get(f"/api/v1/reports?limit=2&cursor={first['next']}").json()
    last = client.get(f"/api/v1/reports?limit=2&cursor={second['next']}").json()

    texts = [each["text"] for page in (first, second, last) for each in page["items"]]
    assert texts == [f"Trou {number}" for number in (4, 3, 2, 1, 0)]
    assert last["next"] is None
    assert "jeanne" not in str(first)
    assert client.get(f"/api/v1/reports/{private.reference}").status_code == 404
    one = client.get(f"/api/v1/reports/{first['items'][0]['reference']}").json()
    assert one["history"]


@pytest.mark.parametrize("cursor", ["x", "A" * 900, "é", "eyJhIjoxfQ"])
def test_a_cursor_that_was_made_up_is_refused(client, cursor):
    answer = client.get("/api/v1/reports", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_cursor")


def test_a_cursor_is_of_one_list_only(client):
    kind = category(moderation="after")
    for _turn in range(2):
        report(kind)
    cursor = client.get("/api/v1/reports?limit=1").json()["next"]

    answer = client.get("/api/v1/reports", {"cursor": cursor, "category": "nid-de-poule"})

    assert answer.json()["code"] == "wrong_cursor"


@pytest.mark.parametrize("what", ["services", "sites", "reports", "slots?service=carte-identite"])
def test_queries_do_not_grow(client, service, commune, what):
    kind = category(moderation="after")
    report(kind)

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/api/v1/{what}").status_code == 200
        connection.set_tenant(commune)
        return len(asked)

    count()  # finds the host
    few = count()
    for _turn in range(4):
        report(kind)
        ServiceFactory()
    assert count() == few


def test_figures_of_few_are_not_told_and_days_are_not_chosen_without_a_right(client, program):
    report(category(moderation="after"))
    told = client.get("/api/v1/figures").json()
    assert told["reports"]["received"] is None
    assert told["detailed"] is None
    assert client.get("/api/v1/figures?from=2026-11-01").json()["code"] == "key_wanted"
    other = program("slots:read").get("/api/v1/figures?from=2026-11-01")
    assert other.json()["code"] == "scope_missing"

    mine = program("figures:read").get("/api/v1/figures?from=2026-11-01&to=2026-11-30").json()

    assert (mine["from"], mine["to"]) == ("2026-11-01", "2026-11-30")
    assert mine["detailed"]["reports"] == [
        {
            "category": "Nid-de-poule",
            "received": 1,
            "open": 1,
            "resolved": 0,
            "rejected": 0,
            "overdue": 0,
        }
    ]
