"""What a citizen is told of her numbers while she books (France Titres contract, section 4).

The State is asked as she sends the form, four seconds at most. Its silence refuses nobody: the
number is then to be verified, and she is told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from booking import declaring, planning
from booking.duplicates import booked_numbers, doubled
from booking.models import Appointment
from booking.number_forms import NumberedForm
from coordination import checks, client
from coordination.models import Declaration, Meeting
from coordination.numbers import Status
from parvis.templatetags.ui_words import date_heure


WORDS: Mapping[Status, Any] = {
    Status.CONSUMED: _(
        "Ce numéro a déjà servi : la demande est déposée. Pour retirer le titre, choisissez la "
        "remise de titres, sinon faites une nouvelle pré-demande."
    ),
    Status.DECLARED: _(
        "Ce numéro n’est pas reconnu par l’État. Vérifiez-le sur le récapitulatif de la "
        "pré-demande."
    ),
    Status.UNKNOWN: _(
        "Ce numéro n’existe pas. Vérifiez-le sur le récapitulatif de la pré-demande : un zéro "
        "ressemble à un O."
    ),
    Status.EXPIRED: _(
        "Cette pré-demande n’est plus valable. Faites-en une nouvelle sur le site "
        "passeport.ants.gouv.fr, puis donnez son numéro."
    ),
}
DOUBLED = _(
    "Ce numéro a déjà un rendez-vous, voir en haut de la page. Déplacez-le plutôt que d’en "
    "prendre un second."
)
ELSEWHERE = _(
    "Ce numéro a déjà un rendez-vous ailleurs, voir en haut de la page. Annulez-le d’abord, ou "
    "cochez « C’est voulu »."
)


@dataclass(frozen=True, slots=True)
class Other:
    """Another appointment of a number: where, when, and how to change it."""

    number: str
    place: str
    when: str
    address: str
    is_ours: bool


def look(form: NumberedForm, held: Appointment, *, now: datetime) -> list[Other]:
    """Say under each field what hinders its number; return the appointments to be shown.

    What is only unusual is asked to be confirmed by one tick: the same number for two persons,
    an appointment with another town hall that is not ours to move.
    """
    numbers = [each for typed in form.numbers.values() for each in typed]
    if not numbers:
        return []
    ours = doubled(numbers, but=held, now=now)
    hindered = dict.fromkeys(ours, DOUBLED)
    form.tell_of(hindered)
    form.refuse_numbers(booked_numbers(numbers, but=held, now=now) - set(hindered))
    zone = planning.zone()
    shown = [
        Other(
            number,
            each.place,
            date_heure(each.start.astimezone(zone)),
            each.address,
            is_ours=True,
        )
        for number, each in ours.items()
    ]
    doubts = form.twice()
    counts: dict[str, int] = {Meeting.Kind.MET: len(ours)}
    line = client.line(planning.current_commune(), patience_s=client.WAITING_S)
    if line is not None:
        verdict = checks.look(numbers, line=line, booking=str(held.pk), now=now)
        form.tell_of({number: WORDS[status] for number, status in verdict.refused.items()})
        others = _others(verdict, but=set(ours))
        shown += others
        doubts |= dict.fromkeys([each.number for each in others], ELSEWHERE)
        counts[Meeting.Kind.MET] += len({each.number for each in others} & verdict.fresh)
        counts[Meeting.Kind.REFUSED] = len(set(verdict.refused) & verdict.fresh)
    if form.ask_to_confirm(doubts) and not form.errors:
        counts[Meeting.Kind.KEPT] = len({each.number for each in shown})
    if any(counts.values()):
        checks.count(counts, now=now, zone=zone)
    return shown if form.errors else []


def shown(appointment: Appointment, *, now: datetime) -> dict[str, bool]:
    """Say what the page of an appointment tells of its numbers; a query where any is told."""
    is_to_come = appointment.status == Appointment.Status.BOOKED and appointment.start > now
    if not is_to_come or not declaring.needs_number(appointment.service):
        return {}
    states = list(
        Declaration.objects.current()
        .filter(appointment=appointment.reference, is_wanted=True)
        .values_list("state", "status")
    )
    return {
        "may_change_numbers": True,
        "to_correct": any(state == Declaration.State.REFUSED for state, _status in states),
        "to_verify": any(not status for _state, status in states),
    }


def warnings(appointment: Appointment, *, now: datetime) -> list[str]:
    """Say to an agent what is unusual about the numbers of an appointment; nothing stops her."""
    numbers = appointment.numbers
    if not numbers or not declaring.asks_numbers(appointment):
        return []
    zone = planning.zone()
    said = [
        gettext("Le numéro %(number)s a un autre rendez-vous : %(place)s, %(when)s.")
        % {
            "number": number,
            "place": each.place,
            "when": date_heure(each.start.astimezone(zone)),
        }
        for number, each in doubled(numbers, but=appointment, now=now).items()
    ]
    refused = Declaration.objects.filter(
        appointment=appointment.reference, state=Declaration.State.REFUSED, number__in=numbers
    )
    return said + [
        gettext("L’État refuse le numéro %(number)s.") % {"number": number}
        for number in refused.values_list("number", flat=True)
    ]


def unverified(appointment: Appointment) -> bool:
    """Tell whether the State has not spoken yet of a number of an appointment; one query."""
    return Declaration.objects.unverified().filter(appointment=appointment.reference).exists()


def _others(verdict: checks.Verdict, *, but: set[str]) -> list[Other]:
    """List what the State knows of these numbers and we do not."""
    found = {number: held for number, held in verdict.elsewhere.items() if number not in but}
    if not found:
        return []
    issued = set(
        Declaration.objects.filter(number__in=found).values_list("management_url", flat=True)
    )
    return [
        Other(number, each.meeting_point, _when(each), _safe(each.management_url), is_ours=False)
        for number, held in found.items()
        for each in held
        if each.management_url not in issued
    ]


def _when(held: client.Held) -> str:
    """Write a wall time of the State as people read it; as it is when it is no time."""
    try:
        wall = datetime.fromisoformat(held.appointment_date.removesuffix("Z"))
    except ValueError:
        return held.appointment_date
    return date_heure(timezone.make_aware(wall) if wall.tzinfo is None else wall)


def _safe(address: str) -> str:
    """Let only addresses of pages be followed."""
    return address if urlsplit(address).scheme in {"http", "https"} else ""
