"""A citizen reports with a telephone: in a few seconds, without script, without network's help."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import AXE, RULES, RUN
from tests.journeys.walks import heading


NB = "\u00a0"
HERE = {"latitude": 45.1981, "longitude": -0.7488, "accuracy": 12}
LOCATED = {"geolocation": HERE, "permissions": ["geolocation"]}
HOLE = "Trou dans la chaussée"
MOST_SECONDS = 30
SAID = "[data-place] [data-said]"
GIF = "image/gif"
CARRIED = """async () => {
  const [file] = document.querySelector("[data-gallery]").files;
  const bytes = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const image = await createImageBitmap(file);
  const start = [...bytes].map(each => each.toString(16).padStart(2, "0")).join("");
  return [file.size, Math.max(image.width, image.height), start];
}"""


def photo(*, is_placed: bool = True) -> dict[str, object]:
    """Take a photo of twelve million pixels, some megabytes heavy, as a telephone does."""
    image = Image.effect_noise((1000, 750), 60).resize((4000, 3000)).convert("RGB")
    exif, file = Image.Exif(), io.BytesIO()
    if is_placed:
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: (45, 11, 53.16), 3: "W", 4: (0, 44, 55.68)})
    image.save(file, "JPEG", quality=92, exif=exif)
    return {"name": "trou.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def opened(page: Page, demo: Demo, query: str = "") -> Page:
    """Open the form, its map drawn where there is one."""
    page.goto(demo.url("pauillac", f"/signaler/{query}"))
    heading(page, "Signaler un problème")
    return page


def choose(page: Page, name: str = HOLE) -> None:
    """Touch a tile, behind « Autre… » where it is not among the first."""
    tile = page.get_by_label(name, exact=True)
    if not tile.is_visible():
        page.get_by_text("Autre…").click()
    tile.check()


def send(page: Page) -> None:
    """Press the button that stays in sight."""
    page.get_by_role("button", name="Envoyer", exact=True).click()


def arrived(page: Page) -> None:
    """Check that the report was received."""
    heading(page, "Merci, c’est envoyé")


def uploads(page: Page) -> list[bytes]:
    """Note what is posted from now on."""
    seen: list[bytes] = []
    page.on(
        "request",
        lambda asked: (
            seen.append(asked.post_data_buffer or b"") if asked.method == "POST" else None
        ),
    )
    return seen


def test_a_hole_with_a_photo_takes_three_actions_and_seconds(open_page, demo):
    page = open_page()
    heavy = photo()
    opened(page, demo)
    begun = time.monotonic()

    page.locator("[data-gallery]").set_input_files(heavy)
    expect(page.locator(SAID)).to_contain_text("Emplacement lu dans la photo")
    choose(page)
    expect(page.locator("[data-previews] img")).to_have_count(1)
    carried = page.evaluate(CARRIED)
    place = page.locator("[name=lat]").input_value(), page.locator("[name=lon]").input_value()
    send(page)
    arrived(page)

    seconds = time.monotonic() - begun
    size, side, start = carried
    print(f"sent in {seconds:.1f} s, {len(heavy['buffer']) // 1000} kB taken, {size // 1000} sent")
    assert seconds < MOST_SECONDS
    assert (side, start) == (1600, "ffd8ffe0")  # no EXIF left
    assert size < len(heavy["buffer"]) / 2
    assert place == ("45.198100", "-0.748800")


def test_my_position_fills_in_the_place(open_page, demo):
    page = opened(open_page(**LOCATED), demo)

    page.get_by_role("button", name="Ma position").click()

    expect(page.locator("[name=lat]")).to_have_value("45.198100")
    expect(page.locator("[name=address]")).to_have_value("12 Rue Victor-Hugo 33250 Pauillac")
    expect(page.locator(".pin--here")).to_be_visible()
    choose(page)
    send(page)
    arrived(page)
    expect(page.locator("main")).to_contain_text("12 Rue Victor-Hugo")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (1, "Votre téléphone ne donne pas sa position"),
        (2, "Position introuvable ici"),
        (3, "La position tarde trop"),
    ],
    ids=["denied", "unavailable", "slow"],
)
def test_each_failure_of_the_position_is_said(open_page, demo, code, said):
    page = open_page()
    page.add_init_script(
        f"navigator.geolocation.getCurrentPosition = (_, failed) => failed({{code: {code}}})"
    )
    opened(page, demo)

    page.get_by_role("button", name="Ma position").click()

    expect(page.locator(SAID)).to_contain_text(said)


def test_an_address_is_suggested_and_the_map_follows(open_page, demo):
    page = opened(open_page(), demo)

    page.get_by_label("Adresse ou repère").press_sequentially("quai leon perier")
    expect(page.locator("datalist option")).to_have_count(1)
    page.get_by_label("Adresse ou repère").fill("Quai Léon-Périer 33250 Pauillac")

    expect(page.locator("[name=lat]")).to_have_value("45.198700")
    expect(page.locator(SAID)).to_contain_text("Adresse trouvée")


def test_the_map_shows_pictures_credits_them_and_is_worked_by_keyboard(open_page, demo):
    page = opened(open_page(), demo)
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© IGN – Géoplateforme")
    area = page.get_by_role("application")

    area.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Placer le repère au centre").click()

    expect(page.locator(SAID)).to_have_text("Repère placé.")
    expect(page.locator("[name=lat]")).not_to_have_value("")


@pytest.mark.console("Failed to load resource")
def test_without_pictures_or_addresses_the_outline_and_the_pin_do(open_page, demo):
    page = open_page()
    page.route("**/tuiles/**", lambda route: route.fulfill(status=503))
    page.route("**/adresse/**", lambda route: route.abort())
    opened(page, demo)

    expect(page.get_by_text("Fond de carte détaillé indisponible")).to_be_visible()
    expect(page.locator("path.outline-line")).to_be_attached()
    page.get_by_role("application").click(position={"x": 170, "y": 90})
    expect(page.locator(SAID)).to_have_text("Repère placé.")
    choose(page)
    send(page)
    arrived(page)


def test_without_script_a_photo_and_words_do(bare_page, demo):
    opened(bare_page, demo)
    bare_page.locator("#id_photos").set_input_files(photo(is_placed=False))
    bare_page.get_by_label(HOLE).check()
    bare_page.get_by_label("Adresse ou repère").fill("devant le phare")
    send(bare_page)

    arrived(bare_page)
    expect(bare_page.locator("main")).to_contain_text("devant le phare")


def test_without_script_the_photo_alone_says_where(bare_page, demo):
    opened(bare_page, demo)
    bare_page.locator("#id_photos").set_input_files(photo())
    bare_page.get_by_label(HOLE).check()
    send(bare_page)

    if bare_page.get_by_role("heading", level=1).inner_text() == "Avant d’envoyer":
        bare_page.get_by_role("button", name="Envoyer quand même").click()
    arrived(bare_page)


def test_a_photo_that_cannot_be_kept_is_told_and_the_report_is_sent(open_page, demo):
    page = opened(open_page(), demo)
    page.locator("[data-gallery]").set_input_files(
        [
            photo(is_placed=False),
            {"name": "chat.gif", "mimeType": "image/gif", "buffer": b"GIF89a"},
        ]
    )
    expect(page.locator("[data-previews] li")).to_have_count(2)
    choose(page)
    page.get_by_label("Adresse ou repère").fill("au port")
    send(page)

    arrived(page)
    expect(page.get_by_text(f"«{NB}chat.gif{NB}» n’a pas été gardée")).to_be_visible()


def test_a_photo_is_taken_away_before_sending(open_page, demo):
    page = opened(open_page(), demo)
    page.locator("[data-gallery]").set_input_files(photo(is_placed=False))
    page.locator("[data-gallery]").set_input_files(photo(is_placed=False))
    expect(page.locator("[data-previews] img")).to_have_count(2)

    page.get_by_role("button", name="Retirer la photo 1").click()

    expect(page.locator("[data-previews] img")).to_have_count(1)
    assert page.evaluate("document.querySelector('[data-gallery]').files.length") == 1


def test_a_double_tap_sends_once_and_says_so(open_page, demo):
    page = opened(open_page(), demo)
    choose(page)
    page.get_by_label("Adresse ou repère").fill("rue du double clic")
    posted = uploads(page)

    page.get_by_role("button", name="Envoyer", exact=True).dblclick()

    arrived(page)
    assert len(posted) == 1


def test_danger_is_said_first_and_stops_the_form(open_page, demo):
    page = opened(open_page(), demo)

    choose(page, "Lampadaire éteint ou cassé")
    expect(page.get_by_text("Un câble pend")).to_be_visible()
    page.get_by_label("Quelqu’un est en danger").check()

    expect(page.get_by_role("link", name="Appeler le 112")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_hidden()


def test_what_others_take_care_of_says_whom_to_call(open_page, demo):
    page = opened(open_page(), demo)
    page.get_by_text("Autre…").click()
    page.get_by_label("Chercher").fill("électricité")
    expect(page.locator(".kind:visible")).to_have_count(1)

    choose(page, "Tout un quartier sans électricité")

    expect(page.get_by_role("heading", name="Ce n’est pas la mairie")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_hidden()


def test_a_place_in_another_commune_leads_there_with_the_words(open_page, demo):
    away = {"geolocation": {"latitude": 45.3071, "longitude": -0.9382}}  # Lesparre-Médoc
    page = opened(open_page(permissions=["geolocation"], **away), demo)
    choose(page)
    page.get_by_label("Précisions").fill("Devant la gare.")

    page.get_by_role("button", name="Ma position").click()
    page.get_by_role("link", name="Le signaler là-bas").click()

    expect(page).to_have_url(re.compile("lesparre-medoc"))
    expect(page.get_by_label("Précisions")).to_have_value("Devant la gare.")


def known_hole(page: Page, demo: Demo) -> dict[str, float]:
    """Find where a published hole in a road is, that nobody has repaired yet."""
    links = page.get_by_role("link", name=re.compile(HOLE))
    for state in ("recus", "en-cours"):
        page.goto(demo.url("pauillac", f"/signalements/?etat={state}"))
        if links.count():
            break
    links.first.click()
    heading(page, HOLE)
    area = page.locator("[data-map]")
    lat, lon = area.get_attribute("data-lat"), area.get_attribute("data-lon")
    return {"latitude": float(lat), "longitude": float(lon), "accuracy": 5}


def test_the_same_report_nearby_is_joined_in_one_press(open_page, demo):
    place = known_hole(open_page(), demo)
    page = opened(open_page(permissions=["geolocation"], geolocation=place), demo)
    choose(page)
    page.get_by_label("Courriel pour suivre").fill("voisine@example.org")
    page.get_by_role("button", name="Ma position").click()

    page.get_by_role("button", name="C’est le même, me tenir au courant").first.click()

    heading(page, HOLE)
    expect(page.get_by_text("C’est noté, merci.")).to_be_visible()
    expect(page.get_by_text("Regardez vos messages")).to_be_visible()


def test_what_was_offered_is_not_offered_again(open_page, demo):
    place = known_hole(open_page(), demo)
    page = opened(open_page(permissions=["geolocation"], geolocation=place), demo)
    choose(page)
    page.get_by_role("button", name="Ma position").click()
    expect(page.get_by_role("region", name="Déjà signalé")).to_be_visible()

    send(page)

    arrived(page)


def test_what_was_typed_survives_a_closed_browser(open_page, demo):
    page = opened(open_page(), demo)
    choose(page, "Dépôt sauvage")
    page.get_by_label("Précisions").fill("Un matelas.")
    page.get_by_label("Courriel pour suivre").fill("lea@example.org")
    page.goto("about:blank")

    opened(page, demo)

    expect(page.get_by_label("Précisions")).to_have_value("Un matelas.")
    expect(page.get_by_label("Dépôt sauvage")).to_be_checked()
    expect(page.get_by_label("Courriel pour suivre")).to_have_value("")  # not asked to be kept


def test_what_was_sent_is_not_offered_again(open_page, demo):
    page = opened(open_page(), demo)
    choose(page)
    page.get_by_label("Précisions").fill("Une fois suffit.")
    page.get_by_label("Adresse ou repère").fill("au port")
    send(page)
    arrived(page)

    opened(page, demo)

    expect(page.get_by_label("Précisions")).to_have_value("")


def test_contact_is_remembered_where_asked(open_page, demo):
    page = opened(open_page(), demo)
    page.get_by_label("Courriel pour suivre").fill("lea@example.org")
    page.get_by_label("Retenir mes coordonnées").check()

    opened(page, demo)

    expect(page.get_by_label("Courriel pour suivre")).to_have_value("lea@example.org")


def test_it_speaks_english(open_page, demo):
    page = open_page(locale="en-GB")
    page.goto(demo.url("pauillac", "/signaler/"))

    expect(page.get_by_text("Hole in the road")).to_be_visible()


def test_little_is_required(open_page, demo):
    page = opened(open_page(), demo)

    names = page.evaluate(
        "[...new Set([...document.querySelectorAll('main [required]')].map(e => e.name))]"
    )
    assert len(names) <= 3


def test_the_filled_form_and_what_stops_it_are_accessible(open_page, demo):
    page = opened(open_page(bypass_csp=True, **LOCATED), demo)
    choose(page, "Lampadaire éteint ou cassé")
    page.get_by_role("button", name="Ma position").click()
    expect(page.locator(".pin--here")).to_be_visible()
    page.get_by_label("Quelqu’un est en danger").check()
    page.evaluate(AXE)
    assert page.evaluate(RUN, RULES) == []

    page.evaluate("document.getElementById('report-form').submit()")  # as without script
    heading(page, "Avant d’envoyer")
    page.evaluate(AXE)
    assert page.evaluate(RUN, RULES) == []
    expect(page.get_by_role("link", name="Appeler le 112")).to_be_visible()
