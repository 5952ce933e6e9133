"""An appointment as a file that any diary opens (RFC 5545)."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from booking.models import Appointment, Service
from booking.words import discreet_name, service_name
from tenants.models import Commune


FILE_NAME = "rendez-vous.ics"
MIME_TYPE = "text/calendar"


def calendar(appointment: Appointment, commune: Commune, *, documents: list[str]) -> str:
    """Write the appointment; the same one keeps its identifier, so a change replaces it.

    The manage link stays out: diaries are shared more easily than letters.
    """
    event = Event()
    event.add("uid", f"{appointment.reference}@{commune.schema_name}.{settings.BASE_DOMAIN}")
    event.add("sequence", appointment.version)
    event.add("dtstamp", _stamp(appointment))
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    event.add("summary", _summary(appointment.service))
    event.add("location", appointment.site.address or commune.address or str(appointment.site))
    event.add("description", "\n".join(_description(appointment, documents)))
    cancelled = appointment.status == Appointment.Status.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add_component(_reminder())
    whole = Calendar()
    whole.add("prodid", "-//Parvis//FR")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if cancelled else "PUBLISH")
    whole.add_component(event)
    return str(whole.to_ical(), "utf-8")


def _summary(service: Service) -> str:
    """Name the visit in a diary that others may see."""
    if service.is_confidential:
        return discreet_name(service)
    return _("Rendez-vous en mairie : %(service)s") % {"service": service_name(service)}


def _description(appointment: Appointment, documents: list[str]) -> list[str]:
    lines = [_("Référence : %(reference)s") % {"reference": appointment.reference}]
    if documents:
        lines += [_("À apporter :"), *(f"- {title}" for title in documents)]
    return lines


def _stamp(appointment: Appointment) -> datetime:
    changed = appointment.cancelled_at or appointment.booked_at or appointment.start
    return changed.astimezone(UTC)


def _reminder() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Rendez-vous en mairie demain"))
    alarm["trigger"] = "-P1D"
    return alarm
