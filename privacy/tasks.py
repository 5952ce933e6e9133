"""Work that the queue asks for."""

import logging

from celery import shared_task
from django.utils import timezone

from privacy import actions, nightly


log = logging.getLogger(__name__)


@shared_task(name="privacy.erase_what_is_due")
def erase_what_is_due() -> int:
    """Every night, in a commune: erase what is over its time, remind of who waits."""
    night = nightly.run(now=timezone.now())
    actions.remind(now=timezone.now())
    if night.left:
        log.error("kept over its time: %s", night.left)
    return sum(night.erased.values())


@shared_task(name="privacy.erase_what_is_due_once")
def erase_what_is_due_once() -> int:
    """Every night, in the public schema."""
    return sum(nightly.run_once(now=timezone.now()).values())
