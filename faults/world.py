"""What a scenario happens in: one commune with slots, its facts read back as plain values."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict

from benchmarks.world import ZONE, bench_commune, configure
from booking import read_model
from booking.models import Allocation, Appointment, AppointmentEvent, Service
from faults.invariants import Booked, Row, Taken
from parvis.guard import current_schema
from parvis.mail import FACT
from parvis.models import OutgoingEmail
from tenants.models import Commune


FIRST_DAY, OPEN_DAYS, STEP = 2, 6, 20


@dataclass(frozen=True, slots=True)
class World:
    """A commune, and what is booked in it."""

    commune: Commune
    service: Service

    @property
    def host(self) -> str:
        """The name of its site."""
        return f"{self.commune.slug}.{settings.BASE_DOMAIN}"

    @property
    def slots(self) -> str:
        """The address of its slots."""
        return f"/rendez-vous/{self.service.slug}/creneaux/?persons=1"


@contextmanager
def commune(insee_code: str) -> Iterator[Commune]:
    """Open a commune without anything in it, and leave nothing of it."""
    with bench_commune(insee_code) as found:
        yield found


@contextmanager
def open_world(insee_code: str, *, counters: int = 5) -> Iterator[World]:
    """Open a commune that receives at ``counters`` counters, some days from now."""
    with bench_commune(insee_code) as found:
        yield receiving(found, counters=counters)


def receiving(commune: Commune, *, counters: int = 5) -> World:
    """Let the active commune receive at ``counters`` counters, some days from now."""
    first = timezone.localdate(timezone=ZONE) + timedelta(days=FIRST_DAY)
    service = configure(
        counters,
        weekdays=range(7),
        step=STEP,
        between=(first, first + timedelta(days=OPEN_DAYS - 1)),
    )
    read_model.refresh_all(now=timezone.now())
    return World(commune, service)


def serve_as_deployed() -> None:
    """Give this process the restricted role that every serving process has."""
    connections.close_all()
    parts = conninfo_to_dict(settings.APP_DATABASE_URL)
    connection.settings_dict.update(
        USER=parts["user"], PASSWORD=parts["password"], TENANT_ROLES=True
    )


def forget_connections() -> None:
    """Close what a killed server, or a forked child, would share with this process."""
    connections.close_all()


# --- Facts ------------------------------------------------------------------------------------


def booked() -> list[Booked]:
    """Read every confirmed appointment."""
    return [
        Booked(each.pk, each.email, each.start, each.version)
        for each in Appointment.objects.standing().order_by("pk")
    ]


def taken() -> list[Taken]:
    """Read every live allocation; holds that are over do not count."""
    live = Allocation.objects.exclude(state=Allocation.State.RELEASED).exclude(
        expires_at__lte=timezone.now()
    )
    return [Taken(each.resource_id, each.period.lower, each.period.upper) for each in live]


def keys_wanted(rows: list[Booked]) -> set[str]:
    """Name the messages that these appointments are the reason of."""
    return {f"booked.{row.pk}.{row.version}" for row in rows if row.email}


def keys_written() -> set[str]:
    """Name the messages that are written."""
    return set(OutgoingEmail.objects.values_list("key", flat=True))


def outbox() -> list[Row]:
    """Read every message, with the Message-ID it must have."""
    return [
        Row(
            f"<{each.key}@{current_schema()}.{settings.BASE_DOMAIN}>",
            each.sent_at is not None,
            each.dead_at is not None,
        )
        for each in OutgoingEmail.objects.order_by("pk")
    ]


def bookings_written() -> Counter[int]:
    """Count how often the history says that each appointment was booked."""
    kind = AppointmentEvent.Kind.BOOKED
    return Counter(
        AppointmentEvent.objects.filter(kind=kind).values_list("appointment_id", flat=True)
    )


def capacity(rows: list[Booked]) -> list[str]:
    """I4: what everybody reads as free is what is left; every appointment has its place."""
    broken = [
        f"I4 what is free is written wrongly: {key}" for key in read_model.wrong_rows(now=now())
    ]
    placed = Counter(
        Allocation.objects.filter(state=Allocation.State.BOOKED).values_list(
            "appointment_id", flat=True
        )
    )
    return broken + [
        f"I4 appointment {row.pk} has {placed[row.pk]} places"
        for row in rows
        if placed[row.pk] != 1
    ]


def now() -> datetime:
    """Read the clock."""
    return timezone.now()


def write_mails(count: int, *, first: int = 0) -> None:
    """Write that many messages, each with its own fact, as any action does."""
    from django.core.mail import EmailMessage, get_connection  # noqa: PLC0415

    letters = [
        EmailMessage(
            f"Votre rendez-vous n° {number}",
            "Bonjour,\n\nVotre rendez-vous est confirmé.\n",
            to=[f"citoyen-{number}@example.org"],
            headers={FACT: f"fault.{number}.1"},
        )
        for number in range(first, first + count)
    ]
    with transaction.atomic():
        get_connection("parvis.mail.Outbox").send_messages(letters)
