"""What axe finds and what it does not: reflow, spacing, targets, motion, HTML, titles."""

import re

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.conftest import DESK, PHONE, foreign, log_in, new_context, watch


AGENT = "agent@pauillac.demo.parvis.test"
ADMIN = "admin@pauillac.demo.parvis.test"
DIRECTOR = "association@demo.parvis.test"
REPORTS = "/agent/signalements/reglages/"
SET_UP = "/agent/commune/mise-en-route/"
# host, path, who looks
PAGES = [
    ("", "/", None),
    ("", "/?q=st+emil", None),
    ("pauillac", "/", None),
    ("pauillac", "/rendez-vous/", None),
    ("pauillac", "/rendez-vous/carte-identite/", None),
    ("pauillac", "/rendez-vous/carte-identite/?motive=loss&age=0-11", None),
    ("pauillac", "/rendez-vous/carte-identite/creneaux/", None),
    ("pauillac", "/rendez-vous/carte-identite/creneaux/?du=2026-02-30", None),
    ("pauillac", "/pieces/carte-identite/?motive=theft", None),
    ("pauillac", "/rendez-vous/pacs/", None),
    ("pauillac", "/mon-rendez-vous/retrouver/", None),
    ("pauillac", "/mon-rendez-vous/retrouver/envoye/", None),
    ("pauillac", "/signaler/", None),
    ("pauillac", "/signaler/?porte=feliciter", None),
    ("pauillac", "/signalements/chiffres/", None),
    ("pauillac", "/accessibilite/", None),
    ("pauillac", "/mentions-legales/", None),
    ("pauillac", "/confidentialite/", None),
    ("pauillac", "/nulle-part/", None),
    ("pauillac", "/rdv/jamais-vu", None),
    ("pauillac", "/rendez-vous/coordonnees/", None),
    ("pauillac", "/demo/outbox/", None),
    ("pauillac", "/ui/", None),
    ("gironde", "/", None),
    ("gironde", "/mesures/", None),
    ("gironde", "/chiffres/", None),
    ("connexion", "/", None),
    ("connexion", "/connexion/code/", None),
    ("connexion", "/mot-de-passe/", None),
    ("connexion", "/inscription/", None),
    ("connexion", "/invitation/jamais-vue/", None),
    ("inconnue", "/", None),
    ("pauillac", "/agent/", AGENT),
    ("pauillac", "/agent/?vue=liste", AGENT),
    ("pauillac", "/agent/rendez-vous/nouveau/", AGENT),
    ("pauillac", "/agent/recherche/?q=martin", AGENT),
    ("pauillac", "/agent/recherche/?q=x", AGENT),
    ("pauillac", "/agent/file/", AGENT),
    ("pauillac", "/agent/file/sans-rendez-vous/", AGENT),
    ("pauillac", "/agent/accueil/", AGENT),
    ("pauillac", "/agent/attente/", AGENT),
    ("pauillac", "/agent/panne/", AGENT),
    ("pauillac", "/agent/panne/1/", AGENT),
    ("pauillac", "/agent/titres/", AGENT),
    ("pauillac", "/agent/titres/1/", AGENT),
    ("pauillac", "/agent/titres/arrivee/", AGENT),
    ("pauillac", "/agent/chiffres/", AGENT),
    ("pauillac", "/agent/rendez-vous/surnombre/", AGENT),
    ("pauillac", "/rendez-vous/carte-identite/attente/", None),
    ("pauillac", "/pieces/", None),
    ("pauillac", "/alerte/", None),
    ("", "/trouver/?titres=CNI&lieu=Pauillac&rayon=50", None),
    ("pauillac", "/agent/signalements/", ADMIN),
    ("pauillac", "/agent/signalements/?q=girafe&retard=1", ADMIN),
    ("pauillac", "/agent/signalements/?vue=tableau", ADMIN),
    ("pauillac", "/agent/signalements/?vue=carte&etat=tous", ADMIN),
    ("pauillac", "/agent/signalements/nouveau/", ADMIN),
    ("pauillac", "/agent/signalements/tournee-elu/", ADMIN),
    ("pauillac", "/signalements/", None),
    ("pauillac", "/signalements/?q=zzz", None),
    ("pauillac", "/signalements/mercis/", None),
    ("pauillac", "/signalements/carte/integrer/", None),
    ("pauillac", "/suivi/retrouver/", None),
    ("pauillac", "/suivi/retrouver/envoye/", None),
    ("pauillac", "/suivi/jamais-vu/", None),
    ("pauillac", "/agent/signalements/integrer/", ADMIN),
    ("pauillac", "/agent/reglages/", ADMIN),
    ("pauillac", "/agent/reglages/horaires/", ADMIN),
    ("pauillac", "/agent/reglages/horaires/1/", ADMIN),
    ("pauillac", "/agent/reglages/horaires/nouvelle/", ADMIN),
    ("pauillac", "/agent/reglages/horaires/jour/", ADMIN),
    ("pauillac", "/agent/reglages/fermetures/", ADMIN),
    ("pauillac", "/agent/reglages/fermetures/nouvelle/", ADMIN),
    ("pauillac", "/agent/reglages/demarches/", ADMIN),
    ("pauillac", "/agent/reglages/demarches/catalogue/", ADMIN),
    ("pauillac", "/agent/reglages/demarches/1/", ADMIN),
    ("pauillac", "/agent/reglages/guichets/", ADMIN),
    ("pauillac", "/agent/reglages/guichets/1/", ADMIN),
    ("pauillac", "/agent/reglages/pieces/", ADMIN),
    ("pauillac", "/agent/reglages/pieces/photo/", ADMIN),
    ("pauillac", "/agent/reglages/messages/", ADMIN),
    ("pauillac", "/agent/reglages/messages/booked/fr/", ADMIN),
    ("pauillac", "/agent/reglages/regles/", ADMIN),
    ("pauillac", "/agent/reglages/pourquoi/", ADMIN),
    ("pauillac", f"{REPORTS}", ADMIN),
    ("pauillac", f"{REPORTS}categories/", ADMIN),
    ("pauillac", f"{REPORTS}categories/nouvelle/", ADMIN),
    ("pauillac", f"{REPORTS}categories/1/", ADMIN),
    ("pauillac", f"{REPORTS}categories/lots/", ADMIN),
    ("pauillac", f"{REPORTS}categories/lots/littoral/", ADMIN),
    ("pauillac", f"{REPORTS}responsables/", ADMIN),
    ("pauillac", f"{REPORTS}responsables/nouveau/", ADMIN),
    ("pauillac", f"{REPORTS}responsables/equipes/1/", ADMIN),
    ("pauillac", f"{REPORTS}regles/", ADMIN),
    ("pauillac", f"{REPORTS}regles/nouvelle/", ADMIN),
    ("pauillac", f"{REPORTS}regles/1/", ADMIN),
    ("pauillac", f"{REPORTS}regles/essai/?category=1&lat=45.2&lon=-0.75", ADMIN),
    ("pauillac", f"{REPORTS}zones/", ADMIN),
    ("pauillac", f"{REPORTS}zones/nouvelle/", ADMIN),
    ("pauillac", f"{REPORTS}zones/fichier/", ADMIN),
    ("pauillac", f"{REPORTS}equipements/", ADMIN),
    ("pauillac", f"{REPORTS}equipements/nouveau/", ADMIN),
    ("pauillac", f"{REPORTS}equipements/fichier/", ADMIN),
    ("pauillac", f"{REPORTS}reponses/", ADMIN),
    ("pauillac", f"{REPORTS}reponses/nouvelle/", ADMIN),
    ("pauillac", f"{REPORTS}accuse/", ADMIN),
    ("pauillac", "/agent/signalements/chiffres/", ADMIN),
    ("pauillac", "/agent/signalements/chiffres/?du=hier", ADMIN),
    ("pauillac", "/agent/signalements/chiffres/definitions/", ADMIN),
    ("pauillac", "/agent/signalements/chiffres/conservation/", ADMIN),
    ("pauillac", f"{SET_UP}", ADMIN),
    ("pauillac", f"{SET_UP}horaires/", ADMIN),
    ("pauillac", f"{SET_UP}verification/", ADMIN),
    ("pauillac", "/agent/commune/chiffres/", ADMIN),
    ("pauillac", "/agent/commune/chiffres/appels/", ADMIN),
    ("connexion", "/lieux/", ADMIN),
    ("connexion", "/compte/", ADMIN),
    ("connexion", "/compte/courriel/", ADMIN),
    ("connexion", "/compte/mot-de-passe/", ADMIN),
    ("connexion", "/compte/second-facteur/", ADMIN),
    ("connexion", "/compte/second-facteur/application/", ADMIN),
    ("connexion", "/compte/second-facteur/cles/", ADMIN),
    ("connexion", "/compte/second-facteur/cles/ajouter/", ADMIN),
    ("connexion", "/compte/sessions/", ADMIN),
    ("connexion", "/deconnexion/", ADMIN),
    ("connexion", "/equipe/pauillac/", ADMIN),
    ("gironde", "/", DIRECTOR),
    ("gironde", "/?q=zzz", DIRECTOR),
    ("gironde", "/mesures/sante/33314/", DIRECTOR),
    ("gironde", "/mesures/dotation/", DIRECTOR),
    ("gironde", "/communes/", DIRECTOR),
    ("gironde", "/communes/33314/", DIRECTOR),
    ("gironde", "/communes/33042/ouverture/", DIRECTOR),
    ("connexion", "/equipe/association/gironde/", DIRECTOR),
]
STATUSES = {
    "/agent/signalements/chiffres/?du=hier": 422,
    "/nulle-part/": 404,
    "/suivi/jamais-vu/": 404,
    "/rdv/jamais-vu": 404,
    "/rendez-vous/coordonnees/": 410,
    "/invitation/jamais-vue/": 410,
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_SIDEWAYS = "document.documentElement.scrollWidth <= innerWidth"
SPACING = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet]; }"""
PLAIN = "document.adoptedStyleSheets = []"
CUT = """[...document.querySelectorAll('a,button,label,p,h1,h2,h3,b,dt,dd,span:not(.unseen)')]
  .filter(e => getComputedStyle(e).overflow === 'hidden' && e.scrollWidth > e.clientWidth + 1
    && !e.closest('.unseen') && e.offsetWidth > 2)
  .map(e => e.outerHTML.slice(0, 80))"""
SMALL = """[...document.querySelectorAll('a,button,input:not([type=hidden]),select,summary')]
  .filter(e => !e.matches('[aria-hidden=true][tabindex="-1"]'))  // the one that Enter presses
  .filter(e => { const box = (e.closest('label') || e).getBoundingClientRect();
    const row = e.id && document.querySelector(`label[for="${e.id}"]`)?.getBoundingClientRect();
    const [w, h] = [Math.max(box.width, row?.width || 0), Math.max(box.height, row?.height || 0)];
    return box.width > 2 && (w < 24 || h < 24) && getComputedStyle(e).display !== 'inline'; })
  .map(e => e.outerHTML.slice(0, 80))"""
MOVING = """Math.max(...[...document.querySelectorAll('*')].map(e => getComputedStyle(e))
  .flatMap(s => [s.transitionDuration, s.animationDuration]).map(parseFloat).filter(Boolean), 0)"""


ONCE = ("h1", "html[lang]", "main", "footer a[href='/accessibilite/']")
AXE = Axe().axe_script
RUN = """async rules => {
  const asked = {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]};
  const found = await axe.run(asked);
  return found.violations.map(each =>
    `${each.id}: ${each.help}: ${each.nodes.map(node => node.target.join(" ")).join(", ")}`);
}"""


@pytest.fixture(scope="session")
def readers(browser, demo):
    """One browser per person, logged in once; and what their consoles complained of."""
    kept = {}

    def reader(who):
        if who not in kept:
            context = new_context(browser)
            page = context.new_page()
            seen = []
            watch(page, seen)
            foreign(page, seen)
            if who:
                host = "gironde" if who == DIRECTOR else who.split("@")[1].split(".")[0]
                log_in(page, demo, host, who)
            kept[who] = (page, seen)
        return kept[who]

    yield reader
    for page, _seen in kept.values():
        page.context.close()


@pytest.mark.parametrize(("host", "path", "who"), PAGES, ids=str)
def test_everybody_can_use_the_page(readers, demo, host, path, who):
    page, seen = readers(who)
    seen.clear()
    page.set_viewport_size(PHONE)

    answer = page.goto(demo.url(host, path))

    assert answer.status == STATUSES.get(path, 404 if host == "inconnue" else 200)
    assert problems_of(page, answer.text()) == []
    assert [line for line in seen if "Failed to load resource" not in line] == []
    if host == "pauillac":
        assert page.title().endswith("Mairie de Pauillac")


class Walk:
    """Somebody who goes from page to page, each of which is looked at on the way."""

    def __init__(self, page: Page) -> None:
        self.page, self.problems, self.sources = page, [], {}
        page.on("response", self.keep)

    def keep(self, answer) -> None:
        if answer.request.resource_type == "document" and answer.request.redirected_to is None:
            self.sources[answer.url.partition("#")[0]] = answer

    def look(self, title: str) -> None:
        """Wait for the page of this title, look at it, come back to the size of before."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(title))
        self.page.wait_for_load_state()
        size = self.page.viewport_size
        source = self.sources[self.page.url.partition("#")[0]].text()
        self.problems += [f"{title} – {each}" for each in problems_of(self.page, source)]
        self.page.set_viewport_size(size)


