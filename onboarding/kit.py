"""The communication kit: a poster, words to say and to print, and papers for the council."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language, gettext as _
from fpdf import FPDF

from onboarding.legal import Text
from parvis import paper
from parvis.paper import FACE, MARGIN_MM, WIDE_MM
from parvis.typo import date_longue, telephone, town_hall
from tenants.models import Commune


CODE_MM = 120
PAGE_MM = 210


class Words(NamedTuple):
    """A text to copy."""

    key: str
    title: str
    text: str


def texts(commune: Commune, *, address: str) -> list[Words]:
    """Write what to record, to post and to print, with the commune's own address."""
    site = address.partition("://")[2].rstrip("/")
    hall = town_hall(commune.name)
    names = {"hall": f"{hall[:1].lower()}{hall[1:]}", "name": commune.name, "site": site}
    return [
        Words(
            "phone",
            _("Message du standard"),
            _(
                "Bonjour, vous êtes bien à la %(hall)s. Pour une carte d’identité, un passeport ou"
                " une autre démarche, prenez rendez-vous à toute heure sur %(site)s. Vous y"
                " trouverez aussi la liste des pièces à apporter. Pour parler à un agent,"
                " patientez ou rappelez aux heures d’ouverture."
            )
            % names,
        ),
        Words(
            "network",
            _("Réseaux sociaux"),
            _(
                "Nouveau à %(name)s : prenez rendez-vous en mairie en deux minutes, de jour comme"
                " de nuit, sans créer de compte. La liste des pièces à apporter vous attend au"
                " même endroit : %(site)s"
            )
            % names,
        ),
        Words(
            "bulletin",
            _("Bulletin municipal"),
            _(
                "Prendre rendez-vous en mairie devient plus simple. Depuis un téléphone ou un"
                " ordinateur, choisissez votre démarche et un créneau sur %(site)s : pas de compte"
                " à créer, une confirmation par courriel et la liste exacte des pièces à apporter."
                " Un lampadaire éteint, un trou dans la chaussée ? Dites-le au même endroit et"
                " suivez la réponse de la mairie. L’accueil et le téléphone restent ouverts"
                " à tous."
            )
            % names,
        ),
    ]


def poster(commune: Commune, *, address: str, now: datetime) -> bytes:
    """Print an A4 poster with a code that leads to the commune's site."""
    sheet = paper.blank(
        title=_("Affiche de %(commune)s") % {"commune": commune.name},
        language=get_language() or "fr",
        now=now,
    )
    sheet.set_auto_page_break(auto=False)
    sheet.add_page()
    sheet.set_y(24)
    _centred(sheet, town_hall(commune.name), size=20)
    sheet.ln(4)
    _centred(sheet, _("Prenez rendez-vous sans attendre"), size=34, bold=True)
    _centred(sheet, _("et sachez quelles pièces apporter"), size=20)
    top = sheet.get_y() + 8
    paper.code(sheet, address, x=(PAGE_MM - CODE_MM) / 2, y=top, side=CODE_MM)
    sheet.set_y(top + CODE_MM + 6)
    _centred(sheet, address.partition("://")[2].rstrip("/"), size=22, bold=True)
    if commune.phone:
        words = _("Sans internet : %(phone)s") % {"phone": telephone(commune.phone)}
        _centred(sheet, words, size=16)
    return bytes(sheet.output())


def written(text: Text, commune: Commune, *, now: datetime) -> bytes:
    """Print a text for the council, the register or the file."""
    sheet = paper.blank(title=text.title, language="fr", now=now)
    sheet.add_page()
    sheet.set_font(FACE, size=11)
    paper.line(sheet, town_hall(commune.name, "fr"), wide=WIDE_MM, tall=6)
    sheet.set_font(FACE, style="B", size=20)
    paper.line(sheet, text.title, wide=WIDE_MM, tall=10)
    sheet.set_font(FACE, size=10)
    day = date_longue(now.date(), "fr")
    said = f"{day[:1].upper()}{day[1:]}"
    if text.version:
        said = f"{said} – version {text.version} – empreinte {text.sha256[:16]}"
    paper.line(sheet, said, wide=WIDE_MM, tall=6)
    for heading, words in text.parts:
        sheet.ln(3)
        sheet.set_font(FACE, style="B", size=12)
        paper.line(sheet, heading, wide=WIDE_MM, tall=7)
        sheet.set_font(FACE, size=11)
        for paragraph in words.split("\n\n"):
            paper.line(sheet, paragraph, wide=WIDE_MM, tall=6)
            sheet.ln(1)
    return bytes(sheet.output())


def _centred(sheet: FPDF, words: str, *, size: int, bold: bool = False) -> None:
    sheet.set_font(FACE, style="B" if bold else "", size=size)
    sheet.set_x(MARGIN_MM)
    sheet.multi_cell(WIDE_MM, size * 0.46, words, align="C", new_x="LMARGIN", new_y="NEXT")
