"""The OpenAPI document: what it promises holds, for its page, a generated program and chance."""

import importlib
import json
import os
import sys
from collections import Counter

import httpx
import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings as hypothesis
from openapi_python_client import Config, generate
from openapi_python_client.config import ConfigFile, MetaType
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import examples, limits, texts
from connect import scopes, webhook_actions
from connect.models import ApiClient
from parvis.counters import Limit
from tests.api.conftest import later
from tests.factories import AppointmentFactory
from tests.incidents.factories import category, report


pytestmark = pytest.mark.django_db
HOST = "pauillac.localhost"
EACH = int(os.environ.get("PARVIS_API_EXAMPLES", "1"))  # requests of each kind to each operation
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def document(client, commune):
    told = client.get("/api/v1/openapi.json").json()
    connection.set_tenant(commune)  # the request left it on public
    return told


@pytest.fixture
def site():
    """The site as a server calls it; the connection stays open, as for the client of Django."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    handler = WSGIHandler()
    yield lambda environ, begin: handler({"REMOTE_ADDR": "127.0.0.1"} | environ, begin)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(document):
    return [each for path in document["paths"].values() for each in path.values()]


def test_every_operation_has_words_an_example_and_its_errors(document):
    names = [each["operationId"] for each in operations(document)]

    assert Counter(names) == Counter(list(texts.OPERATIONS))
    for each in operations(document):
        assert {"422", "429", "500"} <= set(each["responses"])
        assert each["summary"]
        assert each["description"]
        for parameter in each["parameters"]:
            assert parameter["description"], parameter
        for error in each["responses"].values():
            for code, said in error.get("content", {}).get("examples", {}).items():
                assert said["value"]["code"] == code


def test_every_example_is_what_its_schema_says(document):
    def check(schema, value):
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(value)

    for each in operations(document):
        name = each["operationId"]
        if name in examples.SENT:
            body = each["requestBody"]["content"]["application/json"]
            check(body["schema"], examples.SENT[name])
        for answer in each["responses"].values():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    check(content["schema"], content["example"])
                for said in content.get("examples", {}).values():
                    check(content["schema"], said["value"])


def test_it_is_written_in_the_language_asked_for_and_names_this_commune(client, document):
    english = client.get("/api/v1/openapi.json", headers={"accept-language": "en"}).json()

    assert document["servers"][0]["url"] == f"http://{HOST}:8000"
    assert english["paths"].keys() == document["paths"].keys()
    assert english["components"] != {}


def test_the_page_tells_all_of_it_with_our_own_files_only(client):
    page = client.get("/api/v1/docs").content.decode()

    for name in texts.OPERATIONS:
        assert f'id="{name}"' in page
    for code in texts.ERRORS:
        assert f'id="{code}"' in page
    assert f"http://{HOST}:8000/api/v1/slots?service=carte-identite" in page
    assert "Parvis-Signature" in page
    assert "adult, 15-17, 12-14, 0-11" in page
    assert '<script src="http' not in page


def test_a_generated_client_finds_a_slot_books_it_and_cancels(
    document, service, key_for, site, tmp_path, monkeypatch
):
    source, target = tmp_path / "openapi.json", tmp_path / "parvis_api"
    source.write_text(json.dumps(document))
    config = Config.from_sources(
        ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", True, target
    )
    assert list(generate(config=config)) == []
    monkeypatch.syspath_prepend(tmp_path)
    made = importlib.import_module("parvis_api")
    try:
        _use(made, key_for(*scopes.ALL), site)
    finally:
        for name in [each for each in sys.modules if each.split(".")[0] == "parvis_api"]:
            del sys.modules[name]


def _use(made, key, site):
    """Do with a generated client what a kiosk does."""
    api = made.AuthenticatedClient(
        base_url=f"http://{HOST}",
        token=key,
        httpx_args={"transport": httpx.WSGITransport(app=site)},
        raise_on_unexpected_status=True,
    )

    def operation(group, name):
        return importlib.import_module(f"parvis_api.api.{group}.{name}")

    models = importlib.import_module("parvis_api.models")
    (found,) = operation("services", "list_services").sync(client=api).items
    slot = operation("services", "list_slots").sync(client=api, service=found.code).items[3]
    body = models.AppointmentIn.from_dict(
        {
            "service": found.code,
            "start": slot.start.isoformat(),
            "people": [{"name": "Jeanne Dupuy"}],
            "email": "jeanne@example.org",
        }
    )
    booked = operation("appointments", "book_appointment").sync(
        client=api, body=body, idempotency_key="k1"
    )
    assert booked.start == slot.start
    cancelled = operation("appointments", "cancel_appointment").sync(
        booked.id, client=api, body=models.CancelIn()
    )
    assert cancelled.status == "cancelled"
    refused = operation("appointments", "move_appointment").sync(
        booked.id, client=api, body=models.MoveIn(start=slot.start)
    )
    assert refused.code == "not_movable"


def test_whatever_is_sent_is_answered_as_promised(  # noqa: PLR0917 - fixtures
    document, service, key_for, member, site, now, monkeypatch, capsys
):
    """``make hostile P=api`` sends many more."""
    for name in ("KEYED", "KEYED_WRITES", "OPEN"):
        known: Limit = getattr(limits, name)
        many = Limit(known.name, 1_000_000, known.period, fails_open=True)
        monkeypatch.setattr(limits, name, many)
    key = key_for(*scopes.ALL)
    appointment = AppointmentFactory(service=service, start=later(now, days=9))
    webhook, _secret = webhook_actions.create(
        name="Borne",
        url="https://borne.example.org/",
        events=["appointment.booked"],
        by=member,
        client=ApiClient.objects.get(),
    )
    known = {
        "code": service.slug,
        "appointment_id": appointment.reference,
        "reference": report(category(moderation="after")).reference,
        "webhook_id": webhook.pk,
        "delivery_id": webhook_actions.try_out(webhook=webhook, now=now).key,
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = site
    answers = Counter()
    for operation in schema.get_all_operations():
        for mode in _modes(operation.ok()):
            _barrage(operation.ok(), mode, key, known, answers)
    with capsys.disabled():
        print(f"\n{sum(answers.values())} requests, answers {dict(sorted(answers.items()))}")
    assert not [status for status in answers if status >= 500 and status != 503]


def _modes(operation):
    """Send good and bad requests; of one alone, bad ones where there is much to get wrong."""
    if not (operation.query or operation.body):
        return [GenerationMode.POSITIVE]
    if EACH > 1:
        return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return [GenerationMode.NEGATIVE if operation.body else GenerationMode.POSITIVE]


def _barrage(operation, mode, key, known, answers):
    """Send some requests to one operation, good or bad as the document says."""
    here = {each.name: known[each.name] for each in operation.path_parameters}
    cases = operation.as_strategy(generation_mode=mode, path_parameters=here)

    @seed(7)
    @hypothesis(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case):
        for part in (case.query, case.body):
            if mode == GenerationMode.POSITIVE and isinstance(part, dict) and "service" in part:
                part["service"] = known["code"]
        with transaction.atomic():
            headers = {"Authorization": f"Bearer {key}", "Host": HOST}
            answer = case.call(base_url=f"http://{HOST}", headers=headers)
            transaction.set_rollback(True)
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code != 500, case

    send()
