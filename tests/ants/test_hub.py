"""The State's own published code reads our three endpoints (ANTS contract, 8)."""

import json
import os
import subprocess
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server
from zoneinfo import ZoneInfo

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, connections
from django.utils import timezone

from ants import keys, links
from ants.models import PreDemandeIndex
from ants.tasks import publish_points
from demo.coordination_api import Row
from slots.models import MeetingPoint
from tests.conftest import owner
from tests.coordination.conftest import coordination


ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
NUMBER = "A1B2C3D4E5"
pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_said):
        """Keep it."""


@contextmanager
def served():
    """Our application behind a port, on the connection of the test, which committed nothing."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    httpd = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)

    def serve():
        connections["default"] = shared
        httpd.serve_forever(poll_interval=0.05)

    signals = (request_started, request_finished)
    for signal in signals:  # as Django's own test client does
        signal.disconnect(close_old_connections)
    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/api/ants"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
        for signal in signals:
            signal.connect(close_old_connections)
        shared.dec_thread_sharing()


def ask(url, token, *arguments, state):
    """Run the State's code against a server, and against what is told to the State."""
    done = subprocess.run(
        [ROOT / "platform/bin/hub", url, *arguments],
        env={
            **os.environ,
            "PARVIS_HUB_TOKEN": token,
            "OPTIMISATION_API_URL": state.base,
            "OPTIMISATION_API_TOKEN": state.token,
        },
        capture_output=True,
        check=True,
        timeout=300,
        text=True,
    )
    return json.loads(done.stdout)


def test_8_the_hub_reads_our_places_shows_our_wall_times_and_finds_our_numbers(
    written, token, hub, commune
):
    point = MeetingPoint.objects.get()
    start = datetime(2031, 6, 3, 9, 0, tzinfo=PARIS)
    entry = PreDemandeIndex.objects.create(
        number_hash=keys.hash_of(NUMBER, version=1),
        key_version=1,
        commune=commune,
        point=point,
        appointment="ABCD1234",
        start=start,
    )
    with owner():
        publish_points()
    today = timezone.localdate()
    ours = hub.slots(
        f"meeting_point_ids={point.pk}&start_date={today}&end_date={today + timedelta(days=30)}"
    )

    declared = links.declare(entry, NUMBER, host=commune.domains.get(is_primary=True).domain)

    tenant = connection.tenant
    with served() as url, coordination() as state:
        state.rows.append(
            Row(
                NUMBER,
                declared.meeting_point,
                str(point.pk),
                declared.for_coordination,
                declared.management_url,
            )
        )
        told = ask(url, token, NUMBER, "1122334455", state=state)
    connection.set_tenant(tenant)

    assert told["fault"] == ""
    (place,) = told["points"]
    assert (place["name"], place["city_name"]) == ("Mairie de Pauillac", "Pauillac")
    assert place["public_entry_address"] == "15 quai Jean-Fleuret"
    assert told["internal_ids"] == [str(point.pk)]
    shown = [each["datetime"][:16] for each in told["slots"][str(point.pk)]]
    assert shown == [each["datetime"][:16] for each in ours[str(point.pk)]]
    assert len(shown) > 50
    (found,) = told["numbers"][NUMBER]  # what both channels say is one appointment (3.5)
    assert found["datetime"][:16] == "2031-06-03T09:00"
    assert found["meeting_point"] == "Mairie de Pauillac"
    assert "cancel_url" not in found
    assert found["management_url"] == declared.management_url
    assert "1122334455" not in told["numbers"]
    assert state.calls("GET")
    assert state.calls("POST") == []  # nothing to put right: no regularisation
