"""How a commune's pages are found: sitemap, cards, data for search engines, words, posters."""

import json
import re
from datetime import time
from io import BytesIO

import html5lib
import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from PIL import Image

from booking.models import Service
from incidents.models import Report
from tenants.hosts import URLCONFS, forget_hosts
from tenants.models import Commune
from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory
from tests.incidents.factories import report
from website import links, schema
from website.models import ShortLink
from website.words import as_word, words_of


SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINKS = "/agent/commune/liens/"
ORIGIN = "http://pauillac.localhost:8000"
pytestmark = pytest.mark.django_db


@pytest.fixture
def card():
    service = ServiceFactory(
        slug="carte-identite", name="Carte d’identité", text="Première demande <ou> suite", pk=901
    )
    OpeningFactory(resources=[ResourceFactory(services=[service])])
    return service


@pytest.fixture
def browser(commune):
    return StaffClient(commune)


@pytest.fixture
def admin(commune, make_user):
    return login_as(
        StaffClient(commune), make_user("admin", commune=commune), site=commune.schema_name
    )


def head_of(answer):
    return html5lib.parse(answer.content, namespaceHTMLElements=False).find("head")


def metas(answer):
    return {
        each.get("property") or each.get("name"): each.get("content")
        for each in head_of(answer).iter("meta")
    }


def locations(answer):
    return [each.text for each in fromstring(answer.content).iter(f"{SITEMAP}loc")]


def published():
    """Receive a report that everybody may read."""
    made = report()
    Report.objects.filter(pk=made.pk).update(visibility="public")
    return made


class TestSitemap:
    def test_every_address_of_it_answers_and_names_the_commune(self, browser, card):
        hole = published()

        found = locations(browser.get("/sitemap.xml"))

        assert all(each.startswith(f"{ORIGIN}/") for each in found)
        paths = [each.removeprefix(ORIGIN) for each in found]
        assert {"/", "/signaler/", "/rendez-vous/carte-identite/"} <= set(paths)
        assert f"/signalements/{hole.reference}/" in paths
        assert len(paths) == len(set(paths))
        assert [path for path in paths if browser.get(path).status_code != 200] == []

    def test_it_costs_the_same_for_one_and_for_many(self, browser, card):
        asked = []
        for most in (1, 5):
            for _n in range(most):
                published()
                ServiceFactory()
            browser.get("/sitemap.xml")
            with CaptureQueriesContext(connection) as queries:
                browser.get("/sitemap.xml")
            asked.append(len(queries))

        assert asked[0] == asked[1]

    def test_robots_are_told_where_it_is(self, browser, host_client):
        assert "Sitemap: http://pauillac.localhost" in browser.get("/robots.txt").content.decode()
        portal = host_client("localhost")
        assert "Sitemap: " in portal.get("/robots.txt").content.decode()
        assert "http://localhost:8000/" in locations(portal.get("/sitemap.xml"))

    def test_a_commune_that_is_not_open_has_none(self, browser, commune, card):
        with owner():
            Commune.objects.filter(pk=commune.pk).update(state="configuring")
        forget_hosts()

        assert browser.get("/sitemap.xml").status_code in {404, 503}
        assert b"og:title" not in browser.get("/").content


class TestCards:
    @pytest.mark.parametrize(
        "path", ["/", "/rendez-vous/", "/rendez-vous/carte-identite/?persons=2", "/signaler/"]
    )
    def test_a_link_to_a_page_shows_its_title_its_text_and_a_picture(self, browser, card, path):
        answer = browser.get(path)
        told, head = metas(answer), head_of(answer)

        assert told["og:title"] == head.find("title").text
        assert told["og:url"] == f"{ORIGIN}{path.partition('?')[0]}"
        assert told["og:description"] == told["description"]
        canonical = [each for each in head.iter("link") if each.get("rel") == "canonical"]
        assert [each.get("href") for each in canonical] == [told["og:url"]]
        drawn = browser.get(told["og:image"].removeprefix(ORIGIN))
        assert drawn["Content-Type"] == "image/png"
        assert Image.open(BytesIO(drawn.content)).size == (1200, 630)
        assert "public" in drawn["Cache-Control"]

    def test_the_page_of_an_appointment_is_not_shown_around(self, browser, card):
        assert "og:url" not in metas(browser.get("/mon-rendez-vous/retrouver/"))

    def test_the_portal_has_its_own(self, host_client):
        assert metas(host_client("localhost").get("/"))["og:url"] == "http://localhost:8000/"


