"""The screens that material explains: their name, and the day they last changed.

The code of a screen is the name of its route. Whoever changes what a screen shows changes its
day here: material written before is then marked as too old.
"""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


SCREENS: dict[str, tuple[str | Promise, date]] = {
    "booking:agent:today": (_("Rendez-vous du jour"), date(2026, 11, 27)),
    "booking:agent:day": (_("Une journée de rendez-vous"), date(2026, 11, 27)),
    "booking:agent:new": (_("Prendre un rendez-vous"), date(2026, 11, 20)),
    "booking:agent:queue": (_("File d’attente"), date(2026, 11, 25)),
    "booking:agent:waiting": (_("Liste d’attente"), date(2026, 11, 25)),
    "booking:agent:titles": (_("Titres"), date(2026, 11, 25)),
    "booking:agent:outages": (_("Pannes"), date(2026, 11, 26)),
    "booking:agent:figures": (_("Chiffres des rendez-vous"), date(2026, 11, 26)),
    "booking:agent:settings:home": (_("Réglages des rendez-vous"), date(2026, 11, 26)),
    "booking:agent:settings:hours": (_("Horaires"), date(2026, 11, 26)),
    "incidents:agent:list": (_("Signalements"), date(2026, 11, 27)),
    "incidents:agent:report": (_("Un signalement"), date(2026, 11, 27)),
    "incidents:agent:capture": (_("Saisir un signalement"), date(2026, 11, 24)),
    "incidents:agent:rounds": (_("Tournées"), date(2026, 11, 26)),
    "incidents:agent:figures": (_("Chiffres des signalements"), date(2026, 11, 26)),
    "onboarding:home": (_("Ma commune"), date(2026, 11, 28)),
}


def name_of(code: str) -> str:
    """Name a screen; its code when nobody named it."""
    known = SCREENS.get(code)
    return str(known[0]) if known else code


def is_older(written_on: date, screens: list[str]) -> bool:
    """Whether one of the screens changed after something was written about it."""
    return any(SCREENS[code][1] > written_on for code in screens if code in SCREENS)
