"""Text messages of the first live commune: some that left, one in doubt, one refused, a budget."""

from datetime import datetime, timedelta

from django.utils.translation import gettext

from booking import planning, texts
from booking.models import Appointment
from messaging.actions import decide_texts
from messaging.budget import count
from messaging.models import OutgoingText
from parvis.models import OutgoingEmail


SHOWN, BUDGET = 8, 20_000
SILENT = {"detail": "timed out"}
WRONG = {"said": "550 5.1.1 no such user here"}


def show(*, now: datetime) -> None:
    """Switch texts on, and write those of the next citizens who left a telephone."""
    decide_texts(is_on=True, reminds=True, sender_name="PAUILLAC", monthly_budget=BUDGET)
    commune = planning.current_commune()
    coming = Appointment.objects.filter(
        status=Appointment.Status.BOOKED, period__startswith__gt=now + timedelta(days=2)
    ).select_related("service", "site")
    events = ("booked", "moved", "cancelled", "proposed", "stands", texts.REMINDER)
    for number, each in enumerate(coming.exclude(phone="").order_by("period", "pk")[:SHOWN]):
        each.language = "en" if number % 2 else "fr"
        event = events[number % len(events)]
        texts.instead_of_email(event, each, commune)
    written = list(OutgoingText.objects.order_by("pk"))
    for text in written:
        count(text, most=BUDGET, now=now)
    for text in written[:1]:
        text.unsure_at, text.attempts = now, 1
        text.last_error = gettext("Le fournisseur n’a pas répondu (%(detail)s).") % SILENT
        text.save(update_fields=["unsure_at", "attempts", "last_error"])
    OutgoingEmail.objects.filter(pk__in=OutgoingEmail.objects.order_by("pk")[:1]).update(
        dead_at=now,
        attempts=1,
        last_error=gettext("L’adresse est refusée : %(said)s") % WRONG,
    )
