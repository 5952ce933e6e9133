"""Sheets of paper (PDF) in the letters of the site; the texts are those of any page."""

from datetime import datetime
from typing import Literal

import segno
from django.conf import settings
from fpdf import FPDF


FACE = "text"
FONT = settings.ROOT / "platform" / "parvis" / "static" / "fonts" / "public-sans.woff2"
WEIGHTS = {"": {"wght": 400.0}, "B": {"wght": 650.0}}
MARGIN_MM = 15
SIZES_MM = {"a4": (210.0, 297.0), "a5": (148.0, 210.0)}
WIDE_MM = 210 - 2 * MARGIN_MM  # between the margins


def blank(*, title: str, language: str, now: datetime, size: Literal["a4", "a5"] = "a4") -> FPDF:
    """Begin a document of A4 or A5 pages; letters that the face does not have are left out."""
    sheet = FPDF(format=SIZES_MM[size])
    sheet.add_font(FACE, fname=FONT, variations=WEIGHTS)
    sheet.set_title(title)
    sheet.set_lang(language)
    sheet.set_creation_date(now)
    sheet.set_margin(MARGIN_MM)
    sheet.set_auto_page_break(auto=True, margin=MARGIN_MM)
    sheet.set_font(FACE, size=11)
    return sheet


def line(sheet: FPDF, words: str, *, wide: float, tall: float) -> None:
    """Set words in a column of that width, lines of that height, and go below them."""
    sheet.multi_cell(wide, tall, words, align="L", new_x="LMARGIN", new_y="NEXT")


def code(sheet: FPDF, address: str, *, x: float, y: float, side: float) -> None:
    """Draw a QR code that leads to an address, and make it a link."""
    lines = [list(line) for line in segno.make(address, error="m").matrix_iter(border=2)]
    dot = side / len(lines)
    sheet.set_fill_color(0)
    for row, line in enumerate(lines):
        start = None
        for column, is_dark in enumerate([*line, 0]):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                sheet.rect(x + start * dot, y + row * dot, (column - start) * dot, dot, "F")
                start = None
    sheet.link(x, y, side, side, address)
