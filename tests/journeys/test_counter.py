"""The counter in a real browser: a call in a few gestures, marks by key, a quiet refresh."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, log_in, new_context, watch


AGENT = "agent@pauillac.demo.parvis.test"
ADMIN = "admin@pauillac.demo.parvis.test"
GESTURES_MOST = 6
SECONDS_MOST = 10  # of the machine; the rest of the 45 is for the two people
WAKE = "window.dispatchEvent(new Event('visibilitychange'))"


class Stopwatch:
    """Counts what a secretary does with mouse or keyboard, and the time the machine takes."""

    def __init__(self) -> None:
        self.gestures, self.begun = 0, time.monotonic()

    def __call__(self, _done: object) -> None:
        self.gestures += 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun


def desk(browser, demo, faults, *, email=AGENT, **options):
    context = new_context(browser, viewport=DESK, **options)
    page = context.new_page()
    watch(page, faults)
    has_script = options.get("java_script_enabled", True)
    log_in(page, demo, "pauillac", email, has_script=has_script)
    return page


@pytest.fixture
def counter(browser, demo, faults):
    """A secretary's screen, on the next day with appointments."""
    page = desk(browser, demo, faults)
    to_a_busy_day(page, demo)
    yield page
    page.context.close()


def to_a_busy_day(page: Page, demo) -> None:
    page.goto(demo.url("pauillac", "/agent/"))
    for _day in range(6):
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("link", name="Jour suivant").click()
        if page.locator("[data-refresh=list] a").count():
            return
    pytest.fail("nobody is expected these days")


def test_a_call_takes_few_gestures(counter):
    watch_ = Stopwatch()

    watch_(counter.keyboard.press("n"))
    counter.wait_for_url("**/nouveau/")
    with counter.expect_response(lambda answer: answer.request.method == "POST"):
        watch_(counter.get_by_label("Passeport", exact=True).check())
    watch_(counter.get_by_label("Nom et prénom").fill("Odile Larrieu"))
    watch_(counter.get_by_role("textbox", name="Téléphone").fill("05 56 59 17 17"))
    watch_(counter.keyboard.press("Enter"))

    expect(counter.get_by_role("heading", level=1)).to_have_text("Rendez-vous confirmé")
    expect(counter.get_by_text("Référence à lire à la personne")).to_be_visible()
    expect(counter.locator("main")).to_contain_text("Passeport")
    assert watch_.gestures <= GESTURES_MOST
    assert watch_.seconds <= SECONDS_MOST


def test_slots_and_documents_follow_while_what_is_typed_stays(counter, demo):
    counter.goto(demo.url("pauillac", "/agent/rendez-vous/nouveau/"))
    counter.get_by_label("Nom et prénom").fill("Odile Larrieu")
    counter.get_by_label("Pourquoi demander ce titre").focus()

    with counter.expect_response(lambda answer: answer.request.method == "POST"):
        counter.get_by_label("Pourquoi demander ce titre").select_option(label="Perte")

    expect(counter.locator("[data-live=documents]")).to_contain_text("perte")
    expect(counter.get_by_label("Pourquoi demander ce titre")).to_be_focused()
    expect(counter.get_by_label("Nom et prénom")).to_have_value("Odile Larrieu")
    with counter.expect_response(lambda answer: answer.request.method == "POST"):
        counter.get_by_label("Dossier de PACS").check()
    expect(counter.get_by_label("Pourquoi demander ce titre")).to_have_count(0)
    expect(counter.get_by_label("Nom et prénom")).to_have_value("Odile Larrieu")
    expect(counter.get_by_label("Dossier de PACS")).to_be_focused()
    expect(counter.locator("input[name=slot]:checked")).to_have_count(1)


def test_a_call_without_javascript(browser, demo, faults):
    page = desk(browser, demo, faults, java_script_enabled=False)
    page.goto(demo.url("pauillac", "/agent/rendez-vous/nouveau/"))

    page.get_by_label("Passeport", exact=True).check()
    page.get_by_label("Nom et prénom").fill("Odile Larrieu")
    page.get_by_role("button", name="Voir les créneaux").click()
    page.get_by_role("textbox", name="Téléphone").fill("05 56 59 17 17")
    page.get_by_role("button", name="Confirmer le rendez-vous").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Rendez-vous confirmé")
    expect(page.locator("main")).to_contain_text("Odile Larrieu")
    page.context.close()


def test_keys_press_the_buttons_and_can_be_switched_off(counter):
    with counter.expect_navigation(wait_until="load"):
        counter.locator("[data-refresh=list] a").first.click()

    counter.keyboard.press("a")
    expect(counter.get_by_role("button", name="Défaire")).to_be_visible()
    expect(counter.get_by_role("heading", name="En salle (1)")).to_be_visible()
    counter.get_by_role("button", name="Défaire").click()
    expect(counter.get_by_role("heading", name="En salle (1)")).to_have_count(0)

    counter.get_by_text("Raccourcis du clavier").click()
    counter.get_by_label("Utiliser les raccourcis sur ce poste").uncheck()
    counter.locator("h1").click()
    counter.keyboard.press("n")
    counter.reload()
    counter.keyboard.press("n")

    expect(counter.get_by_role("heading", name="Nouveau rendez-vous")).to_have_count(0)


def test_letters_typed_in_a_field_press_nothing(counter):
    counter.keyboard.press("/")
    expect(counter.get_by_label("Nom, référence")).to_be_focused()

    counter.keyboard.type("nax")

    expect(counter.get_by_label("Nom, référence")).to_have_value("nax")


def test_what_a_colleague_marks_appears_without_moving_the_focus(browser, demo, faults, counter):
    colleague = desk(browser, demo, faults, email=ADMIN)
    counter.get_by_role("link", name="Jour suivant").focus()
    colleague.goto(counter.url)
    colleague.locator("[data-refresh=list] a").first.click()
    colleague.get_by_role("button", name="Arrivé").click()
    expect(colleague.get_by_role("heading", name="En salle (1)")).to_be_visible()

    counter.evaluate(WAKE)

    expect(counter.get_by_role("heading", name="En salle (1)")).to_be_visible()
    expect(counter.get_by_role("link", name="Jour suivant")).to_be_focused()
    colleague.get_by_role("button", name="Défaire").click()
    colleague.context.close()


def test_the_sheet_of_the_day_is_printed_across_the_page(counter):
    with counter.expect_navigation(wait_until="load"):
        counter.get_by_role("link", name="Feuille du jour").click()

    width, height = size_of_first_page(counter.pdf(prefer_css_page_size=True))

    assert width > height


def size_of_first_page(pdf: bytes) -> tuple[float, float]:
    box = pdf.partition(b"/MediaBox [")[2].partition(b"]")[0].split()
    return float(box[2]), float(box[3])
