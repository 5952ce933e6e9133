"""What telling other programs adds to a booking, and whether each of them hears each fact once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle
from threading import Thread
from uuid import uuid4

from django.db import transaction

from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import NOW, bench_commune, configure
from booking import planning, webhooks as told
from booking.actions import book_directly
from booking.models import Service
from booking.people import Person
from connect import events, sending, webhook_actions, webhooks
from connect.models import Delivery, Webhook
from demo.receiver import Receiver
from identity.members import Member
from parvis.egress import Reach


ROUNDS, FACTS = 60, 300
MOST = 1.15
BY = Member(user_id=1, name="Mesure", role="admin")


def run(sheet: Sheet) -> None:
    """Book with and without telling, then deliver what was noted to a receiver that checks."""
    with bench_commune("9b997"):
        service = configure(3)
        starts = cycle(
            planning.free(
                service=service, persons=1, first=NOW.date(), days=60, now=NOW, online=True
            ).starts()
        )
        silent, heard = alternate(
            ROUNDS, lambda: _silently(service, next(starts)), lambda: _book(service, next(starts))
        )
        ratio = median(heard) / median(silent)
        sheet.line(
            "K1",
            f"a booking of a commune without webhooks: {median(heard):.1f} ms, noting nothing:"
            f" {median(silent):.1f} ms, ratio {ratio:.2f} (limit {MOST})",
            holds=ratio <= MOST,
        )
        _deliver(sheet)


def _deliver(sheet: Sheet) -> None:
    _hook, secret = webhook_actions.create(
        name="Mesure", url="https://mesure.example.org/", events=list(events.CHOICES), by=BY
    )
    facts = [{"reference": f"{number:08}"} for number in range(FACTS)]
    with transaction.atomic():
        webhooks.note_all(events.REPORT_UPDATED, facts, now=NOW)
    Delivery.objects.update(written_at=NOW + timedelta(days=4000))
    receiver = Receiver(secret, clock=NOW.timestamp)
    Webhook.objects.update(url=f"http://mesure.example.org:{receiver.port}/avis")
    reach = Reach(
        schemes=frozenset({"http"}),
        ports=frozenset({receiver.port}),
        allows=lambda address: address == "127.0.0.1",
        look_up=lambda _host, port, **_how: [(2, 1, 6, "", ("127.0.0.1", port))],
    )
    with _listening(receiver):
        ((*_warm, seconds),) = alternate(
            1, lambda: sending.deliver_due(now=NOW, reach=reach), warm_up=0
        )
    known = {each["data"]["reference"] for each in receiver.received}
    is_right = len(receiver.asked) == len(known) == FACTS
    sheet.line(
        "K2",
        f"{FACTS} facts signed, told and checked by a strict receiver: {len(known)} heard,"
        f" {len(receiver.asked)} sent, {seconds * 1000 / FACTS:.1f} ms each",
        holds=is_right,
    )


@contextmanager
def _listening(receiver: Receiver) -> Iterator[None]:
    serving = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield
    receiver.server.shutdown()
    serving.join()
    receiver.server.server_close()


def _silently(service: Service, start: datetime) -> None:
    tell = told.tell
    told.tell = lambda _kind, _appointment, *, now: None  # type: ignore[assignment]  # noqa: ARG005
    try:
        _book(service, start)
    finally:
        told.tell = tell


def _book(service: Service, start: datetime) -> None:
    book_directly(
        service=service,
        people=[Person()],
        start=start,
        name="Mesure",
        email="",
        phone="",
        channel="phone",
        now=NOW + timedelta(seconds=1),
        idempotency_key=uuid4(),
    )
