"""A commune beyond its ceiling answers 429; the others notice nothing."""

import pytest
from redis.exceptions import RedisError

from tenants import breaker


pytestmark = pytest.mark.django_db


@pytest.fixture
def low(settings, monkeypatch):
    """Let a commune answer twenty requests within ten seconds."""
    settings.COMMUNE_CEILING = 2
    monkeypatch.setattr(breaker._Valkey, "down_until", 0.0)


def test_beyond_its_ceiling_a_commune_says_whom_to_call(low, client, host_client, commune):
    commune.phone = "0556590150"
    statuses = [client.get("/robots.txt").status_code for _each in range(21)]
    refused = client.get("/")

    assert statuses == [200] * 20 + [429]
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert host_client("lacanau.localhost").get("/robots.txt").status_code == 200
    assert client.get("/sante/").status_code == 200


def test_a_crowd_does_not_keep_the_team_out(low, client, settings):
    for _each in range(21):
        client.get("/robots.txt")
    client.cookies[settings.SESSION_COOKIE_NAME] = "one"

    assert client.get("/robots.txt").status_code == 200


def test_a_commune_may_have_a_ceiling_of_its_own(low, settings, commune, other_commune):
    settings.COMMUNE_CEILINGS = {commune.schema_name: 1}

    assert [breaker.may_pass(commune) for _each in range(11)] == [True] * 10 + [False]
    assert all(breaker.may_pass(other_commune) for _each in range(11))


def test_without_valkey_nobody_is_refused_and_nobody_asks_again(low, monkeypatch, commune):
    asked = []

    def down(script, keys, values):
        asked.append(keys)
        raise RedisError("nobody listens")

    monkeypatch.setattr(breaker, "run", down)

    assert all(breaker.may_pass(commune) for _each in range(50))
    assert len(asked) == 1
