"""A citizen looks around her telephone, and one press leads into the booking of a commune."""

from playwright.sync_api import expect

from tests.journeys.walks import heading


PAUILLAC = {"latitude": 45.1981, "longitude": -0.7488, "accuracy": 12}
OUTSIDE = """box => {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  const pins = [...box.querySelectorAll(".pin")].map(pin => pin.getBoundingClientRect());
  return pins.filter(pin => pin.left < left || pin.right > right
    || pin.top < top || pin.bottom > bottom).length;
}"""


def test_the_telephone_finds_who_receives_and_one_press_leads_there(open_page, demo):
    page = open_page(geolocation=PAUILLAC, permissions=["geolocation"])
    page.goto(demo.url("", "/trouver/?titres=PASSPORT&rayon=100"))
    expect(page.locator("[data-map][data-ready] .pin").first).to_be_visible()
    assert page.locator("[data-map]").evaluate(OUTSIDE) == 0

    page.get_by_role("button", name="Autour de moi").click()

    expect(page.get_by_text("Autour de votre position")).to_be_visible()
    assert "lat=45.20&" in page.url  # a kilometre or so, and nobody's door
    page.locator("a[href*='/creneau/']").first.click()
    heading(page, "Choisissez un créneau")
    expect(page.get_by_role("heading", name="Le créneau demandé est libre")).to_be_visible()
