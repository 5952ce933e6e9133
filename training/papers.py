"""Sheets to sign and certificates, on paper (A4, PDF)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.periods import PARIS
from parvis.typo import date_longue, heure
from training.drawings import TALL, WIDE, strokes
from training.models import Attendance, HalfDay, Signature, TrainingSession


ROW_MM = 13
COLUMNS = (58, 52, WIDE_MM - 58 - 52)  # name, commune, signature
SPARE_ROWS = 3


def sheet(
    half_day: HalfDay,
    people: Sequence[Attendance],
    signatures: Iterable[Signature],
    *,
    now: datetime,
) -> bytes:
    """Write the sheet of one half-day: to be signed by hand, or as it was signed on phones."""
    session = half_day.session
    known = {each.attendance_id or f"t{each.trainer_id}": each for each in signatures}
    pdf = _blank(_("Feuille d’émargement"), now)
    _session_lines(pdf, session, [half_day])
    _head(pdf, _("Formateur"), "", _("Signature"))
    for teaching in half_day.teachings.select_related("trainer"):
        name = teaching.trainer.name
        _row(pdf, name, "", known.get(f"t{teaching.trainer_id}"))
    pdf.ln(5)
    _head(pdf, _("Nom"), _("Commune"), _("Signature"))
    for person in people:
        _row(pdf, person.name, person.commune.name, known.get(person.pk))
    for _spare in range(SPARE_ROWS):
        _row(pdf, "", "", None)
    return bytes(pdf.output())


def certificate(
    attendance: Attendance, signatures: Sequence[Signature], *, now: datetime
) -> bytes:
    """Certify the half-days that somebody signed for."""
    session = attendance.session
    pdf = _blank(_("Attestation de présence"), now)
    _say(
        pdf,
        _("%(association)s atteste que %(name)s (%(commune)s) était présent à cette formation :")
        % {
            "association": session.association.name,
            "name": attendance.name,
            "commune": attendance.commune.name,
        },
    )
    _session_lines(pdf, session, [each.half_day for each in signatures])
    _say(pdf, _hours_said(signatures))
    _say(pdf, _("Chaque demi-journée a été signée sur place. La feuille d’émargement fait foi."))
    _place_and_day(pdf, session, now)
    return bytes(pdf.output())


def realisation(
    attendance: Attendance, signatures: Sequence[Signature], *, number: str, now: datetime
) -> bytes:
    """Write the certificate that a declared training organisation owes."""
    session = attendance.session
    pdf = _blank(_("Certificat de réalisation"), now)
    _say(
        pdf,
        _(
            "%(association)s, organisme de formation déclaré sous le numéro %(number)s (cet"
            " enregistrement ne vaut pas agrément de l’État), certifie que %(name)s"
            " (%(commune)s) a suivi l’action de formation suivante :"
        )
        % {
            "association": session.association.name,
            "number": number,
            "name": attendance.name,
            "commune": attendance.commune.name,
        },
    )
    _session_lines(pdf, session, [each.half_day for each in signatures])
    _say(pdf, _("Nature de l’action : action de formation."))
    _say(pdf, _hours_said(signatures))
    _place_and_day(pdf, session, now)
    return bytes(pdf.output())


def _blank(title: str, now: datetime) -> FPDF:
    pdf = paper.blank(title=title, language=_language(), now=now)
    pdf.add_page()
    pdf.set_font(FACE, "B", 20)
    paper.line(pdf, title, wide=WIDE_MM, tall=10)
    pdf.ln(2)
    return pdf


def _language() -> str:
    return get_language() or "fr"


def _say(pdf: FPDF, words: str) -> None:
    pdf.set_font(FACE, size=11)
    paper.line(pdf, words, wide=WIDE_MM, tall=6)
    pdf.ln(3)


def _session_lines(pdf: FPDF, session: TrainingSession, half_days: Iterable[HalfDay]) -> None:
    """Set the title, place and hours, the same words on every document."""
    pdf.set_font(FACE, "B", 13)
    paper.line(pdf, session.title, wide=WIDE_MM, tall=7)
    pdf.set_font(FACE, size=11)
    for half_day in half_days:
        paper.line(pdf, hours(half_day), wide=WIDE_MM, tall=6)
    paper.line(pdf, session.place or str(session.get_kind_display()), wide=WIDE_MM, tall=6)
    pdf.ln(4)


def hours(half_day: HalfDay) -> str:
    """Write "mardi 1er décembre 2026, 9 h – 12 h"."""
    start, end = (
        moment.astimezone(PARIS) for moment in (half_day.period.lower, half_day.period.upper)
    )
    language = _language()
    day = date_longue(start.date(), language)
    return f"{day}, {heure(start.time(), language)} – {heure(end.time(), language)}"


def _hours_said(signatures: Iterable[Signature]) -> str:
    periods = [each.half_day.period for each in signatures]
    minutes = sum(round((each.upper - each.lower).total_seconds() / 60) for each in periods)
    return _("Durée suivie : %(hours)s h %(minutes)s") % {
        "hours": minutes // 60,
        "minutes": f"{minutes % 60:02}",
    }


def _place_and_day(pdf: FPDF, session: TrainingSession, now: datetime) -> None:
    day = date_longue(now.astimezone(PARIS).date(), _language())
    _say(pdf, _("Fait le %(day)s, pour %(name)s") % {"day": day, "name": session.association.name})


def _head(pdf: FPDF, *titles: str) -> None:
    pdf.set_font(FACE, "B", 10)
    for wide, title in zip(COLUMNS, titles, strict=True):
        pdf.cell(wide, 7, title)
    pdf.ln(7)


def _row(pdf: FPDF, name: str, commune: str, signature: Signature | None) -> None:
    if pdf.will_page_break(ROW_MM):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_draw_color(170)
    pdf.set_font(FACE, size=10)
    for wide, words in zip(COLUMNS, (name, commune, ""), strict=True):
        left = pdf.get_x()
        pdf.rect(left, top, wide, ROW_MM)
        pdf.cell(wide, ROW_MM, words[:40])
    pdf.set_draw_color(0)
    if signature is not None:
        _signature(pdf, signature, MARGIN_MM + COLUMNS[0] + COLUMNS[1], top)
    pdf.set_xy(MARGIN_MM, top + ROW_MM)


def _signature(pdf: FPDF, signature: Signature, left: float, top: float) -> None:
    tall = ROW_MM - 5
    scale = min(COLUMNS[2] / WIDE, tall / TALL)
    pdf.set_line_width(0.3)
    for stroke in strokes(signature.drawing):
        dots = [(left + x * scale, top + y * scale) for x, y in stroke]
        if len(dots) > 1:
            pdf.polyline(dots)
    pdf.set_line_width(0.2)
    pdf.set_font(FACE, size=7)
    pdf.set_xy(left, top + ROW_MM - 5)
    at = signature.at.astimezone(PARIS)
    said = _("%(how)s, le %(day)s") % {
        "how": signature.get_method_display(),
        "day": f"{at:%d/%m/%Y %H:%M}",
    }
    pdf.cell(COLUMNS[2], 4, said)
