"""The monthly letter on one page of paper (A4, PDF)."""

from datetime import datetime

from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from adoption import letters
from adoption.models import MonthlyReport
from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.typo import town_hall


COLUMNS_MM = (78, 34, 34, 34)
CODE_MM = 30


def draw(report: MonthlyReport, *, now: datetime) -> bytes:
    """Return the letter as it was written."""
    language = get_language() or "fr"
    facts = report.facts
    title = _("Vos chiffres : %(month)s") % {"month": facts["title"]}
    sheet = paper.blank(title=title, language=language, now=now)
    sheet.add_page()
    top = sheet.get_y()
    paper.code(
        sheet,
        letters.address(report),
        x=MARGIN_MM + WIDE_MM - CODE_MM,
        y=top,
        side=CODE_MM,
    )
    wide = WIDE_MM - CODE_MM - 6
    paper.line(sheet, town_hall(report.commune.name, language), wide=wide, tall=6)
    sheet.set_font(FACE, style="B", size=22)
    paper.line(sheet, title, wide=wide, tall=11)
    sheet.set_y(max(sheet.get_y(), top + CODE_MM) + 4)
    sheet.set_font(FACE, style="B", size=13)
    paper.line(sheet, facts["sentence"], wide=WIDE_MM, tall=7)
    sheet.ln(4)
    _table(sheet, facts["figures"])
    for heading, words in _parts(facts):
        if words:
            sheet.set_font(FACE, style="B", size=12)
            paper.line(sheet, heading, wide=WIDE_MM, tall=8)
            sheet.set_font(FACE, size=11)
            paper.line(sheet, words, wide=WIDE_MM, tall=6)
            sheet.ln(3)
    sheet.set_font(FACE, size=9)
    paper.line(
        sheet,
        _("Médiane : celle des communes comparables, cinq au moins, jamais nommées."),
        wide=WIDE_MM,
        tall=5,
    )
    return bytes(sheet.output())


def _parts(facts: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Une chose à faire"), facts["todo"]),
        (_("Signalements"), facts["near"]),
        (_("Prochaine formation"), facts["training"]),
        (_("Dotation pour les titres"), facts["subsidy"]),
    ]


def _table(sheet: FPDF, figures: list[dict[str, str]]) -> None:
    sheet.set_draw_color(210)
    header = (_("Ce mois-ci"), _("Le mois d’avant"), _("Médiane"))
    _row(sheet, ("", *header), bold=False)
    for each in figures:
        _row(sheet, (each["name"], each["value"], each["before"], each["middle"]), bold=True)
    sheet.ln(5)


def _row(sheet: FPDF, cells: tuple[str, ...], *, bold: bool) -> None:
    top = sheet.get_y()
    sheet.line(MARGIN_MM, top, MARGIN_MM + WIDE_MM, top)
    lowest, left = top, float(MARGIN_MM)
    for number, (words, wide) in enumerate(zip(cells, COLUMNS_MM, strict=True)):
        sheet.set_font(FACE, style="B" if bold and number == 1 else "", size=11)
        sheet.set_xy(left, top + 2)
        sheet.multi_cell(wide - 2, 6, words, align="L", new_x="LMARGIN", new_y="NEXT")
        lowest, left = max(lowest, sheet.get_y()), left + wide
    sheet.set_y(lowest + 2)
