"""The strict login: 36 lies of a provider are refused, and none breaks a page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demo.provider_lies import LIES
from identity.models import Invitation
from parvis.signing import digest
from tenants.models import Association, User
from tests.conftest import owner
from tests.identity.conftest import has_session
from tests.stateid.conftest import ADA, log_in


pytestmark = pytest.mark.django_db


def invite(place, email=ADA.email, role="booking_agent", **fields):
    """Let an invitation wait."""
    where = "association" if isinstance(place, Association) else "commune"
    with owner():
        return Invitation.objects.create(
            email=email,
            role=role,
            digest=digest(f"{email}{place.pk}{role}"),
            expires_at=timezone.now() + timedelta(days=3),
            **{where: place},
            **fields,
        )


@pytest.fixture
def ada(providers, official, commune):
    """Somebody invited: all that a login needs."""
    invite(commune)
    return ADA


def test_who_is_invited_logs_in(ada, browser, providers):
    answer = log_in(browser, providers.proconnect)

    assert answer.status_code == 302
    assert has_session(browser)
    assert User.objects.get(email=ada.email).display_name == "Ada Byron"


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused(ada, browser, providers, lie):
    providers.proconnect.lie = LIES[lie]

    answer = log_in(browser, providers.proconnect)

    assert answer.status_code == 401
    assert not has_session(browser)
    assert not User.objects.filter(email=ada.email).exists()
