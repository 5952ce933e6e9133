"""Who comes without appointment, whose title has arrived, whose file is incomplete, a family."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.walks import heading


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
BOTH = pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])


@BOTH
def test_who_comes_without_appointment_is_called_by_number(open_page, demo, with_script):
    name = f"Basile {'Avec' if with_script else 'Sans'}"
    page = open_page(AGENT, java_script_enabled=with_script)
    page.goto(demo.url("pauillac", "/agent/file/"))
    page.get_by_role("link", name="Sans rendez-vous").click()
    page.get_by_role("radio").first.check()
    page.get_by_label(re.compile("^Nom")).fill(name)
    page.get_by_role("button", name="Donner un numéro").click()
    heading(page, "Votre numéro")
    number = re.search(r"\d+", page.locator("main").inner_text())
    assert number

    page.goto(demo.url("pauillac", "/agent/file/"))
    mine = page.get_by_role("button", name=re.compile(rf"Appeler.*N° {number[0]} · {name}"))
    mine.click()
    expect(page.locator("[data-refresh=called]")).to_contain_text(name)

    hall = open_page(java_script_enabled=with_script)
    hall.goto(
        demo.url(
            "pauillac",
            page.get_by_role("link", name="Écran de la salle").first.get_attribute("href"),
        )
    )
    expect(hall.locator("main")).to_contain_text(number[0])
    expect(hall.locator("main")).not_to_contain_text("Basile")

    page.get_by_role("button", name=re.compile(rf"Reçu.*{name}")).click()
    expect(page.locator("[data-refresh=called]")).not_to_contain_text(name)


@BOTH
def test_a_title_arrives_its_holder_is_told_and_chooses_when(open_page, demo, with_script):
    number = "TA5K9XW3P1" if with_script else "TA5K9XW3P2"
    email = f"rene.{'avec' if with_script else 'sans'}@example.org"
    page = open_page(AGENT, java_script_enabled=with_script)
    page.goto(demo.url("pauillac", "/agent/titres/arrivee/"))
    page.get_by_role("textbox", name="Les titres arrivés, un par ligne").fill(
        f"{number};René Larché;{email}"
    )
    page.get_by_role("button", name="Vérifier la liste").click()
    expect(page.locator("main")).to_contain_text("1 titre prêt")
    page.get_by_role("button", name="Enregistrer les titres prêts").click()
    heading(page, "Titres à remettre")
    page.get_by_role("button", name="Prévenir les titulaires").click()

    citizen = open_page(java_script_enabled=with_script)
    citizen.goto(demo.url("pauillac", "/demo/outbox/"))
    citizen.get_by_role("link", name=re.compile("titre", re.IGNORECASE)).first.click()
    expect(citizen.locator("main")).to_contain_text(email)
    citizen.locator("a[href*='/titre/']").first.click()
    heading(citizen, "Votre titre est arrivé")
    citizen.locator("button.slot").first.click()
    heading(citizen, "Rendez-vous confirmé")

    page.goto(demo.url("pauillac", f"/agent/titres/?q={number}"))
    expect(page.get_by_role("row", name=re.compile("René Larché"))).to_contain_text("Rendez-vous")


@BOTH
def test_an_incomplete_file_goes_home_with_a_list_and_a_short_slot(open_page, demo, with_script):
    page = open_page(AGENT, java_script_enabled=with_script)
    to_who_can_be_received(page, demo)
    page.get_by_role("button", name=re.compile("Dossier incomplet")).click()
    page.get_by_role("checkbox", name=re.compile("Photo")).first.check()
    page.get_by_role("button", name="Noter le dossier incomplet").click()

    expect(page.locator("#fiche")).to_contain_text(re.compile("incomplet", re.IGNORECASE))
    citizen = open_page(java_script_enabled=with_script)
    citizen.goto(demo.url("pauillac", "/demo/outbox/"))
    citizen.get_by_role("link", name=re.compile("manque", re.IGNORECASE)).first.click()
    expect(citizen.locator("main")).to_contain_text("manqu")


@BOTH
def test_a_family_books_once_and_each_has_documents_of_her_own(open_page, demo, with_script):
    page = open_page(java_script_enabled=with_script)
    page.goto(demo.url("pauillac", "/rendez-vous/carte-identite/"))
    page.locator("input[name=persons]").fill("3")
    page.get_by_role("radio", name="Perte").first.check()
    page.get_by_role("button", name="Voir les créneaux").click()
    page.wait_for_url("**suite=**")
    page.get_by_role("radio", name="Une autre situation").first.check()
    page.get_by_role("button", name="Voir les créneaux").click()
    page.wait_for_url("**cas-2=autre**")
    page.get_by_role("radio", name="Moins de 12 ans").last.check()
    page.get_by_role("button", name="Voir les créneaux").click()
    page.wait_for_url("**age-2=0-11**")  # a child raises other questions
    page.get_by_role("button", name="Voir les créneaux").click()
    heading(page, "Choisissez un créneau")
    page.locator("button.slot").last.click()
    page.get_by_label("Personne 2").first.fill("Zoé Dupuy")
    page.get_by_label("Personne 3").first.fill("Paul Dupuy")
    walks.give_details(page, email=f"tribu.{with_script}@example.org".lower())
    walks.confirm(page)

    page.goto(demo.url("pauillac", "/mon-rendez-vous/"))
    expect(page.locator("main")).to_contain_text("3 personnes")
    expect(page.locator("main")).to_contain_text("Déclaration de perte")


def to_who_can_be_received(page: Page, demo) -> None:
    """Open the file of somebody who can be written to and whose documents can be looked at."""
    page.goto(demo.url("pauillac", "/agent/"))
    for _day in range(8):
        files = page.locator("[data-refresh=list] h2:has-text('Passés') + * a")
        for number in range(min(files.count(), 5)):
            with page.expect_navigation(wait_until="load"):
                files.nth(number).click()
            is_open = page.get_by_role("button", name=re.compile("Dossier incomplet")).count()
            if is_open and page.locator("#fiche a[href^='mailto:']").count():
                return
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("link", name="Jour précédent").click()
    pytest.fail("nobody's file can be looked at")
