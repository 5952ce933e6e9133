"""Sessions around the two communes; most of it lives in public."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from parvis.models import OutgoingEmail
from tenants.models import Association, Commune
from tests.conftest import NOW, login_as, owner
from training import scheduling
from training.models import Attendance, Trainer, TrainingSession
from training.scheduling import Plan


FIRST = NOW + timedelta(days=8)  # a Tuesday, 9 h in Paris


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """Describe a session of a morning: ``plan(max_seats=2)``."""

    def make(**fields: object) -> Plan:
        usual = {
            "title": "Accueillir avec Parvis",
            "kind": "on_site",
            "topics": ["booking"],
            "half_days": [(FIRST, FIRST + timedelta(hours=3))],
            "max_seats": 3,
            "room_capacity": 12,
            "place": "Salle du conseil, Pauillac",
        }
        return Plan(**(usual | fields))

    return make


@pytest.fixture
def make_session(association: Association, plan: Callable[..., Plan]):
    """Plan a session and open it: ``make_session(max_seats=2)``."""

    def make(*, is_open: bool = True, **fields: object) -> TrainingSession:
        with owner():
            session = scheduling.create(association=association, plan=plan(**fields))
            if is_open:
                scheduling.open_up(session=session)
                session.refresh_from_db()
        return session

    return make


@pytest.fixture
def trainer(association: Association) -> Trainer:
    """Somebody who teaches."""
    with owner():
        return Trainer.objects.create(association=association, name="Claire Videau")


@pytest.fixture
def guest():
    """Invite somebody by name: ``guest(session, commune, "Ana")``."""

    def make(session: TrainingSession, commune: Commune, name: str, **fields: object):
        with owner():
            return Attendance.objects.create(
                session=session,
                commune=commune,
                name=name,
                email=f"{name.lower().replace(' ', '.')}@example.org",
                invited_at=NOW - timedelta(days=20),
                **fields,
            )

    return make


@pytest.fixture
def director(host_client, make_user, association) -> Client:
    """A browser of the association's director."""
    site = f"association:{association.pk}"
    return login_as(host_client("gironde.localhost"), make_user("director"), site=site)


@pytest.fixture
def stranger(host_client) -> Client:
    """A browser on the association's site, of somebody without an account."""
    return host_client("gironde.localhost")


def letters(event: str = "") -> list[OutgoingEmail]:
    """List the letters that were written, those whose subject begins so."""
    return list(OutgoingEmail.objects.filter(subject__startswith=event).order_by("pk"))


def at(hour: int, minute: int = 0, *, day: datetime = FIRST) -> datetime:
    """Return a moment of the first day, by the clock in Paris."""
    return day.replace(hour=hour - 1, minute=minute)
