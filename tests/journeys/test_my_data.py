"""A citizen asks by e-mail what the town hall knows of her, takes it away and has it erased."""

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.walks import heading


@pytest.mark.console("422", "404", "503")
def test_she_sees_takes_away_and_erases_what_is_known_of_her(page, demo):
    email = "curieuse@example.org"
    page.goto(demo.url("pauillac", "/signalements/?etat=en-cours"))
    page.locator(".report-row a").nth(7).click()
    page.get_by_text("Être prévenu de la suite").click()
    page.get_by_label("Votre courriel").fill(email)
    page.get_by_role("button", name="Suivre ce signalement").click()
    expect(page.locator("main")).to_contain_text("Regardez vos messages")

    page.goto(demo.url("pauillac", "/confidentialite/"))
    page.get_by_role("link", name="Voir et effacer mes données").click()
    field = page.get_by_label("Votre courriel")
    field.evaluate("(input) => { input.type = 'text'; }")
    field.fill("curieuse@")
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(field).to_have_value("curieuse@")
    field.fill(email)
    page.get_by_role("button", name="Recevoir le lien").click()
    heading(page, "Regardez votre messagerie")

    walks.read_mail(page, demo, "Le lien vers vos données")
    page.locator("a[href*='/mes-donnees/lien/']").first.click()
    page.get_by_role("button", name="Voir mes données").click()
    page.wait_for_url(re.compile(r"/mes-donnees/dossier/$"))  # the secret leaves the address
    expect(page.locator("main")).to_contain_text(email)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tout emporter (ZIP)").click()
    with ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes())) as file:
        assert email in file.read("donnees.json").decode()

    page.get_by_text("Effacer mes données").click()
    page.get_by_role("button", name="Oui, effacer").click()
    expect(page.locator("main")).to_contain_text("la mairie ne garde plus rien")
    page.get_by_role("button", name="Fermer cette page").click()
    page.goto(demo.url("pauillac", "/mes-donnees/dossier/"))
    heading(page, "Voir et effacer mes données")
