"""What citizens are told by text message: short, neutral, without a word that anybody typed.

By text goes what would go by e-mail to somebody who left none, and the reminder of two days
before, to everybody with a mobile. A text never names the service.
"""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from booking.links import path_to, path_to_proposals
from booking.models import Appointment
from messaging.actions import may_text, write_text
from parvis import typo
from tenants.hosts import absolute_url
from tenants.models import Commune


__all__ = [
    "REMINDER",
    "instead_of_email",
    "keys_about",
    "may_text",
    "reminder",
    "reminder_key",
    "reminder_keys",
]
REMINDER = "text-reminder"


def instead_of_email(
    event: str, appointment: Appointment, commune: Commune, *, token: str = ""
) -> bool:
    """Write the text that stands for an e-mail, if there is one; tell whether it was written."""
    if event not in WORDS:
        return False
    path = f"/rdv/{token}" if token else path_to(appointment)
    return _write(event, appointment, commune, path=path)


def reminder(appointment: Appointment, commune: Commune) -> bool:
    """Write the reminder of two days before, which leaves by day; tell whether it was."""
    return _write(REMINDER, appointment, commune, path=path_to(appointment))


def reminder_key(appointment: Appointment) -> str:
    """Name the fact that a text reminds of an appointment as it is now."""
    return f"{REMINDER}.{appointment.pk}.{appointment.version}"


def reminder_keys(appointment: Appointment) -> list[str]:
    """Name the facts that texts reminded of it, as it is now and as it was."""
    return [
        f"{REMINDER}.{appointment.pk}.{version}" for version in range(1, appointment.version + 1)
    ]


def keys_about(appointments: Iterable[Appointment]) -> list[str]:
    """Name every text that may have been written about these appointments."""
    return [
        f"{event}.{each.pk}.{version}"
        for each in appointments
        for version in range(1, each.version + 1)
        for event in WORDS
    ]


def _write(event: str, appointment: Appointment, commune: Commune, *, path: str) -> bool:
    zone = ZoneInfo(commune.time_zone)
    with translation.override(appointment.language), timezone.override(zone):
        language = translation.get_language()
        known = {
            "mairie": typo.town_hall(commune.name, language),
            "when": typo.date_heure(appointment.start.astimezone(zone), language),
            "place": appointment.site.name,
            "reference": typo.reference_groups(appointment.reference),
        }
        if event == "proposed":
            path = path_to_proposals(appointment)
        body = WORDS[event]() % {**known, "url": absolute_url(commune, path)}
    key = f"{event}.{appointment.pk}.{appointment.version}"
    return write_text(
        key=key,
        to=appointment.phone,
        body=body,
        not_after=appointment.start,
        is_reminder=event == REMINDER,
    )


def _booked() -> str:
    return _(
        "%(mairie)s : rendez-vous confirmé le %(when)s, %(place)s. Référence %(reference)s."
        " Pièces à apporter, annulation : %(url)s"
    )


def _moved() -> str:
    return _(
        "%(mairie)s : votre rendez-vous est déplacé au %(when)s, %(place)s."
        " Référence %(reference)s. %(url)s"
    )


def _cancelled() -> str:
    return _("%(mairie)s : votre rendez-vous du %(when)s est annulé. Référence %(reference)s.")


def _proposed() -> str:
    return _(
        "%(mairie)s : votre rendez-vous du %(when)s ne peut pas avoir lieu."
        " Choisissez un autre moment : %(url)s"
    )


def _number_refused() -> str:
    return _(
        "%(mairie)s : le numéro de pré-demande de votre rendez-vous du %(when)s n’est pas reconnu."
        " Corrigez-le : %(url)s"
    )


def _stands() -> str:
    return _("%(mairie)s : votre rendez-vous du %(when)s est maintenu, %(place)s.")


def _reminder() -> str:
    return _(
        "%(mairie)s : rappel de votre rendez-vous du %(when)s, %(place)s."
        " Empêché ? Annulez : %(url)s"
    )


WORDS: dict[str, Callable[[], str]] = {
    "booked": _booked,
    "moved": _moved,
    "cancelled": _cancelled,
    "given_back": _cancelled,
    "proposed": _proposed,
    "stands": _stands,
    "number_refused": _number_refused,
    REMINDER: _reminder,
}
