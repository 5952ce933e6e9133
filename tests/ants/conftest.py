"""A commune that publishes, and a hub that is let in."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from ants import keeping, tokens
from booking import read_model
from tenants.models import Domain, OfficialCommune
from tests.conftest import owner
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    """Begin as a machine that has never answered."""
    settings.HOME = tmp_path
    keeping.forget()
    yield
    keeping.forget()


@pytest.fixture
def pauillac(commune):
    """What public data say of it, and the name it answers under."""
    with owner():
        OfficialCommune.objects.create(
            insee_code="33314", name="Pauillac", department="33", postcodes=["33250"],
            search_key="pauillac", longitude=-0.7461, latitude=45.1997,
        )  # fmt: skip
        Domain.objects.get_or_create(
            domain="pauillac.localhost", defaults={"commune": commune, "is_primary": True}
        )
    return commune


@pytest.fixture
def service(pauillac):
    """One counter, open every day of the week, gives identity cards to one to three persons."""
    service = ServiceFactory(minutes=[20, 40, 60], horizon_days=60, notice_hours=24)
    counter = ResourceFactory(services=[service])
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter])
    return service


@pytest.fixture
def written(service):
    """The whole horizon from now on, as everybody reads it."""
    now = timezone.now()
    read_model.refresh_all(now=now)
    return service


@pytest.fixture
def token():
    """The secret that France Titres has."""
    with owner():
        secret = tokens.issue(label="France Titres", now=timezone.now())[1]
        tokens.publish()
    return secret


class Hub:
    """Asks as the hub does: arrays as repeated names, the token in a header."""

    def __init__(self, secret):
        self.client = Client(headers={"host": "localhost"}, raise_request_exception=False)
        self.secret = secret

    def get(self, name, query="", **headers):
        tenant = connection.tenant
        known = {"x-hub-rdv-auth-token": self.secret} if self.secret else {}
        answer = self.client.get(f"/api/ants/{name}?{query}", headers=known | headers)
        connection.set_tenant(tenant)
        return answer

    def slots(self, query):
        answer = self.get("availableTimeSlots", query)
        assert answer.status_code == 200, answer
        return answer.json()


@pytest.fixture
def hub(token):
    return Hub(token)