@pytest.mark.console("422", "409")
def test_everybody_can_book(open_page, demo):
    page = open_page()
    walk = Walk(page)
    walks.to_details(page, demo)
    walk.look("Qui vient au rendez-vous")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look("Qui vient au rendez-vous")
    walks.give_details(page, email="tout.le.monde@example.org")
    walk.look("Vérifiez avant de confirmer")
    walks.confirm(page)
    walk.look("Rendez-vous confirmé")
    walks.read_mail(page, demo, "Rendez-vous confirmé")
    walk.look("Rendez-vous confirmé")
    walks.follow_link(page)
    walk.look("Mon rendez-vous")
    page.get_by_role("link", name="Annuler le rendez-vous").click()
    walk.look("Annuler ce rendez-vous")
    page.get_by_role("button", name="Oui, annuler").click()
    walk.look("Rendez-vous annulé")
    page.goto(demo.url("pauillac", "/mon-rendez-vous/retrouver/"))
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look("Retrouver mon rendez-vous")
    page.goto(demo.url("pauillac", "/rendez-vous/carte-identite/creneaux/"))
    page.locator("button.slot").first.evaluate("it => it.value = '2020-01-06T09:00+01:00'")
    page.locator("button.slot").first.click()
    walk.look("Ce créneau n’est plus libre")

    assert walk.problems == []


