"""A commune comes on line: prospect, engaged, created, set up, approved, open to its citizens."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.conftest import DESK, Demo, log_in


INSEE, SLUG, NAME = "33167", "floirac", "Floirac"
DIRECTOR = ("gironde", "association@demo.parvis.test")
FIRST = "mairie.floirac@example.org"
SECRET = "un vélo jaune sous la halle"
CARD = f"/communes/{INSEE}/"
SET_UP = "/agent/commune/mise-en-route/"
WHO = {
    "publisher": "La maire de la commune",
    "postal_address": "Mairie",
    "phone": "05 56 00 00 00",
    "email": FIRST,
    "secretary_name": "Secrétariat",
    "secretary_email": FIRST,
    "dpo_name": "Centre de gestion",
    "dpo_email": "dpo@example.org",
}
TEXTS = ("convention", "conservation", "homologation")


@pytest.mark.console("503")
def test_from_a_prospect_to_a_site_that_citizens_see(open_page, page, demo):
    director = open_page(DIRECTOR)
    engage(director, demo)
    create(director, demo)
    follow(director, demo)

    first = open_page(viewport=DESK)
    accept_invitation(first, demo)
    set_up(first, demo)
    prove_mail(first, demo)
    accept_texts(first, demo)
    try_booking(first, page, demo)
    first.goto(demo.url(SLUG, f"{SET_UP}verification/"))
    first.get_by_role("button", name="Demander l’ouverture").click()
    expect(first.get_by_role("heading", name="Ouverture demandée")).to_be_visible()

    approve(director, demo)
    page.context.clear_cookies()
    page.goto(demo.url(SLUG))
    assert page.get_by_role("link", name="Prendre rendez-vous").count() == 0  # not open yet
    demo.open_due(SLUG)
    walks.to_slots(page, demo, host=SLUG)
    expect(page.get_by_role("button", name="Le prendre")).to_be_visible()


def engage(director: Page, demo: Demo) -> None:
    """Say what shows that the commune is committed."""
    director.goto(demo.url("gironde", CARD))
    director.get_by_role("link", name="Changer d’étape").first.click()
    director.get_by_role("link", name="Engagée").click()
    director.locator("[name=evidence]").fill("Délibération du conseil, convention signée")
    director.get_by_role("button", name="Enregistrer").click()
    said(director, "Engagée")


def create(director: Page, demo: Demo) -> None:
    """Have the commune created from its INSEE code; public data filled the form."""
    director.goto(demo.url("gironde", CARD))
    director.get_by_role("link", name="Créer la commune").click()
    director.get_by_label("Courriel du premier administrateur").fill(FIRST)
    director.get_by_role("button", name="Créer la commune et inviter").click()
    walks.heading(director, f"Création de {NAME}")
    demo.work("onboarding.")
    expect(director.get_by_text("La commune est créée")).to_be_visible(timeout=20_000)


def follow(director: Page, demo: Demo) -> None:
    """Name who helps; dispense of a training and of a second administrator, with a reason."""
    director.goto(demo.url("gironde", f"{CARD}referents/"))
    for place, number in (("main", 1), ("backup", 2)):
        director.locator(f"[name={place}]").select_option(index=number)
    director.get_by_role("button", name="Enregistrer").click()
    said(director, "Référents enregistrés")
    for item in ("training", "admins"):
        director.goto(demo.url("gironde", f"{CARD}dispense/{item}/"))
        director.locator("[name=reason]").fill("Formée avec la commune voisine")
        director.get_by_role("button", name="Dispenser").click()
        expect(director.get_by_text("La dispense est enregistrée")).to_be_visible()


def accept_invitation(first: Page, demo: Demo) -> None:
    """Come in by the link of the mail, with an account made on the way."""
    letter(first, demo, f"invit.*{NAME}")
    first.locator("a[href*='/invitation/']").first.click()
    expect(first.get_by_role("main")).to_contain_text(FIRST)
    first.locator("[name=display_name]").fill("Camille Laurent")
    first.locator("[name=password]").fill(SECRET)
    first.get_by_role("button", name="Créer mon compte").click()
    said(first, "Bienvenue")
    log_in(first, demo, SLUG, FIRST, password=SECRET)


def said(page: Page, words: str) -> None:
    """Wait for the answer to what was just sent."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def letter(reader: Page, demo: Demo, subject: str, *, rank: int = 0) -> None:
    """Open a message that was written outside any commune, the newest unless told otherwise."""
    reader.goto(demo.url("gironde", "/demo/outbox/"))
    reader.get_by_role("link", name=re.compile(subject, re.IGNORECASE)).nth(rank).click()


def set_up(first: Page, demo: Demo) -> None:
    """Go through the steps that hold an opening back."""
    first.goto(demo.url(SLUG, f"{SET_UP}contacts/"))
    for field, value in WHO.items():
        first.locator(f"[name={field}]").fill(value)
    keep(first)
    walks.heading(first, "Modules et stations")
    first.get_by_label("Rendez-vous en mairie").check()
    keep(first)
    first.get_by_label("Carte d’identité").first.check()
    keep(first)
    first.locator("[name=week]").first.check()
    keep(first)


def keep(first: Page) -> None:
    """Save a step and go on to the next one."""
    first.get_by_role("button", name="Enregistrer et continuer").click()


def prove_mail(first: Page, demo: Demo) -> None:
    """Ask for the two trial messages, and say that they were read."""
    first.goto(demo.url(SLUG, f"{SET_UP}essais/"))
    first.get_by_role("button", name="M’envoyer un courriel d’essai").click()
    first.get_by_role("button", name="Écrire à l’adresse de réponse").click()
    said(first, "essai")
    demo.work("onboarding.")
    for rank in range(2):
        letter(first, demo, "essai", rank=rank)
        first.locator("a[href*='/courriel/']").first.click()
        first.get_by_role("button", name="Oui, je l’ai reçu").click()
        walks.heading(first, "Merci, c’est noté")


def accept_texts(first: Page, demo: Demo) -> None:
    """Accept each text in force."""
    for text in TEXTS:
        first.goto(demo.url(SLUG, f"{SET_UP}{text}/"))
        first.get_by_label("J’ai lu ce texte").check()
        first.get_by_role("button", name="Accepter").click()


def try_booking(first: Page, page: Page, demo: Demo) -> None:
    """Book and cancel as a citizen would, by the link that the commune gives away."""
    first.goto(demo.url(SLUG, f"{SET_UP}verification/"))
    page.goto(first.get_by_text("/essai/").first.inner_text().strip())
    page.get_by_role("button", name="Essayer le site").click()
    walks.to_check(page, demo, email="essai@example.org", host=SLUG)
    walks.confirm(page)
    page.goto(demo.url(SLUG, "/mon-rendez-vous/annulation/"))
    page.get_by_role("button", name="Oui, annuler").click()
    walks.heading(page, "Rendez-vous annulé")


def approve(director: Page, demo: Demo) -> None:
    """Accept the opening for this minute."""
    director.goto(demo.url("gironde", f"{CARD}ouverture/"))
    now = datetime.now(ZoneInfo("Europe/Paris"))
    director.get_by_label("Ouvrir le").fill(f"{now:%Y-%m-%dT%H:%M}")
    director.get_by_role("button", name="Accepter l’ouverture").click()
    expect(director.get_by_text("L’ouverture est acceptée")).to_be_visible()
