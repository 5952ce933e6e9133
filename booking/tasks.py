"""Work that the queue asks for in a commune's schema."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from booking import (
    actions,
    declaring,
    numbering,
    outages,
    places,
    presence,
    read_model,
    relisting,
    repricing,
    titles,
    waiting,
)
from booking.taking import lock_configuration
from coordination.models import Declaration


log = logging.getLogger(__name__)


@shared_task(name="booking.release_expired")
def release_expired() -> int:
    """Free the slots that nobody confirmed in time."""
    return actions.release_expired(now=timezone.now())


@shared_task(name="booking.serve_waiting")
def serve_waiting() -> int:
    """Give back what is held for whoever has moved meanwhile, then serve those who wait."""
    now = timezone.now()
    outages.release_answered(now=now)
    return waiting.serve(now=now)


@shared_task(name="booking.write_to_citizens")
def write_to_citizens() -> int:
    """Give back the places nobody answered for, then send the questions and reminders due."""
    now = timezone.now()
    return presence.give_back_unanswered(now=now) + presence.write_to_citizens(now=now)


@shared_task(name="booking.follow_titles")
def follow_titles() -> int:
    """Note the titles handed over, then remind those whose titles wait."""
    return titles.settle() + titles.remind(now=timezone.now())


@shared_task(name="booking.tell_new_prices")
def tell_new_prices() -> int:
    """Every night: write to those whose tax stamp has another price than announced."""
    return repricing.tell_new_prices(now=timezone.now())


@shared_task(name="booking.tell_new_documents")
def tell_new_documents(*, service_id: int = 0) -> int:
    """Tell whoever is to bring other documents since a version came; every night, of any service.

    The night finds what a queue that was down has lost.
    """
    return relisting.tell_new_documents(service_id=service_id or None, now=timezone.now())


@shared_task(name="booking.ask_for_number")
def ask_for_number(*, declaration_id: int) -> bool:
    """Write to whoever gave a number that the State refuses."""
    row = Declaration.objects.filter(pk=declaration_id).first()
    return row is not None and numbering.ask_for_number(declaration=row, now=timezone.now())


@shared_task(name="booking.follow_numbers")
def follow_numbers() -> int:
    """Every quarter of an hour: write where a task was lost, end what nobody corrected."""
    now = timezone.now()
    waiting = Declaration.objects.filter(
        state=Declaration.State.REFUSED, told_at__isnull=True, starts_at__gt=now
    )
    told = sum(numbering.ask_for_number(declaration=row, now=now) for row in waiting)
    return told + numbering.end_uncorrected(now=now)


@shared_task(name="booking.declare_ahead")
def declare_ahead() -> int:
    """Every night: wish the State to know what no appointment tells of by itself."""
    return declaring.declare_ahead(now=timezone.now())


@shared_task(name="booking.refresh_slots")
def refresh_slots() -> None:
    """Write what is free of the whole horizon, once the configuration has changed."""
    with transaction.atomic():
        lock_configuration()
        read_model.refresh_all(now=timezone.now())


@shared_task(name="booking.check_slots")
def check_slots() -> int:
    """Every night: compare what is written with what is free, then write it all for a new day."""
    now = timezone.now()
    with transaction.atomic():
        lock_configuration()
        wrong = len(read_model.wrong_rows(now=now))
        read_model.refresh_all(now=now)
        places.publish()
    if wrong:
        log.error("%s rows of free slots were wrong", wrong)
    return wrong
