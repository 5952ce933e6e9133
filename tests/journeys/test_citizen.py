"""A citizen books an identity card on her phone, reads her mail, comes back and cancels."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demo


MAIL = "jeanne.dupuy@example.org"


def choose_a_slot(page: Page, demo: Demo) -> None:
    """Go from the home page to the form, in four presses."""
    page.goto(demo.url("pauillac"))
    page.get_by_role("link", name="Prendre rendez-vous").first.click()
    page.get_by_role("link", name="Carte d’identité").first.click()
    page.get_by_role("button", name="Voir les créneaux").click()
    page.get_by_role("button", name="Le prendre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui vient au rendez-vous\u00a0?")


def book_and_cancel(page: Page, demo: Demo, mail: str) -> None:
    """Go all the way, by the link of the mail."""
    choose_a_slot(page, demo)
    page.get_by_label("Nom et prénom").fill("Jeanne Dupuy")
    page.get_by_label("Courriel").fill(mail)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Pas encore confirmé")).to_be_visible()
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rendez-vous confirmé")

    page.goto(demo.url("pauillac", "/demo/outbox"))
    page.get_by_role("link", name="Rendez-vous confirmé").first.click()
    expect(page.locator("main")).to_contain_text(mail)
    page.context.clear_cookies()
    page.locator("a[href*='/rdv/']").first.click()
    page.wait_for_url("**/mon-rendez-vous/")
    expect(page.locator("main")).not_to_contain_text(mail)
    page.get_by_role("link", name="Annuler le rendez-vous").click()
    page.get_by_role("button", name="Oui, annuler").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rendez-vous annulé")


def test_a_citizen_books_and_cancels(page, demo):
    book_and_cancel(page, demo, MAIL)


def test_a_citizen_books_and_cancels_without_javascript(bare_page, demo):
    book_and_cancel(bare_page, demo, "sans.script@example.org")


@pytest.mark.console("422")
def test_what_was_typed_outlives_a_mistake(page, demo):
    choose_a_slot(page, demo)
    page.get_by_label("Nom et prénom").fill("Jeanne Dupuy")

    page.get_by_role("button", name="Continuer").click()

    expect(page).to_have_title("Erreur – Vos coordonnées – Mairie de Pauillac")
    expect(page.get_by_label("Nom et prénom")).to_have_value("Jeanne Dupuy")
    page.get_by_role("link", name="Indiquez un courriel ou un téléphone.").click()
    expect(page.get_by_label("Courriel")).to_be_focused()
