"""The form of a pre-application number (France Titres contract, section 4)."""

import pytest

from coordination.numbers import Status, masked, read_status, split, stopped, without


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ()),
        ("  ", ()),
        ("A1B2C3D4E5", ("A1B2C3D4E5",)),
        (" a1b2 c3d4e5\n", ("A1B2C3D4E5",)),
        ("a1b2-c3d4.e5", ("A1B2C3D4E5",)),
        ("A1B2C3D4E5,1122334455", ("A1B2C3D4E5", "1122334455")),
        ("A1B2C3D4E5 ; 1122334455", ("A1B2C3D4E5", "1122334455")),
        ("a1b2 c3d4e5 11223 34455", ("A1B2C3D4E5", "1122334455")),
        ("A1B2C3D4E5\u00a01122334455", ("A1B2C3D4E5", "1122334455")),
        ("A1B2C3D4E5/a1b2c3d4e5", ("A1B2C3D4E5",)),
    ],
)
def test_numbers_are_read_whatever_the_case_and_what_parts_them(typed, found):
    assert split(typed) == found


@pytest.mark.parametrize(
    "typed",
    [
        "A1B2C3D4E",
        "A1B2C3D4E5F",
        "A1B2C3D4É5",
        "A1B2C3D4E\x00",
        "\u0131" * 10,
        "\uff11" * 10,
        "A1B2C3D4_5",
    ],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match="ten letters"):
        split(typed)


def test_numbers_are_masked_where_they_are_not_needed():
    assert masked("A1B2C3D4E5") == "A1••••••E5"
    assert masked("A1B") == "•••"
    assert without("token=s3cret n=A1B2C3D4E5", ["s3cret", "A1B2C3D4E5", ""]) == (
        "token=••• n=A1••••••E5"
    )


def test_unknown_status_strings_are_to_be_verified():
    assert read_status("archived") is Status.UNSURE
    assert read_status(None) is Status.UNSURE
    assert read_status("validated") is Status.VALIDATED


def test_only_what_the_state_refuses_stops_a_citizen():
    standing = dict(zip("abcdef", Status, strict=True))

    assert set(stopped(standing).values()) == {
        Status.CONSUMED, Status.DECLARED, Status.UNKNOWN, Status.EXPIRED,
    }  # fmt: skip
