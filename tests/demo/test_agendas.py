"""The diaries of the first commune of the story."""

import pytest

from booking.actions import install_presets
from booking.models import Closure
from booking.presets import USUAL, Preset
from calendars.models import Agenda
from demo import agendas
from website import links


@pytest.mark.django_db
def test_a_diary_leaves_and_another_takes_time(commune, make_user, now):
    for role in ("admin", "booking_agent"):
        make_user(role, commune=commune)
    counters = ("Guichet 1", "Guichet 2")
    install_presets(
        preset=Preset(services=USUAL.services, counters=counters, stations=(), hours={}),
        site_name="Hôtel de ville",
    )

    agendas.show(commune=commune, now=now)

    assert Agenda.objects.get().fetched_at < now
    assert {each.resource.name for each in Closure.objects.select_related("resource")} == {
        "Guichet 2"
    }
    assert Closure.objects.count() == 4
    assert any(link.earlier for link in links.all_links())
