"""What everybody reads by Open311: each test is named for a statement of the contract."""

import csv
import io
import json
import re
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from georeport import GeoReport

from identity.members import Member
from incidents import desk, open311_bulk
from incidents.actions import move
from incidents.models import Catalogue, Category, CategoryAttribute, Photo, Report
from incidents.settings_categories_forms import free_code
from incidents.workflow import Actor, Status
from tests.incidents import open311_schemas as schemas
from tests.incidents.factories import QUAY, category, report
from tests.incidents.open311_client import BASE, Program, texts


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)")
NOW = timezone.now()


@pytest.fixture
def program(commune):
    return Program(commune)


@pytest.fixture
def hole():
    Category.objects.all().update(is_active=False)
    return category(moderation="after", keywords="chaussée, trou private", promise=10)


def attribute(kind, code, datatype="string", **more):
    last = kind.attributes.count()
    return CategoryAttribute.objects.create(
        **{"category": kind, "code": code, "datatype": datatype, "description": f"{code} ?"}
        | {"position": last + 1}
        | more
    )


def said(kind, **options):
    return report(kind, **{"now": timezone.now() - timedelta(minutes=1)} | options)


def published_photo(made, **options):
    """Give a report a photo that everybody may see."""
    known = {"stage": "before", "state": "ready", "is_checked": True, "is_public": True}
    return Photo.objects.create(report=made, name=secrets.token_hex(16), **known | options)


def moved(made, to, *, reason="", text="Vu.", now=None, **more):
    return move(
        report=made, to=to, actor=Actor.STAFF, by=AGENT, now=now or timezone.now(), reason=reason,
        text=text, **more,
    )  # fmt: skip


# --- Discovery ---


def test_h1_both_discovery_documents_exist_and_say_the_same(program, hole):
    _answer, said_json = program.read("/open311/discovery.json")
    xml = texts(program.get("/open311/discovery.xml"))

    assert xml.tag == "discovery"
    assert xml.findtext("changeset") == said_json["changeset"]
    urls = [each.findtext("url") for each in xml.find("endpoints")]
    assert urls == [each["url"] for each in said_json["endpoints"]]
    _answer, below = program.read(f"{BASE}/discovery.json")
    assert below == said_json


def test_h2_h52_every_field_of_discovery_is_filled_and_there_are_two_endpoints(program, hole):
    _answer, document = program.read("/open311/discovery.json")

    assert all(document[each] for each in ("changeset", "contact", "key_service"))
    assert len(document["endpoints"]) == 2
    for each in document["endpoints"]:
        assert all(each[name] for name in ("specification", "url", "changeset", "type"))
        assert each["formats"] == ["text/xml", "application/json"]


def test_h3_the_changeset_changes_at_every_change_of_the_catalogue(program, hole):
    def changeset():
        # Each transaction counts once, and a test is one transaction.
        Catalogue.objects.update(by_transaction="")
        return program.read("/open311/discovery.json")[1]["changeset"]

    seen = [changeset()]
    Category.objects.filter(pk=hole.pk).update(name="Trou")
    seen.append(changeset())
    Category.objects.filter(pk=hole.pk).update(is_active=False)
    seen.append(changeset())
    Category.objects.filter(pk=hole.pk).update(position=99)
    seen.append(changeset())
    asked = attribute(hole, "JOURS")
    seen.append(changeset())
    asked.delete()
    seen.append(changeset())
    hole.delete()
    seen.append(changeset())

    assert len(set(seen)) == len(seen)


def test_h4_where_nothing_is_real_both_endpoints_say_test(program, hole, settings):
    _answer, document = program.read("/open311/discovery.json")
    settings.DEMO = True
    _answer, fictional = program.read("/open311/discovery.json")

    assert [each["type"] for each in document["endpoints"]] == ["production", "test"]
    assert [each["type"] for each in fictional["endpoints"]] == ["test", "test"]


def test_h51_the_changeset_is_an_instant_of_the_past(program, hole):
    Catalogue.objects.update(changed_at=NOW - timedelta(days=1))

    _answer, document = program.read("/open311/discovery.json")

    assert INSTANT.fullmatch(document["changeset"])
    assert timezone.datetime.fromisoformat(document["changeset"]) < timezone.now()


