"""Every message has its English, French knows its plurals, and no page mixes both languages."""

import re
import shutil
import subprocess
from copy import deepcopy
from datetime import timedelta

import html5lib
import polib
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from booking import actions
from booking.models import Appointment, Resource, Service
from booking.presets import USUAL
from onboarding.models import Onboarding
from onboarding.stages import Module, Stage
from parvis import catalogue
from parvis.models import OutgoingEmail
from tenants.hosts import URLCONFS
from tests.conftest import login_as, owner
from tests.factories import TUESDAY_NINE, AppointmentFactory


ENGLISH = catalogue.LOCALE / catalogue.ENGLISH
NAMES = re.compile(  # proper nouns, written in French everywhere
    r"Association des maires de Gironde|place de la Mairie|Défenseur des droits|La Poste"
    r"|Licence Ouverte|Français|\bMairie\b|Guichet \d|Justif’Adresse|Justificatif"
)
FRENCH = re.compile(
    r"(?i)\b(?:le|la|les|des|du|une|au|aux|dans|que|qui|vous|votre|vos|nous|pour|par|avec|sans"
    r"|sur|est|sont|pas|mairie|rendez-vous|aucune?|jours?|heures?|créneaux?|pièces?|démarches?"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|mai|juin"
    r"|juillet|août|septembre|octobre|novembre|décembre|guichets?|fermé|accueil|annuler|retour"
    r"|suivante?|précédente?|oui|non|nom|courriel|téléphone|équipe|connexion|personnes)\b"
    r"|%%|[«»]|[\u00a0\u202f][;:!?%]|\d[\u00a0 ]h\b"
)
SPOKEN = ("aria-label", "alt", "title", "placeholder", "content", "data-confirm")
SILENT = ("script", "style", "svg:path")
USUAL_NAME = re.compile(r"[\w-]+\.localhost(?::\d+)?|https?://\S+|[\w.+-]+@[\w.-]+")


@pytest.fixture(scope="module")
def english():
    return polib.pofile(str(ENGLISH))


def test_every_message_is_well_set_in_french_and_translated(english):
    assert catalogue.faults(english) == []


def test_no_message_replaces_one_of_django_or_allauth(english):
    assert catalogue.borrowed(english) == []


def test_the_french_catalogue_is_the_derived_one(english):
    committed = polib.pofile(str(catalogue.LOCALE / catalogue.FRENCH))

    assert [(entry.msgid, entry.msgstr_plural) for entry in committed] == [
        (entry.msgid, entry.msgstr_plural) for entry in catalogue.french(english)
    ]


def test_the_compiled_catalogues_are_fresh():
    assert catalogue.stale(catalogue.LOCALE) == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_the_catalogue_knows_every_message_of_the_sources():
    check = subprocess.run(
        [settings.ROOT / "platform" / "bin" / "messages", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Un oubli\u00a0? Appelez.", None),
        ("Un oubli ? Appelez.", "; ! ?"),
        ("Un oubli? Appelez.", "; ! ?"),
        ("Attention\u00a0: fermé", None),
        ("Attention : fermé", "colon"),
        ("Attention: fermé", "colon"),
        ("voir http://mairie.fr\u00a0; à 10:30", None),
        ("«\u00a0ici\u00a0»", None),
        ("« ici »", "« »"),
        ("l'heure", "apostrophe"),
        ("Envoi...", "dots"),
        ("400\u00a0%%", None),
        ("400 %%", "%"),
    ],
)
def test_french_typography_is_checked(text, fault):
    found = catalogue.french_faults(text)

    assert (fault is None and found == []) or (fault and fault in " ".join(found))


def test_placeholders_and_french_left_in_english_are_noticed():
    entries = polib.POFile()
    for msgid, msgstr in (
        ("Jusqu’à %(hour)s", "Until %(time)s"),
        ("Le créneau", "Le slot"),
        ("Oublié", ""),
    ):
        entries.append(polib.POEntry(msgid=msgid, msgstr=msgstr))

    found = " ".join(catalogue.faults(entries))

    assert "placeholders differ" in found
    assert "French words: 'Le slot'" in found
    assert "no English: 'Oublié'" in found


