"""Reports that programs send by Open311: each test is named for a statement of the contract."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from connect import actions as keys
from connect.models import ApiKey
from incidents import geocoder_client, open311_media, open311_receiving, open311_trials
from incidents.geo import Place
from incidents.models import (
    Category,
    MediaFetch,
    Message,
    OpenRequest,
    Photo,
    Report,
    ReportAnswers,
    ReportEvent,
    Trial,
)
from parvis.egress import Reach
from parvis.models import OutgoingEmail
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import category
from tests.incidents.open311_client import ADMIN, BASE, FORM, Program, issue, issue_to, texts
from tests.incidents.test_open311_reading import attribute
from tests.incidents.test_photos import photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
TEST = "/open311/test/v2"
REQUESTS = f"{BASE}/requests.json"
NOW = timezone.now()


@pytest.fixture
def program(commune):
    return Program(commune)


@pytest.fixture
def hole():
    Category.objects.all().update(is_active=False)
    return category(moderation="after")


@pytest.fixture
def client_and_key(hole):
    return issue(timezone.now())


@pytest.fixture
def key(client_and_key):
    return client_and_key[1]


@pytest.fixture
def minimal(key):
    return {"api_key": key, "service_code": "nid-de-poule", "lat": "45.1995", "long": "-0.7475"}


@pytest.fixture
def sent(program, minimal):
    """Send the smallest report, changed; a value of None is left out."""

    def inner(path=REQUESTS, headers=None, **changed):
        values = {name: each for name, each in (minimal | changed).items() if each is not None}
        return program.send(path, values, **(headers or {}))

    return inner


def the_report():
    return Report.objects.get()


def test_h16_a_minimal_report_gets_its_number_and_no_token(sent, program):
    answer, said = sent(description="Un trou\r\nprofond", email="jeanne@example.org")

    report = the_report()
    assert answer.status_code == 200
    assert said == [
        {
            "service_request_id": report.reference,
            "service_notice": said[0]["service_notice"],
            "account_id": None,
        }
    ]
    assert report.reference in said[0]["service_notice"]
    assert (report.channel, report.text) == ("api", "Un trou\nprofond")
    assert report.contact.email == "jeanne@example.org"
    assert program.get(f"{BASE}/requests/{report.reference}.json").status_code == 200
    assert OutgoingEmail.objects.filter(to=["jeanne@example.org"]).count() == 1


def test_h16_the_answer_in_xml_has_the_same_fields(program, minimal):
    answer = program.post(f"{BASE}/requests.xml", minimal)

    xml = texts(answer)
    assert (xml.tag, xml[0].tag) == ("service_requests", "request")
    assert [each.tag for each in xml[0]] == ["service_request_id", "service_notice", "account_id"]


def test_h17_an_address_alone_is_placed_or_waits_to_be(sent, monkeypatch, settings):
    answer, _said = sent(lat=None, long=None, address_string="3 quai Albert-Pichon")
    assert answer.status_code == 200
    report = the_report()
    assert report.lat is None
    assert report.events.filter(kind="placed", detail__words="à localiser").exists()

    settings.GEOCODER_URL = "http://geocoder.test"
    known = {
        "features": [
            {
                "geometry": {"coordinates": [-0.7475, 45.1995]},
                "properties": {"label": "3 Quai", "type": "housenumber", "score": 0.9,
                               "citycode": "33314", "id": "33314_1234_00003"},
            }
        ]
    }  # fmt: skip
    content = json.dumps(known).encode()
    monkeypatch.setattr(
        geocoder_client, "fetch",
        lambda _url, **_rest: type("A", (), {"status": 200, "content": content})(),
    )  # fmt: skip
    sent(lat=None, long=None, address_string="3 quai")
    placed = Report.objects.latest("pk")
    assert (placed.lat, placed.address_id) == (45.1995, "33314_1234_00003")


def test_h18_an_address_of_the_ban_is_of_this_commune(sent):
    ours, _said = sent(lat=None, long=None, address_id="33314_1234_00012")
    theirs, faults = sent(lat=None, long=None, address_id="33063_1234_00012")

    assert (ours.status_code, theirs.status_code) == (200, 400)
    assert the_report().address_id == "33314_1234_00012"
    assert len(faults) == 1


NOWHERE = (
    {"lat": None, "long": None},  # H19
    {"long": None},  # H20
    {"lat": None, "address_string": "3 quai Albert-Pichon"},  # H20
    {"lat": "91", "long": "0"},  # H21
    {"lat": "NaN"},
    {"lat": "inf"},
    {"lat": "45,1995"},
    {"lat": "1e999"},
)


def test_h19_h20_h21_a_place_that_is_none_is_refused(sent):
    for place in NOWHERE:
        answer, faults = sent(**place)
        assert answer.status_code == 400, place
        assert faults[0]["description"]
    assert not Report.objects.exists()


def test_h22_a_point_elsewhere_is_refused_by_the_name_of_where_it_is(sent, commune, monkeypatch):
    answer, (fault,) = sent(lat="44.9778", long="-1.0810")  # the lake of Lacanau

    assert answer.status_code == 400
    assert "Lacanau" in fault["description"]
    assert "lacanau.localhost" in fault["description"]


def test_h23_a_key_that_does_not_open_is_403(sent, client_and_key):
    client, key = client_and_key
    reading = issue_to(client, timezone.now(), ["updates:read"])
    revoked = issue_to(client, timezone.now(), ["requests:write"])
    expired = issue_to(client, timezone.now(), ["requests:write"])
    keys.revoke(key=ApiKey.objects.get(prefix=revoked[:11]), by=ADMIN, now=timezone.now())
    ApiKey.objects.filter(prefix=expired[:11]).update(expires_at=NOW - timedelta(days=1))

    for each in (None, "", "rien", key[:-1], reading, revoked, expired):
        answer, faults = sent(api_key=each, service_code="inconnu")
        assert answer.status_code == 403, each
        assert faults[0]["code"] == 403
    assert not Report.objects.exists()


def test_h24_an_unknown_service_is_404_a_missing_one_400(sent):
    assert sent(service_code="inconnu")[0].status_code == 404
    assert sent(service_code=None)[0].status_code == 400


def test_h25_h57_each_missing_answer_is_a_fault_with_its_code(sent, hole):
    attribute(hole, "HOWMANYD", "number", is_required=True)
    attribute(hole, "LANE", "string", is_required=True)
    attribute(hole, "INFO", "text", is_required=True, is_variable=False)  # H15

    answer, faults = sent(description="x" * 4001)

    assert answer.status_code == 400
    words = [each["description"] for each in faults]
    assert len(words) == 3
    assert any("HOWMANYD required" in each for each in words)
    assert any("LANE required" in each for each in words)


def test_h26_h27_wrong_answers_are_refused(sent, hole):
    attribute(hole, "COTE", "singlevaluelist", values=[{"key": "g", "name": "à gauche"}])
    attribute(hole, "JOURS", "number")
    attribute(hole, "DEPUIS", "datetime")

    wrong = {"attribute[COTE]": "x", "attribute[JOURS]": "dix", "attribute[DEPUIS]": "hier"}
    answer, faults = sent(**wrong)
    assert (answer.status_code, len(faults)) == (400, 3)

    right = {"attribute[COTE]": "g", "attribute[JOURS]": "8.5"}
    answer, _said = sent(**right, **{"attribute[DEPUIS]": "2026-10-01T08:00:00+02:00"})
    assert answer.status_code == 200
    assert [each["names"] for each in ReportAnswers.objects.get().values][:1] == [["à gauche"]]


def test_h28_several_values_are_all_kept_in_either_form(sent, hole, program, agent):
    choices = [{"key": each, "name": each.upper()} for each in "abc"]
    attribute(hole, "OU", "multivaluelist", values=choices, is_public=True)

    _answer, said = sent(**{"attribute[OU]": ["a", "c"]})
    sent(**{"attribute[OU][]": ["b", "c"]})

    first, second = ReportAnswers.objects.order_by("pk")
    assert first.values[0]["values"] == ["a", "c"]
    assert second.values[0]["values"] == ["b", "c"]
    number = said[0]["service_request_id"]
    (item,) = program.read(f"{BASE}/requests/{number}.json", extensions="true")[1]
    assert [each["value"] for each in item["attributes"]] == ["a", "c"]
    assert "OU ? A, C" in text_of(agent.get(f"/agent/signalements/{number}/"))


def test_h29_h56_unknown_answers_are_kept_and_blank_ones_are_none(sent, hole):
    attribute(hole, "COTE", "singlevaluelist", values=[{"key": "g", "name": "à gauche"}])

    answer, _said = sent(**{"attribute[uprn]": "1", "attribute[COTE]": ""}, deviceid="d")

    assert answer.status_code == 200
    assert ReportAnswers.objects.get().unknown == {"uprn": ["1"]}
    assert OpenRequest.objects.get().unknown == 1


def test_h30_4000_characters_pass_and_markup_is_text(sent, program):
    answer, said = sent(description="<b>" + "é" * 3997)

    assert answer.status_code == 200
    assert sent(description="x" * 4001)[0].status_code == 400
    xml = program.get(f"{BASE}/requests/{said[0]['service_request_id']}.xml").content.decode()
    assert "&lt;b&gt;é" in xml


def test_h31_photos_are_fetched_later_and_never_from_within(sent):
    urls = ["https://10.0.0.1/a.jpg", "https://photos.example.org/b.jpg"]
    answer, _said = sent(media_url=urls)

    assert answer.status_code == 200
    assert MediaFetch.objects.count() == 2
    looked = []

    def look_up(host, _port, **_rest):
        looked.append(host)
        return [(2, 1, 6, "", ("169.254.169.254", 443))]

    assert open311_media.fetch_waiting(now=timezone.now(), reach=Reach(look_up=look_up)) == 0
    assert looked == ["10.0.0.1", "photos.example.org"]
    assert MediaFetch.objects.filter(failed_at__isnull=False).count() == 2
    assert not Photo.objects.exists()
    assert ReportEvent.objects.filter(kind="photo", detail__lost=1).count() == 2


def test_h32_photos_come_as_files_under_every_known_name(program, minimal):
    names = ["media", "media[]", "photo1"]
    files = {
        name: SimpleUploadedFile("a.jpg", photo(size=(64, 64 + n))) for n, name in enumerate(names)
    }

    answer = program.post(REQUESTS, minimal | files)
    wrong = program.post(REQUESTS, minimal | {"media": SimpleUploadedFile("a.gif", b"GIF89a" * 9)})

    assert (answer.status_code, wrong.status_code) == (200, 400)
    assert Photo.objects.filter(report=the_report()).count() == 3


def test_a_photo_in_the_form_itself_is_kept_however_large(sent):
    large = photo("PNG", size=(900, 900)) + bytes(1_200_000)
    uri = "data:image/png;base64," + b64encode(large).decode()

    answer, _said = sent(media_url=[uri, "data:image/png;base64,AAAA"])

    assert answer.status_code == 200
    assert Photo.objects.count() == 1
    assert ReportEvent.objects.filter(kind="photo", detail__lost=1).count() == 1


def test_h33_a_batch_service_answers_a_token_until_the_report_was_read(sent, program, hole, key):
    Category.objects.filter(pk=hole.pk).update(is_batch=True, moderation="before")
    answer, (said,) = sent()

    assert answer.status_code == 200
    assert "service_request_id" not in said
    path = f"{BASE}/tokens/{said['token']}.json"
    assert program.read(path)[1] == [{"service_request_id": None, "token": said["token"]}]
    again = sent()[1]
    assert again == [said]
    Report.objects.update(visibility="public")
    assert program.read(path)[1][0]["service_request_id"] == the_report().reference
    assert program.get(f"{BASE}/tokens/rien.json").status_code == 404
    OpenRequest.objects.update(at=NOW - timedelta(days=91))
    assert program.get(path).status_code == 404
    assert open311_receiving.forget(now=timezone.now()) == 1
    assert open311_receiving.forget(now=timezone.now()) == 0
    Report.objects.update(visibility="private")
    own = f"{BASE}/requests/{the_report().reference}.json"
    assert program.get(own, {"api_key": key}).status_code == 200  # H40, however long ago


def test_h33_a_refused_report_has_no_number_for_a_week_then_no_token(sent, program, hole):
    Category.objects.filter(pk=hole.pk).update(is_batch=True, moderation="before")
    token = sent()[1][0]["token"]
    Report.objects.update(visibility="hidden", touched_at=NOW - timedelta(days=6))
    assert program.read(f"{BASE}/tokens/{token}.json")[1][0]["service_request_id"] is None

    Report.objects.update(touched_at=NOW - timedelta(days=8))
    assert program.get(f"{BASE}/tokens/{token}.json").status_code == 404


def test_h40_a_client_may_read_its_own_reports_before_they_are_published(sent, program, hole, key):
    Category.objects.filter(pk=hole.pk).update(moderation="before")
    reference = sent()[1][0]["service_request_id"]
    _other, stranger = issue(timezone.now(), name="Autre")
    path = f"{BASE}/requests/{reference}.json"

    assert program.get(path).status_code == 404
    assert program.get(path, {"api_key": stranger}).status_code == 404
    assert program.get(path, {"api_key": "faux"}).status_code == 403
    assert program.read(path, api_key=key)[1][0]["service_request_id"] == reference


def test_h45_a_repeat_makes_no_second_report(sent, minimal):
    first, again = sent(description="Ici")[1], sent(description="Ici")[1]
    other = sent(description="Là")[1]

    assert first == again
    assert first != other
    assert Report.objects.count() == 2
    OpenRequest.objects.update(at=NOW - timedelta(minutes=11))
    assert sent(description="Ici")[1] != first


def test_h45_a_key_of_the_client_holds_for_a_day(sent):
    once = {"idempotency-key": "abc-1"}
    first, again = sent(headers=once), sent(headers=once)
    other = sent(headers=once, description="Autre chose")

    assert first[1] == again[1]
    assert other[0].status_code == 400
    assert Report.objects.count() == 1
    OpenRequest.objects.update(at=NOW - timedelta(hours=25))
    assert sent(headers=once, description="Autre chose")[0].status_code == 200


def test_h45_two_keys_are_two_reports_even_when_they_say_the_same(sent):
    first, second = (sent(headers={"idempotency-key": each}) for each in ("a", "b"))

    assert (first[0].status_code, second[0].status_code) == (200, 200)
    assert first[1] != second[1]
    assert Report.objects.count() == 2


def test_h48_beyond_the_limit_the_answer_is_429_in_an_array(sent, settings):
    caches["shared"].clear()
    settings.OPEN311_PER_MINUTE = 2
    for number in range(2):
        assert sent(description=str(number))[0].status_code == 200

    answer, faults = sent(description="3")

    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert faults[0]["code"] == 429


def test_h50_control_characters_are_gone_before_anything_is_stored(sent):
    answer, _said = sent(description="Un\x00 tr\x0bou\ud7ff", first_name="A\x1fnne")

    assert answer.status_code == 200
    assert the_report().text == "Un trou\ud7ff"
    assert the_report().contact.name == "Anne"


def test_a_form_that_is_too_large_is_refused_in_the_right_form(program, minimal, sent):
    answer, faults = sent(**{f"x{n}": "1" for n in range(400)})
    xml = program.post(f"{BASE}/requests.xml", minimal | {"description": "x" * 1_200_000})
    escaped = program.post(REQUESTS, b"a=" + b"%41" * 200_001, content_type=FORM)

    assert (answer.status_code, faults[0]["code"]) == (400, 400)
    assert escaped.status_code == 400  # before anybody looks for a key
    assert (xml.status_code, texts(xml)[0].findtext("code")) == (400, "400")


def test_the_test_endpoint_takes_reports_that_nobody_else_meets(sent, program, hole):
    answer, (said,) = sent(
        f"{TEST}/requests.json", email="jeanne@example.org", description="Essai"
    )

    reference = said["service_request_id"]
    assert answer.status_code == 200
    assert not Report.objects.exists()
    assert not OutgoingEmail.objects.exists()
    assert not Message.objects.exists()
    assert program.get(f"{BASE}/requests/{reference}.json").status_code == 404
    (item,) = program.read(f"{TEST}/requests.json", lat=45.1995, long=-0.7475)[1]
    assert (item["service_request_id"], item["description"]) == (reference, "Essai")
    assert "notes" not in item
    (single,) = program.read(f"{TEST}/requests/{reference}.json", extensions="true")[1]
    assert "notes" in single
    assert sent(f"{TEST}/requests.json", lat="95")[0].status_code == 400
    assert open311_trials.purge(now=timezone.now()) == 0
    assert open311_trials.purge(now=timezone.now() + timedelta(days=1, minutes=1)) == 1
    assert not Trial.objects.exists()


def test_a_place_is_rounded_and_an_address_stays_beside_it(sent):
    sent(lat="45.19950012", address_string="Quai Albert-Pichon")

    assert the_report().place == Place(45.1995, -0.7475)
    assert the_report().address == "Quai Albert-Pichon"
