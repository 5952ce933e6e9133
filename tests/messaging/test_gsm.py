"""A text is measured as the network does, and written with its letters where that is harmless."""

import pytest
from hypothesis import given, strategies as st

from messaging.gsm import BASIC, cost, plain, size


@pytest.mark.parametrize(
    ("text", "is_wide", "units", "segments"),
    [
        ("", False, 0, 0),
        ("a" * 160, False, 160, 1),
        ("a" * 161, False, 161, 2),
        ("a" * 306, False, 306, 2),
        ("a" * 307, False, 307, 3),
        ("€" * 80, False, 160, 1),
        ("€" * 81, False, 162, 2),
        ("a" * 152 + "€" + "a" * 10, False, 164, 2),
        ("a" * 152 + "€" * 77, False, 306, 3),  # the euro is not cut: it begins the second part
        ("’" + "a" * 69, True, 70, 1),
        ("’" + "a" * 70, True, 71, 2),
        ("ê" * 134, True, 134, 2),
        ("ê" * 135, True, 135, 3),
        ("😀" * 35, True, 70, 1),
        ("😀" * 36, True, 72, 2),
        ("\ud800", True, 1, 1),
    ],
)
def test_a_text_is_cut_as_the_network_cuts_it(text, is_wide, units, segments):
    found = size(text)

    assert (found.is_wide, found.units, found.segments) == (is_wide, units, segments)


def test_a_text_costs_its_parts():
    assert cost("a" * 161, each=65) == 130


def test_typography_costs_nothing():
    words = plain("Le 3\u00a0décembre à 9\u00a0h\u00a0: «\u00a0Pauillac\u00a0», l’accès…\x00")

    assert words == 'Le 3 décembre à 9 h : " Pauillac ", l\'accès...'
    assert not size(words).is_wide


@given(st.text())
def test_any_text_has_a_size_and_its_parts_hold_it(text):
    found = size(plain(text))

    assert found.segments * (70 if found.is_wide else 160) >= found.units
    assert found.is_wide or set(plain(text)) <= BASIC | set("\f^{}\\[~]|€")