def test_zero_is_singular_in_french_and_plural_in_english():
    with translation.override("fr"):
        assert translation.ngettext("%(n)s personne", "%(n)s personnes", 0) == "%(n)s personne"
    with translation.override("en"):
        assert translation.ngettext("%(n)s personne", "%(n)s personnes", 0) == "%(n)s people"


def heard(html):
    """Yield the texts and the spoken attributes of a page, but what says that it is French."""
    page = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)

    def walk(element):
        if element.get("lang", "en") != "en" or element.tag in SILENT:
            return
        for name in SPOKEN:
            if element.get(name):
                yield element.get(name)
        if element.text:
            yield element.text
        for child in element:
            yield from walk(child)
            if child.tail:
                yield child.tail

    yield from walk(page)


def french_in(html):
    texts = (USUAL_NAME.sub("", NAMES.sub("", text)) for text in heard(html))
    return sorted({" ".join(text.split()) for text in texts if FRENCH.search(text)})


def test_french_is_heard_where_it_is_not_announced():
    page = '<p lang="fr">Votre avis</p><p>Your <b aria-label="créneau">slot</b> votre %(n)s</p>'

    assert french_in(page) == ["créneau", "votre %(n)s"]


class Reader(Client):
    """A browser that asks for English; once answered, the test is where it was."""

    def __init__(self, host):
        super().__init__(headers={"host": host, "accept-language": "en"})

    def request(self, **request):
        here = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(here)


@pytest.fixture
def town_hall(commune):
    """What Pauillac offers, and its place in the association's figures."""
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")
    with owner():
        type(commune).objects.filter(pk=commune.pk).update(station_count=2)
        Onboarding.objects.create(
            commune=commune,
            module=Module.BOOKING,
            stage=Stage.LIVE,
            since=timezone.now() - timedelta(days=40),
        )
    return commune


def read(client, *paths):
    """Get pages that exist, and list the French in each."""
    found = {}
    for path in paths:
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        assert '<html lang="en"' in answer.text, path
        if texts := french_in(answer.text):
            found[path] = texts
    return found


@pytest.mark.django_db
def test_the_pages_of_the_portal_are_english():
    portal = Reader("localhost")

    found = read(
        portal,
        *("/", "/?q=33250", "/?q=xyzzy", "/accessibilite/", "/mentions-legales/"),
        "/confidentialite/",
    )

    assert found == {}


@pytest.mark.django_db
def test_the_journey_of_a_citizen_is_english(town_hall):
    citizen = Reader("pauillac.localhost")
    service = "/rendez-vous/carte-identite/"
    found = read(
        citizen,
        *("/", "/rendez-vous/", service, "/pieces/carte-identite/", f"{service}creneaux/"),
        *("/mon-rendez-vous/retrouver/", "/accessibilite/", "/mentions-legales/"),
        "/confidentialite/",
    )

    slots = citizen.get(f"{service}creneaux/").text
    slot = re.search(r'name="slot" value="([^"]+)"', slots)[1]
    citizen.post(f"{service}creneaux/", {"slot": slot})
    found |= read(citizen, "/rendez-vous/coordonnees/")
    wrong = citizen.post("/rendez-vous/coordonnees/", {"name": "", "email": "x"})
    typed = {"name": "Jeanne Dupuy", "email": "jeanne@example.org", "phone": ""}
    citizen.post("/rendez-vous/coordonnees/", typed)
    found |= read(citizen, "/rendez-vous/verification/")
    citizen.post("/rendez-vous/verification/")
    found |= read(
        citizen, "/rendez-vous/confirme/", "/mon-rendez-vous/", "/mon-rendez-vous/annulation/"
    )
    citizen.post("/mon-rendez-vous/annulation/")
    found |= read(citizen, "/mon-rendez-vous/")

    assert Appointment.objects.get().language == "en"
    assert french_in(wrong.text) == []
    assert found == {}
    for email in OutgoingEmail.objects.all():
        assert french_in(f"{email.subject}\n{email.body}") == [], email.subject
        assert french_in(email.html) == [], email.subject


