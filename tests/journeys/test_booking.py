"""A citizen books an identity card on her phone, reads her mail, comes back and cancels."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import walks
from tests.journeys.conftest import Demo
from tests.journeys.walks import heading


AGENT = ("pauillac", "agent@pauillac.demo.parvis.test")
DIRECTOR = ("gironde", "association@demo.parvis.test")
LOSS = "Déclaration de perte"
TABS_MOST, ACTIONS_MOST = 60, 10
ONE_COUNTER = "bazas"  # where a slot is for one person only
SLOTS = "/rendez-vous/carte-identite/creneaux/"


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_a_citizen_books_reads_her_mail_and_cancels(open_page, demo, with_script):
    email = f"jeanne.{'avec' if with_script else 'sans'}@example.org"
    page = open_page(java_script_enabled=with_script, reduced_motion="no-preference")
    page.goto(demo.url("pauillac"))
    page.get_by_role("link", name="Prendre rendez-vous").first.click()
    page.get_by_role("link", name="Carte d’identité", exact=True).click()

    page.get_by_role("radio", name="Perte").check()
    page.get_by_role("button", name="Voir mes pièces").click()
    expect(page.get_by_text(LOSS).first).to_be_visible()
    page.get_by_role("button", name="Voir les créneaux").click()

    slot = page.get_by_role("list").get_by_role("button").last
    chosen = slot.get_attribute("value")
    slots_address = page.url
    slot.click()
    expect(page.get_by_text("Créneau gardé jusqu’à")).to_be_visible()
    walks.give_details(page, email=email)
    expect(page.get_by_text("Pas encore confirmé")).to_be_visible()
    expect(page.get_by_text(LOSS).first).to_be_visible()
    reference = walks.confirm(page)
    expect(page.locator("main")).to_contain_text("À apporter")
    expect(page.get_by_text(LOSS).first).to_be_visible()

    secretary = open_page(AGENT)
    secretary.goto(day_of(demo, chosen, reference))
    expect(secretary.locator("#fiche")).to_contain_text(walks.NAME)
    expect(secretary.locator("#fiche")).to_contain_text(LOSS)
    expect(secretary.locator("#fiche")).to_contain_text(email)

    page.context.clear_cookies()
    walks.read_mail(page, demo, "Rendez-vous confirmé")
    expect(page.locator("main")).to_contain_text(email)
    walks.follow_link(page)
    expect(page.locator("main")).not_to_contain_text(email)
    expect(page.locator("main")).not_to_contain_text("Dupuy")
    walks.cancel(page)
    walks.read_mail(page, demo, "annulé")
    expect(page.locator("main")).to_contain_text(email)

    assert chosen in offered(page, slots_address)
    secretary.reload()
    expect(secretary.locator("#fiche")).to_contain_text("Annulé")


def test_the_association_sees_the_online_share_move(page, open_page, demo):
    demo.count("c_33314")
    director = open_page(DIRECTOR)
    before = taken_at_pauillac(director, demo)
    walks.to_check(page, demo, email="compte@example.org")
    walks.confirm(page)

    demo.count("c_33314")

    assert taken_at_pauillac(director, demo) == before + 1


@pytest.mark.console("409")
def test_two_citizens_want_one_slot(open_page, demo):
    quick, slow = open_page(), open_page()
    walks.to_check(slow, demo, host=ONE_COUNTER, email="lente@example.org")
    slow.get_by_role("link", name="la date").click()
    heading(slow, "Choisissez un créneau")
    wanted = slow.locator("button[name=slot]").last.get_attribute("value")

    quick.goto(slow.url)
    press(quick, wanted)
    heading(quick, "Qui vient au rendez-vous\u00a0?")
    press(slow, wanted)

    heading(slow, "Ce créneau n’est plus libre")
    others = [each.get_attribute("value") for each in slow.locator("button[name=slot]").all()]
    assert others
    assert wanted not in others
    press(slow, others[0])
    heading(slow, "Vérifiez avant de confirmer")
    expect(slow.locator("main")).to_contain_text(walks.NAME)
    expect(slow.locator("main")).to_contain_text("lente@example.org")
    walks.confirm(slow)

    walks.give_details(quick, email="rapide@example.org")
    walks.confirm(quick)
    quick.goto(demo.url(ONE_COUNTER, SLOTS))
    assert wanted not in values(quick)
    quick.goto(demo.url(ONE_COUNTER, "/mon-rendez-vous/"))
    walks.cancel(quick)
    slow.goto(demo.url(ONE_COUNTER, SLOTS + f"?du={wanted[:10]}"))
    assert wanted in values(slow)


@pytest.mark.console("422")
def test_what_was_typed_outlives_a_mistake(page, demo):
    walks.to_details(page, demo)
    page.get_by_label("Nom et prénom").fill(walks.NAME)
    page.get_by_label("Numéro de pré-demande").fill("K7M2")

    page.get_by_role("button", name="Continuer").click()

    expect(page).to_have_title("Erreur – Vos coordonnées – Mairie de Pauillac")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Nom et prénom")).to_have_value(walks.NAME)
    expect(page.get_by_label("Numéro de pré-demande")).to_have_value("K7M2")
    page.get_by_role("link", name="Indiquez un courriel ou un téléphone.").click()
    expect(page.get_by_label("Courriel")).to_be_focused()


def test_more_time_loses_nothing(page, demo):
    walks.to_details(page, demo)
    page.get_by_label("Nom et prénom").fill(walks.NAME)

    page.get_by_role("button", name="Garder 10 minutes de plus").click()

    expect(page.get_by_role("button", name="Garder 10 minutes de plus")).to_have_count(0)
    expect(page.get_by_label("Nom et prénom")).to_have_value(walks.NAME)


def test_going_back_and_confirming_again_changes_nothing(page, demo):
    walks.to_check(page, demo, email="deux.fois@example.org")
    reference = walks.confirm(page)

    page.go_back()
    page.reload()

    heading(page, "Rendez-vous confirmé")
    assert reference in page.locator("main").inner_text().replace("\u00a0", "").replace(" ", "")


def test_the_keyboard_is_enough(page, demo):
    page.goto(demo.url("pauillac"))
    press_on(page, page.get_by_role("link", name="Prendre rendez-vous").first)
    heading(page, "Prendre rendez-vous")
    press_on(page, page.get_by_role("link", name="Carte d’identité", exact=True))
    reach(page, page.get_by_role("radio", name="Renouvellement"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Première demande")).to_be_checked()
    press_on(page, page.get_by_role("button", name="Voir les créneaux"))
    expect(page.get_by_text("Votre réponse appelle d’autres précisions")).to_be_in_viewport()
    press_on(page, page.get_by_role("button", name="Voir les créneaux"))
    heading(page, "Choisissez un créneau")
    press_on(page, page.locator("button.slot").first)
    reach(page, page.get_by_label("Nom et prénom"))
    page.keyboard.type(walks.NAME)
    reach(page, page.get_by_label("Téléphone"))
    page.keyboard.type(walks.PHONE_NUMBER)
    page.keyboard.press("Enter")
    heading(page, "Vérifiez avant de confirmer")
    press_on(page, page.get_by_role("button", name="Confirmer le rendez-vous"))
    heading(page, "Rendez-vous confirmé")


def test_all_of_it_in_english(page, demo):
    page.goto(demo.url("pauillac"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_be_attached()
    page.get_by_role("link", name="Book an appointment").first.click()
    page.get_by_role("link", name="Identity card", exact=True).click()
    page.locator("main form[method=post] button:not([type=button])").first.click()
    page.locator("button.slot").first.click()
    page.locator("[name=name]").fill("Jane Doe")
    page.locator("[name=email]").fill("jane@example.org")
    page.locator("main form:has([name=email]) button").first.click()
    page.locator("main form[method=post] button").last.click()
    page.wait_for_url("**/confirme/")

    page.goto(demo.url("pauillac", "/demo/outbox/"))
    page.get_by_role("link", name=re.compile("appointment", re.IGNORECASE)).first.click()
    expect(page.locator("main")).to_contain_text("jane@example.org")
    expect(page.locator("main")).to_contain_text("Identity card")


def test_nothing_is_asked_beyond_ten_actions(page, demo):
    actions = 0

    def count(_done: object) -> None:
        nonlocal actions
        actions += 1

    page.goto(demo.url("pauillac"))
    count(page.get_by_role("link", name="Prendre rendez-vous").first.click())
    count(page.get_by_role("link", name="Carte d’identité", exact=True).click())
    count(page.get_by_role("button", name="Voir les créneaux").click())
    count(page.get_by_role("button", name="Le prendre").click())
    count(page.get_by_label("Nom et prénom").fill(walks.NAME))
    count(page.get_by_label("Courriel").fill("vite@example.org"))
    count(page.get_by_role("button", name="Continuer").click())
    count(page.get_by_role("button", name="Confirmer le rendez-vous").click())

    heading(page, "Rendez-vous confirmé")
    assert actions <= ACTIONS_MOST


def offered(page: Page, address: str) -> list[str]:
    """List the instants that the page of slots offers."""
    page.goto(address)
    return values(page)


def values(page: Page) -> list[str]:
    """List the instants under the buttons of this page."""
    buttons = page.locator("button[name=slot]").all()
    return [button.get_attribute("value") or "" for button in buttons]


def press(page: Page, instant: str) -> None:
    """Choose one slot."""
    page.locator(f"button.slot[value='{instant}']").click()


def reach(page: Page, target: Locator) -> None:
    """Press the tabulator until the target has the focus."""
    expect(target).to_be_visible()
    wanted = target.element_handle()
    for _tab in range(TABS_MOST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => wanted === document.activeElement", wanted):
            return
    pytest.fail(f"the keyboard does not reach {target}")


def press_on(page: Page, target: Locator) -> None:
    """Reach the target with the keyboard and press it."""
    reach(page, target)
    page.keyboard.press("Enter")


def taken_at_pauillac(page: Page, demo: Demo) -> int:
    """Read how many appointments Pauillac took in 28 days, from the association's table."""
    page.goto(demo.url("gironde"))
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Pauillac"))
    return int(re.sub(r"\D", "", row.get_by_role("cell").nth(2).inner_text()))


def day_of(demo: Demo, instant: str, reference: str) -> str:
    """Give the secretary's page of the day of an instant, with one file open."""
    return demo.url("pauillac", f"/agent/jour/{instant[:10]}/?rdv={reference}")
