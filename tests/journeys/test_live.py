"""Two pages are open: what one does is seen on the other, without anybody pressing anything."""

import re

from playwright.sync_api import expect


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
SOON_MS = 8_000  # a busy machine; the next poll is far later


def test_a_call_is_on_the_screen_of_the_hall_at_once(open_page, demo):
    counter, colleague, hall = open_page(AGENT), open_page(AGENT), open_page()
    counter.goto(demo.url("pauillac", "/agent/file/sans-rendez-vous/"))
    counter.get_by_role("radio").first.check()
    counter.get_by_label(re.compile("^Nom")).fill("Odette Directe")
    counter.get_by_role("button", name="Donner un numéro").click()
    counter.wait_for_url(re.compile(r"/agent/file/\d+/$"))
    colleague.goto(demo.url("pauillac", "/agent/file/"))
    screen = colleague.get_by_role("link", name="Écran de la salle").first
    hall.goto(demo.url("pauillac", screen.get_attribute("href")))
    for page in (colleague, hall):
        expect(page.locator("html[data-live]")).to_have_count(1)  # the stream is open: no poll
        page.evaluate("window.untouched = true")

    counter.goto(demo.url("pauillac", "/agent/file/"))
    mine = counter.get_by_role("button", name=re.compile(r"Appeler.*Odette Directe"))
    number = re.search(r"N° (\d+)", mine.inner_text())[1]
    mine.click()

    expect(hall.locator("[data-calls] li").first).to_contain_text(number, timeout=SOON_MS)
    expect(colleague.locator("[data-refresh=called]")).to_contain_text(
        "Odette Directe", timeout=SOON_MS
    )
    assert [page.evaluate("window.untouched") for page in (colleague, hall)] == [True, True]
    expect(counter.locator("main")).to_contain_text(f"N° {number} est appelé")
