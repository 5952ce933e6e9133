"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from incidents import (
    chasing,
    clocks,
    drafts,
    open311_bulk,
    open311_forwarding,
    open311_media,
    open311_receiving,
    open311_trials,
    photos,
    transfers,
)
from incidents.models import Report


@shared_task(name="incidents.develop_photos")
def develop_photos() -> int:
    """Delete the originals that waited too long, then develop the others."""
    now = timezone.now()
    photos.sweep(now=now)
    drafts.sweep(now=now)
    return photos.develop_waiting(now=now)


@shared_task(name="incidents.hand_over")
def hand_over(report_id: int) -> None:
    """Send a report to the commune it was handed over to."""
    found = Report.objects.select_related("category", "contact").filter(pk=report_id).first()
    if found is not None:
        transfers.send(found)


@shared_task(name="incidents.send_again")
def send_again() -> int:
    """Send again what another commune has not answered for."""
    return transfers.send_again(now=timezone.now())


@shared_task(name="incidents.take_over")
def take_over(facts: str) -> None:
    """Receive a report that another commune hands over."""
    transfers.take_over(facts, now=timezone.now())


@shared_task(name="incidents.handed_over")
def handed_over(reference: str, there: str) -> None:
    """Note the reference that a report has in the commune it was handed over to."""
    transfers.handed_over(reference=reference, there=there, now=timezone.now())


@shared_task(name="incidents.tell_origin")
def tell_origin(report_id: int) -> None:
    """Tell the commune that handed a report over what has become of it."""
    found = Report.objects.filter(pk=report_id).first()
    if found is not None:
        transfers.tell_origin(found)


@shared_task(name="incidents.follow_transfer")
def follow_transfer(reference: str, status: str, reason: str) -> None:
    """Close a report as the commune did that took it over."""
    transfers.follow_transfer(
        reference=reference, status=status, reason=reason, now=timezone.now()
    )


@shared_task(name="incidents.follow_silent")
def follow_silent() -> int:
    """Every quarter of an hour: remind the reporters who are silent, close what stays so."""
    return clocks.follow_silent(now=timezone.now())


@shared_task(name="incidents.escalate")
def escalate() -> int:
    """Every quarter of an hour: tell those in charge what nears its promised date or is late."""
    return clocks.escalate(now=timezone.now())


@shared_task(name="incidents.take_photo")
def take_photo(reference: str, origin: str, content: str) -> None:
    """Keep a photo of a report that another commune handed over."""
    transfers.take_photo(reference=reference, origin=origin, content=content, now=timezone.now())


@shared_task(name="incidents.tell_again")
def tell_again(reference: str) -> None:
    """Tell once more what has become of a report, to the commune that handed it over."""
    found = Report.objects.filter(reference=reference).first()
    if found is not None:
        transfers.tell_origin(found)


@shared_task(name="incidents.ask_again")
def ask_again() -> int:
    """Ask other communes what has become of the reports they were handed."""
    return transfers.ask_again(now=timezone.now())


@shared_task(name="incidents.chase_silent")
def chase_silent() -> int:
    """Write again to the bodies and companies that keep silent."""
    return chasing.chase_silent(now=timezone.now())


@shared_task(name="incidents.fetch_media")
def fetch_media() -> int:
    """Fetch the photos that other software told the address of."""
    return open311_media.fetch_waiting(now=timezone.now())


@shared_task(name="incidents.forget_trials")
def forget_trials() -> int:
    """Delete what integrators tried a day ago, and what is kept of requests for too long."""
    now = timezone.now()
    return open311_trials.purge(now=now) + open311_receiving.forget(now=now)


@shared_task(name="incidents.send_dispatches")
def send_dispatches() -> int:
    """Send what waits for the Open311 servers of other bodies."""
    return open311_forwarding.send_due(now=timezone.now())


@shared_task(name="incidents.follow_servers")
def follow_servers() -> int:
    """Ask the Open311 servers of other bodies what has become of our reports."""
    return open311_forwarding.follow_due(now=timezone.now())


@shared_task(name="incidents.write_bulk")
def write_bulk() -> int:
    """Write the files of open data of all published reports."""
    return open311_bulk.write_all()
