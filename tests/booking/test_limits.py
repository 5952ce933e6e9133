"""Limits as visitors meet them: who is held back, who never is, and what she reads."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from booking import actions, hoarding
from booking.models import Appointment
from booking.presets import USUAL
from parvis import attack, puzzles
from parvis.models import OutgoingEmail
from tests.conftest import login_as


pytestmark = pytest.mark.django_db
SLOTS = "/rendez-vous/carte-identite/creneaux/"
DETAILS = "/rendez-vous/coordonnees/"
CHECK = "/rendez-vous/verification/"
FIND = "/mon-rendez-vous/retrouver/"


class Browser(Client):
    """A browser at some address, whose visits leave the test in the schema of the commune."""

    def request(self, **request):
        here = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(here)


@pytest.fixture(autouse=True)
def town_hall(commune):
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")


def visitor(address="203.0.113.9", host="pauillac.localhost"):
    return Browser(headers={"host": host}, REMOTE_ADDR=address)


def hold(browser, nth=0):
    slots = re.findall(r'name="slot" value="([^"]+)"', browser.get(SLOTS).text)
    return browser.post(SLOTS, {"slot": slots[nth]})


def book(browser, name, **typed):
    assert hold(browser).status_code == 302
    browser.post(DETAILS, {"name": name, "email": "", "phone": "0612345678"} | typed)
    return browser.post(CHECK)


def test_a_family_of_five_on_one_address_and_one_phone_is_never_blocked():
    browser = visitor()
    answers = [
        book(browser, f"{name} Dupuy", email="famille@example.org")
        for name in ("Jeanne", "Paul", "Anne", "Luc", "Rose")
    ]

    assert [each.status_code for each in answers] == [302] * 5
    assert Appointment.objects.filter(status="booked").count() == 5
    mails = OutgoingEmail.objects.filter(key__startswith="booked.")
    assert mails.count() == 5
    assert mails.filter(dead_at=None).count() == 5


def test_two_slots_at_once_and_the_third_is_refused_with_a_phone_number(commune):
    commune.phone = "0556590150"
    hold(visitor(), 0)
    hold(visitor(), 1)
    third = visitor()

    refused = hold(third, 2)

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "robots" in refused.text
    assert Appointment.objects.filter(status="held").count() == 2
    assert hold(visitor("203.0.113.10"), 2).status_code == 302


def test_the_sixth_slot_of_an_hour_is_refused():
    browser = visitor()
    for number in range(5):
        book(browser, f"Personne {number}", email=f"p{number}@example.org", phone="")

    assert hold(browser).status_code == 429


def test_choosing_another_slot_is_not_one_more():
    browser = visitor()

    assert [hold(browser, nth).status_code for nth in range(8)] == [302] * 8


def test_the_addresses_of_one_line_count_together():
    hold(visitor("2001:db8:1:2::1"), 0)
    hold(visitor("2001:db8:1:2:ffff::9"), 1)

    assert hold(visitor("2001:db8:1:2::77"), 2).status_code == 429
    assert hold(visitor("2001:db8:1:3::1"), 2).status_code == 302
    assert hold(visitor("::ffff:203.0.113.80"), 3).status_code == 302


def test_whoever_works_here_is_not_counted(make_user, commune):
    agent = make_user("booking_agent", commune=commune)
    for number in range(3):
        assert (
            hold(login_as(visitor(), agent, site=commune.schema_name), number).status_code == 302
        )


def test_the_network_of_a_town_hall_bears_more(settings):
    settings.OFFICE_NETWORKS = ["198.51.100.0/24"]

    statuses = [hold(visitor("198.51.100.7"), nth).status_code for nth in range(4)]

    assert statuses == [302] * 4


def test_slots_are_read_sixty_times_a_minute():
    browser = visitor()
    for _each in range(60):
        browser.get(SLOTS + "?persons=99")  # refused by the form, and not counted
    statuses = {browser.get(SLOTS).status_code for _each in range(60)}

    assert statuses == {200}
    refused = browser.get(SLOTS)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 60


def test_references_are_looked_for_ten_times_an_hour_in_all_communes(other_commune):
    wish = {"reference": "ZZZZZZZZ", "email": "a@example.org"}
    here, there = visitor(), visitor(host="lacanau.localhost")
    for number in range(10):
        assert (here, there)[number % 2].post(FIND, wish).status_code == 302

    refused = there.post(FIND, wish)

    assert refused.status_code == 429
    assert 'value="a@example.org"' in refused.text
    assert here.post("/suivi/retrouver/", wish).status_code == 429  # of reports, too


def test_robots_of_one_network_get_its_share_and_the_next_network_is_served(commune):
    attack.suspect(attack.HOLD)
    for number in range(10):
        hoarding.count_network(f"203.0.113.{number}")
    browser = visitor("203.0.113.77")

    refused = prove(browser, hold(browser))

    assert refused.status_code == 429
    assert "robots" in refused.text
    other = visitor("203.0.114.77")
    assert prove(other, hold(other)).status_code == 302
    attack.lift(schema=commune.schema_name, action=attack.HOLD)
    assert hold(browser).status_code == 302  # who was refused lost no seat by it


def test_a_network_holds_what_it_likes_while_no_robots_are_about():
    for number in range(30):  # of thirty networks, each a family at most
        hoarding.count_network(f"203.0.{number}.1")
    for number in range(15):
        hoarding.count_network(f"198.51.100.{number}")

    assert not attack.is_on(attack.HOLD)


def test_whoever_tries_the_demo_raises_no_alarm(settings, monkeypatch):
    settings.OFFICE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setitem(attack.FLOOR, attack.HOLD, 3)
    statuses = [hold(visitor("127.0.0.1"), nth).status_code for nth in range(8)]

    assert statuses == [302] * 8
    assert not attack.is_on(attack.HOLD)


def prove(browser, page):
    """Do the sum that a page asks for, and send its form again."""
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    form = {name: unescape(value) for name, value in fields}
    form["proof_numbers"] = ".".join(map(str, puzzles.solve(form["proof"])))
    return browser.post(SLOTS, form)
