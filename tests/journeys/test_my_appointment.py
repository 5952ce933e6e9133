"""A citizen changes what she has by herself: one person less, another time, a sooner place."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.walks import heading


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_one_person_less_another_time_then_a_sooner_place(open_page, demo, with_script):
    email = f"famille.{'avec' if with_script else 'sans'}@example.org"
    page = open_page(java_script_enabled=with_script)
    page.goto(demo.url("pauillac", "/rendez-vous/carte-identite/"))
    page.locator("input[name=persons]").fill("2")
    page.get_by_role("button", name="Voir les créneaux").click()
    page.wait_for_url("**suite=cas-2**")  # the second person's situation is asked first
    page.get_by_role("button", name="Voir les créneaux").click()
    heading(page, "Choisissez un créneau")
    page.locator("button.slot").last.click()
    page.get_by_label("Personne 2").first.fill("Paul Dupuy")
    walks.give_details(page, email=email)
    walks.confirm(page)

    page.goto(demo.url("pauillac", "/mon-rendez-vous/"))
    expect(page.locator("main")).to_contain_text("2 personnes")
    page.get_by_role("link", name="Cette personne ne vient pas").last.click()
    page.get_by_role("button", name="Oui, cette personne ne vient pas").click()
    expect(page.locator("main")).to_contain_text("1 personne")
    expect(page.get_by_role("button", name="Elle vient finalement")).to_be_visible()

    before = when(page)
    page.get_by_role("link", name="Déplacer").click()
    heading(page, "Déplacer mon rendez-vous")
    page.get_by_role("link", name="Jours suivants").click()
    page.locator("button.slot").last.click()
    heading(page, "Confirmez le nouveau créneau")
    page.get_by_role("button", name="Confirmer ce créneau").click()
    heading(page, "Mon rendez-vous")
    expect(page.locator("main")).to_contain_text("Votre rendez-vous est déplacé.")
    moved = when(page)
    assert moved != before

    page.get_by_role("link", name="Venir plus tôt").click()
    heading(page, "Prévenez-moi si une place se libère")
    page.get_by_role("button", name="M’inscrire sur la liste").click()
    heading(page, "Vous êtes sur la liste d’attente")
    demo.serve_waiting("c_33314")
    secretary = open_page(AGENT)
    secretary.goto(demo.url("pauillac", "/agent/attente/"))
    expect(secretary.locator("main")).to_contain_text(walks.NAME)

    page.reload()
    heading(page, "Une place est libre pour vous")
    page.get_by_role("button", name="Prendre cette place").click()
    heading(page, "Mon rendez-vous")
    assert when(page) != moved


def when(page: Page) -> str:
    """Read the day and the hour of the appointment."""
    return page.get_by_role("heading", level=2).first.inner_text()
