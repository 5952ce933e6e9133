"""While robots are at a form it asks for a proof, and never otherwise."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import caches
from django.core.management import call_command

from booking import actions
from booking.models import Appointment
from booking.presets import USUAL
from identity import proofs
from parvis import attack, puzzles
from tests.booking.test_limits import SLOTS, hold, visitor
from tests.conftest import NOW, login_as


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town_hall():
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")


def hidden(page):
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}


@pytest.fixture
def attacked(commune):
    """Pauillac is under attack."""
    attack.declare(schema=commune.schema_name, action=attack.HOLD, lasts=timedelta(hours=1))


@pytest.mark.parametrize("challenge", ["", "é:0:1", "a" * 90])
def test_a_sum_is_done_once_for_all_and_checked_at_once(challenge):
    numbers = puzzles.solve(challenge)

    assert puzzles.is_solved(challenge, numbers)
    assert not puzzles.is_solved(challenge + "x", numbers)
    assert not puzzles.is_solved(challenge, numbers[:-1])


def test_without_attack_nothing_is_asked():
    assert hold(visitor()).status_code == 302


def test_under_attack_a_slot_is_held_with_a_proof(attacked, client, host_client):
    browser = visitor()
    page = hold(browser)
    form = hidden(page)
    assert page.status_code == 428
    assert "20 secondes" in page.text
    assert Appointment.objects.count() == 0

    form["proof_numbers"] = ".".join(map(str, puzzles.solve(form["proof"])))
    answer = browser.post(SLOTS, form)
    again = visitor().post(SLOTS, form)

    assert answer.status_code == 302
    assert again.status_code == 428  # a proof is worth one answer
    assert hidden(again)["proof"] != form["proof"]


def test_a_proof_is_worth_nothing_elsewhere(attacked):
    form = hidden(hold(visitor()))
    form["proof_numbers"] = ".".join(map(str, puzzles.solve(form["proof"])))

    assert visitor("198.51.100.1").post(SLOTS, form).status_code == 428
    other = hidden(hold(visitor(), 3))["slot"]
    assert visitor().post(SLOTS, form | {"slot": other}).status_code == 428
    assert visitor().post(SLOTS, form | {"proof": "forged"}).status_code == 428


def test_without_a_script_twenty_seconds_are_enough(attacked, monkeypatch):
    browser = visitor()
    form = hidden(hold(browser))
    early = browser.post(SLOTS, form)
    assert early.status_code == 428
    assert "Encore" in early.text
    assert hidden(early)["proof"] == form["proof"]

    monkeypatch.setattr(proofs, "WAIT_S", 0)

    assert browser.post(SLOTS, form).status_code == 302


def test_whoever_works_here_is_not_asked(attacked, make_user, commune):
    agent = make_user("booking_agent", commune=commune)

    assert hold(login_as(visitor(), agent, site=commune.schema_name)).status_code == 302


def test_the_state_is_raised_by_what_comes_and_ends_by_itself(monkeypatch, commune):
    monkeypatch.setitem(attack.FLOOR, attack.HOLD, 5)

    raised = [attack.note(attack.HOLD, now=NOW) for _each in range(6)]
    other = attack.note(attack.REPORT, now=NOW)

    assert raised == [False] * 4 + [True] * 2
    assert not other
    assert attack.is_on(attack.HOLD)
    ends = caches["shared"].run("return redis.call('TTL', KEYS[1])", attack._now("hold")[:1], [])
    assert 0 < ends <= 900


def test_a_busy_commune_is_not_attacked_by_its_usual_day(monkeypatch):
    monkeypatch.setitem(attack.FLOOR, attack.HOLD, 2)
    for hour in range(24):  # 12 every hour: one in five minutes
        for minute in range(0, 60, 5):
            attack.note(attack.HOLD, now=NOW + timedelta(hours=hour, minutes=minute))
    later = NOW + timedelta(hours=24, minutes=10)

    raised = [attack.note(attack.HOLD, now=later) for _each in range(9)]

    assert raised[:6] == [False] * 6
    assert raised[-1]


def test_the_platform_raises_and_lifts_it_by_hand(commune):
    call_command("attack", "pauillac", "hold", "--hours", "1")
    assert hold(visitor()).status_code == 428
    call_command("attack", "pauillac", "hold", "--over")
    assert hold(visitor()).status_code == 302
    call_command("attack", "*", "hold")
    assert hold(visitor(), 1).status_code == 428