def data_of(answer):
    """Read the data that search engines read, as a browser would part them from scripts."""
    found = [
        each
        for each in html5lib.parse(answer.content, namespaceHTMLElements=False).iter("script")
        if each.get("type") == "application/ld+json"
    ]
    return [json.loads(each.text) for each in found]


class TestData:
    def test_the_home_page_describes_the_town_hall(self, browser, commune, card):
        [told] = data_of(browser.get("/"))

        assert (told["@context"], told["@type"]) == ("https://schema.org", "GovernmentOffice")
        assert told["name"] == "Mairie de Pauillac"
        assert told["areaServed"]["identifier"] == "33314"

    def test_the_page_of_a_service_describes_it_and_nothing_can_end_the_block(self, browser, card):
        Service.objects.filter(pk=card.pk).update(text="</script><script>alert(1)</script>")

        answer = browser.get("/rendez-vous/carte-identite/")
        [told] = data_of(answer)

        assert told["@type"] == "GovernmentService"
        assert told["description"] == "</script><script>alert(1)</script>"
        assert b"<script>alert" not in answer.content
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"]

    def test_what_is_unknown_is_not_told(self):
        bare = schema.Office(url="https://x.fr/", name="Mairie", commune="X", insee_code="33000")

        assert set(schema.office(bare, {})) == {
            "@context", "@type", "@id", "name", "url", "areaServed",
        }  # fmt: skip
        assert "telephone" not in json.dumps(
            schema.service(bare, name="Acte", text="", url="https://x.fr/a")
        )

    def test_hours_and_address_are_in_parts(self):
        one = schema.Office(
            "https://x.fr/", "Mairie", "X", "33000", address="1 place A\n33250 Pauillac"
        )
        told = schema.office(one, {0: [(time(9), time(12, 30))]})

        assert told["openingHoursSpecification"][0]["dayOfWeek"].endswith("/Monday")
        assert told["openingHoursSpecification"][0]["closes"] == "12:30"
        assert told["address"]["postalCode"] == "33250"
        assert schema.address("Le bourg")["streetAddress"] == "Le bourg"


class TestWords:
    def test_usual_words_go_to_the_oldest_and_nobody_has_two(self):
        told = [(1, "cni", "CNI"), (2, "cni-mineur", "CNI"), (3, "passeport", ""),
                (4, "passeports", "PASSPORT")]  # fmt: skip

        assert words_of(told, {}, {}) == {
            1: "cni", 2: "cni-mineur", 3: "passeport", 4: "passeports",
        }  # fmt: skip
        assert words_of(told[:1], {}, {"cni": 9}) == {1: "cni-1"}
        assert words_of(told[:1], {9: "cni", 8: "cni-1"}, {})[1] == "1-2"  # never without a word

    @pytest.mark.parametrize(
        ("typed", "word"),
        [("Carte d’identité", "carte-d-identite"), ("  CNI ", "cni"), ("Œuvre", "oeuvre"),
         ("💥", ""), ("a" * 60, "a" * 40), ("../x", "x")],
    )  # fmt: skip
    def test_what_is_typed_becomes_a_word(self, typed, word):
        assert as_word(typed) == word

    @pytest.mark.parametrize("path", ["/cni", "/cni/", "/CNI", "/r/cni"])
    def test_a_word_leads_to_its_service(self, browser, card, path):
        answer = browser.get(f"{path}?persons=2")

        assert answer.status_code == 302
        assert answer["Location"] == "/rendez-vous/carte-identite/?persons=2"

    def test_pages_of_ours_keep_their_names(self, browser, card):
        assert browser.get("/signalements?etat=x")["Location"] == "/signalements/?etat=x"
        assert browser.get("/agent").status_code == 301
        assert browser.get("/nulle-part").status_code == 404
        assert browser.get("/nulle-part/").status_code == 404
        assert browser.post("/cni").status_code == 405

    def test_short_addresses_come_after_every_page(self):
        last = get_resolver(URLCONFS["commune"]).url_patterns[-1]

        assert last.urlconf_name.__name__ == "website.urls"

    def test_a_word_that_is_a_page_leads_there_by_another_way(self, browser, card):
        links.rename(service=card, typed="Signalements")

        assert links.link_of(f"motif-{card.pk}").short == "/r/signalements"
        assert browser.get("/r/signalements")["Location"] == "/rendez-vous/carte-identite/"
        assert browser.get("/signalements/").status_code == 200

    def test_earlier_words_go_on_leading_there(self, browser, card):
        for word in ("carte", "identite", "carte"):
            links.rename(service=card, typed=word)

        assert links.link_of(f"motif-{card.pk}").short == "/carte"
        assert {each.word for each in ShortLink.objects.all()} == {"cni", "carte", "identite"}
        for word in ("cni", "carte", "identite"):
            assert browser.get(f"/{word}").status_code == 302

    def test_a_word_of_another_service_is_refused_even_an_earlier_one(self, card):
        other = ServiceFactory(slug="passeport", name="Passeport", titles="PASSPORT")
        links.rename(service=card, typed="carte")

        for word in ("carte", "cni"):
            with pytest.raises(links.WordTaken):
                links.rename(service=other, typed=word)
        with pytest.raises(links.NotAWord):
            links.rename(service=other, typed="é!")

    def test_what_is_no_longer_booked_online_leads_to_what_is(self, browser, card):
        Service.objects.filter(pk=card.pk).update(is_online=False)

        assert browser.get("/cni")["Location"] == "/rendez-vous/"


