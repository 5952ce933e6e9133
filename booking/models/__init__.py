"""What a commune's appointments are made of."""

from booking.models.appointments import (
    Allocation,
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    Participant,
)
from booking.models.calendar import Closure, Opening, OpeningOverride
from booking.models.outages import Outage, OutageCase
from booking.models.reception import Ticket, Title, WaitingEntry
from booking.models.services import (
    STEP,
    Resource,
    Service,
    ServiceLink,
    ServiceNeed,
    ServiceQuerySet,
    Settings,
    Site,
)
from booking.models.sharing import Sharing
from booking.models.tallies import Tally
from booking.models.texts import DocumentText, MessageText, SettingsChange


__all__ = [
    "STEP",
    "Allocation",
    "Appointment",
    "AppointmentEvent",
    "AppointmentQuerySet",
    "Closure",
    "DocumentText",
    "MessageText",
    "Opening",
    "OpeningOverride",
    "Outage",
    "OutageCase",
    "Participant",
    "Resource",
    "Service",
    "ServiceLink",
    "ServiceNeed",
    "ServiceQuerySet",
    "Settings",
    "SettingsChange",
    "Sharing",
    "Site",
    "Tally",
    "Ticket",
    "Title",
    "WaitingEntry",
]