# --- Services ---


def test_h5_h6_services_have_every_field_and_metadata_is_true_or_false(program, hole):
    attribute(hole, "JOURS")
    answer, (service,) = program.read(f"{BASE}/services.json")
    xml = texts(program.get(f"{BASE}/services.xml"))

    names = [
        "service_code",
        "service_name",
        "description",
        "metadata",
        "type",
        "keywords",
        "group",
    ]
    assert list(service) == names
    assert [each.tag for each in xml[0]] == names
    assert (xml.tag, xml[0].tag) == ("services", "service")
    assert service["metadata"] is True
    assert xml[0].findtext("metadata") == "true"
    assert answer["Content-Type"] == "application/json; charset=utf-8"


def test_h7_what_citizens_may_not_choose_is_absent(program, hole):
    category(code="a", is_active=False)
    category(code="b", is_staff_only=True)
    category(code="c", door="redirect", redirect_text="Appelez Orange.")

    _answer, services = program.read(f"{BASE}/services.json")

    assert [each["service_code"] for each in services] == ["nid-de-poule"]
    assert program.get(f"{BASE}/services/c.json").status_code == 404


def test_h8_h9_h10_accents_survive_xml_is_escaped_and_types_match(program, hole):
    Category.objects.filter(pk=hole.pk).update(name="Égout <bouché> & débordé")

    xml, as_json = program.get(f"{BASE}/services.xml"), program.get(f"{BASE}/services.json")

    assert texts(xml)[0].findtext("service_name") == "Égout <bouché> & débordé"
    assert "&lt;bouché&gt; &amp; débordé" in xml.content.decode()
    assert json.loads(as_json.content)[0]["service_name"] == "Égout <bouché> & débordé"
    assert xml["Content-Type"] == "text/xml; charset=utf-8"
    wrong = program.get(f"{BASE}/services/rien.xml")
    assert (wrong.status_code, wrong["Content-Type"]) == (404, "text/xml; charset=utf-8")
    assert texts(wrong)[0].findtext("code") == "404"


