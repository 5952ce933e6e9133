"""Browsers of the team, for the pages of reports."""

import pytest

from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner


@pytest.fixture
def log_in(make_user, commune):
    """Open a session on Pauillac's site."""

    def inner(role):
        client = StaffClient(commune)
        with owner():
            login_as(client, make_user(role, commune=commune), site=commune.schema_name)
        return client

    return inner


@pytest.fixture
def agent(log_in):
    """Somebody who handles reports."""
    return log_in("report_agent")


@pytest.fixture
def admin(log_in):
    """Somebody who sets reports up."""
    return log_in("admin")


@pytest.fixture
def media(settings, tmp_path):
    """A folder of its own for photos."""
    settings.MEDIA_ROOT = tmp_path
