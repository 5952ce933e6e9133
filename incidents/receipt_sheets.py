"""The acknowledgement of a report on paper (A4, PDF): the nine mentions, and the way back."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from incidents.models import Report
from incidents.receipts import mentions
from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.typo import date_longue, town_hall
from tenants.models import Commune


CODE_MM = 34
TITLE_MM = 62  # the column of what each line is about
WORDS_MOST = 300


def write(report: Report, commune: Commune, *, address: str, now: datetime) -> bytes:
    """Return the acknowledgement in the active language; ``address`` is that of the follow page.

    It holds no name, telephone or e-mail of the person, so that it can be shown to anybody.
    """
    language = get_language() or "fr"
    title = _("Accusé de réception")
    sheet = paper.blank(title=title, language=language, now=now)
    sheet.add_page()
    _head(sheet, title, town_hall(commune.name, language), address)
    _line(sheet, _("Sujet"), report.category.label)
    if report.address:
        _line(sheet, _("Lieu"), report.address[:WORDS_MOST])
    if report.due_at is not None:
        day = timezone.localtime(report.due_at).date()
        _line(sheet, _("Réponse promise avant le"), date_longue(day, language))
    for mention in mentions(report, commune):
        _line(sheet, mention.title, mention.text)
    _foot(sheet)
    return bytes(sheet.output())


def _head(sheet: FPDF, title: str, office: str, address: str) -> None:
    top = sheet.get_y()
    paper.code(sheet, address, x=MARGIN_MM + WIDE_MM - CODE_MM, y=top, side=CODE_MM)
    wide = WIDE_MM - CODE_MM - 6
    sheet.set_font(FACE, size=11)
    paper.line(sheet, office, wide=wide, tall=6)
    sheet.set_font(FACE, style="B", size=22)
    paper.line(sheet, title, wide=wide, tall=11)
    sheet.set_font(FACE, size=10)
    said = _("Ce code ouvre la page de suivi de votre signalement : gardez-le pour vous.")
    paper.line(sheet, said, wide=wide, tall=5)
    sheet.set_y(max(sheet.get_y(), top + CODE_MM) + 6)


def _line(sheet: FPDF, title: str, text: str) -> None:
    """Set what a line is about beside what it says, under a hair."""
    top = sheet.get_y()
    sheet.set_draw_color(210)
    sheet.line(MARGIN_MM, top, MARGIN_MM + WIDE_MM, top)
    sheet.set_y(top + 2)
    sheet.set_font(FACE, size=10)
    paper.line(sheet, title, wide=TITLE_MM - 4, tall=5.5)
    below = sheet.get_y()
    sheet.set_xy(MARGIN_MM + TITLE_MM, top + 2)
    sheet.set_font(FACE, style="B", size=10)
    paper.line(sheet, text, wide=WIDE_MM - TITLE_MM, tall=5.5)
    sheet.set_y(max(sheet.get_y(), below) + 2)


def _foot(sheet: FPDF) -> None:
    sheet.ln(4)
    sheet.set_font(FACE, size=9)
    law = _(
        "Accusé de réception délivré au titre des articles L112-11 et R112-5 du code des relations"
        " entre le public et l’administration."
    )
    paper.line(sheet, law, wide=WIDE_MM, tall=5)
