"""What is not the commune's to repair: given to whom it is, and the citizen is told (CRPA L114-2).

Another body answers by a signed link. Another commune of Parvis receives the report as its own, by
the queue, and its closing comes back the same way; both messages may be repeated without harm.
"""

import json
import logging
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.cache import caches
from django.db import transaction

from identity.members import Member
from incidents import emails, open311_outbox, photos, pictures
from incidents.actions import move, receive
from incidents.calendar import current_commune
from incidents.geo import Place
from incidents.history import locked, noted
from incidents.models import Category, Handler, Photo, Report, ReportContact, ReportEvent
from incidents.pictures import PHOTOS_MOST
from incidents.refusals import NoSuchPlace
from incidents.workflow import DECIDED, Actor, Status
from parvis.deferred import defer, defer_to
from parvis.guard import current_schema
from tenants.models import Commune


log = logging.getLogger(__name__)
PATIENCE = timedelta(minutes=5)  # before what was handed over is sent again
SAID_EVERY_S = 24 * 3600
ASKED_AFTER = timedelta(days=1)  # before news of it are asked for


@transaction.atomic
def forward(*, report: Report, handler: Handler, text: str, by: Member, now: datetime) -> Report:
    """Give a report to another body or a company: to its Open311 server, else by mail.

    Raises:
        IllegalMove: its state does not allow it.
    """
    current = move(
        report=report,
        to=Status.FORWARDED,
        actor=Actor.STAFF,
        by=by,
        now=now,
        text=text,
        handler=handler,
    )
    is_queued = open311_outbox.queue(current, handler, now=now)
    if handler.email and not is_queued:
        emails.send([emails.to_partner(current, handler, current_commune(), text=text)])
    return current


@transaction.atomic
def hand_over(*, report: Report, commune: Commune, text: str, by: Member, now: datetime) -> Report:
    """Give a report to another commune of Parvis, where it goes on with a reference of its own.

    Raises:
        NoSuchPlace: it is this very commune, or one that is not open.
        IllegalMove: its state does not allow it.
    """
    if not commune.is_real_and_open or commune.pk == current_commune().pk:
        raise NoSuchPlace
    handler = _handler_of(commune)
    current = move(
        report=report,
        to=Status.TRANSFERRED,
        actor=Actor.STAFF,
        by=by,
        now=now,
        text=text,
        handler=handler,
    )
    current.sent_to = commune.insee_code
    current.save(update_fields=["sent_to"])
    defer("incidents.hand_over", report_id=current.pk)
    return current


def _handler_of(commune: Commune) -> Handler:
    """Find who stands for another commune here; another body may have its very name."""
    is_taken = Handler.objects.filter(name=commune.name).exists()
    name = f"{commune.name} ({commune.insee_code})" if is_taken else commune.name
    found, _is_new = Handler.objects.get_or_create(
        kind=Handler.Kind.MEMBER, commune=commune.insee_code, defaults={"name": name}
    )
    return found


def send(report: Report) -> None:
    """Send a report that is handed over; the other commune receives it once, however often."""
    target = _ready(report.sent_to)
    if target is None or report.status != Status.TRANSFERRED or report.sent_reference:
        return
    contact = report.contact
    facts = {
        "origin": [current_commune().insee_code, report.reference],
        "category": report.category.code,
        "group": report.category.group,
        "door": report.category.door,
        "text": report.text,
        "place": [report.lat, report.lon] if report.place else None,
        "address": report.address,
        "road_class": report.road_class,
        "contact": [contact.name, contact.email, contact.phone, contact.language],
    }
    defer_to(target.schema_name, "incidents.take_over", facts=json.dumps(facts))


def send_again(*, now: datetime) -> int:
    """Send what was handed over some time ago and has no reference yet; return how many.

    What waits for a commune that is closed for now keeps nothing else from being sent.
    """
    open_now = Commune.objects.open().values("insee_code")
    lost = Report.objects.filter(
        status=Status.TRANSFERRED,
        sent_reference="",
        touched_at__lt=now - PATIENCE,
        sent_to__in=open_now,
    ).order_by("-touched_at")
    for report in (found := list(lost.select_related("category", "contact")[:50])):
        send(report)
    return len(found)


@transaction.atomic
def take_over(facts: str, *, now: datetime) -> Report | None:
    """Receive what another commune hands over, and tell it the reference here.

    It falls into the category of the same code, else one of the same group, else the first. Where
    there is none at all nothing is received, which the log says once a day: it is sent again.
    """
    known = json.loads(facts)
    origin, reference = known["origin"]
    category = _category_like(known)
    if category is None:
        if caches["shared"].add(f"{current_schema()}:receives-nothing", "", SAID_EVERY_S):
            log.warning("%s hands over reports, and no category can take them", origin)
        return None
    name, email, phone, language = known["contact"]
    report, _token = receive(
        category=category,
        text=known["text"],
        place=Place(*known["place"]) if known["place"] else None,
        address=known["address"] or known["text"][:200] or origin,
        channel=Report.Channel.MEMBER,
        now=now,
        idempotency_key=uuid5(NAMESPACE_URL, f"parvis:{origin}:{reference}"),
        name=name,
        email=email,
        phone=phone,
        language=language,
        road_class=known["road_class"],
        origin=(origin, reference),
    )
    if (sender := _ready(origin)) is not None:  # else it sends again, once it is
        defer_to(
            sender.schema_name,
            "incidents.handed_over",
            reference=reference,
            there=report.reference,
        )
    return report


