"""From the invitation to the certificate: one is invited, answers by link, signs in the room."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect


DIRECTOR = ("gironde", "association@demo.parvis.test")
PARIS = ZoneInfo("Europe/Paris")


def plan(page, demo):
    """Plan a session that begins in some minutes: one signs from a quarter of an hour before."""
    begin = datetime.now(PARIS) + timedelta(minutes=6)
    midnight = datetime.combine(begin.date() + timedelta(days=1), datetime.min.time(), PARIS)
    if midnight - begin < timedelta(minutes=5):
        begin, midnight = midnight, midnight + timedelta(days=1)
    end = min(begin + timedelta(minutes=30), midnight - timedelta(minutes=1))
    page.goto(demo.url("gironde", "/formations/nouvelle/"))
    page.locator("[name=title]").fill("Essai du soir")
    page.locator("[name=topics][value=booking]").check()
    page.locator("[name=day_1]").fill(begin.strftime("%Y-%m-%d"))
    page.locator("[name=from_1]").fill(begin.strftime("%H:%M"))
    page.locator("[name=to_1]").fill(end.strftime("%H:%M"))
    page.locator("[name=place]").fill("Salle du conseil")
    page.locator("[name=max_seats]").fill("4")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Ouvrir les inscriptions").click()


def draw(page):
    """Draw a signature with the mouse, as a finger would."""
    frame = page.locator("[data-pad] svg.pad__frame").bounding_box()
    page.mouse.move(frame["x"] + 30, frame["y"] + 40)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(frame["x"] + 30 + 18 * step, frame["y"] + 40 + 20 * (step % 3))
    page.mouse.up()


def test_one_is_invited_answers_signs_and_gets_a_certificate(open_page, page, demo):
    director = open_page(DIRECTOR)
    plan(director, demo)
    director.get_by_label("Créon", exact=True).check()
    director.get_by_role("button", name="Inviter", exact=True).click()
    expect(director.get_by_role("main")).to_contain_text("personnes sont invitées")
    session = director.url
    demo.write_about_trainings()

    page.goto(demo.url("gironde", "/demo/outbox/"))
    page.get_by_role("link", name=re.compile("Invitation.*Essai du soir")).first.click()
    page.locator("a[href*='/formations/reponse/']").click()
    whom = page.get_by_text(re.compile("^Invitation de ")).inner_text()
    person = whom.removeprefix("Invitation de ").rsplit(", ", 1)[0]
    page.get_by_role("button", name="Je viens", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Votre place est réservée")

    director.goto(f"{session}demi-journee/1/")
    pin = re.sub(r"\D", "", director.locator(".room__pin strong").inner_text())
    page.goto(director.locator("a[href*='/emargement/']").first.inner_text())
    page.get_by_label("Code affiché dans la salle").fill(pin)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Je suis").select_option(label=f"{person} – Créon")
    draw(page)
    page.get_by_role("button", name="Signer", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("C’est signé")

    director.reload()
    expect(director.get_by_role("img", name=f"Signature de {person}")).to_be_visible()
    with director.expect_download() as download:
        director.get_by_role("link", name="Attestation").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
