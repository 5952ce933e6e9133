"""Citizens read what others reported, join in, follow, and say when it is not repaired."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.walks import heading


BOTH = pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
QUIET = pytest.mark.console("422", "404", "503")
ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")


def open_report(page: Page, demo, *, rank: int) -> None:
    """Open a published report that is being handled."""
    page.goto(demo.url("pauillac", "/signalements/?etat=en-cours"))
    page.locator(".report-row a").nth(rank).click()
    page.wait_for_url(re.compile(r"/signalements/[0-9A-Z]{8}/$"))


@QUIET
@BOTH
def test_somebody_joins_in_with_one_tap_and_follows_by_mail(open_page, demo, with_script):
    email = f"passante.{'avec' if with_script else 'sans'}@example.org"
    page = open_page(java_script_enabled=with_script)
    open_report(page, demo, rank=4 + int(with_script))
    before = concerned(page)

    page.get_by_role("button", name="Je l’ai vu aussi").click()
    expect(page.locator("main")).to_contain_text("Vous êtes compté")
    assert concerned(page) == before + 1
    expect(page.get_by_role("button", name="Je l’ai vu aussi")).to_have_count(0)

    page.get_by_text("Être prévenu de la suite").click()
    page.get_by_role("button", name="Suivre ce signalement").click()
    expect(page.get_by_role("alert")).to_contain_text("Donnez l’adresse")
    page.get_by_label("Votre courriel").fill(email)
    page.get_by_role("button", name="Suivre ce signalement").click()
    expect(page.locator("main")).to_contain_text("Regardez vos messages")

    walks.read_mail(page, demo, "Voulez-vous suivre ce signalement")
    page.locator("a[href*='/suivi/']").first.click()
    page.get_by_role("button", name="Oui, me prévenir").click()
    expect(page.locator("main")).to_contain_text("C’est noté")
    page.get_by_role("button", name="Ne plus recevoir de nouvelles").click()
    expect(page).to_have_url(re.compile(r"/signalements/[0-9A-Z]{8}/$"))


def concerned(page: Page) -> int:
    """Read how many inhabitants are counted."""
    return int(re.search(r"(\d+) habitants? concerné", page.locator("main").inner_text())[1])


@QUIET
@BOTH
def test_what_is_not_repaired_is_contested_from_the_page_of_the_report(
    open_page, demo, with_script
):
    page = open_page(java_script_enabled=with_script)
    reference = reported(page, demo, f"contestataire.{with_script}@example.org".lower())
    follow = page.url
    agent = open_page(ADMIN)
    close(agent, demo, reference)

    page.goto(follow.partition("?")[0])
    expect(page.locator("main")).to_contain_text("Est-ce vraiment réglé")
    page.get_by_role("button", name="Plutôt non").click()
    expect(page.locator("main")).to_contain_text("Vous avez répondu")
    page.get_by_text("Non, ce n’est pas réparé").click()
    page.get_by_role("button", name="Demander la réouverture").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez une raison")
    page.get_by_label("ce n’est pas réparé", exact=True).check()
    page.get_by_role("button", name="Demander la réouverture").click()

    expect(page.locator("main")).to_contain_text("rouvert")


def reported(page: Page, demo, email: str) -> str:
    """Report a street lamp and return its reference."""
    page.goto(demo.url("pauillac", "/signaler/?adresse=Entre+deux+vignes"))
    tile = page.get_by_label("Lampadaire éteint ou cassé", exact=True)
    if not tile.is_visible():
        page.get_by_text("Autre…").click()
    tile.check()
    page.get_by_role("textbox", name=re.compile("Courriel")).fill(email)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    warned = page.get_by_role("button", name="Envoyer quand même")
    expect(warned.or_(page.locator(".reference__value"))).to_be_visible()
    if warned.count():  # without script, what is dangerous is read before it is sent
        warned.click()
    page.wait_for_url("**/suivi/**")
    return page.locator(".reference__value").inner_text().replace(" ", "")


def close(page: Page, demo, reference: str) -> None:
    """Say at the town hall that it is repaired."""
    page.goto(demo.url("pauillac", f"/agent/signalements/{reference}/passer/?vers=resolved"))
    page.get_by_label("Raison").first.select_option("repaired")
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator("main")).to_contain_text("résolu")


@QUIET
def test_the_list_follows_the_map_and_its_marks_have_its_numbers(open_page, demo):
    page = open_page(viewport=DESK)
    page.goto(demo.url("pauillac", "/signalements/"))
    marks = page.locator(".map .mark")
    expect(marks.first).to_be_visible()
    many = page.locator(".map .mark--many").first
    name = many.get_attribute("aria-label")
    assert re.fullmatch(r"\d+ signalements", name)
    many.focus()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Dans cette partie de la carte")
    for _each in range(6):
        if page.locator(".map .mark:not(.mark--many)").count():
            break
        page.locator(".map .mark--many").first.press("Enter")
        page.wait_for_timeout(600)
    alone = page.locator(".map .mark:not(.mark--many)").first
    number, title = re.match(r"(\d+)\. (.+?) ·", alone.get_attribute("aria-label")).groups()
    row = page.locator(".report-row").nth(int(number) - 1)
    expect(row).to_contain_text(title)
    alone.press("Enter")
    page.wait_for_url(re.compile(r"/signalements/[0-9A-Z]{8}/$"))
    heading(page, re.compile(re.escape(title)))


@QUIET
def test_the_map_stays_usable_when_its_marks_do_not_come(open_page, demo):
    page = open_page(viewport=PHONE)
    page.route("**/carte.json*", lambda route: route.fulfill(status=503, body=""))
    page.goto(demo.url("pauillac", "/signalements/"))

    expect(page.locator(".report-row").first).to_be_visible()


@pytest.fixture
def elsewhere(demo):
    """A site of somebody else that frames the map."""
    frame = demo.url("pauillac", "/signalements/carte/integrer/")
    page = f"<!doctype html><title>Ailleurs</title><iframe src='{frame}' width=900 height=700>"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://ailleurs.localhost:{site.server_port}/"
        site.shutdown()


@QUIET
def test_another_site_frames_the_map(open_page, elsewhere):
    page = open_page(viewport=DESK)
    page.goto(elsewhere)
    inside = page.frame_locator("iframe")

    expect(inside.get_by_role("heading", name="Les signalements")).to_be_visible()
    expect(inside.locator(".mark").first).to_be_visible()
    assert page.context.cookies() == []
    with page.context.expect_page() as opened:
        inside.locator(".report-row a").first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
