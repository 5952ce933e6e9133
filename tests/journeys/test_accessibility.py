"""What axe finds and what it does not: reflow, spacing, targets, motion, HTML, titles."""

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import DESK, PHONE, foreign, log_in, new_context, watch


# host, path, who looks
PAGES = [
    ("", "/", None),
    ("", "/?q=st+emil", None),
    ("pauillac", "/", None),
    ("pauillac", "/rendez-vous/", None),
    ("pauillac", "/rendez-vous/carte-identite/", None),
    ("pauillac", "/rendez-vous/carte-identite/creneaux/", None),
    ("pauillac", "/mon-rendez-vous/retrouver/", None),
    ("pauillac", "/accessibilite/", None),
    ("pauillac", "/mentions-legales/", None),
    ("pauillac", "/confidentialite/", None),
    ("pauillac", "/nulle-part/", None),
    ("pauillac", "/demo/outbox/", None),
    ("pauillac", "/ui/", None),
    ("gironde", "/", None),
    ("connexion", "/", None),
    ("inconnue", "/", None),
    ("pauillac", "/agent/", "agent@pauillac.demo.parvis.test"),
    ("pauillac", "/agent/?vue=liste", "agent@pauillac.demo.parvis.test"),
    ("pauillac", "/agent/rendez-vous/nouveau/", "agent@pauillac.demo.parvis.test"),
    ("gironde", "/", "association@demo.parvis.test"),
    ("gironde", "/communes/", "association@demo.parvis.test"),
    ("gironde", "/mesures/", "association@demo.parvis.test"),
]
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
  .filter(e => { const box = (e.closest('label') || e).getBoundingClientRect();
    const row = e.id && document.querySelector(`label[for="${e.id}"]`)?.getBoundingClientRect();
    const [w, h] = [Math.max(box.width, row?.width || 0), Math.max(box.height, row?.height || 0)];
    return box.width > 2 && (w < 24 || h < 24) && getComputedStyle(e).display !== 'inline'; })
  .map(e => e.outerHTML.slice(0, 80))"""
MOVING = """Math.max(...[...document.querySelectorAll('*')].map(e => getComputedStyle(e))
  .flatMap(s => [s.transitionDuration, s.animationDuration]).map(parseFloat).filter(Boolean), 0)"""


@pytest.fixture(scope="session")
def readers(browser, demo):
    """One browser per person, logged in once; and what their consoles complained of."""
    kept = {}

    def reader(who):
        if who not in kept:
            context = new_context(browser, reduced_motion="reduce")
            page = context.new_page()
            seen = []
            watch(page, seen)
            foreign(page, seen)
            if who:
                host = (
                    "gironde" if who.startswith("association") else who.split("@")[1].split(".")[0]
                )
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

    expected = {"/nulle-part/": 404}.get(path, 404 if host == "inconnue" else 200)
    assert answer.status == expected
    html5lib.HTMLParser(strict=True).parse(answer.text())
    assert page.locator("h1").count() == 1
    assert page.locator("html[lang=fr]").count() == 1
    assert page.get_by_role("main").count() == 1
    if host == "pauillac":
        assert page.title().endswith("Mairie de Pauillac")
        assert "Accessibilité" in page.get_by_role("contentinfo").inner_text()
    problems = {}
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        if found.violations_count:
            problems[f"axe {size['width']}"] = found.generate_report()
        if small := page.evaluate(SMALL):
            problems[f"targets {size['width']}"] = small
    problems |= zoomed(page)
    if page.evaluate(MOVING):
        problems["motion"] = "something moves with reduced motion"
    assert problems == {}
    assert [line for line in seen if "404" not in line] == []


def zoomed(page):
    """Zoom to 400 %, text at 200 %, wide spacing: nothing overflows, nothing is cut."""
    problems = {}
    page.set_viewport_size({"width": 320, "height": 256})
    if not page.evaluate(NO_SIDEWAYS):
        problems["reflow"] = "sideways scrolling at 400 %"
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if not page.evaluate(NO_SIDEWAYS):
        problems["text"] = "sideways scrolling with text at 200 %"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(SPACING)
    if not page.evaluate(NO_SIDEWAYS) or page.evaluate(CUT):
        problems["spacing"] = page.evaluate(CUT) or "sideways scrolling"
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
