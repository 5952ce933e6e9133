"""Who receives a webhook can tell that it comes from here, and now."""

import hashlib
import hmac
import shutil
import subprocess

import pytest

from connect import samples, signatures
from connect.signatures import Invalid, check, headers


SECRET, OTHER = "whsec_un", "whsec_deux"
SAID = {"timestamp": 1_795_420_800, "delivery": "n-1", "event": "test", "body": b'{"a":1}'}
NOW = 1_795_420_800.0


def told(*keys, **change):
    return headers(keys or [SECRET], **SAID | change)


def test_it_is_the_hmac_sha256_of_timestamp_id_and_body():
    wanted = hmac.new(b"whsec_un", b'1795420800.n-1.{"a":1}', hashlib.sha256).hexdigest()

    assert told()["Parvis-Signature"] == f"v1={wanted}"
    assert told()["Parvis-Timestamp"] == "1795420800"
    assert check(SECRET, told=told(), body=SAID["body"], now=NOW) == "n-1"


def test_while_a_secret_changes_either_of_the_two_is_enough():
    both = told(SECRET, OTHER)

    for secret in (SECRET, OTHER):
        assert check(secret, told=both, body=SAID["body"], now=NOW) == "n-1"


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_what_is_older_than_five_minutes_is_a_replay(seconds):
    with pytest.raises(Invalid, match="too old"):
        check(SECRET, told=told(), body=SAID["body"], now=NOW + seconds)
    check(SECRET, told=told(), body=SAID["body"], now=NOW + 300)


FORGED = [
    told() | {"Parvis-Timestamp": "1795420801"},
    told() | {"Parvis-Delivery": "n-2"},
    told() | {"Parvis-Signature": ""},
    told() | {"Parvis-Signature": told()["Parvis-Signature"].removeprefix("v1=")},
    told() | {"Parvis-Signature": "v1=é"},
    told() | {"Parvis-Signature": "v1=" + "0" * 64},
    told() | {"Parvis-Timestamp": ""},
    told() | {"Parvis-Timestamp": "-1"},
    told() | {"Parvis-Timestamp": "1e9"},
    told() | {"Parvis-Timestamp": "9" * 5000},
    told() | {"Parvis-Timestamp": "१७९५४२०८००"},
    {},
]


@pytest.mark.parametrize("forged", FORGED)
def test_anything_else_is_refused(forged):
    with pytest.raises(Invalid):
        check(SECRET, told=forged, body=SAID["body"], now=NOW)


def test_another_body_or_secret_is_refused():
    for secret, body in ((OTHER, SAID["body"]), (SECRET, b'{"a":2}')):
        with pytest.raises(Invalid):
            check(secret, told=told(), body=body, now=NOW)


def test_a_secret_has_256_bits():
    assert len(signatures.new_secret().removeprefix("whsec_")) * 4 == 256


def test_the_sample_in_python_says_the_same(monkeypatch):
    known = {}
    exec(samples.PYTHON, known)  # noqa: S102 (it is what we publish)
    monkeypatch.setattr(known["time"], "time", lambda: NOW)

    assert known["is_from_parvis"](SECRET, told(OTHER, SECRET), SAID["body"])
    assert not known["is_from_parvis"](OTHER, told(), SAID["body"])
    assert not known["is_from_parvis"](SECRET, told(timestamp=int(NOW) - 301), SAID["body"])


def test_the_sample_in_php_signs_the_same_words():
    """PHP is on few machines: what it signs and compares is read where it cannot run."""
    assert "hash_hmac('sha256', \"$sentAt.$number.$body\", $secret)" in samples.PHP
    assert "hash_equals($wanted, trim($given))" in samples.PHP
    if php := shutil.which("php"):
        subprocess.run([php, "-l"], input=samples.PHP, text=True, check=True)
