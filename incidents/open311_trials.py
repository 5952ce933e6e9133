"""The test endpoint: reports that never were, said and found as the real ones; gone after a day.

Contract: section "At a glance". A trial is in a table of its own, so that no list, figure, round
or message of the commune can ever meet it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from incidents.calendar import current_commune, promised
from incidents.geo import Place, box_around, distance_m
from incidents.handlers import responsible
from incidents.models import Report, Trial
from incidents.open311_formats import SECOND
from incidents.open311_reading import UPDATES, Wish, extended, item, words_of
from incidents.open311_sending import Asked
from incidents.references import new_reference
from incidents.workflow import Status


KEPT = timedelta(days=1)
MOST = 5000
EXTENSIONS = ("attributes", "extended_attributes", "notes")
SAID = {
    **{each: each for each in UPDATES.values()},
    "NOT_COUNCILS_RESPONSIBILITY": "NOT_COUNCILS_RESPONSIBILITY",
    "CLOSED": "FIXED",
    "PLANNED": "ACTION_SCHEDULED",
    "REOPEN": "OPEN",
    "FOR_TRIAGE": "INVESTIGATING",
    "INTERNAL_REFERRAL": "INVESTIGATING",
}
"""How each status that may be sent is listed: as those of real reports (H58, H59)."""
CLOSING = {
    "FIXED",
    "NO_FURTHER_ACTION",
    "NOT_COUNCILS_RESPONSIBILITY",
    "DUPLICATE",
    "CANCELLED",
}


def receive(asked: Asked, *, client_id: int, now: datetime) -> Trial:
    """Keep what an integrator tries as the report it would have been; nobody is told."""
    handler, _words = responsible(asked.category, place=asked.place)
    report = Report(
        reference=new_reference(),
        category=asked.category,
        status=Status.RECEIVED,
        channel=Report.Channel.API,
        text=asked.text,
        lat=asked.place.lat if asked.place else None,
        lon=asked.place.lon if asked.place else None,
        address=asked.address,
        address_id=asked.address_id,
        handler=handler,
        submitted_at=now,
        due_at=promised(asked.category, start=now),
    )
    report.updated_at, report.is_paused = now, False  # type: ignore[attr-defined]
    words = words_of(current_commune(), is_extended=True)
    said = item(report, words, note="", photos=[])
    said |= extended(report, words, answers=asked.answers, photos=[], changes=[])
    return Trial.objects.create(
        reference=report.reference,
        client_id=client_id,
        service_code=asked.category.code,
        item=said,
        submitted_at=now,
    )


def found(wish: Wish, *, is_extended: bool) -> tuple[list[dict[str, Any]], bool]:
    """Return the trials wished for, as the list of reports does, and whether there are more."""
    rows = Trial.objects.order_by("-submitted_at", "-pk")
    if wish.references:
        known = {each.reference: each.item for each in rows.filter(reference__in=wish.references)}
        shown = [known[each] for each in wish.references if each in known]
        return [_said(each, is_extended=is_extended) for each in shown], False
    matching = [each.item for each in rows[:MOST] if _is_wished(each, wish)]
    first = (wish.page - 1) * wish.size
    page = matching[first : first + wish.size]
    return [_said(each, is_extended=is_extended) for each in page], len(
        matching
    ) > first + wish.size


def _said(kept: dict[str, Any], *, is_extended: bool) -> dict[str, Any]:
    return {name: each for name, each in kept.items() if is_extended or name not in EXTENSIONS}


def _is_wished(trial: Trial, wish: Wish) -> bool:
    said = trial.item
    updated = datetime.fromisoformat(said["updated_datetime"])
    return (
        (not wish.codes or trial.service_code in wish.codes)
        and (not wish.states or said["status"] in wish.states)
        and _is_within(trial.submitted_at, wish.start, wish.end)
        and _is_within(updated, wish.updated_after, wish.updated_before)
        and (wish.around is None or _is_near(said, wish.around, wish.radius_m))
    )


def _is_within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at < end + SECOND)


def _is_near(said: dict[str, Any], place: Place, metres: float) -> bool:
    if said["lat"] is None:
        return False
    there = Place(said["lat"], said["long"])
    return box_around(place, metres).holds(there) and distance_m(place, there) <= metres


@transaction.atomic
def update(*, reference: str, status: str, text: str, at: str) -> tuple[Trial, str] | None:
    """Take an update of a trial; return its number, or None where there is no such trial."""
    trial = Trial.objects.select_for_update().filter(reference=reference).first()
    if trial is None:
        return None
    number = f"t{trial.pk}-{len(trial.updates) + 1}"
    last = trial.updates[-1]["status"] if trial.updates else UPDATES[Status.RECEIVED]
    listed = SAID.get(status, last)  # UNCHANGED
    trial.updates.append(
        {
            "update_id": number,
            "service_request_id": reference,
            "status": listed,
            "updated_datetime": at,
            "description": text or listed,
            "media_url": None,
        }
    )
    trial.item["status"] = "closed" if listed in CLOSING else "open"
    trial.item["status_notes"] = text or trial.item["status_notes"]
    trial.item["updated_datetime"] = at
    trial.save(update_fields=["updates", "item"])
    return trial, number


def updates(start: datetime, end: datetime) -> list[dict[str, Any]]:
    """List the updates of trials within a window, oldest first."""
    rows = [each for trial in Trial.objects.all()[:MOST] for each in trial.updates]
    within = [
        each
        for each in rows
        if _is_within(datetime.fromisoformat(each["updated_datetime"]), start, end)
    ]
    return sorted(within, key=lambda each: (each["updated_datetime"], each["update_id"]))


def purge(*, now: datetime) -> int:
    """Delete the trials of yesterday; return how many."""
    _count, kinds = Trial.objects.filter(submitted_at__lt=now - KEPT).delete()
    return kinds.get("incidents.Trial", 0)
