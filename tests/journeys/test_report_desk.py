"""The team's reports: found, moved, given and printed; by mouse, by keys, and without script."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE


HOME = "/agent/signalements/"
ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")
pytestmark = pytest.mark.console("503", "404")  # pictures of the map, without a server for them


@pytest.fixture
def desk(open_page, demo):
    page = open_page(ADMIN)
    page.goto(demo.url("pauillac", HOME))
    return page


def photo():
    content = io.BytesIO()
    Image.new("RGB", (1200, 900), "grey").save(content, "JPEG")
    return {"name": "apres.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def key_in(page: Page, demo, *, what="trou dans", where="1 quai Léon-Périer", email=""):
    """Key in a report as somebody phones; return its reference."""
    page.goto(demo.url("pauillac", f"{HOME}nouveau/"))
    page.get_by_label("Catégorie").fill(what)
    page.get_by_label("Où ?").fill(where)
    if email:
        page.get_by_role("textbox", name=re.compile("^Courriel")).fill(email)
    page.get_by_role("button", name="Enregistrer et ouvrir").click()
    page.wait_for_url(re.compile(r"/agent/signalements/[0-9A-Z]{8}/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def test_a_report_is_resolved_with_its_photo_and_the_citizen_reads_it(desk, demo):
    reference = key_in(desk, demo, email="jeanne.journey@example.org")
    desk.goto(demo.url("pauillac", f"{HOME}?q={reference}&etat=tous"))
    desk.get_by_role("list", name="Signalements").get_by_role("link").first.click()
    desk.get_by_role("link", name="Passer à « résolu »").click()
    desk.get_by_label("Raison").select_option(label="réparé ou nettoyé")
    desk.get_by_label("Message public").fill("Le trou est bouché depuis ce matin.")
    desk.get_by_label("Photo après travaux").set_input_files(photo())
    desk.get_by_role("button", name="Relire avant d’envoyer").click()

    expect(desk.get_by_text("Sera prévenu")).to_be_visible()
    expect(desk.locator("blockquote")).to_contain_text("Le trou est bouché")
    desk.get_by_role("button", name="Envoyer", exact=True).click()
    expect(desk.get_by_text("Le signalement est")).to_be_visible()

    desk.goto(demo.url("pauillac", "/demo/outbox/"))
    desk.get_by_role("link", name=re.compile(reference[:4])).first.click()
    expect(desk.locator("body")).to_contain_text("Le trou est bouché depuis ce matin.")


def test_many_are_given_a_priority_and_moved_together(desk, demo):
    first = key_in(desk, demo, where="2 rue du Lot")
    second = key_in(desk, demo, where="4 rue du Lot")
    desk.goto(demo.url("pauillac", f"{HOME}?q=rue+du+Lot"))

    desk.get_by_label("Tout cocher").check()
    expect(desk.locator("[data-count]")).to_contain_text(re.compile(r"\d+ / \d+"))
    desk.get_by_label("Ceux qui sont cochés").select_option(label="Faire avancer")
    desk.get_by_role("button", name="Continuer").click()
    desk.get_by_label("Nouvel état").select_option("accepted")
    desk.get_by_role("button", name="Relire avant d’envoyer").click()
    desk.get_by_role("button", name="Faire avancer").click()

    expect(desk.get_by_role("status").filter(has_text="changés")).to_be_visible()
    for reference in (first, second):
        desk.goto(demo.url("pauillac", f"{HOME}{reference}/"))
        expect(desk.locator("main")).to_contain_text("pris en charge")


def test_a_filter_is_kept_found_again_and_deleted(desk, demo):
    name = f"Voirie en retard {time.time_ns()}"
    desk.get_by_text("Plus de filtres").click()
    desk.get_by_label("Catégorie").select_option("Voirie")
    desk.get_by_role("button", name="Filtrer").click()
    desk.get_by_role("link", name="En retard").click()
    expect(desk).to_have_url(re.compile("categorie=Voirie.*retard=1"))
    desk.get_by_text("Garder ce filtre").click()
    desk.get_by_label("Nom du filtre").fill(name)
    desk.get_by_role("button", name="Garder le filtre").click()

    desk.goto(demo.url("pauillac", HOME))
    desk.get_by_text("Mes filtres").click()
    desk.get_by_role("link", name=name).first.click()
    expect(desk).to_have_url(re.compile("categorie=Voirie.*retard=1"))
    desk.get_by_text("Garder ce filtre").click()
    desk.get_by_role("button", name=f"Supprimer {name}").click()
    expect(desk.get_by_text("Le filtre est supprimé.")).to_be_visible()


def test_the_filter_is_the_same_as_a_board_and_as_a_map(desk, demo):
    desk.goto(demo.url("pauillac", f"{HOME}?categorie=Voirie"))
    desk.get_by_role("link", name="Tableau").click()
    expect(desk).to_have_url(re.compile("categorie=Voirie&vue=tableau"))
    expect(desk.get_by_role("heading", name="À traiter")).to_be_visible()
    desk.get_by_role("link", name="Carte", exact=True).click()
    expect(desk.locator("[data-map][data-ready]")).to_be_visible()
    expect(desk.locator(".mark").first).to_be_visible()


def test_a_card_that_is_dropped_asks_for_that_move(desk, demo):
    key_in(desk, demo, where="6 rue du Lot")
    desk.goto(demo.url("pauillac", f"{HOME}?q=6+rue+du+Lot&vue=tableau"))
    desk.locator("[data-card]").first.drag_to(desk.locator("[data-lane=planned] summary"))

    desk.wait_for_url(re.compile(r"/passer/\?vers=planned"))
    expect(desk.get_by_label("Nouvel état")).to_have_value("planned")


def test_the_board_and_the_list_work_without_script(open_page, demo):
    page = open_page(ADMIN, java_script_enabled=False)
    page.goto(demo.url("pauillac", f"{HOME}?vue=tableau"))
    card = page.locator("[data-lane=accepted] [data-card]").first
    card.get_by_role("combobox", name="Passer à").select_option("planned")
    card.get_by_role("button", name="Passer à").click()
    page.wait_for_url(re.compile(r"/passer/\?vers=planned"))

    page.goto(demo.url("pauillac", HOME))
    page.get_by_label("Choisir").first.check()
    page.get_by_label("Ceux qui sont cochés").select_option(label="Changer la priorité")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Priorité").select_option(label="haute")
    page.get_by_role("button", name="Changer la priorité").click()
    expect(page.get_by_text("1 signalement est changé.")).to_be_visible()


def test_the_keyboard_walks_ticks_opens_and_can_be_switched_off(desk, demo):
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    second = desk.locator("[data-row]").nth(1)
    expect(second.locator("a")).to_be_focused()
    desk.keyboard.press("x")
    expect(second.get_by_role("checkbox")).to_be_checked()
    desk.keyboard.press("/")
    expect(desk.get_by_label("Référence, adresse ou mots")).to_be_focused()
    desk.get_by_role("heading", name="Signalements").click()
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/agent/signalements/[0-9A-Z]{8}/$"))
    desk.keyboard.press("?")
    expect(desk.get_by_label("Utiliser les raccourcis sur ce poste")).to_be_focused()
    desk.keyboard.press("f")
    desk.wait_for_url(re.compile(r"/passer/$"))

    desk.goto(demo.url("pauillac", HOME))
    desk.keyboard.press("?")
    desk.get_by_label("Utiliser les raccourcis sur ce poste").uncheck()
    desk.keyboard.press("j")
    expect(desk.locator("[data-row] a").first).not_to_be_focused()
    desk.get_by_label("Utiliser les raccourcis sur ce poste").check()


def test_files_are_downloaded(desk):
    desk.get_by_text("Exporter ces signalements").click()
    with desk.expect_download() as started:
        desk.get_by_role("button", name="Télécharger").click()
    assert re.fullmatch(r"signalements-\d{4}-\d\d-\d\d\.csv", started.value.suggested_filename)
    assert started.value.path().read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_call_is_keyed_in_within_twenty_seconds(open_page, demo):
    """Keys at the pace of somebody who types with ten fingers: five strokes a second."""
    page = open_page(ADMIN)
    page.goto(demo.url("pauillac", f"{HOME}nouveau/"))
    began = time.monotonic()
    expect(page.get_by_label("Catégorie")).to_be_focused()
    page.keyboard.type("trou d", delay=200)
    page.keyboard.press("Tab")
    page.keyboard.type("3 quai Léon-Périer", delay=200)
    page.get_by_role("textbox", name="Téléphone").click()
    page.keyboard.type("0556591717", delay=200)
    page.get_by_role("button", name="Enregistrer et suivant").click()
    expect(
        page.get_by_role("status").filter(has_text="enregistré sous la référence")
    ).to_be_visible()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["", "?vue=tableau", "?vue=carte"], ids=["list", "board", "map"])
def test_nothing_is_wider_than_the_screen(open_page, demo, size, path):
    page = open_page(ADMIN, viewport=size)
    page.goto(demo.url("pauillac", HOME + path))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
