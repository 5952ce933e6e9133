"""An administrator decides what the library proposes, and takes her decision back."""

from playwright.sync_api import expect

from tests.journeys import walks


ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")
NOW = "Arrivez dix minutes avant l’heure"
OURS = "Venez cinq minutes avant l’heure"


def test_a_proposal_of_the_library_is_accepted_and_taken_back(open_page, demo):
    page = open_page(ADMIN, java_script_enabled=False)
    page.goto(demo.url("pauillac", "/agent/commune/"))
    page.locator("main").get_by_role("link", name="Bibliothèque").click()
    walks.heading(page, "Bibliothèque de l’association")
    page.get_by_role("link", name="Carte d’identité", exact=True).first.click()
    expect(page.get_by_text(OURS).first).to_be_visible()
    expect(page.get_by_text(NOW).first).to_be_visible()

    page.get_by_role("button", name="Accepter").click()

    expect(page.get_by_role("heading", name="À décider")).to_have_count(0)
    page.get_by_text("Voir ce qui a changé").first.click()
    expect(page.locator("ins").filter(has_text=NOW)).to_be_visible()
    page.get_by_role("button", name="Annuler ce changement").first.click()
    expect(page.get_by_role("cell", name=OURS)).to_be_visible()
