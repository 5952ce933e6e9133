"""The steps of a citizen who books, for whoever needs to stand on one of her pages."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demo


NAME, PHONE_NUMBER = "Jeanne Dupuy", "05 56 59 17 17"
TOKEN = re.compile(r"/rdv/")


def to_slots(page: Page, demo: Demo, *, host: str = "pauillac") -> None:
    """Go from the home page to the free slots, in three presses."""
    page.goto(demo.url(host))
    page.get_by_role("link", name="Prendre rendez-vous").first.click()
    page.get_by_role("link", name="Carte d’identité", exact=True).click()
    page.get_by_role("button", name="Voir les créneaux").click()
    heading(page, "Choisissez un créneau")


def to_details(page: Page, demo: Demo, *, host: str = "pauillac") -> None:
    """Take the first free slot."""
    to_slots(page, demo, host=host)
    page.get_by_role("button", name="Le prendre").click()
    heading(page, "Qui vient au rendez-vous\u00a0?")


def give_details(page: Page, *, email: str, name: str = NAME) -> None:
    """Say who comes."""
    page.get_by_label("Nom et prénom", exact=True).fill(name)
    page.get_by_label("Courriel").fill(email)
    page.get_by_role("button", name="Continuer").click()
    heading(page, "Vérifiez avant de confirmer")


def to_check(page: Page, demo: Demo, *, email: str, host: str = "pauillac") -> None:
    """Reach the page that asks for the last press."""
    to_details(page, demo, host=host)
    give_details(page, email=email)


def confirm(page: Page) -> str:
    """Confirm, and return the reference without its space."""
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    heading(page, "Rendez-vous confirmé")
    found = re.search(r"\b([0-9A-Z]{4})\s([0-9A-Z]{4})\b", page.locator("main").inner_text())
    assert found
    return found[1] + found[2]


def read_mail(page: Page, demo: Demo, subject: str, *, host: str = "pauillac") -> None:
    """Open the newest message of this subject."""
    page.goto(demo.url(host, "/demo/outbox/"))
    page.get_by_role("link", name=subject).first.click()


def follow_link(page: Page) -> None:
    """Follow the manage link of the message: its secret does not stay in the address."""
    page.locator("a[href*='/rdv/']").first.click()
    page.wait_for_url("**/mon-rendez-vous/")
    assert not TOKEN.search(page.evaluate("location.href"))


def cancel(page: Page) -> None:
    """Give the slot back, from the page of the appointment."""
    page.get_by_role("link", name="Annuler le rendez-vous").click()
    page.get_by_role("button", name="Oui, annuler").click()
    heading(page, "Rendez-vous annulé")


def heading(page: Page, text: str) -> None:
    """Wait for the page of this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
