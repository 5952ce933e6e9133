"""An administrator of Pauillac, and two resolvers."""

import pytest

from identity.members import ADMIN, Member
from tests.conftest import login_as
from tests.widgets.name_server import name_server


@pytest.fixture
def admin(make_user, commune):
    return make_user("admin", commune=commune)


@pytest.fixture
def member(admin, commune):
    return Member(
        user_id=admin.pk,
        name="admin",
        role=ADMIN,
        commune_id=commune.pk,
        association_id=None,
        email=admin.email,
    )


@pytest.fixture
def staff(client, admin, commune):
    return login_as(client, admin, site=commune.schema_name)


@pytest.fixture
def resolvers(settings):
    with name_server() as first, name_server() as second:
        settings.RESOLVERS = [first.address, second.address]
        yield first, second
