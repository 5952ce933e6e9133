"""What can be tried in the sandbox, and the facts that prove it; run inside the sandbox."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import Appointment, AppointmentEvent
from incidents.models import Report, StatusChange
from incidents.workflow import Status


PERSONS = 3


def _phone_for_three(user_id: int) -> bool:
    found = Appointment.objects.filter(
        taken_by_id=user_id, channel=Appointment.Channel.PHONE, persons=PERSONS
    )
    return found.filter(status=Appointment.Status.BOOKED).exists()


def _honoured(user_id: int) -> bool:
    kind = AppointmentEvent.Kind.HONOURED
    return AppointmentEvent.objects.filter(by_id=user_id, kind=kind).exists()


def _report_entered(user_id: int) -> bool:
    return Report.objects.filter(taken_by_id=user_id).exists()


def _report_resolved(user_id: int) -> bool:
    return StatusChange.objects.filter(by_id=user_id, after=str(Status.RESOLVED)).exists()


CHECKS: dict[str, Callable[[int], bool]] = {
    "phone_for_three": _phone_for_three,
    "honoured": _honoured,
    "report_entered": _report_entered,
    "report_resolved": _report_resolved,
}
WORDS: dict[str, str | Promise] = {
    "phone_for_three": _("Créez un rendez-vous par téléphone pour 3 personnes."),
    "honoured": _("Marquez un visiteur comme venu."),
    "report_entered": _("Saisissez un signalement pour quelqu’un au guichet."),
    "report_resolved": _("Passez un signalement à Résolu."),
}
PAGES = {
    "phone_for_three": "/agent/rendez-vous/nouveau/",
    "honoured": "/agent/",
    "report_entered": "/agent/signalements/nouveau/",
    "report_resolved": "/agent/signalements/",
}


def is_done(*, exercise: str, user_id: int) -> bool:
    """Tell whether somebody did an exercise in the active commune."""
    return exercise in CHECKS and CHECKS[exercise](user_id)
