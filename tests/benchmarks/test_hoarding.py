"""The day of robots and people that is measured, with fewer of them and the same rules."""

import pytest

from benchmarks import hoarding
from benchmarks.world import configure
from booking.models import Appointment


pytestmark = pytest.mark.django_db


def test_robots_of_one_network_leave_the_places_to_people():
    service = configure(hoarding.COUNTERS, hours=hoarding.HOURS, step=20)
    crowd = [
        *hoarding.robots(45, addresses=40, networks=1, lasts_s=0),
        *[each for each in hoarding.people() if each.group in {"family", "school"}],
    ]

    day = hoarding.play(service, crowd, opens=hoarding.OPENS, seed=1)

    assert day.robots() < hoarding.PLACES * hoarding.MOST_ROBOTS
    assert [day.people(group) for group in ("family", "school")] == [5, 8]
    assert day.proofs > 0
    assert Appointment.objects.filter(status="booked").count() == len(day.booked)
