"""The town hall's team: marks and their undoing, two communes in one day, what stays closed."""

import re

import pytest
from playwright.sync_api import Page, expect

from parvis.typo import de_qui
from tests.journeys import walks
from tests.journeys.conftest import DESK, log_in, new_context, watch


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
SHARED = "agent@deux-communes.demo.parvis.test"
EXPECTED = "[data-refresh=list] h2:has-text('Attendus') + * a"
MARKS = [
    ("Arrivé", "est en salle", "En salle (1)"),
    ("Reçu", "reçu au guichet", "Passés"),
    ("Absent", "absence notée", "Passés"),
]


def to_a_later_day(page: Page, demo, *, first: int = 2) -> None:
    """Open the list of a day to come where somebody is expected."""
    page.goto(demo.url("pauillac", "/agent/"))
    for number in range(first + 7):
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("link", name="Jour suivant").click()
        if number + 1 >= first and page.locator(EXPECTED).count():
            return
    pytest.fail("nobody is expected these days")


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_what_became_of_a_visit_is_noted_and_taken_back(open_page, demo, with_script):
    page = open_page(AGENT, java_script_enabled=with_script)
    to_a_later_day(page, demo)
    page.locator(EXPECTED).first.click()
    file = page.locator("#fiche")
    expect(file.get_by_text("attendu", exact=True).first).to_be_visible()

    for button, said, group in MARKS:
        file.get_by_role("button", name=button).click()
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        expect(page.get_by_role("heading", name=group)).to_be_visible()
        page.get_by_role("button", name="Défaire").click()
        expect(file.get_by_text("attendu", exact=True).first).to_be_visible()


def test_a_secretary_cancels_and_changes_her_mind(open_page, demo):
    page = open_page(AGENT)
    to_a_later_day(page, demo, first=3)
    page.locator(EXPECTED).last.click()
    name = page.locator("#fiche h2").inner_text()

    page.locator("#fiche").get_by_role("link", name="Annuler").click()
    walks.heading(page, f"Annuler le rendez-vous {de_qui(name)}\u00a0?")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.locator("#fiche")).to_contain_text("annulé")
    page.get_by_role("button", name="Défaire").click()

    expect(page.locator("#fiche").get_by_text("attendu", exact=True)).to_be_visible()


def test_who_phoned_is_found_again_by_name(open_page, demo):
    page = open_page(AGENT)
    page.goto(demo.url("pauillac", "/agent/rendez-vous/nouveau/"))
    page.get_by_label("Nom et prénom").fill("Ségolène Ribéraud")
    page.get_by_role("textbox", name="Téléphone").fill("05 56 59 17 17")
    page.keyboard.press("Enter")
    walks.heading(page, "Rendez-vous confirmé")

    page.get_by_role("link", name="Voir la journée").click()
    expect(page.locator("#fiche")).to_contain_text("Ségolène Ribéraud")
    page.get_by_role("searchbox").fill("segolene riberaud")
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name="Ségolène Ribéraud").first.click()

    expect(page.locator("#fiche")).to_contain_text("Ségolène Ribéraud")
    expect(page.locator("#fiche")).to_contain_text("05 56 59 17 17")


def test_the_sheet_of_a_day_names_everybody_and_prints(open_page, demo):
    page = open_page(AGENT)
    to_a_later_day(page, demo)
    expected = page.locator(EXPECTED).all_inner_texts()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name="Feuille du jour").click()

    assert sorted(expected) == sorted(named(page, expected))
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    expect(page.locator("main")).to_contain_text("détruire")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    pages = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert 1 <= pages <= 1 + len(expected) // 6


def named(page: Page, names: list[str]) -> list[str]:
    """Return those of the names that the table of this page holds."""
    cells = page.locator("main table").all_inner_texts()
    return [name for name in names if any(name in text for text in cells)]


def test_an_agent_of_two_communes_goes_from_one_to_the_other(browser, demo, faults):
    context = new_context(browser, viewport=DESK)
    page = context.new_page()
    watch(page, faults)
    log_in(page, demo, "pauillac", SHARED)

    page.locator("header summary").last.click()
    page.get_by_role("link", name="Changer de commune").click()
    walks.heading(page, "Où travaillez-vous aujourd’hui\u00a0?")
    page.get_by_role("link", name="Mairie de Lesparre-Médoc").click()

    page.wait_for_url("**//lesparre-medoc.localhost**/agent/jour/**")
    expect(page.get_by_role("banner")).to_contain_text("Lesparre-Médoc")
    page.goto(demo.url("pauillac", "/agent/"))
    expect(page.get_by_role("banner")).to_contain_text("Pauillac")
    context.close()


@pytest.mark.console("403")
def test_the_day_of_another_commune_stays_closed(open_page, demo):
    page = open_page(AGENT)
    theirs = demo.url("lesparre-medoc", "/agent/jour/2026-11-25/")

    page.goto(theirs)

    walks.heading(page, "Vous ne faites pas partie de cette équipe")
    cookies = page.context.cookies(demo.url("lesparre-medoc"))
    assert "__Host-sid" not in {cookie["name"] for cookie in cookies}
    page.context.add_cookies(
        [
            {**cookie, "domain": "lesparre-medoc.localhost"}
            for cookie in page.context.cookies(demo.url("pauillac"))
        ]
    )
    page.goto(theirs)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("2026")
