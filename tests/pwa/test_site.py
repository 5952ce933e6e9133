"""A commune's site as an application: its card, its icons, and what works without network."""

import json
import re
from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from incidents.models import Category
from parvis.theme import palette
from pwa import icons, shells
from tests.booking.settings_client import SettingsClient
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory
from tests.incidents.factories import category


pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r'(?:href|src|data-then)="((?:/static/|/theme\.css)[^"]*)"')


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def manifest(client):
    return lambda **options: client.get("/manifest.webmanifest", **options)


@pytest.fixture
def kept(client):
    """What the worker keeps."""

    def read() -> dict:
        text = client.get("/sw.js").content.decode()
        return json.loads(re.search(r"self\.PARVIS = (\{.*\});", text)[1])

    return read


class TestManifest:
    def test_it_describes_the_commune(self, manifest, commune):
        answer = manifest()
        card = answer.json()
        colours = palette(commune.brand_colour)

        assert answer["Content-Type"] == "application/manifest+json"
        assert (card["id"], card["scope"], card["display"]) == ("/", "/", "standalone")
        assert card["name"] == "Mairie de Pauillac"
        assert (card["theme_color"], card["background_color"]) == (colours.action, colours.tint)
        assert not answer.cookies

    def test_its_icons_are_as_large_as_it_says(self, manifest, client):
        card = manifest().json()

        assert {each["purpose"] for each in card["icons"]} == {"any", "maskable"}
        for each in card["icons"]:
            answer = client.get(each["src"])
            width, height = Image.open(BytesIO(answer.content)).size
            assert each["sizes"] == f"{width}x{height}"
            assert "max-age=31536000" in answer["Cache-Control"]

    def test_its_shortcuts_are_what_the_commune_offers(self, manifest):
        Category.objects.update(is_active=False)
        assert manifest().json()["shortcuts"] == []

        category()
        service = ServiceFactory(name="Carte", slug="carte")
        OpeningFactory(resources=[ResourceFactory(name="Guichet 1", services=[service])])
        shortcuts = manifest().json()["shortcuts"]
        assert [each["name"] for each in shortcuts] == ["Signaler", "Rendez-vous"]

    def test_it_speaks_english(self, manifest):
        assert manifest(headers={"accept-language": "en"}).json()["lang"] == "en"

    @pytest.mark.parametrize("name", ["plein-193", "rond-192", "masque-9999999999999999999999"])
    def test_other_icons_do_not_exist(self, client, name):
        assert client.get(f"/icones/{name}.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "letter"), [("Le Taillan", "T"), ("L’Étoile", "É"), ("Lacanau", "L"), ("", "P")]
)
def test_an_icon_shows_the_initial_of_the_name(name, letter):
    assert icons.initial(name) == letter


class TestWorker:
    def test_browsers_ask_each_time_whether_it_changed(self, client):
        answer = client.get("/sw.js")

        assert answer["Cache-Control"] == "no-cache"
        assert answer["Content-Type"].startswith("text/javascript")
        assert not answer.cookies

    def test_everything_it_keeps_exists(self, client, kept):
        """One that is missing, and the worker is never installed."""
        category()
        found = kept()

        assert len(found["pages"]) == 2
        for address in found["pages"]:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert not answer.cookies, address
            assert answer["X-Robots-Tag"] == "noindex"
        for address in found["files"]:
            if address.startswith("/static/"):
                assert finders.find(address.removeprefix("/static/")), address
            else:
                assert client.get(address).status_code == 200, address
        for name in shells.IN_WORKER:
            assert finders.find(name), name

    def test_it_keeps_every_file_that_its_pages_load(self, client, kept):
        category()
        found = kept()

        for address in found["pages"]:
            page = client.get(address).content.decode()
            loaded = {name for group in ADDRESS.findall(page) for name in group.split()}
            assert len(loaded) > 5
            assert loaded <= set(found["files"]), address

    def test_its_cache_changes_with_what_it_keeps(self, kept):
        before = kept()["cache"]
        assert kept()["cache"] == before

        category(code="tag", name="Tag")
        assert kept()["cache"] != before

    def test_its_pages_hold_no_token_and_name_nobody(self, client, kept):
        category()

        for address in kept()["pages"]:
            page = client.get(address).content.decode()
            assert "csrfmiddlewaretoken" not in page
            assert 'method="post" action="/langue/"' not in page

    def test_its_cost_does_not_grow(self, client, django_assert_max_num_queries):
        for number in range(12):
            category(code=f"c{number}", name=f"Sorte {number}")
        client.get("/sw.js")

        with django_assert_max_num_queries(6):
            client.get("/sw.js")


class TestPages:
    def test_only_pages_of_citizens_bring_the_worker(self, client, host_client):
        assert 'data-then="' in client.get("/").content.decode()
        assert 'data-then="' not in host_client("localhost").get("/").content.decode()

    def test_a_token_is_new_and_kept_by_nobody(self, client):
        answer = client.get("/jeton/")

        assert "no-store" in answer["Cache-Control"]
        assert len(answer.json()["csrf"]) == 64
        assert "__Host-csrf" in answer.cookies
