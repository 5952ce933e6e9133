"""A station fails: the agent reports it, the citizen takes another time in one press."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.conftest import Demo
from tests.journeys.walks import heading


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
NB = "\u00a0"


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_a_station_fails_and_one_press_takes_another_time(open_page, demo, with_script):
    email = f"panne.{'avec' if with_script else 'sans'}@example.org"
    name = f"Odile {'Avec' if with_script else 'Sans'}"
    citizen = open_page(java_script_enabled=with_script)
    start, reference = book(citizen, demo, name=name, email=email)

    agent = open_page(AGENT, java_script_enabled=with_script)
    agent.goto(demo.url("pauillac", "/agent/"))
    agent.get_by_role("link", name="Pannes").first.click()
    report(agent, start)
    heading(agent, f"Panne{NB}: Toute la mairie")
    expect(agent.locator("main")).to_contain_text(name)
    agent.get_by_role("button", name="Proposer d’autres créneaux").click()
    expect(agent.locator("main")).to_contain_text("sans réponse")

    open_proposals(citizen, demo, email)
    heading(citizen, "Choisissez un autre créneau")
    citizen.locator("main form button").first.click()
    heading(citizen, "Mon rendez-vous")
    expect(citizen.locator("main")).to_contain_text(f"{reference[:4]}{NB}{reference[4:]}")

    agent.reload()
    row = agent.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("nouveau créneau")
    agent.get_by_role("button", name=re.compile("Réparé")).click()
    expect(agent.locator("main")).to_contain_text("on peut de nouveau réserver")


def book(page: Page, demo: Demo, *, name: str, email: str) -> tuple[datetime, str]:
    """Book the first free slot; return its local start and the reference."""
    walks.to_slots(page, demo)
    taken = page.get_by_role("button", name="Le prendre")
    value = page.locator("[name=slot]").first.get_attribute("value")
    assert value
    taken.click()
    walks.give_details(page, email=email, name=name)
    return datetime.fromisoformat(value), walks.confirm(page)


def report(page: Page, start: datetime) -> None:
    """Say that the town hall cannot receive anybody at that time."""
    page.get_by_label("Ce qui est en panne").select_option(label="Toute la mairie")
    page.get_by_label("Du", exact=True).fill(start.date().isoformat())
    page.get_by_label("Raison, visible du public").fill("Coupure de courant")
    page.get_by_text("Une partie de la journée").click()
    page.get_by_label("À partir de").fill(start.strftime("%H:%M"))
    page.get_by_label("Jusqu’à").fill((start + timedelta(minutes=5)).strftime("%H:%M"))
    page.get_by_role("button", name="Signaler et voir qui est touché").click()


def open_proposals(page: Page, demo: Demo, email: str) -> None:
    """Follow the link of the newest message that says so to this person."""
    page.goto(demo.url("pauillac", "/demo/outbox/"))
    messages = page.get_by_role("link", name=re.compile("^À changer"))
    addresses = [messages.nth(n).get_attribute("href") for n in range(messages.count())]
    for address in addresses:
        page.goto(demo.url("pauillac", address or ""))
        if email in page.locator("main").inner_text():
            page.locator("a[href*='/propositions/']").first.click()
            return
    pytest.fail(f"nothing was proposed to {email}")
