"""Accounts nobody uses are announced, closed a month later, and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.models import OutgoingEmail
from privacy import nightly
from tenants.models import Erasure, User


pytestmark = [pytest.mark.django_db, pytest.mark.public]
SEEN = datetime(2024, 1, 10, 9, tzinfo=UTC)
WARNED, OVER = SEEN + timedelta(days=701), SEEN + timedelta(days=731)


@pytest.fixture
def user():
    return User.objects.create_user(
        "paul@example.org", "a long enough secret", display_name="Paul Seguin", last_login=SEEN
    )


def warn():
    nightly.run_once(now=WARNED)
    OutgoingEmail.objects.update(written_at=WARNED)


def test_it_is_announced_once(user):
    warn()
    nightly.run_once(now=WARNED + timedelta(days=1))

    assert [mail.to for mail in OutgoingEmail.objects.all()] == [["paul@example.org"]]


def test_it_is_closed_a_month_after_the_warning_and_not_before(user):
    warn()
    nightly.run_once(now=OVER - timedelta(days=2))
    user.refresh_from_db()
    assert user.is_active

    nightly.run_once(now=OVER)

    user.refresh_from_db()
    assert (user.is_active, user.display_name) == (False, "–")
    assert "paul" not in user.email
    assert Erasure.objects.get(kind="account").record == str(user.pk)


def test_a_login_meanwhile_keeps_it(user):
    warn()
    User.objects.update(last_login=WARNED + timedelta(days=3))

    nightly.run_once(now=OVER)

    user.refresh_from_db()
    assert user.is_active


def test_nobody_is_closed_without_a_warning(user):
    nightly.run_once(now=OVER)

    user.refresh_from_db()
    assert user.is_active
