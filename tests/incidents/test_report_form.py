"""The form of a citizen, without script: nothing that was typed or chosen is lost."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from identity.limits import Limit
from incidents import drafts, geocoder_client, public_views
from incidents.models import Asset, Category, Follower, Photo, Report, ReportEvent
from parvis.egress import Breaker
from tests.booking.settings_client import SettingsClient, text_of
from tests.geoportal import feature, geoportal
from tests.incidents.factories import QUAY, category, report


pytestmark = pytest.mark.django_db
LACANAU = {"lat": "44.978", "lon": "-1.077"}


@pytest.fixture(autouse=True)
def _folder(media):
    """Every test has a folder of its own for photos."""


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


def picture(*, place=None, size=(640, 480)):
    file, exif = io.BytesIO(), Image.Exif()
    if place:
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: (place[0], 0, 0), 3: "W", 4: (-place[1], 0, 0)})
    Image.new("RGB", size, "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


def upload(content=None, name="trou.jpg"):
    return SimpleUploadedFile(name, content or picture(), content_type="image/jpeg")


def sent(**changes):
    return {
        "category": "nid-de-poule",
        "address": "Quai Albert-Pichon",
        "text": "Un trou.",
        "key": str(uuid4()),
    } | changes


def published(**options):
    made = report(now=timezone.now() - timedelta(days=3), **options)
    Report.objects.filter(pk=made.pk).update(visibility="public")
    return made


class TestPhotos:
    """A bad photo is told, and never costs the report."""

    def test_a_refused_photo_is_told_and_the_others_are_kept(self, client):
        category()
        files = [upload(), upload(b"GIF89a", "chat.gif"), upload(name="deux.jpg")]

        answer = client.post("/signaler/", sent(photos=files), follow=True)

        assert Photo.objects.count() == 2
        assert "« chat.gif » n’a pas été gardée" in text_of(answer)

    def test_a_full_disk_costs_the_photo_and_not_the_report(self, client, settings, tmp_path):
        category()
        blocked = tmp_path / "full"
        blocked.write_text("no folder")
        settings.MEDIA_ROOT = blocked
        form = sent(photos=[upload()])

        wrong = client.post("/signaler/", form | {"email": "jeanne@", "photos": [upload()]})
        answer = client.post("/signaler/", form, follow=True)

        assert wrong.status_code == 422
        assert Report.objects.count() == 1
        assert "Une photo n’a pas pu être gardée" in text_of(answer)

    def test_a_sixth_photo_is_told_and_five_are_kept(self, client):
        category()

        answer = client.post(
            "/signaler/", sent(photos=[upload() for _each in range(6)]), follow=True
        )

        assert Photo.objects.count() == 5
        assert "cinq photos au plus" in text_of(answer)

    def test_photos_of_a_wrong_form_need_not_be_chosen_again(self, client):
        category()
        form = sent(photos=[upload(), upload(b"x", "x.txt")], email="jeanne@")

        shown = client.post("/signaler/", form)
        assert shown.status_code == 422
        assert "Photo 1 déjà reçue" in text_of(shown)
        assert "« x.txt » n’a pas été gardée" in text_of(shown)

        client.post("/signaler/", form | {"email": "", "photos": []})
        assert Photo.objects.count() == 1
        assert drafts.names(form["key"]) == []

    def test_a_kept_photo_can_be_taken_away(self, client):
        category()
        form = sent(photos=[upload()], email="jeanne@")
        shown = client.post("/signaler/", form).content.decode()
        name = re.search(r'name="drop" value="(\w+)"', shown)[1]

        client.post("/signaler/", form | {"email": "", "photos": [], "drop": name})

        assert (Report.objects.count(), Photo.objects.count()) == (1, 0)

    def test_all_that_is_missing_is_said_at_once(self, client):
        category()

        form = client.post("/signaler/", sent(category="", address="")).context["form"]

        assert set(form.errors) == {"category", "address"}

    def test_another_form_never_gets_them(self, client):
        category()
        client.post("/signaler/", sent(photos=[upload()], email="jeanne@"))

        client.post("/signaler/", sent())

        assert Photo.objects.count() == 0

    def test_what_nobody_sends_is_forgotten_within_the_hour(self, client):
        form = sent(photos=[upload()], email="jeanne@")
        category()
        client.post("/signaler/", form)

        assert drafts.sweep(now=timezone.now()) == 0
        assert drafts.sweep(now=timezone.now() + timedelta(hours=2)) == 1

    def test_a_photo_places_the_report_when_nothing_else_does(self, client):
        category()

        client.post("/signaler/", sent(address="", photos=[upload(picture(place=(45, -1)))],
                                       seen=["outside"]))  # fmt: skip

        assert Report.objects.get().place is not None


class TestKey:
    """Sent twice it is one report; filled in anew it is another."""

    def test_the_same_form_twice_is_one_report_with_its_photos(self, client):
        category()
        form = sent()
        first = client.post("/signaler/", form | {"photos": [upload()]})
        second = client.post("/signaler/", form | {"photos": [upload()]})

        assert (Report.objects.count(), Photo.objects.count()) == (1, 1)
        assert first.status_code == second.status_code == 302

    def test_an_old_page_filled_in_anew_is_another_report(self, client):
        category()
        form = sent()
        for text in ("Un trou.", "Un autre trou.", "Un autre trou."):
            client.post("/signaler/", form | {"text": text})

        assert Report.objects.count() == 2

    def test_an_old_page_moved_to_another_place_is_another_report(self, client):
        category()
        form = sent(text="", address="")
        for lat in (45.1995, 45.1995, 45.1996, 45.2045):
            client.post("/signaler/", form | {"lat": str(lat), "lon": "-0.7475"})

        assert Report.objects.count() == 2

    def test_a_form_sent_from_a_queue_is_answered_in_json(self, client):
        category()
        form, queued = sent(), {"X-Offline-Queue": "1"}
        first = client.post("/signaler/", form, headers=queued)
        again = client.post("/signaler/", form, headers=queued)
        wrong = client.post("/signaler/", sent(category=""), headers=queued)

        assert (first.status_code, again.status_code, wrong.status_code) == (201, 200, 422)
        assert first.json()["reference"] == again.json()["reference"]
        assert first.json()["url"].startswith("/suivi/")
        assert "category" in wrong.json()["errors"]

    @pytest.mark.parametrize(
        ("days_ago", "kept_days"), [(2, 2), (30, 7), (-3, 0)], ids=["lately", "long ago", "ahead"]
    )
    def test_when_it_was_written_is_kept_within_a_week(self, client, days_ago, kept_days):
        category()
        now = timezone.now()
        written = (now - timedelta(days=days_ago)).isoformat()

        client.post("/signaler/", sent(captured_at=written), headers={"X-Offline-Queue": "1"})

        kept = Report.objects.get().captured_at
        assert abs(kept - (now - timedelta(days=kept_days))) < timedelta(minutes=1)

    @pytest.mark.parametrize("written", ["", "hier", "2026-99-99T00:00:00Z", "2026-11-20T10:00"])
    def test_a_strange_clock_costs_nothing(self, client, written):
        category()

        client.post("/signaler/", sent(captured_at=written), headers={"X-Offline-Queue": "1"})

        assert Report.objects.get().captured_at is None

    def test_a_queue_is_not_asked_what_nobody_is_there_to_answer(self, client):
        category(danger_text="Appelez.")
        published(place=QUAY)

        answer = client.post(
            "/signaler/",
            sent(lat=QUAY.lat, lon=QUAY.lon),
            headers={"X-Offline-Queue": "1"},
        )

        assert answer.status_code == 201

    def test_a_queue_is_told_in_words_what_to_correct(self, client):
        category()
        category(code="eau", name="Fuite", door="redirect", redirect_text="Appelez la SAUR.")
        changes = (
            {"danger": "on"},
            {"category": "eau"},
            {"category": "nid-de-poule", "address": ""},
        )

        told = [
            client.post("/signaler/", sent(**each), headers={"X-Offline-Queue": "1"})
            for each in changes
        ]

        assert [answer.status_code for answer in told] == [422, 422, 422]
        words = [answer.json()["errors"] for answer in told]
        assert "112" in words[0]["danger"][0]
        assert words[1] == {"category": ["Appelez la SAUR."]}
        assert "Dites où c’est" in words[2]["address"][0]
        assert not Report.objects.exists()

    def test_a_queue_sends_its_photos_again_and_they_are_kept_once(self, client):
        category()
        form, queued = sent(), {"X-Offline-Queue": "1"}

        wrong = client.post(
            "/signaler/", form | {"address": "", "photos": [upload()]}, headers=queued
        )
        right = client.post("/signaler/", form | {"photos": [upload()]}, headers=queued)

        assert (wrong.status_code, right.status_code) == (422, 201)
        assert Photo.objects.count() == 1

    def test_too_many_reports_keep_what_was_typed(self, client, monkeypatch):
        monkeypatch.setattr("identity.limits.REPORT", Limit("report", 1, timedelta(hours=1)))
        category()
        client.post("/signaler/", sent())

        answer = client.post("/signaler/", sent(text="Le deuxième trou."))

        assert answer.status_code == 429
        assert "Le deuxième trou." in answer.content.decode()


class TestBefore:
    """What is said once before sending, and never is a wall."""

    def test_the_same_report_nearby_is_offered_once(self, client):
        category()
        known = published(place=QUAY)
        form = sent(lat=QUAY.lat, lon=QUAY.lon, photos=[upload()], email="anne@example.org")

        page = client.post("/signaler/", form)
        text = text_of(page)
        assert page.status_code == 200
        assert "C’est le même, me tenir au courant" in text
        assert "à 0 m" in text
        assert "1 habitant concerné" in text
        assert Report.objects.count() == 1

        client.post("/signaler/", form | {"photos": [], "seen": [known.reference]})
        assert Report.objects.count() == 2
        assert Photo.objects.count() == 1

    def test_one_that_is_not_published_is_never_shown(self, client):
        category()
        report(place=QUAY)

        client.post("/signaler/", sent(lat=QUAY.lat, lon=QUAY.lon))

        assert Report.objects.count() == 2

    def test_joining_follows_the_address_and_counts_once(self, client):
        category()
        known = published(place=QUAY)
        path = f"/signaler/le-meme/{known.reference}/"

        for _each in range(2):
            client.post(path, sent(email="anne@example.org"))

        known.refresh_from_db()
        assert known.reporters == 2
        assert Follower.objects.get().email == "anne@example.org"
        assert Report.objects.count() == 1

    def test_asking_for_many_addresses_is_held_and_joining_is_not(self, client, monkeypatch):
        category()
        monkeypatch.setattr(public_views, "FOLLOWS", Limit("few", 2, timedelta(hours=1)))
        for number in range(3):
            known = published(place=QUAY)
            path = f"/signaler/le-meme/{known.reference}/"
            answer = client.post(path, sent(email=f"anne{number}@example.org"), follow=True)

        assert "Trop de tentatives" in text_of(answer)
        assert Follower.objects.count() == 2
        known.refresh_from_db()
        assert known.reporters == 2

    def test_joining_without_an_address_counts_only(self, client):
        category()
        known = published(place=QUAY)

        client.post(f"/signaler/le-meme/{known.reference}/", sent(email="pas une adresse"))

        known.refresh_from_db()
        assert (known.reporters, Follower.objects.count()) == (2, 0)

    def test_what_is_not_published_cannot_be_joined(self, client):
        category()
        hidden = report(place=QUAY)

        assert client.post(f"/signaler/le-meme/{hidden.reference}/").status_code == 404

    def test_danger_is_said_once(self, client):
        category(danger_text="Un câble pend ? N’approchez pas.")
        form = sent()

        assert "N’approchez pas" in text_of(client.post("/signaler/", form))
        client.post("/signaler/", form | {"seen": ["danger:nid-de-poule"]})

        assert Report.objects.count() == 1

    def test_somebody_in_danger_is_shown_whom_to_call_and_nothing_is_sent(self, client):
        category()

        page = client.post("/signaler/", sent(danger="on"))

        assert 'href="tel:112"' in page.content.decode()
        assert not Report.objects.exists()

    def test_a_place_in_another_commune_leads_to_its_form_with_the_words(self, client):
        category()
        form = sent(**LACANAU)

        page = client.post("/signaler/", form).content.decode()
        assert "Ce lieu est à Lacanau." in page
        assert "lacanau.localhost:8000/signaler/?categorie=nid-de-poule&amp;texte=Un+trou." in page

        client.post("/signaler/", form | {"seen": ["outside"]})
        assert Report.objects.count() == 1

    def test_going_back_to_change_something_keeps_everything(self, client):
        category()
        published(place=QUAY)
        form = sent(lat=QUAY.lat, lon=QUAY.lon, edit="1", photos=[upload()])

        page = client.post("/signaler/", form)

        assert page.status_code == 200
        assert "Un trou." in page.content.decode()
        assert "Photo 1 déjà reçue" in text_of(page)

    def test_every_value_of_the_form_is_on_the_page_that_stops_it(self, client):
        category(danger_text="Attention.")
        page = client.post("/signaler/", sent(phone="0556591717")).content.decode()

        for value in ("nid-de-poule", "Quai Albert-Pichon", "Un trou.", "0556591717"):
            assert f'value="{value}"' in page


class TestAddress:
    """An address is placed when the geocoder answers, and kept as words when not."""

    @pytest.fixture
    def server(self, settings, monkeypatch):
        monkeypatch.setattr(geocoder_client, "breaker", Breaker())
        with geoportal() as known:
            settings.GEOCODER_URL = known.geocoder
            known.addresses["rue victor-hugo"] = [feature("Rue Victor-Hugo", 45.198, -0.748)]
            yield known

    def test_it_is_placed(self, client, server):
        category()
        client.post("/signaler/", sent(address="rue Victor-Hugo"))

        assert Report.objects.get().lat == 45.198

    def test_another_address_is_not_left_at_the_place_of_the_first(self, client, server):
        category(danger_text="Attention.")
        server.addresses["quai jean-fleuret"] = [feature("Quai Jean-Fleuret", 45.202, -0.747)]
        form = sent(address="rue Victor-Hugo")
        page = client.post("/signaler/", form).content.decode()
        point = dict(re.findall(r'name="(lat|lon|named)" value="([^"]*)"', page))
        assert point == {"lat": "45.198000", "lon": "-0.748000", "named": "rue Victor-Hugo"}

        seen = form | point | {"seen": "danger:nid-de-poule"}
        client.post("/signaler/", seen | {"address": "quai Jean-Fleuret"})

        assert Report.objects.get().lat == 45.202

    def test_words_added_to_an_address_leave_it_where_it_is(self, client, server):
        category()
        known = {"lat": "45.198", "lon": "-0.748", "named": "rue Victor-Hugo"}
        client.post("/signaler/", sent(address="rue Victor-Hugo, devant l’école", **known))

        assert Report.objects.get().lat == 45.198

    def test_words_do_when_the_geocoder_is_down(self, client, server):
        server.trouble = "refused"
        category()
        client.post("/signaler/", sent(address="rue Victor-Hugo"))

        assert Report.objects.get().address == "rue Victor-Hugo"


class TestSticker:
    """``/e/…/`` opens the form on one object."""

    @pytest.fixture
    def lamp(self):
        return Asset.objects.create(
            kind="lampadaire", code="L12", lat=QUAY.lat, lon=QUAY.lon, token="abc123"
        )

    def test_enter_sends_the_form_and_joins_nothing(self, client, lamp):
        known = published()
        Report.objects.filter(pk=known.pk).update(asset=lamp)

        form = client.get("/e/abc123/").content.decode().split('id="report-form"')[1]

        assert f"/signaler/le-meme/{known.reference}/" in form
        first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", form)[0]
        assert "formaction" not in first

    def test_its_place_and_likely_category_are_known(self, client, lamp):
        category()
        category(code="eclairage", name="Lampadaire éteint")

        page = client.get("/e/abc123/").content.decode()

        assert "Lampadaire L12" in page
        assert re.search(r'value="eclairage"[^>]*checked', page)

    def test_two_taps_report_it(self, client, lamp):
        category()
        client.post("/e/abc123/", sent(address="", asset="abc123"))

        made = Report.objects.get()
        assert (made.asset, made.channel) == (lamp, "sticker")
        assert made.place == QUAY

    def test_what_is_open_on_it_comes_first(self, client, lamp):
        category()
        known = published(asset=lamp)

        page = client.get("/e/abc123/").content.decode()

        assert f"/signaler/le-meme/{known.reference}/" in page

    def test_a_sticker_that_no_longer_serves_leads_to_the_form(self, client):
        answer = client.get("/e/inconnu/", follow=True)

        assert "Cet autocollant ne sert plus" in text_of(answer)


class TestPage:
    """What the form shows."""

    def test_the_most_used_categories_come_first_and_the_rest_behind_one_more(self, client):
        for rank in range(9):
            category(code=f"c{rank}", name=f"Sujet {rank}", position=rank)
        used = Category.objects.get(code="c8")
        report(used, now=timezone.now())

        page = client.get("/signaler/").content.decode()

        first, rest = page.split("Autre…", 1)
        assert 'value="c8"' in first
        assert 'value="c7"' in rest

    def test_it_asks_for_little(self, client):
        category()
        page = client.get("/signaler/").content.decode()

        assert len(set(re.findall(r'name="(\w+)"[^>]*\srequired', page))) <= 3

    def test_it_asks_the_database_as_much_for_many_categories(self, client):
        def count():
            with CaptureQueriesContext(connection) as asked:
                client.get("/signaler/")
            return len(asked)

        category(code="c0")
        count()
        few = count()
        for rank in range(1, 20):
            category(code=f"c{rank}", danger_text="Attention.")

        assert count() == few

    def test_another_page_may_fill_it_in(self, client):
        category()
        page = client.get("/signaler/?categorie=nid-de-poule&texte=Un+trou\0&adresse=Le+port")

        text = page.content.decode()
        assert re.search(r'value="nid-de-poule"[^>]*checked', text)
        assert "Un trou" in text
        assert 'value="Le port"' in text

    def test_thanks_may_name_the_work_that_was_done(self, client):
        category()
        done = report(now=timezone.now())
        now = timezone.now()
        Report.objects.filter(pk=done.pk).update(
            status="resolved", closed_at=now, visibility="public"
        )
        category(code="merci", door="compliment", name="Un merci")

        client.post(
            "/signaler/?porte=feliciter",
            sent(category="merci", text="Merci !", merci=done.reference, address=""),
        )

        assert Report.objects.get(category__code="merci").praises == done
        assert done.events.filter(kind=ReportEvent.Kind.THANKED).exists()

    def test_what_is_near_is_a_part_of_a_page(self, client, django_assert_max_num_queries):
        kind = category()
        query = {"categorie": kind.code, "lat": QUAY.lat, "lon": QUAY.lon}
        assert client.get("/signaler/proches/", query).content.strip() == b""
        for _each in range(3):
            published(place=QUAY)

        with django_assert_max_num_queries(8):
            page = client.get("/signaler/proches/", query)

        assert page.content.decode().count("C’est le même") == 3
        assert client.get("/signaler/proches/", {"lat": "x"}).content.strip() == b""
