"""A report written in a dead zone leaves once, and a telephone shows what it is told."""

import re
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import FLAGS, new_context
from tests.journeys.test_reporting import choose, photo, send
from tests.journeys.walks import heading


READY = "navigator.serviceWorker.ready.then(worker => worker.active.state)"
SHOWN = """() => navigator.serviceWorker.ready.then(worker => worker.getNotifications())
  .then(all => all.map(each => [each.title, each.body, each.data.address]))"""
TOLD = (
    '{"web_push": 8030, "notification": {"title": "Mairie de Pauillac",'
    ' "body": "Nid-de-poule : pris en charge", "navigate": "/signalements/"}}'
)


CHROMIUM = shutil.which("chromium")  # the one without windows shows no notification


@pytest.mark.console("ERR_INTERNET_DISCONNECTED")
def test_a_report_without_network_leaves_once(open_page, demo):
    page = open_page(service_workers="allow")
    context = page.context
    page.goto(demo.url("pauillac"))
    page.evaluate(READY)
    page.reload()

    context.set_offline(True)
    page.goto(demo.url("pauillac", "/pieces/"))
    heading(page, "Vous êtes hors ligne")
    page.goto(demo.url("pauillac", "/signaler/"))
    heading(page, "Signaler un problème")
    choose(page)
    page.get_by_label("Adresse ou repère").fill("Quai sans réseau")
    page.locator("[data-gallery]").set_input_files(photo())
    send(page)
    expect(page.get_by_text("1 signalement en attente de réseau")).to_be_visible()

    page.get_by_role("link", name="Modifier").click()
    expect(page.locator("[data-previews] img")).to_have_count(1)
    page.get_by_label("Adresse ou repère").fill("Quai sans réseau, au bout")
    send(page)
    expect(page.locator("[data-about]").first).to_contain_text("au bout")

    posts = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    context.set_offline(False)
    heading(page, "Merci, c’est envoyé")
    assert re.fullmatch(r"/suivi/[^/]+/", urlsplit(page.url).path)
    assert posts == [demo.url("pauillac", "/signaler/")]
    page.goto(demo.url("pauillac"))
    expect(page.locator("[data-queue]")).to_be_hidden()


@pytest.mark.skipif(CHROMIUM is None, reason="no whole Chromium here: apt install chromium")
def test_a_telephone_shows_what_it_is_told(browser, demo):
    whole = browser.browser_type.launch(executable_path=CHROMIUM, args=FLAGS)
    context = new_context(whole, service_workers="allow", permissions=["notifications"])
    page = context.new_page()
    page.goto(demo.url("pauillac"))
    page.evaluate(READY)

    deliver(page, demo)

    page.wait_for_timeout(500)
    shown = page.evaluate(SHOWN)
    whole.close()
    assert shown == [["Mairie de Pauillac", "Nid-de-poule : pris en charge", "/signalements/"]]


def deliver(page, demo) -> None:
    """Hand a notification to the worker, as the browser does when a push service sends one."""
    seen: list[dict[str, str]] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: seen.extend(event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": demo.url("pauillac", "").rstrip("/"),
            "registrationId": seen[-1]["registrationId"],
            "data": TOLD,
        },
    )