def test_h11_an_unknown_suffix_is_404_in_xml(program):
    for path in ("services.yaml", "services", "ailleurs", "requests/A.b"):
        answer = program.get(f"{BASE}/{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        assert texts(answer).tag == "errors"


def test_h12_an_unknown_service_is_404_one_without_questions_has_none(program, hole):
    answer, faults = program.read(f"{BASE}/services/rien.json")
    _answer, definition = program.read(f"{BASE}/services/nid-de-poule.json")

    assert answer.status_code == 404
    assert faults[0]["code"] == 404
    assert definition == {"service_code": "nid-de-poule", "attributes": []}


def test_h13_h14_orders_count_from_one_and_lists_have_values(program, hole):
    lane = [{"key": "g", "name": "à gauche"}]
    attribute(hole, "COTE", "singlevaluelist", values=lane, is_required=True, position=7)
    attribute(hole, "NOTE", "text", is_variable=False, position=9)

    _answer, definition = program.read(f"{BASE}/services/nid-de-poule.json")

    side, note = definition["attributes"]
    assert (side["order"], note["order"]) == (1, 2)
    assert side["required"] is True
    assert side["values"] == lane
    assert (note["variable"], note["values"]) == (False, [])


def test_h53_codes_are_plain_and_never_used_again(program, hole):
    assert free_code("Nid de poule_été") == "nid-de-poule-ete"
    made = category(code="banc-casse", name="Banc cassé")
    made.delete()

    assert free_code("Banc cassé") == "banc-casse-2"


def test_h54_no_two_services_have_one_name(program, hole):
    category(code="autre-v", name="Autre", group="Voirie")
    category(code="autre-p", name="autre", group="Propreté")

    _answer, services = program.read(f"{BASE}/services.json")

    names = [each["service_name"].casefold() for each in services]
    assert len(set(names)) == 3
    assert "voirie\u00a0: autre" in names


def test_h55_keywords_have_no_space_and_no_flag_but_private(program, hole):
    category(code="z", name="Autre", keywords="staff secret", moderation="never")

    _answer, services = program.read(f"{BASE}/services.json")

    assert {each["keywords"] for each in services} == {"chaussée,trou", "secret,private"}


def test_what_has_not_changed_is_not_sent_again(program, hole):
    answer = program.get(f"{BASE}/services.json")

    again = program.get(f"{BASE}/services.json", headers={"if-none-match": answer["ETag"]})
    older = program.get(
        f"{BASE}/services.json", headers={"if-modified-since": answer["Last-Modified"]}
    )

    assert (again.status_code, older.status_code) == (304, 304)
    assert not again.content


# --- Reports ---


def test_h34_the_list_holds_the_last_90_days_newest_first(program, hole):
    old = said(hole, now=timezone.now() - timedelta(days=91))
    first, second = said(hole, now=timezone.now() - timedelta(days=2)), said(hole)

    answer, shown = program.read(f"{BASE}/requests.json")

    found = [each["service_request_id"] for each in shown]
    assert found == [second.reference, first.reference]
    assert old.reference not in found
    assert "Link" not in answer
    assert list(shown[0]) == [
        "service_request_id",
        "status",
        "status_notes",
        "service_name",
        "service_code",
        "description",
        "agency_responsible",
        "service_notice",
        "requested_datetime",
        "updated_datetime",
        "expected_datetime",
        "address",
        "address_id",
        "zipcode",
        "lat",
        "long",
        "media_url",
    ]


def test_an_item_says_what_is_published_and_never_who(program, hole, settings):
    made = said(hole, name="Jeanne Dupuy", phone="0556590000")
    photo = published_photo(made)
    answer = program.get(f"{BASE}/requests/{made.reference}.json")
    (item,) = json.loads(answer.content)

    assert item["status"] == "open"
    assert item["status_notes"] == "Reçu"
    assert item["description"] == "Un trou au milieu de la rue."
    assert item["address"].startswith("Quai Albert-Pichon")
    assert (item["lat"], item["long"]) == (QUAY.lat, QUAY.lon)
    assert item["media_url"].startswith("http")
    assert str(photo.pk) in item["media_url"]
    for private in ("Jeanne", "jeanne@", "0556590000", "photo_hash"):
        assert private not in answer.content.decode()
    assert "A. Agent" not in answer.content.decode()


def test_h35_h37_windows_that_make_no_sense_are_refused(program, hole):
    wrong = [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"},
        {"start_date": "2026-06-01"},
        {"start_date": "2026-06-01T00:00:00"},
        {"start_date": "2026-13-41T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00+14:00"},
        {"end_date": "9999-12-31T23:59:59Z"},
        {"page": "0"},
        {"page_size": "x"},
        {"status": "bad"},
        {"lat": "45.1"},
        {"lat": "NaN", "long": "1"},
        {"lat": "45,1", "long": "1"},
        {"lat": "45", "long": "1", "radius": "9999"},
    ]
    for each in wrong:
        answer, faults = program.read(f"{BASE}/requests.json", **each)
        assert answer.status_code == 400, each
        assert faults
        assert all(fault["code"] == 400 and fault["description"] for fault in faults)


def test_h36_one_date_alone_opens_90_days_on_its_side(program, hole):
    past = timezone.now() - timedelta(days=200)
    before, at, after = (said(hole, now=past + timedelta(days=days)) for days in (-10, 0, 10))
    stamp = past.strftime("%Y-%m-%dT%H:%M:%SZ")

    _answer, later = program.read(f"{BASE}/requests.json", start_date=stamp)
    _answer, earlier = program.read(f"{BASE}/requests.json", end_date=stamp)

    assert [each["service_request_id"] for each in later] == [after.reference, at.reference]
    assert [each["service_request_id"] for each in earlier] == [at.reference, before.reference]


def test_a_plus_lost_in_an_address_is_read(program, hole):
    made = said(hole)
    stamp = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S 00:00")

    _answer, shown = program.read(f"{BASE}/requests.json", start_date=stamp)

    assert [each["service_request_id"] for each in shown] == [made.reference]


def test_h38_both_states_are_asked_by_a_list_or_twice(program, hole):
    still = said(hole)
    over = moved(said(hole), Status.RESOLVED, reason="repaired")

    def found(query):
        _answer, shown = program.read(f"{BASE}/requests.json?{query}")
        return {each["service_request_id"] for each in shown}

    both = {still.reference, over.reference}
    assert found("status=open,closed") == found("status=open&status=closed") == both
    assert found("status=closed") == {over.reference}
    assert found("status=open&service_code=nid-de-poule") == {still.reference}
    assert program.get(f"{BASE}/requests.json?service_code=rien").status_code == 404


def test_h39_numbers_override_every_filter_and_keep_their_order(program, hole):
    old = said(hole, now=timezone.now() - timedelta(days=400))
    new, hidden = said(hole), said(category(code="secret", moderation="never"))
    wanted = [new, old, hidden, new]

    _answer, shown = program.read(
        f"{BASE}/requests.json",
        service_request_id=",".join([*(each.reference for each in wanted), "INCONNU1"]),
        status="closed",
    )

    assert [each["service_request_id"] for each in shown] == [new.reference, old.reference]


def test_h40_what_is_not_published_never_appears(program, hole):
    for code, moderation in (("x", "before"), ("y", "never")):
        made = said(category(code=code, name=code, moderation=moderation))
        assert program.get(f"{BASE}/requests/{made.reference}.json").status_code == 404
    withdrawn = said(hole)
    moved(withdrawn, Status.ACCEPTED)
    desk.withdraw(report=withdrawn, by=AGENT, now=timezone.now())

    assert program.read(f"{BASE}/requests.json")[1] == []
    assert program.read(f"{BASE}/servicerequestupdates.json")[1] == []
    assert program.get(f"{BASE}/requests.xml").content.endswith(b"<service_requests/>\n")


def test_what_its_reporter_took_back_keeps_its_state_alone(program, hole):
    made = said(hole)
    published_photo(made)
    move(report=made, to=Status.CANCELLED, actor=Actor.REPORTER, by=None, now=timezone.now())
    assert program.get(f"/signalements/{made.reference}/").status_code == 404

    (item,) = program.read(f"{BASE}/requests/{made.reference}.json", extensions="true")[1]

    assert item["status"] == "closed"
    assert (item["description"], item["media_url"]) == (None, None)
    assert item["extended_attributes"]["url"] is None
    assert item["extended_attributes"]["media_urls"] == []


def test_h41_a_closed_report_was_updated_when_it_was_closed(program, hole):
    made = said(hole)
    closing = timezone.now() - timedelta(seconds=30)
    over = moved(made, Status.RESOLVED, reason="repaired", now=closing)
    desk.write(report=over, text="Merci de votre patience.", by=AGENT, now=timezone.now())

    (item,) = program.read(f"{BASE}/requests/{made.reference}.json")[1]

    assert item["status"] == "closed"
    assert item["status_notes"] == "Merci de votre patience."
    assert timezone.datetime.fromisoformat(item["updated_datetime"]) == closing.replace(
        microsecond=0
    )
    assert item["expected_datetime"]


def test_h41_nothing_is_expected_while_the_clock_stands_still(program, hole):
    made = said(hole)
    desk.pause(report=made, cause="weather", by=AGENT, now=timezone.now())

    (item,) = program.read(f"{BASE}/requests/{made.reference}.json")[1]

    assert item["expected_datetime"] is None


def test_h42_pages_are_disjoint_and_new_reports_do_not_move_them(program, hole):
    made = [said(hole, now=timezone.now() - timedelta(hours=n)) for n in range(1, 6)]
    answer, first = program.read(f"{BASE}/requests.json", page_size=2)
    said(hole)  # one that came since
    seen = [each["service_request_id"] for each in first]
    while 'rel="next"' in answer.get("Link", ""):
        following = re.search(r'<http://[^/]+([^>]+)>; rel="next"', answer["Link"])[1]
        assert "start_date" in following
        assert "end_date" in following
        answer, page = program.read(following)
        seen += [each["service_request_id"] for each in page]

    assert seen == [each.reference for each in made]
    assert 'rel="prev"' in answer["Link"]


def test_h42_a_page_in_the_middle_leads_to_the_one_after_it(program, hole):
    made = [said(hole, now=timezone.now() - timedelta(hours=n)) for n in range(1, 6)]

    answer, second = program.read(f"{BASE}/requests.json", page_size=2, page=2)
    following = re.search(r'<http://[^/]+([^>]+)>; rel="next"', answer["Link"])[1]
    _answer, third = program.read(following)

    seen = [each["service_request_id"] for each in second + third]
    assert seen == [each.reference for each in made[2:]]


def test_h42_extensions_only_add(program, hole):
    made = moved(said(hole), Status.PLANNED, text="Équipe prévue.")

    (plain,) = program.read(f"{BASE}/requests/{made.reference}.json")[1]
    (more,) = program.read(f"{BASE}/requests/{made.reference}.json", extensions="true")[1]
    xml = texts(program.get(f"{BASE}/requests/{made.reference}.xml?extensions=true"))

    assert {name: more[name] for name in plain} == plain
    assert more["extended_attributes"]["detailed_status"] == "planned"
    assert [each["type"] for each in more["notes"]] == ["received", "planned"]
    assert more["notes"][1]["description"] == "Équipe prévue."
    assert xml[0].find("notes/note") is not None


def test_h43_the_id_of_another_place_is_404(program, hole, commune):
    name = "jurisdiction_id"
    for wanted, status in (("", 200), ("pauillac.localhost", 200), ("lacanau.fr", 404)):
        answer, _said = program.read(f"{BASE}/services.json", **{name: wanted})
        assert answer.status_code == status, wanted


def test_h44_an_empty_parameter_is_an_absent_one(program, hole):
    made = said(hole)
    empty = dict.fromkeys(
        [
            "status",
            "service_code",
            "start_date",
            "end_date",
            "page",
            "page_size",
            "lat",
            "long",
            "radius",
            "api_key",
        ],
        "",
    )

    _answer, shown = program.read(f"{BASE}/requests.json", **empty)

    assert [each["service_request_id"] for each in shown] == [made.reference]


def test_h47_any_page_may_read_and_none_may_write(program, hole):
    reading = program.get(f"{BASE}/requests.json")
    writing = program.post(f"{BASE}/requests.json", {})

    assert reading["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in writing


def test_other_methods_are_405_in_the_format_that_was_asked(program, hole):
    answer = program.delete(f"{BASE}/requests.json")
    other = program.put(f"{BASE}/services.xml")

    assert answer.status_code == other.status_code == 405
    assert json.loads(answer.content)[0]["code"] == 405
    assert texts(other)[0].findtext("code") == "405"
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_defect_is_an_array_with_a_number_and_nothing_else(program, hole, monkeypatch):
    def broken(**_asked):
        raise RuntimeError("secret of the database")

    monkeypatch.setattr("incidents.open311_views.read_wish", lambda *_a, **_k: broken())
    program.raise_request_exception = False

    answer = program.get(f"{BASE}/requests.json")

    assert answer.status_code == 500
    (fault,) = json.loads(answer.content)
    assert fault["code"] == 500
    assert fault["description"].startswith("erreur interne (")
    assert "secret" not in answer.content.decode()


def test_h49_h61_what_is_sent_validates(program, hole):
    made = moved(said(hole), Status.ACCEPTED)
    said(hole, place=None, text="")
    published_photo(made)
    lane = [{"key": "g", "name": "à gauche"}]
    attribute(hole, "COTE", "singlevaluelist", values=lane, is_required=True)
    attribute(hole, "NOTE", "text", is_variable=False)
    _answer, shown = program.read(f"{BASE}/requests.json")

    schemas.check(schemas.REQUEST, shown)
    schemas.check(schemas.SERVICE, program.read(f"{BASE}/services.json")[1])
    schemas.check(schemas.DEFINITION, program.read(f"{BASE}/services/nid-de-poule.json")[1])
    with pytest.raises(schemas.Wrong):
        schemas.check(schemas.REQUEST, [shown[0] | {"service_request_id": 4711}])
    for item in shown:
        assert INSTANT.fullmatch(item["requested_datetime"])
        assert item["updated_datetime"] >= item["requested_datetime"]
    xml = texts(program.get(f"{BASE}/requests.xml"))
    assert [each.tag for each in xml[0]] == list(shown[0])
    assert not xml.attrib


def test_h50_control_characters_never_reach_xml(program, hole):
    made = said(hole)
    Report.objects.filter(pk=made.pk).update(text="Un \x0btrou\x1f \ufffe<i>ici</i>")

    xml = texts(program.get(f"{BASE}/requests.xml"))

    assert xml[0].findtext("description") == "Un trou <i>ici</i>"


def test_changes_are_followed_by_the_time_of_the_update(program, hole):
    old = said(hole, now=timezone.now() - timedelta(days=300))
    quiet = said(hole, now=timezone.now() - timedelta(days=200))
    moved(old, Status.ACCEPTED)
    stamp = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    _answer, shown = program.read(f"{BASE}/requests.json", updated_after=stamp)
    _answer, before = program.read(f"{BASE}/requests.json", updated_before=stamp)

    assert [each["service_request_id"] for each in shown] == [old.reference]
    assert [each["service_request_id"] for each in before] == [quiet.reference]


def test_reports_around_a_point(program, hole):
    near = said(hole)
    said(hole, place=type(QUAY)(QUAY.lat + 0.02, QUAY.lon))

    _answer, shown = program.read(
        f"{BASE}/requests.json", lat=QUAY.lat + 0.001, long=QUAY.lon, radius=300
    )

    assert [each["service_request_id"] for each in shown] == [near.reference]
    _answer, antipodes = program.read(
        f"{BASE}/requests.json", lat=-QUAY.lat, long=QUAY.lon + 180, radius=5000
    )
    assert antipodes == []


def test_the_number_of_queries_does_not_depend_on_how_many_there_are(program, hole):
    def asked(path):
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        return len(queries)

    def told():
        made = moved(said(hole), Status.ACCEPTED)
        desk.write(report=made, text="Vu.", by=AGENT, now=timezone.now())

    paths = [f"{BASE}/requests.json?extensions=true", f"{BASE}/servicerequestupdates.json"]
    told()
    asked(paths[0])  # what is asked once for all requests
    one = [asked(path) for path in paths]
    for _each in range(4):
        told()
    assert [asked(path) for path in paths] == one


def test_the_georeport_package_reads_us(program, hole, monkeypatch):
    """A real client (PyPI), whose requests are led to the site."""
    made = said(hole)

    def get(url, params=None):
        answer = program.get(re.sub(r"^https?://[^/]+", "", url), params or {})
        answer.json = lambda: json.loads(answer.content)
        answer.raise_for_status = lambda: None
        return answer

    monkeypatch.setattr("requests.get", get)
    for form in ("json", "xml"):
        server = GeoReport("http://pauillac.localhost/open311/v2/", output_format=form)
        attribute(hole, f"JOURS-{form}")

        services = server.get_service_list()
        services = services if form == "json" else [services]
        assert [each["service_code"] for each in services] == ["nid-de-poule"]
        assert server.get_service_definition("nid-de-poule")["service_code"] == "nid-de-poule"
        assert server.get_service_request(made.reference)["service_request_id"] == made.reference
        assert server.get_service_requests()


@pytest.mark.usefixtures("media")
def test_all_published_reports_are_written_every_night(program, hole):
    path = "/open311/export/requests"
    assert program.get(f"{path}.csv").status_code == 404
    made = said(hole, text="=1+1", now=timezone.now() - timedelta(days=400))
    moved(made, Status.RESOLVED, reason="repaired")
    said(category(code="secret", moderation="never"))

    assert open311_bulk.write_all() == 1

    table = b"".join(program.get(f"{path}.csv").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(table))
    (item,) = json.loads(b"".join(program.get(f"{path}.json").streaming_content))
    assert list(row) == list(item) == list(open311_bulk.COLUMNS)
    assert (row["service_request_id"], row["description"]) == (made.reference, "'=1+1")
    assert item["description"] == "=1+1"
    assert item["closed_date"]


def test_people_read_what_it_is(program, hole):
    page = program.get("/open311/").content.decode()

    assert "/open311/v2" in page
    assert "discovery.json" in page