@transaction.atomic
def handed_over(*, reference: str, there: str, now: datetime) -> None:
    """Note the reference that a report has where it was handed over to.

    The citizen has received the acknowledgement of that commune: news come from there.
    """
    report = Report.objects.filter(reference=reference, status=Status.TRANSFERRED).first()
    if report is None or report.sent_reference:
        return
    Report.objects.filter(pk=report.pk).update(sent_reference=there)
    _send_photos(report, there)
    ReportContact.objects.filter(report=report).update(wants_news=False)
    noted(report, ReportEvent.Kind.ARRIVED, by=None, now=now, words=there)


def _send_photos(report: Report, there: str) -> None:
    """Send the clean renditions of what was reported; the other commune looks at them anew."""
    target = _ready(report.sent_to)
    ready = report.photos.filter(state=Photo.State.READY, stage=Photo.Stage.BEFORE)
    if target is None:
        return
    for photo in ready[:PHOTOS_MOST]:
        path = photos.rendition(photo, "l")
        if path.exists():
            defer_to(
                target.schema_name,
                "incidents.take_photo",
                reference=there,
                origin=f"{current_commune().insee_code}:{photo.name}",
                content=b64encode(path.read_bytes()).decode(),
            )


@transaction.atomic
def take_photo(*, reference: str, origin: str, content: str, now: datetime) -> Photo | None:
    """Keep a photo of a report that another commune handed over; the same one once.

    One that cannot be kept is lost, the report is not: the log says what is wrong with the disk.
    """
    known = Report.objects.filter(reference=reference).exclude(origin_commune="").first()
    if known is None:
        return None
    report = locked(known)
    arrived = report.events.filter(kind=ReportEvent.Kind.ARRIVED, detail__photo=origin)
    if arrived.exists():
        return None
    try:
        kept = photos.add(
            report=report, content=b64decode(content), stage=Photo.Stage.BEFORE, now=now
        )
    except (pictures.Unfit, photos.NotKept, ValueError):
        return None
    noted(report, ReportEvent.Kind.ARRIVED, by=None, now=now, photo=origin)
    return kept


def ask_again(*, now: datetime) -> int:
    """Ask what has become of the reports handed over long ago: news may have been lost on the way.

    Returns how many were asked for.
    """
    waiting = Report.objects.filter(
        status=Status.TRANSFERRED, touched_at__lt=now - ASKED_AFTER
    ).exclude(sent_reference="")
    asked = list(waiting.order_by("touched_at").values_list("sent_to", "sent_reference")[:200])
    there = Commune.objects.open().filter(insee_code__in={code for code, _reference in asked})
    schemas = {each.insee_code: each.schema_name for each in there}
    for code, reference in asked:
        if code in schemas:
            defer_to(schemas[code], "incidents.tell_again", reference=reference)
    return len(asked)


def tell_origin(report: Report) -> None:
    """Tell the commune that handed a report over what has become of it.

    One that is closed for the moment asks again when it is open.
    """
    if not report.origin_commune or report.status not in DECIDED:
        return
    if (sender := _ready(report.origin_commune)) is not None:
        defer_to(
            sender.schema_name,
            "incidents.follow_transfer",
            reference=report.origin_reference,
            status=report.status,
            reason=report.reason,
        )


@transaction.atomic
def follow_transfer(*, reference: str, status: str, reason: str, now: datetime) -> None:
    """Close a report as the commune did that took it over; said once, whatever comes twice."""
    known = Report.objects.filter(reference=reference).first()
    if known is None or locked(known).status != Status.TRANSFERRED:
        return
    move(
        report=known,
        to=Status(status),
        actor=Actor.SYSTEM,
        by=None,
        now=now,
        reason=reason,
    )


def _category_like(known: dict[str, str]) -> Category | None:
    offered = Category.objects.offered().exclude(door=Category.Door.REDIRECT)
    wishes: tuple[dict[str, Any], ...] = (
        {"code": known["category"]},
        {"group": known["group"], "door": known["door"]},
        {"door": known["door"]},
        {"door__in": [Category.Door.REPORT, Category.Door.SUGGESTION]},
    )
    for wanted in wishes:
        if found := offered.filter(**wanted).first():
            return found
    return None


def _ready(insee_code: str) -> Commune | None:
    """Find another commune, where it can be told anything now."""
    return Commune.objects.open().filter(insee_code=insee_code).first()
