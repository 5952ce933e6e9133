"""While a commune is in maintenance its tasks wait and its pages give the telephone."""

import pytest
from celery.exceptions import Retry
from django.test import Client
from django_tenants.utils import schema_context

from parvis.celery import app
from parvis.models import OutgoingEmail
from parvis.pausing import PAUSE_S, is_paused
from tenants.hosts import forget_hosts
from tenants.models import Commune
from tenants.tasks import visit
from tests.conftest import owner


pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(commune: Commune) -> Commune:
    with owner():
        Commune.objects.filter(pk=commune.pk).update(
            state=Commune.State.MAINTENANCE, phone="05 56 59 00 00"
        )
    forget_hosts()
    return commune


def send(task: str, schema: str) -> None:
    """Do what the worker does before a task begins: go to its schema, then ask the task."""
    app.loader.import_default_modules()
    found = app.tasks[task]
    found.push_request(id="1", called_directly=False, retries=0, _schema_name=schema)
    try:
        with schema_context(schema):
            found.before_start("1", (), {})
    finally:
        found.pop_request()


def test_a_task_comes_back_later_and_those_of_others_run(closed, other_commune):
    with pytest.raises(Retry) as again:
        send("parvis.deliver", closed.schema_name)

    assert again.value.when == PAUSE_S
    send("parvis.deliver", other_commune.schema_name)


def test_the_sweep_leaves_a_commune_in_maintenance_alone(closed, commune, monkeypatch):
    OutgoingEmail.objects.create(key="waits", subject="x", body="x", to=["she@example.org"])

    visit.run(schemas=[commune.schema_name], tasks=["parvis.deliver"])

    assert is_paused()
    assert OutgoingEmail.objects.get(key="waits").attempts == 0


def test_pages_and_forms_answer_503_with_the_telephone(closed, other_commune):
    client = Client(headers={"host": "pauillac.localhost"})

    for answer in (client.get("/"), client.post("/signaler/", {})):
        assert answer.status_code == 503
        assert "05 56 59 00 00" in answer.content.decode().replace("\u00a0", " ")
    assert Client(headers={"host": "lacanau.localhost"}).get("/").status_code == 200
