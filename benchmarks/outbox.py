"""Ten thousand messages that wait, delivered to a mail server on this machine.

Beside it, in the same run and to the same server: a bare ``smtplib`` loop on one connection, which
sends the same messages, already written, and keeps nothing of what it did. That is the least that
sending mail can cost. Then what writing the message costs a booking.
"""

import multiprocessing
import smtplib
import socket
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, time as day_time, timedelta
from email import message_from_bytes
from multiprocessing.connection import Connection
from uuid import uuid4

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection, transaction

from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import FIRST, NOW, ZONE, bench_commune, configure
from booking.actions import book_directly
from booking.models import Appointment, Service
from booking.people import Person
from messaging.channels import message_of
from messaging.twin import look
from parvis.delivery import deliver_due
from parvis.models import OutgoingEmail


MESSAGES, SAMPLE = 10_000, 2_000
RATIO_MOST = 10.0  # times the bare loop: two commits and the HTML twin of each message
BOOKINGS, BOOKING_MOST = 24, 2.0
BODY = """Bonjour,

Votre rendez-vous est confirmé.

Démarche : Carte d’identité
Date : mardi 1er décembre 2026 à 9 h 25
Lieu : Mairie, 15 rue Albert de Mun, 33250 Pauillac
Référence : K7M2 QX4T

À apporter, en original :
- Photo d’identité de moins de 6 mois
- Justificatif de domicile de moins d’un an
- Votre titre actuel

Voir, imprimer ou annuler ce rendez-vous :
http://pauillac.localhost/rdv/x8Zk2mT0vQ4n7Lr1cWb9eYd6hJs3pUaG

Mairie de Pauillac
05 56 59 07 09
"""


class Box:
    """Takes every message, and remembers its Message-ID."""

    def __init__(self) -> None:
        self.ids = Counter()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (the name of the verb)
        self.ids[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 kept"


def run(sheet: Sheet) -> None:
    """Print how many messages a second leave, how that compares, and what was lost or doubled."""
    with bench_commune("9b996"), mail_server() as (port, ask):
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        write(MESSAGES)
        bare = MESSAGES / SAMPLE * bare_loop(port, SAMPLE)
        ask("forget")
        started = time.perf_counter()
        sent = deliver_due(now=datetime.now(ZONE))
        ours = time.perf_counter() - started
        ids = ask("ids")
        is_whole = sent == len(ids) == MESSAGES and max(ids.values()) == 1
        left = OutgoingEmail.objects.waiting().count()
        sheet.line(
            "O1",
            f"{MESSAGES:,} messages in {ours:.1f} s, {MESSAGES / ours:.0f} a second: "
            f"{MESSAGES - len(ids)} lost, {sum(ids.values()) - len(ids)} twice, {left} waiting",
            holds=is_whole and not left,
        )
        sheet.line(
            "O2",
            f"beside one bare connection, {MESSAGES / bare:.0f} a second: "
            f"{ours / bare:.1f} times as long (limit {RATIO_MOST:.0f})",
            holds=ours <= RATIO_MOST * bare,
        )
        OutgoingEmail.objects.all().delete()
        booking_cost(sheet)


def write(count: int) -> None:
    """Write messages as a booking does, all due now."""
    with transaction.atomic():
        OutgoingEmail.objects.bulk_create(
            [
                OutgoingEmail(
                    key=f"booked.{number}.1",
                    subject=f"Rendez-vous confirmé ({number})",
                    body=BODY,
                    to=[f"citizen-{number}@example.org"],
                    attachments=[["rendez-vous.ics", "BEGIN:VCALENDAR\n" * 20, "text/calendar"]],
                )
                for number in range(count)
            ],
            batch_size=1000,
        )


def bare_loop(port: int, count: int) -> float:
    """Send as many messages, written beforehand, on one connection; return the seconds."""
    by = look()
    rows = OutgoingEmail.objects.order_by("pk")[:count]
    letters = [(row.to, message_of(row, by).message().as_bytes(linesep="\r\n")) for row in rows]
    with smtplib.SMTP("127.0.0.1", port) as server:
        started = time.perf_counter()
        for to, content in letters:
            server.sendmail("parvis@localhost", to, content)
        return time.perf_counter() - started


def booking_cost(sheet: Sheet) -> None:
    """Print how long a booking takes with its message, and without."""
    last = FIRST + timedelta(days=90)
    hours = ((day_time(8, 30), day_time(17, 50)),)
    service = configure(2, weekdays=range(7), hours=hours, step=20, between=(FIRST, last))
    starts = iter(range(10_000))

    def book(email: str) -> None:
        book_at(service, next(starts), email=email)

    with_it, without = alternate(BOOKINGS, lambda: book("jeanne@example.org"), lambda: book(""))
    assert Appointment.objects.count() == 2 * (BOOKINGS + 3)
    ratio = median(with_it) / median(without)
    sheet.line(
        "O3",
        f"a booking with its message {median(with_it):.1f} ms, without {median(without):.1f} ms: "
        f"{ratio:.2f} times (limit {BOOKING_MOST:.0f})",
        holds=ratio <= BOOKING_MOST,
    )


def book_at(service: Service, number: int, *, email: str) -> None:
    """Take the next free start."""
    day: date = FIRST + timedelta(days=3 + number // 20)
    start = datetime.combine(day, day_time(8, 30), ZONE) + timedelta(minutes=20 * (number % 20))
    book_directly(
        service=service,
        people=[Person()],
        start=start,
        name="Jeanne Dupuy",
        email=email,
        phone="0556590709",
        channel=Appointment.Channel.PHONE,
        now=NOW,
        idempotency_key=uuid4(),
    )


@contextmanager
def mail_server():
    """Run a mail server in a process of its own; yield its port and a way to ask it."""
    here, there = multiprocessing.Pipe()
    connection.close()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()

    def ask(question: str):
        here.send(question)
        return here.recv()

    try:
        yield here.recv(), ask
    finally:
        here.send("stop")
        server.join(10)


def serve(there: Connection) -> None:
    """Take mail until told to stop."""
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    there.send(port)
    while (question := there.recv()) != "stop":
        if question == "forget":
            box.ids.clear()
        there.send(dict(box.ids))
    controller.stop()
