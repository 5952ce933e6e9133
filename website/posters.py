"""Posters to print: a code to scan, and the same address in words (PDF, A4 or A5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _, override
from fpdf import FPDF

from parvis import paper
from parvis.paper import FACE
from parvis.theme import palette
from parvis.typo import telephone, town_hall
from tenants.models import Commune
from website.links import Link


Size = Literal["a4", "a5"]
A4_WIDE_MM = 210
LINE_MM = 0.46  # the height of a line for each point of its letters
BELOW_MM = 78  # what the address, the steps and the telephone take at most


@dataclass(frozen=True, slots=True)
class Words:
    """What a poster says: a question or a name, what to do, and the steps."""

    title: str
    lead: str
    steps: tuple[str, ...]


def words(link: Link) -> Words:
    """Write the poster of a page in the language that is active, in short plain sentences."""
    if link.key == "site":
        return Words(
            _("La mairie sur votre téléphone"),
            _("Rendez-vous, pièces à apporter, signalements"),
            (_("Scannez ce code."), _("Choisissez ce que vous voulez faire.")),
        )
    if link.key == "signaler":
        return Words(
            _("Un problème dans la rue ?"),
            _("Dites-le à la mairie en moins d’une minute"),
            (
                _("Scannez ce code."),
                _("Prenez une photo, dites où."),
                _("Suivez la réponse de la mairie."),
            ),
        )
    return Words(
        link.title,
        _("Prenez rendez-vous sans attendre"),
        (
            _("Scannez ce code."),
            _("Choisissez le jour et l’heure."),
            _("Lisez la liste des pièces à apporter."),
        ),
    )


def poster(
    link: Link, commune: Commune, *, address: str, size: Size, language: str, now: datetime
) -> bytes:
    """Print the poster of a page in one language; ``address`` is where its code leads."""
    with override(language):
        title = _("Affiche : %(title)s") % {"title": words(link).title}
        sheet = paper.blank(title=title, language=language, now=now, size=size)
        sheet.set_auto_page_break(auto=False)
        sheet.add_page()
        _draw(sheet, words(link), commune, address=address, scale=sheet.w / A4_WIDE_MM)
    return bytes(sheet.output())


def _draw(sheet: FPDF, told: Words, commune: Commune, *, address: str, scale: float) -> None:
    """Lay a poster out, in the measures of an A4 page times ``scale``."""
    _band(sheet, commune, scale)
    sheet.set_y(48 * scale)
    size = _fitting(sheet, told.title, scale, sizes=range(44, 18, -4), most=2)
    _centred(sheet, told.title, size=size, scale=scale, bold=True)
    sheet.ln(2 * scale)
    _centred(sheet, told.lead, size=21, scale=scale)
    top = max(sheet.get_y() + 5 * scale, 96 * scale)
    side = min(112 * scale, sheet.h - top - BELOW_MM * scale)
    paper.code(sheet, address, x=(sheet.w - side) / 2, y=top, side=side)
    sheet.set_y(top + side + 3 * scale)
    _centred(sheet, address.partition("://")[2].rstrip("/"), size=24, scale=scale, bold=True)
    sheet.ln(3 * scale)
    for number, step in enumerate(told.steps, start=1):
        _centred(sheet, f"{number}. {step}", size=17, scale=scale)
    if commune.phone:
        said = _("Sans téléphone mobile : à l’accueil, ou au %(phone)s")
        sheet.set_y(sheet.h - 16 * scale)
        _centred(sheet, said % {"phone": telephone(commune.phone)}, size=14, scale=scale)


def _band(sheet: FPDF, commune: Commune, scale: float) -> None:
    """Name the town hall on its colour, across the top."""
    colours = palette(commune.brand_colour)
    tall = 34 * scale
    sheet.set_fill_color(colours.brand)
    sheet.rect(0, 0, sheet.w, tall, "F")
    sheet.set_text_color(colours.on_brand)
    name = town_hall(commune.name)
    size = _fitting(sheet, name, scale, sizes=range(24, 8, -2), most=1)
    sheet.set_y((tall - size * LINE_MM * scale) / 2)
    _centred(sheet, name, size=size, scale=scale, bold=True)
    sheet.set_text_color(0)


def _fitting(sheet: FPDF, said: str, scale: float, *, sizes: range, most: int) -> int:
    """Find the largest of some sizes of letters with which words take so many lines at most."""
    for size in sizes:
        sheet.set_font(FACE, "B", size * scale)
        if len(_lines(sheet, said)) <= most:
            return size
    return sizes[-1]


def _lines(sheet: FPDF, text: str) -> Sequence[str]:
    found: list[str] = sheet.multi_cell(0, 10, text, dry_run=True, output="LINES")  # type: ignore[assignment]
    return found


def _centred(sheet: FPDF, said: str, *, size: int, scale: float, bold: bool = False) -> None:
    sheet.set_font(FACE, "B" if bold else "", size * scale)
    sheet.multi_cell(0, size * LINE_MM * scale, said, align="C", new_x="LMARGIN", new_y="NEXT")