@pytest.mark.console("422", "404")
def test_everybody_can_work_outdoors(open_page, demo):
    page = open_page(("pauillac", ADMIN))
    walk = Walk(page)
    desk = "/agent/signalements/"
    page.goto(demo.url("pauillac", f"{desk}points-noirs/"))
    walk.look("Points noirs")
    page.goto(demo.url("pauillac", f"{desk}tournees/"))
    walk.look("Tournées")
    page.goto(demo.url("pauillac", f"{desk}tournees/nouvelle/"))
    page.get_by_role("button", name="Préparer la tournée").click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look("Préparer une tournée")
    for box in page.locator("input[name=reports]").all()[:3]:
        box.check()
    page.get_by_label("Titre", exact=True).fill("Pour tous")
    page.get_by_role("button", name="Préparer la tournée").click()
    walk.look("Pour tous")
    phone = page.get_by_role("link", name="Ouvrir la vue du téléphone").get_attribute("href")
    report = page.locator("[data-stop] a").first.get_attribute("href")
    page.get_by_role("link", name="Feuille à imprimer").click()
    page.wait_for_url("**/feuille/")
    walk.look("Pour tous")
    page.goto(phone)
    for summary in page.locator("summary:visible").all()[:3]:
        summary.click()
    walk.look("Pour tous")
    page.goto(demo.url("pauillac", f"{desk}interventions/{report.split('/')[-2]}/"))
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look("Interventions")
    for path in ("/tournee/jamais-vue/", "/intervenant/jamais-vu/"):
        page.goto(demo.url("pauillac", path))
        walk.look("Ce lien n’ouvre plus")

    assert walk.problems == []


