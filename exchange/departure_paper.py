"""The certificate of destruction, on paper."""

from datetime import datetime

from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from fpdf import FPDF

from parvis.paper import FACE, WIDE_MM, blank, line
from parvis.typo import date_heure
from tenants.models import Association, Departure


def certificate(departure: Departure, *, association: Association, language: str) -> bytes:
    """Say what was destroyed, when, and who decided it.

    Raises:
        ValueError: nothing was destroyed.
    """
    if departure.destroyed_at is None:
        raise ValueError(departure.state)
    title = _("Certificat de destruction")
    sheet = blank(title=title, language=language, now=departure.destroyed_at)
    sheet.add_page()
    sheet.set_font(FACE, "B", 20)
    line(sheet, title, wide=WIDE_MM, tall=10)
    sheet.ln(4)
    _body(sheet, departure, association, language)
    return bytes(sheet.output())


def _body(sheet: FPDF, departure: Departure, association: Association, language: str) -> None:
    said = departure.certificate
    rows = [
        (_("Commune"), f"{said['commune']} ({said['insee_code']})"),
        (_("Association"), association.name),
        (_("Départ demandé par"), _who(departure.asked_by_name, departure.asked_at, language)),
        (
            _("Confirmé par"),
            _who(departure.confirmed_by_name, departure.confirmed_at, language),
        ),
        (_("Données détruites le"), _when(departure.destroyed_at, language)),
        (_("Schéma de la base de données"), said["schema"]),
        (_("Tables détruites"), localize(said["tables"])),
        (_("Volume des tables"), _("%(n)s octets") % {"n": localize(said["bytes"])}),
        (_("Fichiers détruits"), localize(said["files"])),
        (_("Accès retirés"), localize(said["memberships"])),
        (_("Noms d’hôte bloqués un an"), ", ".join(said["names"])),
    ]
    for term, value in rows:
        sheet.set_font(FACE, "B", 11)
        line(sheet, term, wide=WIDE_MM, tall=6)
        sheet.set_font(FACE, size=11)
        line(sheet, value, wide=WIDE_MM, tall=6)
        sheet.ln(2)
    sheet.ln(4)
    line(
        sheet,
        _(
            "Le schéma de la commune, le rôle qui y accédait et ses fichiers ont été supprimés de "
            "l’installation en service. Les sauvegardes qui les contiennent encore "
            "s’effacent à leur propre échéance."
        ),
        wide=WIDE_MM,
        tall=6,
    )


def _who(name: str, moment: datetime | None, language: str) -> str:
    return f"{name}, {_when(moment, language)}"


def _when(moment: datetime | None, language: str) -> str:
    return date_heure(localtime(moment), language) if moment else ""