@pytest.mark.django_db
def test_the_pages_of_the_counter_are_english(town_hall, make_user):
    agent = login_as(
        Reader("pauillac.localhost"),
        make_user("booking_agent", commune=town_hall, language="en"),
        site=town_hall.schema_name,
    )
    new = "/agent/rendez-vous/nouveau/"
    found = read(agent, "/agent/", "/agent/?vue=liste", new, "/agent/recherche/?q=xyzzy")

    form = agent.post(new, {"name": "", "start": "x"})
    visit = AppointmentFactory(
        resource=Resource.objects.first(), service=Service.objects.get(slug="carte-identite")
    )
    day, file = f"/agent/jour/{TUESDAY_NINE:%Y-%m-%d}/", f"/agent/rendez-vous/{visit.reference}/"
    found |= read(
        agent,
        *(day, f"{day}?vue=liste", f"{day}?rdv={visit.reference}", f"{day}feuille/"),
        *(file, f"{file}annulation/"),
    )
    for move in ("arrivee", "reception", "remise", "absence", "remise", "annulation"):
        said = agent.post(f"{file}{move}/", follow=True).text
        found |= {move: texts} if (texts := french_in(said)) else {}
    found |= read(agent, f"{day}?rdv={visit.reference}")

    assert french_in(form.text) == []
    assert found == {}


@pytest.mark.django_db
def test_the_pages_of_the_association_are_english(town_hall, association, make_user):
    stranger = Reader("gironde.localhost")
    found = {f"public {path}": texts for path, texts in read(stranger, "/").items()}
    director = login_as(
        Reader("gironde.localhost"),
        make_user("director", language="en"),
        site=f"association:{association.pk}",
    )

    pages = ("adoption:dashboard", "communes", "adoption:definitions")
    found |= read(director, *(reverse(name, urlconf=URLCONFS["association"]) for name in pages))
    card = reverse("commune_card", urlconf=URLCONFS["association"], args=["33314"])
    found |= read(director, card)

    assert found == {}


@pytest.mark.django_db
def test_the_pages_of_the_login_are_english(make_user, commune):
    visitor = Reader("connexion.localhost")
    names = ("account_login", "account_signup", "account_reset_password")
    found = read(visitor, *(reverse(name, urlconf=URLCONFS["login"]) for name in names))
    admin = login_as(
        Reader("connexion.localhost"),
        make_user("booking_agent", commune=commune, language="en"),
        site="login",
    )

    names = ("places", "account", "account_email", "mfa_index", "usersessions_list")
    found |= read(admin, *(reverse(name, urlconf=URLCONFS["login"]) for name in names))

    assert found == {}


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["pauillac.localhost", "gironde.localhost", "inconnue.localhost"])
def test_a_page_that_does_not_exist_says_so_in_english(host):
    answer = Reader(host).get("/nulle-part/")

    assert answer.status_code == 404
    assert french_in(answer.text) == []


@pytest.mark.django_db
def test_the_choice_of_a_language_lasts_until_the_next_choice(town_hall):
    browser = Client(headers={"host": "pauillac.localhost", "accept-language": "de"})
    seen = [browser.get("/").text]
    for language in ("en", "fr"):
        answer = browser.post("/langue/", {"language": language, "next": "/rendez-vous/"})
        assert answer.url == "/rendez-vous/"
        browser.cookies.update(deepcopy(answer.cookies))
        seen.append(browser.get("/").text)

    french, english, again = seen
    assert "Prendre rendez-vous" in french
    assert "Book an appointment" in english
    assert "Prendre rendez-vous" in again
