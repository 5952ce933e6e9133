"""Texts go to French mobiles, of Europe and of overseas, and to nothing else."""

import pytest
from hypothesis import given, strategies as st

from messaging.numbers import mobile


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("07.98.76.54.32", "+33798765432"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("06\u00a012\u202f34 56 78", "+33612345678"),
        ("0690 12 34 56", "+590690123456"),
        ("0691123456", "+590691123456"),
        ("0694123456", "+594694123456"),
        ("0696123456", "+596696123456"),
        ("0697123456", "+596697123456"),
        ("0692123456", "+262692123456"),
        ("0693123456", "+262693123456"),
        ("0639123456", "+262639123456"),
        ("+262 692 12 34 56", "+262692123456"),
        ("00590690123456", "+590690123456"),
        ("+33 690 12 34 56", "+590690123456"),
        ("0695123456", "+33695123456"),
    ],
)
def test_french_mobiles_are_written_in_one_way(typed, number):
    assert mobile(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "", "0556591234", "0899123456", "0700123456", "3615", "112", "+44 7911 123456",
        "+1 600 123 4567", "+32470123456", "061234567", "06123456789", "+590612345678",
        "+262 262 12 34 56", "0606+33899", "٠٦١٢٣٤٥٦٧٨", "06 12 34 56 7x", "+", "\x00", "9" * 5000,
    ],
)  # fmt: skip
def test_the_rest_is_refused(typed):
    assert mobile(typed) == ""


@given(st.text(alphabet="0123456789+ .", max_size=20))
def test_whatever_is_typed_gives_a_french_mobile_or_nothing(typed):
    number = mobile(typed)

    assert number == "" or (number.startswith(("+33", "+59", "+262")) and len(number) in {12, 13})
    assert number == "" or mobile(number) == number
