"""The library of the demo tells its story: one update to decide, one that the law brings."""

import pytest
from django_tenants.utils import tenant_context

from booking.actions import install_presets
from booking.models import Service
from booking.presets import USUAL
from demo import library
from library.models import TemplateApplication, TemplateVersion
from shelf.models import Origin, Page, UpdateProposal


@pytest.mark.django_db
@pytest.mark.public
@pytest.mark.owner
def test_the_library_has_a_conflict_waiting_and_a_law_to_come(association, commune, now):
    with tenant_context(commune):
        install_presets(preset=USUAL, site_name="Mairie")
        Service.objects.filter(slug="carte-identite").update(instructions="Nos mots")

    library.tell(association=association, now=now)

    with tenant_context(commune):
        waiting = UpdateProposal.objects.get(state="open")
        assert (waiting.path, waiting.origin.name) == ("instructions", "Carte d’identité")
        assert Service.objects.get(slug="carte-identite").instructions == "Nos mots"
        assert Origin.objects.filter(kind="service").count() == len(USUAL.services)
        assert Page.objects.get().title == "L’accueil au guichet"
    planned = TemplateVersion.objects.filter(effective_on=library.new_year(now))
    assert planned.count() == 2
    pending = TemplateApplication.objects.filter(version__in=planned, commune=commune)
    assert {each.state for each in pending} == {"pending"}