@pytest.mark.console("422", "503", "404")
def test_everybody_can_follow_a_report(open_page, demo):
    page = open_page()
    walk = Walk(page)
    page.goto(demo.url("pauillac", "/signalements/?etat=termines"))
    page.locator(".report-row a").first.click()
    walk.look(".")
    page.get_by_text("Être prévenu de la suite").click()
    page.get_by_role("button", name="Suivre ce signalement").click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look(".")
    page.get_by_label("Votre courriel").fill("suit.tout@example.org")
    page.get_by_role("button", name="Suivre ce signalement").click()
    walks.read_mail(page, demo, "Voulez-vous suivre ce signalement")
    page.locator("a[href*='/suivi/']").first.click()
    walk.look(".")

    assert walk.problems == []


@pytest.mark.console("422")
def test_everybody_can_work_at_the_counter(open_page, demo):
    page = open_page(("pauillac", AGENT))
    walk = Walk(page)
    page.goto(demo.url("pauillac", "/agent/"))
    visits = page.locator("[data-refresh=list] a")
    page.get_by_role("link", name="Jour suivant").click()  # no day begun, nothing is over
    page.wait_for_load_state()
    while not visits.count():
        page.get_by_role("link", name="Jour suivant").click()
        page.wait_for_load_state()
    visits.first.click()
    page.wait_for_url("**rdv=**")
    walk.look("20")
    page.get_by_role("link", name="Liste", exact=True).click()
    page.wait_for_url("**vue=liste**")
    walk.look("20")
    page.locator("#fiche").get_by_role("link", name="Annuler").click()
    walk.look("Annuler le rendez-vous d")
    page.get_by_role("link", name="Le garder").click()
    page.locator("#fiche").get_by_role("button", name="Arrivé").click()
    expect(page.get_by_role("button", name="Défaire")).to_be_visible()
    walk.look("20")
    page.get_by_role("button", name="Défaire").click()
    page.get_by_role("link", name="Feuille du jour").click()
    page.wait_for_url("**/feuille/")
    walk.look("20")
    page.goto(demo.url("pauillac", "/agent/rendez-vous/nouveau/"))
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_role("alert")).to_be_focused()
    walk.look("Nouveau rendez-vous")
    page.get_by_label("Nom et prénom").fill("Odile Larrieu")
    page.get_by_role("textbox", name="Téléphone").fill("05 56 59 17 17")
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    walk.look("Rendez-vous confirmé")

    assert walk.problems == []


