"""Work orders on paper (A4): one report on each page, for a team that works without a screen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from incidents import links, photos
from incidents.models import Photo, Report
from incidents.sketch import Sketch, draw
from incidents.territory import territory
from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.typo import date_longue, reference_groups, town_hall
from tenants.hosts import absolute_url
from tenants.models import Commune


MOST = 100
PHOTO_MM = 50
PHOTOS_MOST = 3
CODE_MM = 30
WORDS_MOST = 900
LINE_MM = 9


def write(reports: Sequence[Report], commune: Commune, *, now: datetime) -> bytes:
    """Write one page for each report, in their order; one query for the photos."""
    language = get_language() or "fr"
    sheet = paper.blank(title=_("Bons de travail"), language=language, now=now)
    sheet.set_auto_page_break(auto=False)  # whatever is written, a report has one page
    outline = territory(commune.insee_code).outline
    rings = outline.rings() if outline else []
    pictures = photos.before_works(each.pk for each in reports)
    for report in reports:
        sheet.add_page()
        _head(sheet, report, commune, now=now, language=language)
        _where(sheet, report, rings)
        _words(sheet, report)
        _photos(sheet, pictures.get(report.pk, []))
        _to_fill(sheet)
    return bytes(sheet.output())


def _head(sheet: FPDF, report: Report, commune: Commune, *, now: datetime, language: str) -> None:
    top, wide = MARGIN_MM, WIDE_MM - CODE_MM - 5
    page = absolute_url(commune, links.path_to_desk(report))
    paper.code(sheet, page, x=MARGIN_MM + wide + 5, y=top, side=CODE_MM)
    _caption(sheet, MARGIN_MM + wide + 5, top + CODE_MM, _("Ouvrir le signalement"))
    sheet.set_xy(MARGIN_MM, top)
    sheet.set_font(FACE, size=10)
    head = f"{town_hall(commune.name, language)} · {date_longue(localtime(now).date(), language)}"
    paper.line(sheet, head, wide=wide, tall=5)
    sheet.set_font(FACE, "B", 20)
    paper.line(
        sheet, f"{_('Bon de travail')} {reference_groups(report.reference)}", wide=wide, tall=9
    )
    sheet.set_font(FACE, "B", 14)
    paper.line(sheet, report.category.name, wide=wide, tall=7)
    sheet.set_font(FACE, size=11)
    for words in _facts(report, language):
        paper.line(sheet, words, wide=wide, tall=6)
    sheet.set_y(max(sheet.get_y(), top + CODE_MM + 6) + 3)


def _facts(report: Report, language: str) -> list[str]:
    team = " · ".join(
        filter(None, [report.team.name if report.team else "", report.assignee_name])
    )
    facts = [report.address, _("Équipe : %(team)s") % {"team": team} if team else ""]
    if report.due_at:
        day = date_longue(localtime(report.due_at).date(), language)
        facts.append(_("Promis avant le %(day)s") % {"day": day})
    if report.planned_on:
        day = date_longue(report.planned_on, language)
        facts.append(_("Prévu le %(day)s") % {"day": day})
    if report.priority > Report.Priority.NORMAL:
        facts.append(_("Priorité : %(word)s") % {"word": report.get_priority_display()})
    return [each for each in facts if each]


def _where(sheet: FPDF, report: Report, rings: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Sketch where it is, with the code that shows the way."""
    if report.place is None:
        return
    top, wide = sheet.get_y(), WIDE_MM - CODE_MM - 5
    drawing = draw([report.place], rings, width=min(wide, 90))
    _sketch(sheet, drawing, top)
    lat, lon = f"{report.place.lat:.6f}", f"{report.place.lon:.6f}"
    left = MARGIN_MM + wide + 5
    paper.code(sheet, f"geo:{lat},{lon}?q={lat},{lon}", x=left, y=top, side=CODE_MM)
    _caption(sheet, left, top + CODE_MM, _("Itinéraire"))
    _caption(sheet, left, top + CODE_MM + 4, f"{lat}, {lon}")
    sheet.set_xy(MARGIN_MM, top + drawing.height + 4)


def _sketch(sheet: FPDF, drawing: Sketch, top: float) -> None:
    left = MARGIN_MM
    sheet.set_draw_color(140)
    with sheet.rect_clip(left, top, drawing.width, drawing.height):
        for line in drawing.lines:
            sheet.polyline([(left + x, top + y) for x, y in line])
    sheet.rect(left, top, drawing.width, drawing.height)
    sheet.set_draw_color(0)
    sheet.set_fill_color(0)
    [(x, y)] = drawing.points
    sheet.circle(x=left + x, y=top + y, radius=1.8, style="F")
    bar = top + drawing.height - 4
    sheet.line(left + 4, bar, left + 4 + drawing.scale, bar)
    sheet.set_font(FACE, size=8)
    sheet.set_xy(left + 4, bar - 4)
    sheet.cell(drawing.scale, 4, f"{drawing.scale_m} m", align="C")


def _words(sheet: FPDF, report: Report) -> None:
    if not report.text:
        return
    words = report.text[:WORDS_MOST] + ("…" if len(report.text) > WORDS_MOST else "")
    sheet.set_xy(MARGIN_MM, sheet.get_y())
    sheet.set_font(FACE, size=11)
    room = sheet.h - MARGIN_MM - sheet.get_y() - PHOTO_MM * 3 / 4 - 8 * LINE_MM
    lines: Any = sheet.multi_cell(WIDE_MM, 5.5, words, dry_run=True, output="LINES")
    kept = [str(each) for each in lines][: max(1, int(room / 5.5))]
    paper.line(sheet, "\n".join(kept), wide=WIDE_MM, tall=5.5)
    sheet.ln(2)


def _photos(sheet: FPDF, pictures: Sequence[Photo]) -> None:
    """Put up to three photos side by side, each five centimetres wide."""
    top, shown = sheet.get_y(), 0
    for photo in pictures[:PHOTOS_MOST]:
        path = photos.rendition(photo, "m")
        if path.exists():
            sheet.image(
                str(path),
                x=MARGIN_MM + shown * (PHOTO_MM + 5),
                y=top,
                w=PHOTO_MM,
                h=PHOTO_MM * 3 / 4,
                keep_aspect_ratio=True,
            )
            shown += 1
    if shown:
        sheet.set_y(top + PHOTO_MM * 3 / 4 + 3)


def _to_fill(sheet: FPDF) -> None:
    """Leave room for the hand, at the bottom of the page."""
    sheet.set_xy(MARGIN_MM, sheet.h - MARGIN_MM - 7 * LINE_MM)
    sheet.line(MARGIN_MM, sheet.get_y() - 2, MARGIN_MM + WIDE_MM, sheet.get_y() - 2)
    sheet.set_font(FACE, size=11)
    boxes = [_("Fait"), _("Pas trouvé"), _("À revoir")]
    paper.line(sheet, "     ".join(f"[   ] {each}" for each in boxes), wide=WIDE_MM, tall=LINE_MM)
    for label in (_("Fait le"), _("Temps passé"), _("Matériel"), _("Remarques"), _("Signature")):
        sheet.set_x(MARGIN_MM)
        sheet.cell(35, LINE_MM, label)
        line = sheet.get_y() + LINE_MM - 2
        sheet.line(MARGIN_MM + 35, line, MARGIN_MM + WIDE_MM, line)
        sheet.ln(LINE_MM)


def _caption(sheet: FPDF, x: float, y: float, words: str) -> None:
    sheet.set_font(FACE, size=7)
    sheet.set_xy(x, y)
    sheet.cell(CODE_MM, 4, words, align="C")
