"""What the demo offers other software by Open311 holds, and its key opens."""

import pytest
from django.utils import timezone

from connect import keys
from demo import open311
from incidents.configuration import install_pack
from tests.incidents.open311_client import BASE, Program


pytestmark = pytest.mark.django_db


def test_two_categories_ask_questions_and_a_program_has_a_key(commune):
    now = timezone.now()
    install_pack("bourg")

    secret = open311.show(now=now)

    assert keys.found(secret, scope="requests:write", now=now).client.name
    _answer, asked = Program(commune).read(f"{BASE}/services/nid-de-poule.json")
    assert [each["code"] for each in asked["attributes"]] == ["ou", "profondeur-cm"]
    _answer, services = Program(commune).read(f"{BASE}/services.json")
    assert sum(each["metadata"] for each in services) == 2