def test_everybody_can_read_it_in_english(open_page, demo):
    page = open_page()
    walk = Walk(page)
    page.goto(demo.url("pauillac"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_be_attached()
    walk.look("Hello")
    page.goto(demo.url("pauillac", "/rendez-vous/carte-identite/"))
    walk.look("Identity card")

    assert walk.problems == []


def problems_of(page: Page, source: str) -> list[str]:
    """Say what somebody could not use on this page, in words."""
    try:
        html5lib.HTMLParser(strict=True).parse(source)
    except html5lib.html5parser.ParseError as fault:
        return [f"HTML: {fault}"]
    problems = [f"not once: {each}" for each in ONCE if page.locator(each).count() != 1]
    page.evaluate(AXE)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        width = size["width"]
        problems += [f"axe {width}: {each}" for each in page.evaluate(RUN, RULES)]
        problems += [f"target {width}: {each}" for each in page.evaluate(SMALL)]
    problems += zoomed(page)
    if page.evaluate(MOVING):
        problems.append("something moves with reduced motion")
    return problems


def zoomed(page: Page) -> list[str]:
    """Zoom to 400 %, text at 200 %, wide spacing: nothing overflows, nothing is cut."""
    problems = []
    page.set_viewport_size({"width": 320, "height": 256})
    if not page.evaluate(NO_SIDEWAYS):
        problems.append("sideways scrolling at 400 %")
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if not page.evaluate(NO_SIDEWAYS):
        problems.append("sideways scrolling with text at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(SPACING)
    if not page.evaluate(NO_SIDEWAYS):
        problems.append("sideways scrolling with wide spacing")
    problems += [f"cut with wide spacing: {each}" for each in page.evaluate(CUT)]
    page.evaluate(PLAIN)
    return problems


@pytest.mark.parametrize("host", ["pauillac", "connexion", ""])
def test_the_skip_link_is_first_and_works(page, demo, host):
    page.goto(demo.url(host))
    page.keyboard.press("Tab")

    assert page.locator(":focus").inner_text() == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_focus_can_be_seen(page, demo):
    page.goto(demo.url("pauillac", "/mon-rendez-vous/retrouver/"))
    target = page.locator("main input:not([type=hidden])").first
    box = target.bounding_box()
    clip = {
        "x": box["x"] - 6,
        "y": box["y"] - 6,
        "width": box["width"] + 12,
        "height": box["height"] + 12,
    }
    before = page.screenshot(clip=clip)

    target.focus()

    assert page.screenshot(clip=clip) != before
