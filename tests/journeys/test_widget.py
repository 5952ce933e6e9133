"""The site of a town hall shows Parvis: a frame as high as it needs, a badge, no cookie."""

from playwright.sync_api import expect


def test_a_town_halls_own_site_shows_the_widget(page, demo):
    page.goto(demo.url("", "/demo/mairie/"))

    frame = page.frame_locator('iframe[title="Prendre rendez-vous"]')
    first = frame.get_by_role("link", name="Carte d’identité").first
    expect(first).to_be_visible()
    page.wait_for_function(
        """() => {
            const frame = document.querySelector("iframe");
            return frame.style.height && parseInt(frame.style.height) > 320;
        }"""
    )
    inner = page.frames[1]
    assert inner.evaluate(
        "document.documentElement.scrollHeight <= document.documentElement.clientHeight + 1"
    )
    assert page.context.cookies() == []
    expect(page.get_by_role("link", name="Prochain créneau")).to_be_visible()

    first.focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    new = opened.value
    new.wait_for_load_state()
    assert new.url.startswith(demo.url("pauillac", "/rendez-vous/carte-identite"))
