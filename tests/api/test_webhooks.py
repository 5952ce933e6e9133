"""Webhooks of a program, through the API."""

import json
from uuid import uuid4

import pytest
from django.db import connection

from connect import webhooks
from connect.models import Webhook


pytestmark = pytest.mark.django_db
SENT = {
    "name": "Borne",
    "url": "https://borne.example.org/parvis",
    "events": ["appointment.booked"],
}


@pytest.fixture
def mine(program):
    return program("webhooks:manage")


def send(client, method, path, sent=None):
    return getattr(client, method)(
        f"/api/v1/webhooks{path}", json.dumps(sent or {}), content_type="application/json"
    )


def test_a_webhook_lives_from_its_secret_to_its_end(mine, commune, now):
    made = send(mine, "post", "", SENT)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    place = f"/{made.json()['id']}"

    assert "secret" not in mine.get("/api/v1/webhooks").json()["items"][0]
    assert send(mine, "patch", place, {"name": "Autre"}).json()["name"] == "Autre"
    assert send(mine, "patch", place, {"is_active": False}).json()["is_active"] is False
    assert send(mine, "post", f"{place}/test").json()["code"] == "not_in_service"
    assert send(mine, "patch", place, {"is_active": True}).json()["is_active"] is True
    tried = send(mine, "post", f"{place}/test")
    assert (tried.status_code, tried.json()["event"]) == (202, "test")
    assert send(mine, "post", f"{place}/secret").json()["secret"] != made.json()["secret"]

    connection.set_tenant(commune)
    webhooks.note("appointment.booked", {"reference": "K7M2Q4XZ"}, now=now)
    first = mine.get(f"/api/v1/webhooks{place}/deliveries?limit=1").json()
    assert first["items"][0]["event"] == "appointment.booked"
    then = mine.get(f"/api/v1/webhooks{place}/deliveries?limit=1&cursor={first['next']}").json()
    assert ([each["event"] for each in then["items"]], then["next"]) == (["test"], None)
    again = send(mine, "post", f"{place}/deliveries/{tried.json()['id']}/resend")
    assert (again.status_code, again.json()["id"]) == (202, tried.json()["id"])
    assert send(mine, "post", f"{place}/deliveries/{uuid4()}/resend").status_code == 404

    assert send(mine, "delete", place).status_code == 204
    assert mine.get(f"/api/v1/webhooks{place}").status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://127.0.0.1/"}, "not_an_address"),
        ({"url": "https://localhost/x"}, "not_an_address"),
        ({"events": ["autre"]}, "no_event"),
        ({"events": []}, "no_event"),
        ({"name": ""}, "invalid_fields"),
    ],
)
def test_what_cannot_be_told_is_refused(mine, change, code):
    answer = send(mine, "post", "", SENT | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_program_knows_nothing_of_the_webhooks_of_others(mine, program, commune):
    other = program("webhooks:manage")
    made = send(other, "post", "", SENT).json()
    connection.set_tenant(commune)

    assert mine.get("/api/v1/webhooks").json()["items"] == []
    assert mine.get(f"/api/v1/webhooks/{made['id']}").status_code == 404
    for method, path in [("delete", ""), ("post", "/test"), ("post", "/secret")]:
        assert send(mine, method, f"/{made['id']}{path}").status_code == 404
    connection.set_tenant(commune)
    assert Webhook.objects.exists()
