"""The stand-in of the State, and what a commune needs to speak to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from booking.configuration import install_presets
from booking.models import Service
from booking.presets import USUAL
from coordination import checks, tasks
from coordination.client import Held, Line
from demo.coordination_api import Coordination, server_of
from parvis.egress import Breaker


@contextmanager
def coordination(**known: Any) -> Iterator[Coordination]:
    """Run the stand-in for the length of a block."""
    state = Coordination(**known)
    server = server_of(state)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def _state() -> Iterator[Coordination]:
    with coordination(slow_s=0.3) as known:
        yield known


@pytest.fixture
def state(_state: Coordination, settings, monkeypatch) -> Coordination:
    """The State, which knows nothing yet; communes are connected to it."""
    _state.rows.clear()
    _state.asked.clear()
    _state.statuses.clear()
    _state.trouble = ""
    settings.COORDINATION_URL, settings.COORDINATION_TOKEN = _state.base, _state.token
    monkeypatch.setattr(checks, "breaker", Breaker())
    monkeypatch.setattr(tasks, "breaker", Breaker(failures=3))
    return _state


@pytest.fixture
def line(state: Coordination) -> Line:
    return Line(state.base, state.token, 2.0)


@pytest.fixture
def service(commune) -> Service:
    """The identity card of a commune that has just begun; the rest takes its time to install."""
    card = next(each for each in USUAL.services if each.slug == "carte-identite")
    world = replace(USUAL, services=(replace(card, next=None),))
    install_presets(preset=world, site_name="Mairie", address="1 place de la Mairie")
    return Service.objects.get()


def held(hour: int = 9, *, visit: str = "K7M2QX4T", number: str = "A123456789") -> Held:
    """Describe a visit of one person in Pauillac."""
    return Held(
        f"https://pauillac.example.fr/rdv/{visit}.mac?n={number}",
        "Mairie de Pauillac", "1001", f"2027-01-04 {hour:02}:00:00",
    )  # fmt: skip
