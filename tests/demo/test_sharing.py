"""What communes of the demo share is written through the doors that pages use."""

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from booking import sharing as kept
from booking.actions import install_presets
from booking.models import Appointment
from booking.presets import USUAL
from demo import sharing, story
from exchange import import_actions
from exchange.models import ImportBatch
from mutual.models import Agreement, PhoneDesk
from tenants.models import Commune, Membership
from tests.conftest import NOW


pytestmark = [pytest.mark.django_db, pytest.mark.public, pytest.mark.owner]


def test_the_demo_shares_a_counter_a_desk_and_one_import(
    association, commune, other_commune, make_user, monkeypatch
):
    monkeypatch.setattr(sharing, "SHARED_BY", ("33314", "33214"))
    monkeypatch.setattr(sharing, "FULL", "33214")
    monkeypatch.setattr(sharing, "HELPER", "33314")
    monkeypatch.setattr(sharing, "ANSWERED", ("33214",))
    monkeypatch.setattr(sharing, "PAR_MONTH", {"33314": 90, "33214": 20})
    make_user("referent", email=story.REFERENT)
    connection.set_schema_to_public()
    Commune.objects.update(state=Commune.State.READY)
    with tenant_context(commune):
        install_presets(preset=USUAL, site_name="Mairie")

    communes = list(Commune.objects.filter(pk__in=[commune.pk, other_commune.pk]))
    sharing.tell(association, communes=communes, now=NOW)

    assert Agreement.objects.count() == 2
    assert PhoneDesk.objects.get().commune == other_commune
    assert Membership.objects.filter(is_phone_desk=True).count() == 1
    with tenant_context(commune):
        assert kept.asked_communes() == [("33314", "Pauillac"), ("33214", "Lacanau")]
        batch = ImportBatch.objects.get()
        counts = import_actions.tally(batch)
        assert (batch.state, counts["created"], counts["wrong"]) == ("done", 5, 1)
        assert import_actions.may_undo(batch)
        assert Appointment.objects.filter(channel="import").count() == 5
