"""Published reports outside this site: the feed, the framed map, and what the team is shown."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity.members import Member
from incidents import desk
from incidents.actions import move
from incidents.models import Report, Zone
from incidents.workflow import Actor, Status
from tests.booking.settings_client import SettingsClient, text_of
from tests.incidents.factories import QUAY, category, report


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
FEED = "/signalements/fil.xml"
FRAME = "/signalements/carte/integrer/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def hole(commune):
    return category(moderation="after")


def now():
    return timezone.now()


def read(client, query=""):
    answer = client.get(FEED + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 (our own feed)


def entries(client, query=""):
    return read(client, query).findall(f"{ATOM}entry")


def test_a_feed_has_what_atom_asks_for(client, hole):
    made = report(hole, now=now())

    feed = read(client)

    (entry,) = feed.findall(f"{ATOM}entry")
    for part in ("id", "title", "updated"):
        assert feed.findtext(ATOM + part)
        assert entry.findtext(ATOM + part)
    links = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith(FEED)
    assert entry.findtext(f"{ATOM}id").endswith(f"/signalements/{made.reference}/")
    assert "Nid-de-poule · Quai Albert-Pichon · reçu" in entry.findtext(f"{ATOM}title")
    assert entry.find(f"{ATOM}author") is None


def test_an_entry_keeps_its_identifier_and_is_dated_anew_when_the_report_moves(client, hole):
    made = report(hole, now=now() - timedelta(days=2))
    (before,) = entries(client)

    desk.note(report=made, text="Pour nous.", by=AGENT, now=now())
    move(report=made, to=Status.TRIAGE, actor=Actor.STAFF, by=AGENT, now=now())
    (unmoved,) = entries(client)
    move(report=made, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=now())
    (moved,) = entries(client)

    def dated(entry, name):
        return datetime.fromisoformat(entry.findtext(ATOM + name))

    assert len({each.findtext(f"{ATOM}id") for each in (before, unmoved, moved)}) == 1
    assert dated(unmoved, "updated") == dated(before, "updated") == dated(before, "published")
    assert dated(moved, "updated") > dated(before, "updated")
    assert dated(moved, "published") == dated(before, "published")


def test_what_moved_last_comes_first(client, hole):
    old = report(hole, now=now() - timedelta(days=9), address="Rue Ancienne")
    report(hole, now=now() - timedelta(days=1), address="Rue Récente")
    move(report=old, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=now())

    titles = [each.findtext(f"{ATOM}title") for each in entries(client)]

    assert "Rue Ancienne" in titles[0]


def test_a_zone_and_the_other_filters_have_their_feed(client, hole):
    west, south = QUAY.lon - 0.001, QUAY.lat - 0.001
    ring = [[west, south], [west + 0.002, south], [west + 0.002, south + 0.002], [west, south]]
    zone = Zone.objects.create(name="Port", outline={"type": "Polygon", "coordinates": [ring]})
    report(hole, now=now(), place=None, address="Ailleurs")
    report(hole, now=now(), place=type(QUAY)(QUAY.lat - 0.0005, QUAY.lon + 0.0005))

    assert len(entries(client)) == 2
    assert len(entries(client, f"?zone={zone.pk}")) == 1
    assert "Port" in read(client, f"?zone={zone.pk}").findtext(f"{ATOM}title")
    assert len(entries(client, "?q=ailleurs")) == 1


@pytest.mark.parametrize("query", ["?zone=999", "?zone=abc", "?etat=x", "?q=%00"])
def test_a_feed_of_nothing_known_does_not_exist(client, hole, query):
    Zone.objects.create(
        name="Port", outline={"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    )

    assert client.get(FEED + query).status_code == 404


def test_characters_that_xml_does_not_know_are_left_out(client, hole):
    report(hole, now=now(), text="a\x0bb\x1fc\ufffed <&> ]]>", address="Rue\x08 Neuve")

    (entry,) = entries(client)

    assert "abcd <&> ]]>" in entry.findtext(f"{ATOM}summary")


def test_the_same_feed_again_is_not_sent_again(client, hole):
    made = report(hole, now=now())
    first = client.get(FEED)

    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 304
    desk.withdraw(report=made, by=AGENT, now=now())
    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert entries(client) == []


@pytest.mark.parametrize("address", [FEED, FRAME])
def test_as_many_questions_for_many_reports(client, hole, address):
    def asked():
        with CaptureQueriesContext(connection) as questions:
            client.get(address)
        return len(questions)

    report(hole, now=now())
    client.get(address)
    few = asked()
    for _each in range(12):
        report(hole, now=now())

    assert asked() == few <= 6


def test_the_list_says_where_its_feed_is(client, hole):
    page = client.get("/signalements/?groupe=Voirie").content.decode()

    assert 'type="application/atom+xml"' in page
    assert "/signalements/fil.xml?groupe=Voirie" in page


def test_the_framed_map_may_be_framed_and_sets_no_cookie(client, hole):
    report(hole, now=now(), address="Rue Neuve")
    Report.objects.filter(pk=report(hole, now=now(), address="Rue Cachée").pk).update(
        visibility="pending"
    )

    answer = client.get(FRAME)

    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert "X-Frame-Options" not in answer
    page = text_of(answer)
    assert "Rue Neuve" in page
    assert "Rue Cachée" not in page
    assert "<form" not in page


def test_no_other_page_may_be_framed(client, hole):
    policy = client.get("/signalements/")["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy


def test_the_team_is_shown_what_to_put_in_its_site(agent):
    page = agent.get("/agent/signalements/integrer/").content.decode()

    assert re.search(r"&lt;iframe src=&quot;http\S+/signalements/carte/integrer/&quot;", page)
    assert "/signalements/fil.xml" in page
