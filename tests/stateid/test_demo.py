"""The invented people of the demo come in as the page of its provider says."""

import pytest

from demo import identities
from demo.provider_server import PAUILLAC, agents
from stateid.models import CitizenLogin, LinkRequest
from tenants.directory import proposed_siret
from tenants.models import OfficialCommune
from tests.conftest import NOW, owner
from tests.identity.conftest import has_session
from tests.stateid.conftest import log_in


pytestmark = pytest.mark.django_db


def test_whoever_one_chooses_to_be_comes_in_or_not(
    official, providers, commune, make_user, host_client
):
    for name, role in (("agent", "booking_agent"), ("admin", "admin"), ("maire", "reader")):
        make_user(role, commune=commune, email=f"{name}@{identities.MAIL}")
    with owner():
        OfficialCommune.objects.filter(insee_code="33314").update(siren=PAUILLAC)
        identities.tell(commune=commune, now=NOW.replace(year=2099))
        assert LinkRequest.objects.get().user.email == f"maire@{identities.MAIL}"
        assert CitizenLogin.objects.exists()

    entered = {}
    for person in agents(proposed_siret(PAUILLAC), identities.MAIL):
        browser = host_client("connexion.localhost")
        log_in(browser, providers.proconnect, person)
        entered[person.sub] = has_session(browser)

    assert entered == {
        "pc-accueil": True,
        "pc-admin": True,
        "pc-invitee": True,
        "pc-ailleurs": False,
    }
