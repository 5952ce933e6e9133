"""The code a citizen shows on arrival: the address where the counter notes that she is there."""

from booking import planning
from booking.models import Appointment
from tenants.hosts import absolute_url


def check_in_address(appointment: Appointment) -> str:
    """Return what the code says: an address for agents, without anything about the citizen."""
    return absolute_url(planning.current_commune(), f"/agent/accueil/{appointment.reference}/")
