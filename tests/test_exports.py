import csv
import io
import zipfile

import pytest
from hypothesis import given, strategies as st

from parvis.exports import safe_cell, to_csv, to_xlsx


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


def test_a_workbook_holds_text_and_numbers_and_computes_nothing():
    cells = ["=1+1", "+33", '=HYPERLINK("x")', "@SUM(A1)", "{=1}", "https://example.org", 7, None]

    book = zipfile.ZipFile(io.BytesIO(to_xlsx("Figures", ["=A", "B"], [cells])))

    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert "<v>7</v>" in sheet
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
