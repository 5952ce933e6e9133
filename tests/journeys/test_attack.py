"""While robots are at a form, people pass by a page that asks little, and lose nothing."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.test_accessibility import problems_of
from tests.journeys.test_reporting import HOLE, arrived, choose, opened, photo, send
from tests.journeys.walks import heading


PROOF = "Une vérification, puis c’est fini"
WHERE, SAID = "derrière le phare", "Un trou profond,\nà deux pas de l’école"
TELEPHONE = "main a[href^='tel:']"


def asked_of(page):
    """Note each time that a proof is asked for."""
    seen = []
    page.on("response", lambda answer: seen.append(answer) if answer.status == 428 else None)
    return seen


def say(page):
    """Type what must not be lost."""
    page.get_by_label("Adresse ou repère").fill(WHERE)
    page.locator("[name=text]").evaluate("(field, said) => { field.value = said }", SAID)


@pytest.mark.console("428")
def test_a_browser_passes_by_itself_with_all_that_was_typed(open_page, demo):
    page = open_page()
    asked = asked_of(page)
    with demo.attacked("c_33314", "hold", "report"):
        walks.to_details(page, demo)
        assert len(asked) == 1

        opened(page, demo)
        choose(page)
        say(page)
        page.locator("[data-gallery]").set_input_files(photo(is_placed=False))
        expect(page.locator("[data-previews] img")).to_have_count(1)
        send(page)
        arrived(page)

    assert len(asked) == 2
    expect(page.locator("main")).to_contain_text(WHERE)
    expect(page.locator("main")).to_contain_text("à deux pas de l’école")
    expect(page.locator("main")).to_contain_text("1 photo en préparation")


@pytest.mark.console("428", "Failed to load resource")
def test_where_the_script_fails_the_page_says_what_to_do(open_page, demo):
    page = open_page()
    page.route("**/proof*.js", lambda route: route.abort())
    with demo.attacked("c_33314", "hold"):
        walks.to_slots(page, demo)
        with page.expect_navigation() as done:
            page.get_by_role("button", name="Le prendre").click()

        heading(page, PROOF)
        expect(page.get_by_role("status").filter(has_text="20 secondes")).to_be_visible()
        expect(page.locator(TELEPHONE).first).to_be_visible()
        assert problems_of(page, done.value.text()) == []


def test_without_script_one_waits_or_telephones_and_nothing_is_lost(bare_page, demo):
    page = bare_page
    with demo.attacked("c_33314", "report"):
        opened(page, demo)
        page.get_by_label(HOLE).check()
        page.get_by_label("Adresse ou repère").fill(WHERE)
        page.locator("#id_photos").set_input_files(photo(is_placed=False))
        send(page)
        heading(page, PROOF)
        expect(page.get_by_text("Attendez 20 secondes")).to_be_visible()
        expect(page.locator(TELEPHONE).first).to_be_visible()

        page.get_by_role("button", name="Continuer").click()
        expect(page.get_by_text("Encore")).to_be_visible()

    page.get_by_role("button", name="Continuer").click()
    arrived(page)
    expect(page.locator("main")).to_contain_text(WHERE)
    expect(page.locator("main")).to_contain_text("1 photo en préparation")
