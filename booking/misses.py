"""What a commune bears: after several absences in a year, appointments are taken by phone."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Appointment, Settings
from parvis.errors import DomainError


MISSES_COUNT_FOR = timedelta(days=365)


class MustPhone(DomainError):
    """After several absences the commune wants to hear from the citizen."""

    message = _(
        "Plusieurs rendez-vous ont été pris à ce nom sans que personne ne vienne. Pour en prendre "
        "un autre, appelez la mairie."
    )


def must_phone(*, email: str, phone: str, now: datetime) -> bool:
    """Tell whether who can be reached there missed more than the commune bears in a year."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None or settings.misses_allowed is None:
        return False
    same = Q(email__iexact=email) if email else Q()
    if phone:
        same = same | Q(phone=phone) if email else Q(phone=phone)
    missed = Appointment.objects.filter(
        same,
        status=Appointment.Status.MISSED,
        period__startswith__gte=now - MISSES_COUNT_FOR,
    )
    return missed.count() > settings.misses_allowed
