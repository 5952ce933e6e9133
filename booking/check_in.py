"""The code a citizen shows on arrival: the address where the counter notes that she is there."""

import segno
from django.utils.safestring import SafeString, mark_safe

from booking import planning
from booking.models import Appointment
from tenants.hosts import absolute_url


def check_in_address(appointment: Appointment) -> str:
    """Return what the code says: an address for agents, without anything about the citizen."""
    return absolute_url(planning.current_commune(), f"/agent/accueil/{appointment.reference}/")


def check_in_code(appointment: Appointment) -> SafeString:
    """Draw the code as SVG, without style or script."""
    drawing = segno.make(check_in_address(appointment), error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawing)  # noqa: S308 (drawn here, from our own address)
