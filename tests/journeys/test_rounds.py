"""A day of field work: a round prepared, printed and answered on a phone, also without network."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.walks import heading


ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")
BOTH = pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
STOPS = 3


def png(side: int = 64) -> dict[str, object]:
    """Draw a small picture, as a file that a person chooses."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    rows = b"".join(b"\0" + b"\x40\x80\x60" * side for _row in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return {"name": "apres.png", "mimeType": "image/png", "buffer": content}


def prepare(page: Page, demo, title: str) -> str:
    """Prepare a round of three stops, and return the address of its phone view."""
    page.goto(demo.url("pauillac", "/agent/signalements/tournees/nouvelle/"))
    page.get_by_label("Titre", exact=True).fill(title)
    for box in page.locator("input[name=reports]").all()[:STOPS]:
        box.check()
    page.get_by_role("button", name="Préparer la tournée").click()
    heading(page, title)
    expect(page.locator("main")).to_contain_text(f"sur {STOPS}")
    found = page.get_by_role("link", name="Ouvrir la vue du téléphone").get_attribute("href")
    assert found
    return found


def answer(phone: Page, what: str, **fields: str) -> None:
    """Answer about the stop that is shown first."""
    card = phone.locator("[data-stop]:visible").first
    card.locator("summary", has_text=re.compile(f"^{what}$")).first.click()
    form = card.locator("details[open] > div > form").first
    for label, value in fields.items():
        form.get_by_label(label.replace("_", " ")).first.fill(value)
    if what == "Fait":
        form.locator("input[type=file]").set_input_files(png())
    form.get_by_role("button").last.click()


@BOTH
def test_a_round_is_prepared_printed_and_answered(open_page, demo, with_script):
    desk = open_page(ADMIN, java_script_enabled=with_script)
    address = prepare(desk, demo, f"Centre {'avec' if with_script else 'sans'}")

    overview = desk.url
    desk.get_by_role("link", name="Feuille à imprimer").click()
    expect(desk.locator("article svg")).to_have_count(STOPS + 1)
    sheet = desk.request.get(
        overview.replace("pauillac.localhost", "127.0.0.1") + "feuille.pdf",
        headers={"host": f"pauillac.localhost:{demo.port}", "cookie": cookies(desk)},
    )
    assert sheet.body().startswith(b"%PDF-")

    phone = open_page(java_script_enabled=with_script)
    phone.goto(address)
    answer(phone, "Fait", Un_mot_pour_la_mairie="Rebouché.")
    expect(phone.locator(".progress__words")).to_contain_text(f"1 arrêt visité sur {STOPS}")
    answer(phone, "À revoir", Un_mot_pour_la_mairie="Il faut la nacelle.")
    expect(phone.locator(".progress__words")).to_contain_text(f"2 arrêts visités sur {STOPS}")
    answer(phone, "Pas trouvé")
    expect(phone.locator("main")).to_contain_text("Tournée terminée")

    desk.goto(overview)
    for word in ("fait", "à revoir", "pas trouvé", "terminée"):
        expect(desk.locator("main")).to_contain_text(word)


def cookies(page: Page) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies(page.url))


@pytest.mark.console(OFFLINE)
def test_answers_without_network_wait_and_leave_once(open_page, demo):
    desk = open_page(ADMIN)
    address = prepare(desk, demo, "Zone blanche")
    phone = open_page()
    sent: list[str] = []
    phone.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    phone.goto(address)

    phone.context.set_offline(True)
    answer(phone, "Fait", Un_mot_pour_la_mairie="Fait sans réseau.")
    expect(phone.locator("[data-waiting]")).to_contain_text("1 réponse en attente de réseau")
    answer(phone, "À revoir", Un_mot_pour_la_mairie="À deux.")
    expect(phone.locator("[data-waiting]")).to_contain_text("2 réponses en attente de réseau")
    expect(phone.locator("[data-stop]:visible")).to_have_count(1)

    sent.clear()
    phone.context.set_offline(False)
    expect(phone.locator("[data-waiting]")).to_be_hidden()
    assert len(sent) == 2
    phone.goto(address)
    expect(phone.locator(".progress__words")).to_contain_text(f"2 arrêts visités sur {STOPS}")
    assert len(sent) == 2

    desk.reload()
    expect(desk.locator("main")).to_contain_text("Fait sans réseau.")


@pytest.mark.console("409", OFFLINE)
def test_what_another_phone_answered_first_is_told(open_page, demo):
    desk = open_page(ADMIN)
    address = prepare(desk, demo, "Deux téléphones")
    one, other = open_page(), open_page()
    one.goto(address)
    other.goto(address)

    other.context.set_offline(True)
    answer(other, "À revoir", Un_mot_pour_la_mairie="Moi aussi.")
    answer(one, "À revoir", Un_mot_pour_la_mairie="Moi d’abord.")
    expect(one.locator(".progress__words")).to_contain_text("1 arrêt")
    other.context.set_offline(False)

    expect(other.locator("[data-waiting]")).to_contain_text("sur un autre téléphone")


@BOTH
def test_a_company_answers_by_its_link(open_page, demo, with_script):
    desk = open_page(ADMIN, java_script_enabled=with_script)
    desk.goto(demo.url("pauillac", "/agent/signalements/nouveau/"))
    place = f"Devant le n° {1 if with_script else 2}, quai"
    desk.get_by_label("Catégorie").fill("nid-de-poule")
    desk.get_by_label("Où").first.fill(place)
    desk.get_by_role("button", name=re.compile("ouvrir", re.IGNORECASE)).click()
    report = desk.url
    desk.goto(report + "passer/?vers=forwarded")
    desk.get_by_label("Transmettre à").select_option(index=1)
    desk.get_by_label("Message public").fill("Merci de passer.")
    desk.get_by_role("button", name="Relire avant d’envoyer").click()
    desk.get_by_role("button", name="Envoyer", exact=True).click()
    expect(desk.locator("main")).to_contain_text("Relancer")

    desk.goto(demo.url("pauillac", "/demo/outbox/"))
    desk.get_by_role("link", name=re.compile("vous transmet le signalement")).first.click()
    body = desk.locator("main").inner_text() + desk.content()
    link = re.search(r"http://pauillac\.localhost:\d+/intervenant/[^\s\"<]+/", body)
    assert link

    company = open_page(java_script_enabled=with_script)
    company.goto(link[0])
    expect(company.locator("main")).to_contain_text(place)
    company.locator("summary", has_text="Pris en compte").click()
    company.get_by_label("Intervention prévue le").fill("2027-06-01")
    company.get_by_role("button", name="Pris en compte").click()
    expect(company.locator("main")).to_contain_text("1er juin")
    company.get_by_role("button", name="Commencé").click()
    expect(company.locator("main")).to_contain_text("en cours")
    company.locator("summary", has_text="Fait").click()
    company.get_by_label("réparé ou nettoyé").check()
    company.get_by_label("Photo après travaux").set_input_files(png())
    company.get_by_role("button", name="C’est fait").click()
    expect(company.locator("main")).to_contain_text("Terminé")

    desk.goto(report)
    expect(desk.locator("main")).to_contain_text("Résolu")
