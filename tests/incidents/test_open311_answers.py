"""What other Open311 servers write is read with patience, and attacks are not read at all."""

import pytest

from incidents.open311_answers import Unreadable, fault, received, states, updates


@pytest.mark.parametrize(
    "content",
    [
        b'[{"service_request_id": 4711}]',
        b'{"service_requests": [{"service_request_id": "4711", "agency": {"name": "x"}}]}',
        b'{"service_requests": {"request": {"service_request_id": 4711.0}}}',
        b"<a><request><service_request_id> 4711 </service_request_id></request></a>",
        b'<a xmlns="urn:x"><b><service_request_id>4711</service_request_id></b></a>',
    ],
)
def test_what_other_servers_write_is_read_with_patience(content):
    assert received(content) == ("4711", "")


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>'
    b"<service_requests><request><service_request_id>&y;</service_request_id></request>"
    b"</service_requests>"
)
OUTSIDE_ENTITY = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b><token>&x;</token></b></a>'
)


def test_an_update_without_a_key_is_known_again():
    rows = b"""[{"service_request_id": 1, "status": "open", "updated_datetime": "2026-10-01"},
    {"service_request_id": 1, "status": "closed", "updated_datetime": "2026-10-01"}]"""

    assert [each.key for each in updates(rows)] == ["2026-10-01 open", "2026-10-01 closed"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>503</body></html>",
        b"{",
        b"<a",
        b"\xff\xfe",
        b"null",
        BOMB,
        OUTSIDE_ENTITY,
    ],
)
def test_nonsense_and_attacks_are_unreadable(content):
    with pytest.raises(Unreadable):
        received(content)
    assert fault(503, content).startswith("503")


def test_what_no_column_holds_is_left_out():
    (one,) = updates(b'[{"service_request_id": "1", "description": "a\\u0000b\\ud800c"}]')

    assert one.text == "abc"
    assert fault(500, b"<p>\0 broken</p>") == "500 broken"


def test_missing_fields_are_empty_and_an_organisation_is_its_name():
    (one,) = updates(b'[{"service_request_id": 1, "status": "fixed"}, {"status": "x"}]')
    (other,) = states(b'[{"service_request_id": "1", "agency_responsible": {"name": "DIR"}}]')

    assert (one.status, one.text, one.at, one.key) == ("FIXED", "", None, "")
    assert (other.status, other.text) == ("", "")