class TestSettings:
    def test_the_list_shows_addresses_and_costs_the_same(self, admin, card):
        asked = []
        for most in (1, 6):
            for _n in range(most):
                ServiceFactory()
            admin.get(LINKS)
            with CaptureQueriesContext(connection) as queries:
                page = admin.get(LINKS).content.decode()
            asked.append(len(queries))

        assert f"{ORIGIN}/cni" in page
        assert f"{ORIGIN}/signaler" in page
        assert asked[0] == asked[1]

    def test_a_word_is_changed_and_what_is_wrong_is_kept(self, admin, card):
        where = f"{LINKS}motif-{card.pk}/"

        assert admin.get(where).status_code == 200
        wrong = admin.post(where, {"word": "?!\x00"})
        assert wrong.status_code == 422
        refused = admin.post(where, {"word": "é"})
        assert refused.status_code == 422
        assert "2 à 40" in refused.content.decode()
        assert admin.post(where, {"word": "Ma carte"}).status_code == 302
        assert f"{ORIGIN}/ma-carte" in admin.get(LINKS).content.decode()
        assert admin.get(f"{LINKS}signaler/").status_code == 404

    @pytest.mark.parametrize(
        ("key", "query", "box"),
        [
            ("site", "taille=A0&langue=zz", b"595.28 841.89"),
            ("motif-901", "taille=a5&langue=en", b"419.53 595.28"),
        ],
    )
    def test_a_poster_is_one_page_of_its_paper(self, admin, card, query, box, key):
        answer = admin.get(f"{LINKS}{key}/affiche.pdf?{query}")

        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert answer.content.count(b"/Type /Page\n") == 1
        assert re.search(rb"/MediaBox \[0 0 ([\d. ]+)\]", answer.content)[1] == box

    def test_a_link_is_prepared_with_answers(self, admin, card):
        bare = admin.get(f"{LINKS}preparer/")
        asked = admin.get(f"{LINKS}preparer/?motif=carte-identite&persons=2&motive=renewal")

        assert bare.status_code == 200
        page = asked.content.decode()
        assert f"{ORIGIN}/rendez-vous/carte-identite/?persons=2" in page
        assert f"{ORIGIN}/rendez-vous/carte-identite/creneaux/?persons=2" in page
        for wrong in ("motif=x", "motif=carte-identite&persons=999", "motif=%00&persons=%00"):
            assert admin.get(f"{LINKS}preparer/?{wrong}").status_code == 200
