"""The pages where an administrator looks after names and sites."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import Service
from widgets import domains, sites
from widgets.models import CustomDomain, EmbeddingSite


pytestmark = pytest.mark.django_db
SITE = "/agent/commune/site/"


def test_a_name_is_asked_for_and_shows_what_to_write(staff):
    answer = staff.post(f"{SITE}noms/", {"name": "rdv.pauillac.fr"}, follow=True)

    text = answer.content.decode()
    domain = CustomDomain.objects.get()
    assert "tenants.localhost." in text
    assert "_verif.rdv.pauillac.fr" in text
    assert domain.token in text
    assert "en attente du DNS" in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez un nom de domaine."),
        ("192.0.2.1", "pas une adresse IP"),
        ("pauillac.localhost", "appartient à la plateforme"),
        ("rdv.pauillac.fr\x00", "Le caractère nul"),
        ("é" * 300, "253"),
    ],
)
def test_a_refused_name_is_kept_and_the_reason_said(staff, typed, said):
    answer = staff.post(f"{SITE}noms/", {"name": typed})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CustomDomain.objects.exists()


def test_the_buttons_of_a_name_note_what_is_wanted(staff, commune, member, now):
    domain = domains.ask(commune=commune, typed="rdv.pauillac.fr", by=member, now=now)
    page = f"{SITE}noms/{domain.pk}/"

    for button, wanted in (("verification", ""), ("principal", "primary"), ("retrait", "removed")):
        assert staff.post(f"{page}{button}/").status_code == 302
        domain.refresh_from_db()
        assert domain.wish == wanted
    assert staff.post(f"{SITE}noms/999/principal/").status_code == 404


def test_a_site_is_added_and_taken_away(staff):
    staff.post(f"{SITE}sites/", {"page": "https://www.pauillac.fr/"})

    site = EmbeddingSite.objects.get()
    assert "https://www.pauillac.fr" in staff.get(SITE).content.decode()
    assert staff.post(f"{SITE}sites/{site.pk}/verification/").status_code == 302
    staff.post(f"{SITE}sites/{site.pk}/retrait/")
    assert not EmbeddingSite.objects.exists()
    refused = staff.post(f"{SITE}sites/", {"page": "www.pauillac.fr"})
    assert refused.status_code == 422
    assert "www.pauillac.fr" in refused.content.decode()


def test_the_lines_to_paste_say_what_was_chosen(staff):
    Service.objects.create(slug="passeport", name="Passeport", minutes=[20])

    def lines(**choice):
        return staff.get(f"{SITE}module/", choice).content.decode()

    assert "data-commune=&quot;pauillac&quot;" in lines()
    assert "data-module=&quot;signalement&quot;" in lines(kind="signalement")
    assert "data-badge" in lines(kind="badge")
    assert "modeles/parvis.html" in lines(kind="rdv", system="spip")
    assert "data-module=&quot;rdv&quot;" in lines(kind="\x00", system="?", service="x" * 999)


def test_the_page_costs_the_same_for_one_name_and_for_many(staff, commune, member, now):
    def fill(first, last):
        for n in range(first, last):
            sites.add(commune=commune, page=f"https://s{n}.pauillac.fr/", now=now)
        domains.ask(commune=commune, typed=f"n{last}.pauillac.fr", by=member, now=now)

    fill(0, 1)
    staff.get(SITE)
    with CaptureQueriesContext(connection) as few:
        staff.get(SITE)
    fill(1, 8)
    staff.get(SITE)
    with CaptureQueriesContext(connection) as many:
        staff.get(SITE)

    assert len(many) == len(few)
