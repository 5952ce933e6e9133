"""Logging in with a real browser: with and without JavaScript, with an application and a key."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PASSWORD, log_in, new_context, watch


AGENT = "agent@pauillac.demo.parvis.test"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code_of(secret: str) -> str:
    """Compute what the application on the telephone shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def test_an_agent_comes_and_goes_without_javascript(bare_page, demo):
    bare_page.goto(demo.url("pauillac", "/agent/"))
    bare_page.get_by_label("Adresse de courriel").fill(AGENT)
    bare_page.get_by_label("Mot de passe").fill(PASSWORD)
    bare_page.get_by_role("button", name="Se connecter").click()
    bare_page.get_by_role("button", name="Continuer").click()
    bare_page.wait_for_url("**//pauillac.localhost**/agent/**")

    cookies = {
        cookie["name"]: cookie
        for cookie in bare_page.context.cookies()
        if cookie["domain"] == "pauillac.localhost"
    }
    assert cookies["__Host-sid"]["secure"]
    assert cookies["__Host-sid"]["httpOnly"]

    bare_page.locator("header summary").last.click()
    bare_page.get_by_role("button", name="Se déconnecter").click()
    bare_page.goto(demo.url("pauillac", "/agent/"))
    expect(bare_page.get_by_role("button", name="Continuer")).to_be_visible()


def test_an_administrator_adds_an_application_and_a_key(browser, demo, faults):
    context = new_context(browser, viewport=DESK)
    page = context.new_page()
    watch(page, faults)
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    log_in(page, demo, "arcachon", "admin@arcachon.demo.parvis.test")

    page.goto(demo.url("connexion", "/compte/second-facteur/application/"))
    secret = page.locator("[data-copy]").get_attribute("data-copy")
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Activer").click()
    expect(page.locator("code")).to_have_count(10)

    page.goto(demo.url("connexion", "/compte/second-facteur/cles/ajouter/"))
    page.get_by_label("sans mot de passe").check()
    page.get_by_role("button", name="Ajouter cette clé").click()
    expect(page.get_by_text("La clé est ajoutée.")).to_be_visible()

    page.goto(demo.url("connexion", "/deconnexion/"))
    page.locator("main").get_by_role("button", name="Se déconnecter de partout").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**//arcachon.localhost**")
    context.close()
