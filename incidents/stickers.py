"""Stickers for the things of the commune: a code to scan, and its number in clear.

A sheet is a page of 24 labels of 70 × 37 mm, the common size of label sheets, without margin.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from incidents.models import Asset
from parvis import paper
from parvis.paper import FACE
from tenants.hosts import absolute_url
from tenants.models import Commune


COLUMNS, ROWS = 3, 8
PER_PAGE = COLUMNS * ROWS
WIDE_MM, TALL_MM = 70, 37
SHEETS_MOST = 20
CODE_MM = 27
PAD_MM = 4
LARGE_MM = 110


def address_of(asset: Asset, commune: Commune) -> str:
    """Return where the sticker of a thing leads."""
    return absolute_url(commune, f"/e/{asset.token}/")


def sheet(assets: Sequence[Asset], commune: Commune, *, now: datetime) -> bytes:
    """Print 24 labels a page."""
    pages = _blank(commune, now=now)
    for number, asset in enumerate(assets):
        place = number % PER_PAGE
        if place == 0:
            pages.add_page()
        row, column = divmod(place, COLUMNS)
        _label(pages, asset, commune, x=column * WIDE_MM, y=row * (TALL_MM + 0.125))
    return bytes(pages.output())


def large(asset: Asset, commune: Commune, *, now: datetime) -> bytes:
    """Print one sticker on a page of its own, to be read from some steps away."""
    page = _blank(commune, now=now)
    page.add_page()
    page.set_y(30)
    page.set_font(FACE, "B", 34)
    page.multi_cell(0, 15, _("Un problème ?"), align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FACE, size=20)
    page.multi_cell(0, 11, _("Scannez, et dites-le à la mairie."), align="C",
                    new_x="LMARGIN", new_y="NEXT")  # fmt: skip
    top = page.get_y() + 8
    paper.code(page, address_of(asset, commune), x=(210 - LARGE_MM) / 2, y=top, side=LARGE_MM)
    page.set_y(top + LARGE_MM + 8)
    page.set_font(FACE, "B", 22)
    page.multi_cell(0, 11, f"{asset.kind} {asset.code}", align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FACE, size=16)
    page.multi_cell(0, 9, commune.name, align="C", new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _blank(commune: Commune, *, now: datetime) -> FPDF:
    title = _("Autocollants de %(commune)s") % {"commune": commune.name}
    pages = paper.blank(title=title, language=get_language() or "fr", now=now)
    pages.set_auto_page_break(auto=False)
    return pages


def _label(pages: FPDF, asset: Asset, commune: Commune, *, x: float, y: float) -> None:
    side = (TALL_MM - CODE_MM) / 2
    paper.code(pages, address_of(asset, commune), x=x + PAD_MM, y=y + side, side=CODE_MM)
    left, wide = x + PAD_MM + CODE_MM + 2, WIDE_MM - CODE_MM - 2 * PAD_MM - 2
    lines = (
        ("B", 10, _("Un problème ?")),
        ("B", 10, _("Scannez.")),
        ("", 8, asset.kind),
        ("B", 9, asset.code),
        ("", 7, commune.name),
    )
    at = y + side + 1
    for style, size, words in lines:
        pages.set_font(FACE, style, size)
        pages.set_xy(left, at)
        pages.cell(wide, size * 0.5, _fitted(pages, words, wide))
        at += size * 0.5 + 0.6


def _fitted(pages: FPDF, words: str, wide: float) -> str:
    """Cut words that are wider than their place."""
    if pages.get_string_width(words) <= wide - 2:
        return words
    while words and pages.get_string_width(f"{words}…") > wide - 2:
        words = words[:-1]
    return f"{words}…"
