"""Tell citizens when the tax stamp they must bring costs more or less than they were told."""

from datetime import datetime

from django.db import transaction

from booking import emails, planning
from booking.events import locked, tell
from booking.models import Appointment
from booking.people import newly_priced, reprice


def tell_new_prices(*, now: datetime) -> int:
    """Write to those whose price differs from the one announced; return how many appointments.

    Whoever gave no address finds the new price at her link and on the agent's screen.
    """
    coming = (
        Appointment.objects.filter(status=Appointment.Status.BOOKED, period__startswith__gt=now)
        .exclude(service__titles="")
        .select_related("service")
        .prefetch_related("participants")
    )
    return sum(
        _tell(each) for each in coming if newly_priced(each, day=planning.local_day(each.start))
    )


@transaction.atomic
def _tell(appointment: Appointment) -> bool:
    current = locked(appointment)
    if current.status != Appointment.Status.BOOKED:
        return False
    if not reprice(current, day=planning.local_day(current.start)):
        return False
    current.version += 1
    current.save(update_fields=["version"])
    tell(emails.repriced, current)
    return True
