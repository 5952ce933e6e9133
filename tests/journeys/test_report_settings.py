"""An administrator sets reports up; a citizen then reads who takes care, at her pin."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import walks


ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")
HOME = "/agent/signalements/reglages/"
PLACE = ("45.2", "-0.75")
SAID = "Les bornes du port : le syndicat du port."


@pytest.mark.console("503")  # no pictures of the map without network
def test_from_a_pack_to_what_the_citizen_reads(open_page, demo):
    page = open_page(ADMIN)
    page.goto(demo.url("pauillac", "/agent/signalements/"))
    page.get_by_role("link", name="Réglages").click()
    walks.heading(page, "Réglages des signalements")

    page.get_by_role("link", name=re.compile("^Catégories")).click()
    page.get_by_role("link", name="Ajouter un lot").click()
    page.get_by_role("link", name=re.compile("Littoral")).click()
    expect(page.get_by_text("Accès à la plage abîmé")).to_be_visible()
    page.get_by_role("button", name="Ajouter ce lot").click()
    expect(page.get_by_text("Lot installé : Littoral")).to_be_visible()

    page.get_by_role("link", name="Ajouter une catégorie").click()
    page.get_by_label("Nom, tel que le citoyen le lit").fill("Borne du port en panne")
    page.get_by_label("Groupe", exact=True).fill("Plage et littoral")
    page.get_by_label("Délai annoncé").fill("2")
    page.get_by_label("Délai annoncé").blur()
    expect(page.get_by_text("serait promis avant le")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Catégorie ajoutée : Borne du port en panne")).to_be_visible()

    page.goto(demo.url("pauillac", f"{HOME}responsables/nouveau/"))
    page.get_by_label("Nom, tel que le citoyen le lit").fill("Syndicat du port")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Responsable ajouté : Syndicat du port")).to_be_visible()

    page.goto(demo.url("pauillac", f"{HOME}regles/nouvelle/"))
    page.get_by_label(re.compile(r"^Pour\b")).select_option(label="Borne du port en panne")
    page.get_by_label("C’est l’affaire de").select_option(label="Syndicat du port")
    page.get_by_label("Dit au citoyen").fill(SAID)
    page.get_by_label("Place dans la table").select_option(index=1)
    page.get_by_role("button", name="Rejouer").click()
    expect(page.get_by_text("Aucun n’aurait changé de mains.")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Règle ajoutée : Borne du port en panne")).to_be_visible()

    page.get_by_role("link", name="Essayer").click()
    page.get_by_label("Catégorie").select_option(label="Borne du port en panne")
    page.get_by_label("Latitude").fill(PLACE[0])
    page.get_by_label("Longitude").fill(PLACE[1])
    page.get_by_role("button", name="Essayer").click()
    expect(page.get_by_text("Règle 1 : Syndicat du port")).to_be_visible()
    expect(page.get_by_text(SAID)).to_be_visible()

    where = {"latitude": float(PLACE[0]), "longitude": float(PLACE[1])}
    citizen = open_page(geolocation=where, permissions=["geolocation"])
    citizen.goto(demo.url("pauillac", "/signaler/?categorie=borne-du-port-en-panne"))
    citizen.get_by_role("button", name="Ma position").click()
    expect(citizen.get_by_text(SAID)).to_be_visible()

    for _change in range(4):  # the rule, the body, the category, the pack
        page.goto(demo.url("pauillac", HOME))
        page.get_by_role("button", name=re.compile("^Annuler")).first.click()
        expect(page.get_by_text(re.compile("^Annulé"))).to_be_visible()
