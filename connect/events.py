"""What a commune may tell another program of, by webhook."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


APPOINTMENT_BOOKED: Final = "appointment.booked"
APPOINTMENT_MOVED: Final = "appointment.moved"
APPOINTMENT_CANCELLED: Final = "appointment.cancelled"
APPOINTMENT_OUTCOME: Final = "appointment.outcome"
REPORT_CREATED: Final = "report.created"
REPORT_UPDATED: Final = "report.updated"
REPORT_CLOSED: Final = "report.closed"
TEST: Final = "test"

CHOICES: Final[dict[str, Promise]] = {
    APPOINTMENT_BOOKED: _("un rendez-vous est pris"),
    APPOINTMENT_MOVED: _("un rendez-vous est déplacé"),
    APPOINTMENT_CANCELLED: _("un rendez-vous est annulé"),
    APPOINTMENT_OUTCOME: _("un rendez-vous est honoré ou manqué"),
    REPORT_CREATED: _("un signalement est déposé"),
    REPORT_UPDATED: _("un signalement avance"),
    REPORT_CLOSED: _("un signalement est clos"),
}
"""Those a webhook chooses from."""
LABELS: Final[dict[str, Promise]] = {**CHOICES, TEST: _("essai")}
ALL: Final = frozenset(LABELS)
