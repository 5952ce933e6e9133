import csv
import io

import pytest
from hypothesis import given, strategies as st

from onboarding.exports import safe_cell, to_csv


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+33", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_never_becomes_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_numbers_and_ordinary_names_stay_as_they_are():
    assert [safe_cell(cell) for cell in (-3, 83, None, "Saint-Émilion")] == [
        "-3",
        "83",
        "",
        "Saint-Émilion",
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_whatever_is_written_is_read_again_and_harmless(cells):
    text = to_csv(cells, []).decode("utf-8-sig")

    (read,) = csv.reader(io.StringIO(text, newline=""), delimiter=";")

    assert read == [safe_cell(cell) for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in read)
