"""The door to servers of others: short, bounded, and the only one."""

import re

import pytest
from django.conf import settings

from parvis.egress import Unreachable, fetch
from tests.geoportal import geoportal


OWN_MACHINE = {"egress.py", "supervisor.py", "doctor.py"}  # the last two ask this machine
LIBRARIES = re.compile(
    r"^\s*(?:import|from) (?:http\.client|urllib\.request|requests|httpx)\b", re.MULTILINE
)


def test_nothing_else_opens_a_connection():
    folders = (
        "platform/parvis",
        "tenants",
        "identity",
        "slots",
        "booking",
        "incidents",
        "onboarding",
    )
    found = {
        path.name
        for folder in folders
        for path in (settings.ROOT / folder).rglob("*.py")
        if LIBRARIES.search(path.read_text(encoding="utf-8"))
    }

    assert found == OWN_MACHINE


def test_a_redirect_is_told_and_not_followed():
    with geoportal() as server:
        server.trouble = "moved"

        assert fetch(server.geocoder, most_bytes=100).status == 302
        assert len(server.asked) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://127.0.0.1:1/?a=b"])
def test_nobody_there_is_said(address):
    with pytest.raises(Unreachable):
        fetch(address, most_bytes=100)


def test_an_answer_that_is_too_long_is_cut_short():
    with geoportal() as server:
        server.trouble = "heavy"

        with pytest.raises(Unreachable):
            fetch(server.geocoder, most_bytes=50_000)
