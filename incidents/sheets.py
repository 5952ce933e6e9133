"""The sheet of a round on paper (A4): a sketch of the way, then each stop with its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language, gettext as _, ngettext
from fpdf import FPDF

from incidents import links, photos
from incidents.models import Photo, Round, Stop
from incidents.sketch import Sketch, draw
from incidents.territory import territory
from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.typo import date_longue, reference_groups
from tenants.hosts import absolute_url
from tenants.models import Commune


PHOTO_MM = 50
CODE_MM = 28
STOP_MM = 58  # what one stop takes at least
WORDS_MOST = 600


@dataclass(frozen=True, slots=True)
class Line:
    """One stop as the sheet shows it."""

    stop: Stop
    photo: Photo | None
    address: str
    """Where the code beside it leads."""


def lines(tour: Round, commune: Commune) -> list[Line]:
    """Read the stops of a round with the first photo of each; three queries."""
    site = absolute_url(commune, "/").removesuffix("/")
    stops = list(tour.stops.select_related("report__category"))
    found = photos.before_works(stop.report_id for stop in stops)
    return [
        Line(
            stop,
            photo=next(iter(found.get(stop.report_id, ())), None),
            address=f"{site}{links.path_to_stop(tour, stop)}",
        )
        for stop in stops
    ]


def sketch(stops: Sequence[Stop], commune: Commune, *, width: float) -> Sketch | None:
    """Draw where the stops are, over the outline of the commune; None when nobody knows where."""
    places = [place for stop in stops if (place := stop.report.place) is not None]
    outline = territory(commune.insee_code).outline
    return draw(places, outline.rings() if outline else [], width=width) if places else None


def write(tour: Round, commune: Commune, *, now: datetime) -> bytes:
    """Write the sheet of a round as a PDF."""
    found = lines(tour, commune)
    language = get_language() or "fr"
    sheet = paper.blank(title=tour.title, language=language, now=now)
    sheet.add_page()
    _head(sheet, tour, commune, count=len(found), language=language)
    stops = [line.stop for line in found]
    drawing = sketch(stops, commune, width=WIDE_MM)
    if drawing is not None:
        _map(sheet, drawing, [stop for stop in stops if stop.report.place is not None])
    for line in found:
        _stop(sheet, line)
    return bytes(sheet.output())


def _head(sheet: FPDF, tour: Round, commune: Commune, *, count: int, language: str) -> None:
    top = sheet.get_y()
    address = absolute_url(commune, links.path_to_round(tour))
    paper.code(sheet, address, x=MARGIN_MM + WIDE_MM - CODE_MM, y=top, side=CODE_MM)
    wide = WIDE_MM - CODE_MM - 5
    sheet.set_font(FACE, "B", 20)
    paper.line(sheet, tour.title, wide=wide, tall=9)
    sheet.set_font(FACE, size=12)
    words = [date_longue(tour.day, language)]
    if tour.team:
        words.append(tour.team.name)
    words.append(ngettext("%(count)s arrêt", "%(count)s arrêts", count) % {"count": count})
    paper.line(sheet, " · ".join(words), wide=wide, tall=7)
    sheet.set_font(FACE, size=10)
    said = _("Ce code ouvre la tournée sur un téléphone. À détruire en fin de journée.")
    paper.line(sheet, said, wide=wide, tall=5)
    sheet.set_y(max(sheet.get_y(), top + CODE_MM) + 3)


def _map(sheet: FPDF, drawing: Sketch, stops: Sequence[Stop]) -> None:
    left, top = MARGIN_MM, sheet.get_y()
    sheet.set_draw_color(140)
    with sheet.rect_clip(left, top, drawing.width, drawing.height):
        sheet.set_line_width(0.5)
        for line in drawing.lines:
            sheet.polyline([(left + x, top + y) for x, y in line])
        sheet.set_dash_pattern(2, 1.5)
        sheet.polyline([(left + x, top + y) for x, y in drawing.points])
        sheet.set_dash_pattern()
    sheet.set_line_width(0.2)
    sheet.rect(left, top, drawing.width, drawing.height)
    sheet.set_draw_color(0)
    sheet.set_font(FACE, "B", 9)
    for (x, y), stop in zip(drawing.points, stops, strict=True):
        sheet.set_fill_color(255)
        sheet.circle(x=left + x, y=top + y, radius=3, style="DF")
        sheet.set_xy(left + x - 3, top + y - 3)
        sheet.cell(6, 6, str(stop.position), align="C")
    bar = top + drawing.height - 4
    sheet.set_line_width(0.6)
    sheet.line(left + 4, bar, left + 4 + drawing.scale, bar)
    sheet.set_font(FACE, size=8)
    sheet.set_xy(left + 4, bar - 4)
    sheet.cell(drawing.scale, 4, f"{drawing.scale_m} m", align="C")
    sheet.set_line_width(0.2)
    sheet.set_xy(MARGIN_MM, top + drawing.height + 4)


def _stop(sheet: FPDF, line: Line) -> None:
    """Set one stop: its number, words, photo and code; it is never cut by the end of a page."""
    if sheet.will_page_break(STOP_MM):
        sheet.add_page()
    report, top = line.stop.report, sheet.get_y() + 2
    sheet.line(MARGIN_MM, top - 2, MARGIN_MM + WIDE_MM, top - 2)
    has_photo = line.photo is not None and _picture(sheet, line.photo, top)
    left = MARGIN_MM + (PHOTO_MM + 4 if has_photo else 0)
    wide = WIDE_MM - CODE_MM - 4 - (left - MARGIN_MM)
    paper.code(sheet, line.address, x=MARGIN_MM + WIDE_MM - CODE_MM, y=top, side=CODE_MM)
    sheet.set_xy(MARGIN_MM + WIDE_MM - CODE_MM, top + CODE_MM)
    sheet.set_font(FACE, size=8)
    sheet.cell(CODE_MM, 4, _("Dire ce qu’il en est"), align="C")
    sheet.set_left_margin(left)
    sheet.set_xy(left, top)
    sheet.set_font(FACE, "B", 13)
    sheet.multi_cell(
        wide, 6, f"{line.stop.position}. {report.category.name}", new_y="NEXT", new_x="LMARGIN"
    )
    sheet.set_font(FACE, size=10)
    for words in (report.address, report.text[:WORDS_MOST], reference_groups(report.reference)):
        if words and sheet.get_y() < top + STOP_MM - 8:
            sheet.multi_cell(wide, 5, words, new_y="NEXT", new_x="LMARGIN", max_line_height=5)
    sheet.set_font(FACE, size=11)
    boxes = (_("Fait"), _("Pas trouvé"), _("À revoir"))
    paper.line(sheet, "   ".join(f"[  ] {each}" for each in boxes), wide=wide, tall=7)
    sheet.set_left_margin(MARGIN_MM)
    bottom = top + (PHOTO_MM * 3 / 4 if has_photo else CODE_MM + 5)
    sheet.set_xy(MARGIN_MM, max(sheet.get_y(), bottom) + 3)


def _picture(sheet: FPDF, photo: Photo, top: float) -> bool:
    """Put a photo, 5 cm wide, unless its file is gone."""
    path: Path = photos.rendition(photo, "m")
    if not path.exists():
        return False
    sheet.image(
        str(path), x=MARGIN_MM, y=top, w=PHOTO_MM, h=PHOTO_MM * 3 / 4, keep_aspect_ratio=True
    )
    return True
