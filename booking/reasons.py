"""Word the reasons why nobody can book on a day, for citizens in short and for staff in full."""

from datetime import date

from django.utils.translation import gettext as _, ngettext

from booking.diagnosis import Finding, Reason
from booking.models import Service
from booking.plans import Plan
from parvis.templatetags.ui_words import date_heure


TOO_SHORT = {Reason.OPENING_TOO_SHORT, Reason.TOO_SHORT}


def note(finding: Finding, *, day: date, plan: Plan, persons: int) -> str:
    """Say to the public in a few words why a day has no free start."""
    reason, when = finding.reason, date_heure(finding.opens_at)
    if reason in TOO_SHORT and persons > 1:
        return ngettext(
            "Pas assez de temps pour %(n)s personne",
            "Pas assez de temps pour %(n)s personnes",
            persons,
        ) % {"n": persons}
    said = {
        Reason.PAST: _("Passé"),
        Reason.BEYOND_HORIZON: _("Pas encore ouvert à la réservation"),
        Reason.NOTICE: _("Trop tard pour réserver en ligne"),
        Reason.PUBLIC_HOLIDAY: _("Jour férié : %(name)s") % {"name": plan.holidays.get(day)},
        Reason.NOT_RELEASED: _("Réservable à partir du %(when)s") % {"when": when},
        Reason.RESIDENTS: _("Réservé aux habitants jusqu’au %(when)s") % {"when": when},
        Reason.QUOTA: _("Complet en ligne"),
        Reason.FULL: _("Complet"),
    }
    return said.get(reason) or closed(finding.words)


def closed(words: str) -> str:
    """Say that nobody is received, with the words of the commune if it wrote some."""
    return _("Fermé : %(reason)s") % {"reason": words} if words else _("Fermé")


def explanation(finding: Finding, *, day: date, plan: Plan, service: Service, persons: int) -> str:
    """Say to the staff in a sentence why a day has no free start."""
    when = {"when": date_heure(finding.opens_at)}
    said = {
        Reason.NOT_OFFERED: _not_offered(service),
        Reason.PAST: _("Les heures d’ouverture sont passées."),
        Reason.BEYOND_HORIZON: ngettext(
            "Cette démarche se réserve en ligne %(n)s jour à l’avance au plus.",
            "Cette démarche se réserve en ligne %(n)s jours à l’avance au plus.",
            service.horizon_days,
        )
        % {"n": service.horizon_days},
        Reason.NOTICE: ngettext(
            "Cette démarche se réserve en ligne %(n)s heure à l’avance au moins.",
            "Cette démarche se réserve en ligne %(n)s heures à l’avance au moins.",
            service.notice_hours,
        )
        % {"n": service.notice_hours},
        Reason.PUBLIC_HOLIDAY: _("Jour férié : %(name)s.") % {"name": plan.holidays.get(day)},
        Reason.CLOSURE: _closure(finding.words),
        Reason.NO_OPENING: _("Aucune plage d’ouverture pour cette démarche ce jour-là."),
        Reason.SCHOOL: _school(day, plan),
        Reason.CANCELLED: _cancelled(finding.words),
        Reason.OPENING_TOO_SHORT: _("Aucune plage de ce jour n’est assez longue."),
        Reason.NOT_RELEASED: _("Les créneaux de ce jour s’ouvriront en ligne le %(when)s.") % when,
        Reason.RESIDENTS: _(
            "Les créneaux de ce jour sont réservés aux habitants jusqu’au %(when)s."
        )
        % when,
        Reason.QUOTA: _(
            "Le nombre de rendez-vous permis en ligne est atteint ;"
            " le guichet peut encore en prendre."
        ),
        Reason.MISSING: _missing(finding.kind),
        Reason.FULL: _("Complet."),
        Reason.TOO_SHORT: ngettext(
            "Ce qui reste libre est trop court pour %(n)s personne.",
            "Ce qui reste libre est trop court pour %(n)s personnes.",
            persons,
        )
        % {"n": persons},
    }
    return said[finding.reason]


def _not_offered(service: Service) -> str:
    if not service.is_active:
        return _("Cette démarche n’est plus proposée.")
    if not service.is_online:
        return _("Cette démarche ne se réserve pas en ligne.")
    return _("Rien de ce qui est en service n’assure cette démarche.")


def _closure(words: str) -> str:
    return _("Fermeture : %(reason)s.") % {"reason": words} if words else _("Fermeture.")


def _cancelled(words: str) -> str:
    if words:
        return _("La plage de ce jour est annulée : %(reason)s.") % {"reason": words}
    return _("La plage de ce jour est annulée.")


def _school(day: date, plan: Plan) -> str:
    if plan.school_known_until is None or day > plan.school_known_until:
        return _(
            "Le calendrier scolaire de ce jour n’est pas connu :"
            " les plages propres aux vacances restent fermées."
        )
    if day in plan.timetable.school_holidays:
        return _("Vacances scolaires : les plages de ce jour ne valent que hors vacances.")
    return _("Hors vacances scolaires : les plages de ce jour ne valent que pendant les vacances.")


def _missing(kind: str) -> str:
    return {
        "agent": _("Aucun agent formé à cette démarche n’est présent à ces heures."),
        "counter": _("Aucun guichet n’est en service à ces heures."),
        "room": _("Aucune salle n’est en service à ces heures."),
        "station": _("Aucune station biométrique n’est en service à ces heures."),
    }.get(kind, _("Ce qu’il faut pour cette démarche n’est jamais réuni au même endroit."))
