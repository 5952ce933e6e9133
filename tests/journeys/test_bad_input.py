"""Whatever is asked or sent, somebody gets a page that says what to do: never a failure."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Response, expect

from tests.journeys import walks
from tests.journeys.conftest import log_in, new_context


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
SERVICE = "/rendez-vous/carte-identite/"
SLOTS = SERVICE + "creneaux/"
LONG = "é" * 10_000
SERVER_ERROR = 500
RAW = re.compile(r"Traceback|Exception|DoesNotExist|psycopg|Internal Server Error")
SEND_AGAIN = """async fields => {
  const answer = await fetch("/connexion/retour/",
    {method: "POST", body: new URLSearchParams(fields)});
  return [answer.status, await answer.text()];
}"""

pytestmark = pytest.mark.console("Failed to load resource")  # refusals have their status


@pytest.fixture(scope="module")
def anybody(browser):
    """One browser for all the addresses and forms that anybody may try."""
    context = new_context(browser)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def secretary(browser, sessions):
    """One browser of a secretary."""
    context = new_context(browser, storage_state=sessions(*AGENT))
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def held_page(browser, demo):
    """One citizen who types nonsense again and again, on one slot."""
    context = new_context(browser)
    page = context.new_page()
    walks.to_details(page, demo)
    yield page
    context.close()


def friendly(page: Page, answer: Response | None = None) -> None:
    """Check that this is one of our pages, with its title, its way on and no machine words."""
    if answer is not None:
        assert answer.status < SERVER_ERROR
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.get_by_role("main").locator("a, button").count()
    assert not RAW.search(page.locator("body").inner_text())


@pytest.mark.parametrize(
    "host", ["inconnue", "a.b.pauillac", "xn--pauillac-kva", "-", "127.0.0.1", "c_33314"]
)
def test_an_unknown_host_leads_to_the_portal(anybody, demo, host):
    answer = anybody.goto(demo.url(host))

    assert answer.status == 404
    friendly(anybody, answer)


@pytest.mark.parametrize(
    "path",
    [
        "/rendez-vous/inconnu/",
        SERVICE + "?persons=99",
        SERVICE + "?persons=-1&motive=nonsense&age=",
        SERVICE + "?motive=%00",
        SLOTS + "?persons=0",
        SLOTS + "?persons=1e9",
        SLOTS + "?du=2026-02-30",
        SLOTS + "?du=0001-01-01",
        SLOTS + "?du=9999-12-31",
        SLOTS + "?du=%00",
        SLOTS + "?du=" + "9" * 5_000,
        "/pieces/carte-identite/?motive=" + "x" * 3_000,
        "/rendez-vous/coordonnees/",
        "/rendez-vous/verification/",
        "/rendez-vous/confirme/",
        "/mon-rendez-vous/",
        "/mon-rendez-vous/annulation/",
        "/mon-rendez-vous/agenda.ics",
        "/rdv/jamais-vu",
        "/rdv/%00",
        "/rdv/" + "x" * 5_000,
        "/connexion/?next=//evil.example/",
        "/demo/outbox/?page=9999999999999999999",
        "/demo/outbox/99999999999999999999999/",
        "/" + quote("é\x00\n<script>"),
        "/langue/",
        "/rendez-vous/garde/",
    ],
    ids=lambda path: path[:64],
)
def test_an_address_that_means_nothing(anybody, demo, path):
    answer = anybody.goto(demo.url("pauillac", path))

    friendly(anybody, answer)
    assert ".localhost" in anybody.url


@pytest.mark.parametrize(
    "path",
    [
        "/agent/jour/2026-02-30/",
        "/agent/jour/9999-99-99/",
        "/agent/jour/demain/",
        "/agent/jour/2026-11-25/?rdv=" + "Z" * 2_000,
        "/agent/jour/2026-11-25/?rdv=%00",
        "/agent/jour/1999-01-01/feuille/",
        "/agent/jour/?date=%00",
        "/agent/recherche/?q=%00",
        "/agent/recherche/?q=" + "x" * 5_000,
        "/agent/rendez-vous/nouveau/?debut=2020-01-01T09:00&service=x&persons=999",
        "/agent/rendez-vous/nouveau/?debut=%00&day=2026-02-30",
        "/agent/rendez-vous/00000000/",
        "/agent/rendez-vous/00000000/arrivee/",
    ],
    ids=lambda path: path[:64],
)
def test_an_address_that_means_nothing_to_a_secretary(secretary, demo, path):
    friendly(secretary, secretary.goto(demo.url("pauillac", path)))


@pytest.mark.parametrize(
    "instant",
    [
        "2020-01-06T09:00+01:00",
        "2099-01-06T09:00+01:00",
        "9999-12-31T23:59-23:59",
        "0001-01-01T00:00+23:59",
        "2026-02-30T09:00+01:00",
        "demain à 9 h",
        "\x00",
        "9" * 5_000,
        "",
    ],
    ids=lambda value: value[:24] or "nothing",
)
def test_a_slot_that_cannot_be(anybody, demo, instant):
    page = anybody
    page.goto(demo.url("pauillac", SLOTS))
    page.locator("button.slot").first.evaluate("(button, value) => button.value = value", instant)

    with page.expect_navigation() as done:
        page.locator("button.slot").first.click()

    assert done.value.status in {409, 422}
    friendly(page, done.value)
    page.locator("button.slot").or_(page.get_by_text("Appelez la mairie")).first.wait_for()
    assert "__Host-hold" not in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize("persons", ["99", "-1", "deux", "1\x00", "9" * 400])
def test_a_tampered_number_of_persons(anybody, demo, persons):
    page = anybody
    page.goto(demo.url("pauillac", SERVICE))
    page.get_by_role("spinbutton").evaluate(
        "(input, value) => { input.type = 'text'; input.value = value; }", persons
    )

    with page.expect_navigation() as done:
        page.get_by_role("button", name="Voir les créneaux").click()

    assert done.value.status == 422
    friendly(page, done.value)
    expect(page.get_by_role("alert")).to_be_focused()


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("Nom et prénom", LONG),
        ("Nom et prénom", "Jeanne\x00Dupuy"),
        ("Nom et prénom", "   "),
        ("Courriel", "jeanne@"),
        ("Courriel", f"{LONG}@example.org"),
        ("Courriel", "a@b.fr\r\nBcc: c@d.fr"),
        ("Téléphone", "12"),
        ("Téléphone", "0" * 10_000),
        ("Numéro de pré-demande", "<script>alert(1)</script>"),
    ],
    ids=lambda value: value[:16],
)
def test_details_that_cannot_be_are_explained_and_kept(held_page, label, typed):
    page = held_page
    given = {"Nom et prénom": walks.NAME, "Courriel": "jeanne@example.org"} | {label: typed}
    for name, value in given.items():
        page.get_by_label(name).evaluate(
            "(input, value) => { input.removeAttribute('maxlength');"
            " if (/[\\r\\n]/.test(value)) input.type = 'hidden'; input.value = value; }",
            value,
        )

    with page.expect_navigation() as done:
        page.get_by_role("button", name="Continuer").click()

    assert done.value.status == 422
    friendly(page, done.value)
    expect(page).to_have_title(re.compile("^Erreur – "))
    kept = page.get_by_label(label).input_value()
    if typed.strip() and "\x00" not in typed and "\n" not in typed:
        assert kept == typed
    others = {name: value for name, value in given.items() if name != label}
    for name, value in others.items():
        expect(page.get_by_label(name)).to_have_value(value)


def test_a_link_opens_nothing_in_another_commune(page, demo):
    walks.to_check(page, demo, email="lien@example.org")
    walks.confirm(page)
    walks.read_mail(page, demo, "Rendez-vous confirmé")
    token = page.locator("a[href*='/rdv/']").first.get_attribute("href").rpartition("/")[2]

    answer = page.goto(demo.url("lesparre-medoc", f"/rdv/{token}"))

    assert answer.status == 404
    friendly(page, answer)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre rien")
    cut = page.goto(demo.url("pauillac", f"/rdv/{token[:-1]}"))
    assert cut.status == 404
    again = page.goto(demo.url("pauillac", f"/rdv/{token}"))
    assert again.status == 200
    assert "/rdv/" not in page.url


def test_a_ticket_is_worth_one_entrance(open_page, demo):
    page = open_page()
    sent: list[str] = []
    page.on(
        "request",
        lambda asked: (
            sent.append(asked.post_data or "")
            if asked.method == "POST" and asked.url.endswith("/connexion/retour/")
            else None
        ),
    )
    log_in(page, demo, *AGENT)
    assert len(sent) == 1
    fields = dict(part.split("=", 1) for part in sent[0].split("&"))

    status, text = page.evaluate(SEND_AGAIN, fields)

    assert status == 403
    assert "Traceback" not in text
    stranger = open_page()
    stranger.goto(demo.url("pauillac"))
    status, text = stranger.evaluate(SEND_AGAIN, fields)
    assert status == 403
    assert "<h1" in text
    assert "__Host-sid" not in {cookie["name"] for cookie in stranger.context.cookies()}


def test_a_form_without_its_token_is_refused_in_words(page, demo):
    page.goto(demo.url("pauillac", SERVICE))
    page.locator("main [name=csrfmiddlewaretoken]").first.evaluate("input => input.value = 'x'")

    with page.expect_navigation() as done:
        page.get_by_role("button", name="Voir les créneaux").click()

    assert done.value.status == 403
    friendly(page, done.value)
