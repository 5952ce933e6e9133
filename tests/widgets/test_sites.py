"""A site may show the widget once our server has seen the commune's tag on its page."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from parvis.egress import Reach
from widgets import sites, snippets
from widgets.models import EmbeddingSite


pytestmark = pytest.mark.django_db
PAGE = "http://mairie.example.org/accueil"


@pytest.fixture
def town_hall():
    """The site of the town hall: ``served`` is the status and the page it answers with."""

    class Site(BaseHTTPRequestHandler):
        served = (200, "")

        def do_GET(self):
            assert self.headers["Host"].partition(":")[0] == "mairie.example.org"
            status, text = self.served
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def look_up(host, port, **_options):
        assert host == "mairie.example.org"
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    Site.port = server.server_port
    Site.reach = Reach(
        schemes=frozenset({"http"}),
        ports=frozenset({server.server_port}),
        allows=lambda address: address == "127.0.0.1",
        look_up=look_up,
    )
    yield Site
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(commune, now, town_hall):
    site = sites.add(commune=commune, page=PAGE, now=now)
    page = PAGE.replace(".org", f".org:{town_hall.port}")
    connection.set_schema_to_public()
    EmbeddingSite.objects.filter(pk=site.pk).update(page=page)
    connection.set_tenant(commune)
    return site


def look(site, town_hall, now, *answer):
    town_hall.served = answer
    commune = connection.tenant
    connection.set_schema_to_public()
    try:
        sites.look(site_id=site.pk, now=now, reach=town_hall.reach)
    finally:
        connection.set_tenant(commune)
    site.refresh_from_db()
    return site


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, "<p>Bienvenue"), "absent"),
        ((200, '<script src="https://x.fr/w.js" data-commune="lacanau"></script>'), "absent"),
        ((200, '<script src="https://x.fr/a.js" data-commune="pauillac"></script>'), "absent"),
        ((200, '<!-- <script src="https://x.fr/w.js" data-commune="pauillac"> -->'), "absent"),
        ((301, ""), "moved"),
        ((500, ""), "unreachable"),
        ((404, ""), "unreachable"),
    ],
)
def test_a_page_without_the_tag_may_show_nothing(site, town_hall, now, commune, answer, problem):
    look(site, town_hall, now, *answer)

    assert (site.state, site.problem, site.checked_at) == ("pending", problem, now)
    assert sites.allowed_origins(commune) == []
    assert not sites.widget_seen(commune, now=now)


@pytest.mark.parametrize(
    "page",
    [
        snippets.tag(origin="https://pauillac.example.org", slug="pauillac", kind="rdv"),
        '<head><META NAME="parvis" CONTENT="pauillac"></head>',
    ],
)
def test_a_page_with_the_tag_may_show_the_widget(site, town_hall, now, commune, page):
    look(site, town_hall, now, 200, page)

    assert (site.state, site.problem, site.seen_at) == ("seen", "", now)
    assert sites.allowed_origins(commune) == ["http://mairie.example.org"]
    assert sites.widget_seen(commune, now=now)
    assert not sites.widget_seen(commune, now=now + timedelta(days=40))


def test_a_page_that_is_down_keeps_its_right_and_one_without_the_tag_loses_it(
    site, town_hall, now, commune
):
    look(site, town_hall, now, 200, '<meta name="parvis" content="pauillac">')

    look(site, town_hall, now, 503, "")
    assert sites.allowed_origins(commune)

    look(site, town_hall, now, 200, "<p>Nouveau site")
    assert sites.allowed_origins(commune) == []


def test_a_page_is_never_asked_inside_our_network(site, now, commune):
    connection.set_schema_to_public()
    EmbeddingSite.objects.update(page="https://127.0.0.1/")
    sites.look(site_id=site.pk, now=now)
    connection.set_tenant(commune)
    site.refresh_from_db()

    assert (site.state, site.problem) == ("pending", "unreachable")


@pytest.mark.parametrize(
    "page",
    [
        *("", "x", "pauillac.fr", "ftp://pauillac.fr/", "javascript:alert(1)", "https://"),
        *(
            "https://a b.fr/",
            "https://u:p@pauillac.fr/",
            "https://x.fr:99999/",
            "https://x.fr\x00/",
        ),
        *(
            "https://[::1",
            "https://*.fr/",
            "https://x.fr;sandbox/",
            "https://" + "x" * 400 + ".fr/",
        ),
    ],
)
def test_what_is_no_page_is_refused(commune, now, page):
    with pytest.raises(sites.PageRefused):
        sites.add(commune=commune, page=page, now=now)


def test_a_site_is_listed_once_and_its_pages_together(commune, now):
    sites.add(commune=commune, page="https://www.Pauillac.fr/a", now=now)

    with pytest.raises(sites.SiteListed):
        sites.add(commune=commune, page="https://www.pauillac.fr:443/b", now=now)


def test_another_commune_sees_none_of_them(commune, other_commune, now):
    sites.add(commune=commune, page="https://www.pauillac.fr/", now=now)

    with schema_context(other_commune.schema_name):
        assert not EmbeddingSite.objects.exists()
