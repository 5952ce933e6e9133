"""Nothing that can be sent makes a page break or hang.

Here each kind of request goes to each part of each site; ``make hostile`` sends twenty
thousand requests to every address.
"""

import os

import pytest

from booking import actions
from booking.models import Service
from booking.presets import USUAL
from incidents.configuration import install_pack
from tests.factories import AppointmentFactory
from tests.hostile.barrage import Barrage


REQUESTS = int(os.environ.get("PARVIS_HOSTILE", "0"))
PARTS = os.environ.get("PARVIS_HOSTILE_AT", "").split()
SEED = int(os.environ.get("PARVIS_HOSTILE_SEED", "6"))


@pytest.mark.django_db
def test_whatever_is_sent_nothing_breaks_or_hangs(
    make_user, commune, association, settings, tmp_path, capsys
):
    settings.DEMO = True
    settings.COMMUNE_CEILING = 0
    settings.OFFICE_NETWORKS = ["127.0.0.0/8"]
    settings.MEDIA_ROOT = tmp_path
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")
    install_pack("bourg")
    AppointmentFactory(reference="CANAR001", service=Service.objects.get(slug="carte-identite"))
    people = {
        "anonymous": (None, ""),
        "agent": (make_user("booking_agent", commune=commune), commune.schema_name),
        "admin": (make_user("admin", commune=commune), commune.schema_name),
        "director": (make_user("director"), f"association:{association.pk}"),
    }

    barrage = Barrage(people, SEED)
    tally = barrage.run(REQUESTS, at=PARTS) if REQUESTS else barrage.run_each()

    with capsys.disabled():
        print(f"\nseed {SEED}: {tally}")
    assert tally.broken == {}
