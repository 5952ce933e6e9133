"""The first time a citizen books or reports after the opening: what makes a commune live."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from booking import planning
from booking.models import Appointment, AppointmentEvent
from incidents.models import Report
from onboarding.models import Launch
from onboarding.stages import Module
from parvis.deferred import defer_to
from parvis.guard import PUBLIC


CITIZENS = (Report.Channel.WEB, Report.Channel.STICKER)
WATCHED = timedelta(days=90)
"""After the opening; later, somebody of the association says so by hand."""


@transaction.atomic
def tell(*, now: datetime) -> int:
    """Say which modules of the active commune were used since it opened; count them."""
    commune = planning.current_commune()
    launch = Launch.objects.standing().filter(commune=commune, opened_at__isnull=False).first()
    if launch is None or launch.opened_at is None or launch.opened_at < now - WATCHED:
        return 0
    used = []
    by_team = AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), kind="booked", by_id__isnull=False
    )
    online = Appointment.objects.kept().filter(
        ~Exists(by_team), channel=Appointment.Channel.ONLINE
    )
    if online.filter(booked_at__gte=launch.opened_at).exists():
        used.append(Module.BOOKING)
    reported = Report.objects.filter(submitted_at__gte=launch.opened_at)
    if reported.filter(channel__in=CITIZENS).exists():
        used.append(Module.REPORTS)
    for module in used:
        defer_to(PUBLIC, "onboarding.note_first_use", commune_id=commune.pk, module=str(module))
    return len(used)
