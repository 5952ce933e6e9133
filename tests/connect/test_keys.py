"""What opens the API of a commune, and what does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from connect import actions, events, keys, scopes, tasks
from connect.models import EVENTS, SCOPES, ApiClient, ApiKey
from identity.members import Member
from parvis.signing import digest


pytestmark = pytest.mark.django_db
BY = Member(user_id=7, name="Odile Admin", role="admin")


@pytest.fixture
def fixmystreet():
    return actions.create_client(name="FixMyStreet", contact="api@example.org", by=BY)


@pytest.fixture
def issue(fixmystreet, now):
    def issue(*granted, **how):
        how = {"client": fixmystreet, "by": BY, "now": now} | how
        return actions.issue_key(scopes=granted or [scopes.REQUESTS_WRITE], **how)

    return issue


def test_a_key_opens_what_it_names_and_nothing_else(issue, now, django_assert_num_queries):
    key, secret = issue(scopes.REQUESTS_WRITE, scopes.OWN_READ)

    with django_assert_num_queries(1):
        found = keys.found(secret, scope=scopes.OWN_READ, now=now)
        assert found.client.role == ApiClient.Role.SOURCE
    assert found == key
    assert keys.found(secret, now=now) == key
    with pytest.raises(keys.ScopeMissing) as refusal:
        keys.found(secret, scope=scopes.UPDATES_WRITE, now=now)
    assert (refusal.value.scope, refusal.value.status) == (scopes.UPDATES_WRITE, 403)


def test_only_the_sha_256_of_160_random_bits_is_kept(issue):
    key, secret = issue()

    assert secret.startswith(f"{key.prefix}_")
    assert len(secret.removeprefix(f"{key.prefix}_")) * 5 >= 160  # base32: five bits each
    kept = ApiKey.objects.filter(pk=key.pk).values().get()
    assert kept["digest"] == digest(secret)
    assert secret not in str(kept)
    assert issue()[1] != secret


@pytest.mark.parametrize(
    "text",
    [
        "pv_aaaaaaaa_" + "a" * 32, "pv_aaaaaaaa", "x", "pv_\0", "é" * 45, "a" * 100_000,
        "' OR 1=1 --", "pv_AAAAAAAA_" + "A" * 32, "\ud800",
    ],
)  # fmt: skip
def test_anything_else_is_unknown(issue, now, text):
    issue()

    with pytest.raises(keys.KeyUnknown):
        keys.found(text, now=now)


def test_the_name_of_a_key_is_not_enough(issue, now):
    key, secret = issue()

    with pytest.raises(keys.KeyUnknown):
        keys.found(f"{key.prefix}_{'a' * 32}", now=now)
    with pytest.raises(keys.KeyUnknown):
        keys.found(secret + "\n", now=now)
    with pytest.raises(keys.KeyMissing):
        keys.found("", now=now)


def test_a_key_of_another_commune_is_simply_unknown(issue, now, other_commune):
    _key, secret = issue()

    connection.set_tenant(other_commune)

    with pytest.raises(keys.KeyUnknown):
        keys.found(secret, now=now)


def test_a_key_ends_after_a_year_at_most(issue, now):
    key, secret = issue()

    assert key.expires_at == now + timedelta(days=365)
    with pytest.raises(keys.KeyExpired):
        keys.found(secret, now=key.expires_at)
    for days in (366, 0, -1):
        with pytest.raises(actions.BadExpiry):
            issue(expires_at=now + timedelta(days=days))


def test_what_is_revoked_opens_nothing_from_then_on(issue, now):
    key, secret = issue()

    revoked = actions.revoke(key=key, by=BY, now=now)

    assert (revoked.revoked_at, revoked.revoked_by_name) == (now, BY.name)
    with pytest.raises(keys.KeyRevoked):
        keys.found(secret, now=now)
    for again in (actions.revoke, actions.renew):
        with pytest.raises(actions.AlreadyRevoked):
            again(key=key, by=BY, now=now)


def test_a_renewed_key_opens_for_two_more_weeks(issue, now):
    key, old = issue(scopes.SLOTS_READ)

    fresh, new = actions.renew(key=key, by=BY, now=now)

    assert fresh.scopes == [scopes.SLOTS_READ]
    for secret in (old, new):
        keys.found(secret, scope=scopes.SLOTS_READ, now=now + timedelta(days=13))
    with pytest.raises(keys.KeyExpired):
        keys.found(old, now=now + timedelta(days=14))


@pytest.mark.parametrize("granted", [["everything"], ["requests:write", "root"], ["\0"]])
def test_a_right_that_does_not_exist_is_not_given(issue, granted):
    with pytest.raises(actions.NoScope):
        issue(*granted)


def test_a_program_has_twenty_living_keys_at_most(issue, monkeypatch):
    monkeypatch.setattr(actions, "MOST_KEYS", 1)
    issue()

    with pytest.raises(actions.TooManyKeys):
        issue()


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (("/", {}, {"authorization": "Bearer pv_x"}), "pv_x"),
        (("/", {}, {"authorization": "bearer  pv_x "}), "pv_x"),
        (("/", {}, {"authorization": "Basic pv_x"}), ""),
        (("/", {"api_key": "pv_form"}, {}), "pv_form"),
        (("/?api_key=pv_query", {}, {}), "pv_query"),
        (("/?api_key=pv_query", {"api_key": "pv_form"}, {"authorization": "Bearer pv_x"}), "pv_x"),
        (("/", {}, {}), ""),
    ],
)
def test_a_request_shows_its_key_in_one_of_three_places(request_, shown):
    path, form, headers = request_

    assert keys.shown_by(RequestFactory(headers=headers).post(path, form)) == shown


def test_its_use_is_noted_once_an_hour_by_the_queue(
    issue, now, django_capture_on_commit_callbacks, django_assert_num_queries
):
    """Reading writes nothing: whoever checks a key leaves the note to a task."""
    key, secret = issue()

    with django_capture_on_commit_callbacks() as woken, django_assert_num_queries(2):
        keys.found(secret, now=now)
        keys.found(secret, now=now)
    assert len(woken) == 1
    tasks.note_use(key=key.pk, at=now.isoformat())
    tasks.note_use(key=key.pk, at=(now + timedelta(minutes=59)).isoformat())

    key.refresh_from_db()
    assert key.last_used_at == now
    with django_capture_on_commit_callbacks() as woken:
        keys.found(secret, now=now + timedelta(minutes=59))
    assert woken == []


def test_the_database_knows_every_right_and_event():
    assert set(SCOPES) == scopes.ALL
    assert set(EVENTS) == set(events.CHOICES)
