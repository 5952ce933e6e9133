"""Name services, people, lengths and places in the language of the page."""

from typing import Any

from django.utils.translation import get_language, gettext as _, ngettext

from booking.checklists import told_each
from booking.models import Appointment, Participant, Service


def service_name(service: Service) -> str:
    """Name a service, in English where the commune has written it."""
    is_english = (get_language() or "fr").startswith("en")
    return service.name_en if is_english and service.name_en else service.name


def service_text(service: Service) -> str:
    """Say in one line what a service is, in English where the commune has written it."""
    is_english = (get_language() or "fr").startswith("en")
    return service.text_en if is_english and service.text_en else service.text


def discreet_name(service: Service) -> str:
    """Name a service where somebody else may read it: a confidential one is not named."""
    return _("Rendez-vous à la mairie") if service.is_confidential else service_name(service)


def people(persons: int) -> str:
    """Write "2 personnes"."""
    return ngettext("%(n)s personne", "%(n)s personnes", persons) % {"n": persons}


def person_name(person: Participant) -> str:
    """Name one of those who come, or tell her rank."""
    return person.name or rank(person.position)


def rank(number: int) -> str:
    """Write "Personne 2"."""
    return _("Personne %(n)s") % {"n": number}


def persons(appointment: Appointment) -> list[dict[str, Any]]:
    """Give each person who comes her name and her own list; those alike share one."""
    each = told_each(appointment)
    is_alike = all(documents == each[0][1] for _person, documents in each)
    return [
        {
            "name": person_name(person),
            "documents": documents,
            "key": f"{appointment.reference}-{person.position}",
        }
        for person, documents in (each[:1] if is_alike else each)
    ]


def documents_of_each() -> str:
    """Announce lists that differ from one person to another."""
    return _("Les pièces de chaque personne")


def minutes(length: int) -> str:
    """Write "20 minutes"."""
    return ngettext("%(n)s minute", "%(n)s minutes", length) % {"n": length}


def documents_count(count: int) -> str:
    """Announce how many documents there are to bring."""
    if not count:
        return _("Aucune pièce à apporter")
    return ngettext("Il vous faudra %(n)s pièce", "Il vous faudra %(n)s pièces", count) % {
        "n": count
    }


def place(appointment: Appointment) -> str:
    """Name the place and its address."""
    site = appointment.site
    return f"{site.name}, {site.address}" if site.address else site.name


def about(appointment: Appointment) -> dict[str, Any]:
    """Gather what every page about an appointment says."""
    return {
        "appointment": appointment,
        "name": service_name(appointment.service),
        "people": people(appointment.persons),
        "place": place(appointment),
        "for_each": appointment.persons > 1,
    }
