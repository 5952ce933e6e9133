"""A commune settles its last item, asks, is approved, and opens to its citizens."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect


SLUG = "cadillac-sur-garonne"
ADMIN = (SLUG, f"admin@{SLUG}.demo.parvis.test")
DIRECTOR = ("gironde", "association@demo.parvis.test")
INSEE = "33081"


@pytest.mark.console("503", "409")
def test_from_the_last_item_to_an_open_site(open_page, page, demo):
    page.goto(demo.url(SLUG))
    assert page.get_by_role("link", name="Prendre rendez-vous").count() == 0  # not open yet

    mayor = open_page(ADMIN)
    mayor.goto(demo.url(SLUG, "/agent/commune/mise-en-route/verification/"))
    mayor.get_by_role("button", name="Demander l’ouverture").click()
    expect(mayor.get_by_text("Pas encore\u00a0: il manque Convention")).to_be_visible()
    mayor.goto(demo.url(SLUG, "/agent/commune/mise-en-route/"))
    expect(mayor.get_by_text("étapes sur 10")).to_contain_text("9")
    mayor.get_by_role("link", name="Convention de traitement des données acceptée").click()
    mayor.get_by_label("J’ai lu ce texte").check()
    mayor.get_by_role("button", name="Accepter").click()
    mayor.get_by_role("button", name="Demander l’ouverture").click()
    expect(mayor.get_by_role("heading", name="Ouverture demandée")).to_be_visible()

    director = open_page(DIRECTOR)
    director.goto(demo.url("gironde", f"/communes/{INSEE}/ouverture/"))
    now = datetime.now(ZoneInfo("Europe/Paris"))
    director.get_by_label("Ouvrir le").fill(f"{now:%Y-%m-%dT%H:%M}")
    director.get_by_role("button", name="Accepter l’ouverture").click()
    expect(director.get_by_text("L’ouverture est acceptée")).to_be_visible()
    demo.open_due(SLUG)

    mayor.reload()
    expect(mayor.get_by_role("button", name="Refermer le site")).to_be_visible()
    page.goto(demo.url(SLUG))
    expect(page.get_by_role("link", name="Prendre rendez-vous").first).to_be_visible()
