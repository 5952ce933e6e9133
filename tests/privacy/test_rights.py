"""A person sees, takes away and erases what a commune holds about her address."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.core.cache import caches
from django.utils import timezone

from booking.models import Appointment, Participant, Title, WaitingEntry
from exchange import subject
from exchange.import_models import ImportBatch, ImportRow
from incidents import following, reporters
from incidents.models import Follower, ReportContact
from messaging import preferences
from messaging.kinds import Choice, Kind
from messaging.models import Gathered, OutgoingText, Preference, PushSubscription
from parvis.models import OutgoingEmail
from parvis.subjects import Person
from privacy import actions, rights
from privacy.models import DataLink, DataRequest
from tenants.models import Commune, Erasure
from tests.booking.staff_client import StaffClient
from tests.factories import AppointmentFactory
from tests.incidents.factories import report
from tests.incidents.test_retention import end
from tests.privacy.test_retention import told_of


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune", "media")]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESS = "zephyrine.canari@example.org"
CANARIES = {
    "name": "Zéphyrine Canari",
    "phone": "06 98 76 54 32",
    "person": "Canari Cadet",
    "number": "CANARY9999",
    "note": "Canari en béquilles",
    "waiting": "Canari qui attend",
    "title": "Canari titulaire",
    "text": "Le trou de Canari",
    "reply": "Canari insiste",
    "sms": "SMS pour Canari",
    "row": "Canari importée",
    "browser": "https://push.example/canari",
    "followed": "https://push.example/canari-suivi",
    "news": "Nouvelle pour Canari",
    "email": ADDRESS,
}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def client(commune):
    """A browser on Pauillac's site, after which the test is in its schema again."""
    return StaffClient(commune)


def everywhere():
    """Leave canaries: everything a person can leave in a commune, all of it over."""
    c = CANARIES
    past = AppointmentFactory(
        start=NOW - timedelta(days=2),
        status="honoured",
        name=c["name"],
        email=ADDRESS.upper(),
        phone=c["phone"],
        note=c["note"],
        people=[{"name": c["person"], "pre_application": c["number"]}],
    )
    person = {"email": ADDRESS, "language": "fr"}
    WaitingEntry.objects.create(
        service=past.service,
        name=c["waiting"],
        first_day=NOW.date(),
        last_day=NOW.date(),
        token_hash="waiting",
        **person,
    )
    Title.objects.create(
        kind="CNI",
        number="2026A",
        holder=c["title"],
        token_hash="title",
        arrived_on=NOW.date(),
        collected_on=NOW.date(),
        **person,
    )
    found = report(now=NOW, text=c["text"], name=c["name"], email=ADDRESS, phone=c["phone"])
    reporters.answer(report=found, text=c["reply"], now=NOW)
    end(found, at=NOW)
    other = report(now=NOW, email="other@example.org")
    following.follow(report=other, email=ADDRESS, language="fr", now=NOW)
    OutgoingText.objects.create(
        key=f"booked.{past.pk}.1",
        to="+33698765432",
        body=c["sms"],
        segments=1,
        cost=50,
        sent_at=NOW,
    )
    batch = ImportBatch.objects.create(
        kind="appointments",
        state="done",
        file_name="a.csv",
        header=["x"],
        by_id=1,
        by_name="A",
        applied_at=NOW,
    )
    ImportRow.objects.create(batch=batch, line=1, cells=[c["row"], ADDRESS])
    listens("report", found.pk, c["browser"])
    listens("follower", Follower.objects.get(report=other).pk, c["followed"])
    Gathered.objects.create(
        key="news", to=ADDRESS.upper(), kind=Kind.LATE, subject=c["news"], language="fr"
    )
    refuses(ADDRESS)
    return past


def listens(what, pk, endpoint):
    """Leave a browser that is told of a report."""
    PushSubscription.objects.create(
        subject=f"{what}:{pk}", endpoint=endpoint, p256dh="key", auth="secret"
    )


def refuses(email):
    """Want no more news."""
    preferences.choose(who=preferences.reader(email), choices={Kind.NEWS: Choice.NEVER}, now=NOW)


def link_in(mail):
    return re.search(r"/mes-donnees/lien/[\w-]+/", mail.body).group()


def opened(client):
    """Prove the address, as a person does with her mail."""
    client.post("/mes-donnees/", {"email": ADDRESS})
    mail = OutgoingEmail.objects.filter(key__startswith="data-link:").get()
    client.post(link_in(mail))
    return client


def test_she_sees_everything_and_nobody_else(client):
    everywhere()
    AppointmentFactory(name="Paul Autre", email="paul@example.org", reference="PAUL0001")

    page = opened(client).get("/mes-donnees/dossier/").content.decode()

    for canary in set(CANARIES.values()) - {CANARIES["phone"]}:
        assert canary in page
    assert "Paul Autre" not in page
    assert "other@example.org" not in page


def test_she_reads_local_times_and_her_answers_in_words():
    AppointmentFactory(
        email=ADDRESS,
        people=[{"name": "Anne", "situation": {"motive": "loss", "minor": True}}],
    )
    report(now=NOW, email=ADDRESS)

    said = [fact for each in rights.held(Person(ADDRESS), now=NOW) for fact in each.facts]

    [sent] = [value for label, value in said if label == "Envoyé le"]
    assert sent == "lundi 23\u00a0novembre 2026 à 10\u00a0h"  # NOW is nine in UTC
    assert ("Pourquoi demander ce titre\u00a0?", "Perte") in said
    assert ("minor", "True") in said


def test_erasing_leaves_no_canary_anywhere(client, media):
    past = everywhere()

    opened(client).post("/mes-donnees/dossier/effacement/")

    assert told_of(*CANARIES.values(), ADDRESS.upper(), "+33698765432") == set()
    files = b"".join(path.read_bytes() for path in media.rglob("*") if path.is_file())
    valkey = caches["shared"]._cache.get_client()
    cached = b"".join(
        valkey.get(key) for key in valkey.scan_iter() if valkey.type(key) == b"string"
    )
    for canary in CANARIES.values():
        assert canary.encode() not in files
        assert canary.encode() not in cached
    past.refresh_from_db()
    assert (past.status, past.name) == ("honoured", "–")
    lines = Erasure.objects.filter(reason="request")
    assert {"appointment", "waiting", "title", "contact", "follower"} <= set(
        lines.values_list("kind", flat=True)
    )


def test_her_choices_and_browsers_are_shown_and_erased_and_nobody_elses(client):
    everywhere()
    refuses("other@example.org")
    listens("report", report(now=NOW, email="other@example.org").pk, "https://push.example/other")

    page = opened(client).get("/mes-donnees/dossier/").content.decode()
    client.post("/mes-donnees/dossier/effacement/")

    assert page.count(str(Kind.NEWS.label)) == 1
    assert "https://push.example/other" not in page
    assert Preference.objects.get().reader == preferences.reader("other@example.org")
    assert PushSubscription.objects.get().endpoint == "https://push.example/other"


def test_a_number_she_typed_shows_nothing_of_whose_it_is(client):
    number = {"phone": "06 98 76 54 32"}
    AppointmentFactory(email=ADDRESS, **number)
    anothers = AppointmentFactory(email="", reference="OTHER001", **number)
    OutgoingText.objects.create(
        key=f"booked.{anothers.pk}.1", to="+33698765432", body="/rdv/secret", segments=1, cost=65
    )

    page = opened(client).get("/mes-donnees/dossier/").content.decode()
    client.post("/mes-donnees/dossier/effacement/")

    assert "/rdv/secret" not in page
    assert OutgoingText.objects.get().body == "/rdv/secret"


def test_a_line_that_names_another_address_is_not_hers():
    everywhere()
    batch = ImportBatch.objects.get()
    for number, cell in enumerate(
        (f"x.{ADDRESS}", f"o'{ADDRESS}", f"{ADDRESS}.com", f"Zoé <{ADDRESS.upper()}>.")
    ):
        ImportRow.objects.create(batch=batch, line=2 + number, cells=[cell])

    assert len(subject.held(Person(ADDRESS), now=NOW)) == 2
    assert subject.erase(Person(ADDRESS), now=NOW) == 2
    assert ImportRow.objects.filter(cells__icontains=ADDRESS).count() == 3


def test_what_is_to_come_is_kept_and_said_why(client):
    to_come = AppointmentFactory(email=ADDRESS, start=timezone.now() + timedelta(days=9))
    opened(client).post("/mes-donnees/dossier/effacement/")

    page = client.get("/mes-donnees/dossier/").content.decode()

    to_come.refresh_from_db()
    assert to_come.email == ADDRESS
    assert "annulez-le d’abord" in page


def test_an_open_report_loses_the_person_and_keeps_the_words(client):
    report(now=NOW, text="Un trou", email=ADDRESS)

    opened(client).post("/mes-donnees/dossier/effacement/")

    contact = ReportContact.objects.select_related("report").get()
    assert (contact.email, contact.report.text) == ("", "Un trou")
    assert not Follower.objects.exists()


def test_the_answer_is_the_same_whether_anything_is_held(client):
    AppointmentFactory(email=ADDRESS)

    known = client.post("/mes-donnees/", {"email": ADDRESS})
    unknown = client.post("/mes-donnees/", {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert DataLink.objects.count() == 1
    assert [mail.to for mail in OutgoingEmail.objects.all()] == [[ADDRESS]]


def test_three_letters_an_hour_and_the_same_answer_after(client):
    AppointmentFactory(email=ADDRESS)

    answers = [client.post("/mes-donnees/", {"email": ADDRESS}).status_code for _ in range(5)]

    assert answers == [302] * 5
    assert DataLink.objects.count() == 3


class TestLink:
    def test_it_opens_once(self, client):
        AppointmentFactory(email=ADDRESS)
        opened(client)
        link = link_in(OutgoingEmail.objects.get())

        assert client.get(link).status_code == 200  # a program that follows links
        assert client.post(link).status_code == 410

    def test_browsers_name_their_origin_so_that_the_button_works(self, client):
        assert client.get("/mes-donnees/lien/x/")["Referrer-Policy"] == "same-origin"

    def test_following_it_uses_nothing_up(self, client):
        AppointmentFactory(email=ADDRESS)
        client.post("/mes-donnees/", {"email": ADDRESS})

        client.get(link_in(OutgoingEmail.objects.get()))

        assert DataLink.objects.get().used_at is None

    def test_it_ends_after_half_an_hour(self):
        AppointmentFactory(email=ADDRESS)
        rights.send_link(email=ADDRESS, now=NOW)
        token = link_in(OutgoingEmail.objects.get()).split("/")[-2]

        with pytest.raises(rights.LinkGone):
            rights.open_link(token=token, now=NOW + timedelta(minutes=30))

    def test_after_it_she_is_told_and_asks_for_another(self, client):
        page = client.get("/mes-donnees/dossier/", follow=True)

        assert page.redirect_chain[-1][0] == "/mes-donnees/"
        assert "Demandez un autre lien" in page.content.decode()

    def test_the_proof_is_worth_nothing_in_another_commune(self, client, host_client):
        AppointmentFactory(email=ADDRESS)
        opened(client)
        other = host_client("lacanau.localhost")
        other.cookies = client.cookies

        assert other.get("/mes-donnees/dossier/").status_code == 302


def test_she_takes_everything_away(client):
    everywhere()

    answer = opened(client).get("/mes-donnees/dossier/mes-donnees.zip")

    with ZipFile(io.BytesIO(answer.content)) as file:
        said = json.loads(file.read("donnees.json"))
        assert CANARIES["reply"] in file.read("donnees.txt").decode()
        assert CANARIES["name"].encode() in file.read("donnees.csv")
    assert said["email"] == ADDRESS
    assert {"Rendez-vous", "Signalements", "Abonnements"} <= {
        each["section"] for each in said["records"]
    }


@pytest.mark.parametrize("typed", ["", "no", "a\0@b.fr", "x" * 400 + "@example.org", "é@é.\ud800"])
def test_a_bad_address_is_refused_and_kept(client, typed):
    answer = client.post("/mes-donnees/", {"email": typed.encode("utf-8", "replace").decode()})

    assert answer.status_code == 422
    assert not DataLink.objects.exists()


def test_queries_do_not_grow(client, django_assert_max_num_queries):
    everywhere()
    who = Person(ADDRESS)
    with django_assert_max_num_queries(40) as one:
        rights.held(who, now=NOW)
    for number in range(6):
        AppointmentFactory(email=ADDRESS, reference=f"MORE000{number}")
        report(now=NOW, email=ADDRESS)

    with django_assert_max_num_queries(len(one)):
        rights.held(who, now=NOW)


class TestClock:
    def ask(self, **options):
        return rights.ask(
            **{"email": ADDRESS, "kind": "correction", "words": "Mon nom", "now": NOW} | options
        )

    def test_the_town_hall_is_reminded_on_days_20_and_27_once_each(self, commune):
        Commune.objects.filter(pk=commune.pk).update(email="mairie@pauillac.example")
        self.ask()

        sent = [actions.remind(now=NOW + timedelta(days=day)) for day in (19, 20, 21, 27, 28)]

        assert sent == [0, 1, 0, 1, 0]

    def test_an_answer_leaves_by_mail_and_stops_the_clock(self, client):
        opened_by = opened_with(client)
        opened_by.post("/mes-donnees/dossier/demande/", {"kind": "correction", "words": "Mon nom"})

        asked = DataRequest.objects.get(kind="correction")
        assert (asked.email, asked.answered_at) == (ADDRESS, None)

    def test_a_request_without_words_is_refused(self, client):
        answer = opened_with(client).post(
            "/mes-donnees/dossier/demande/", {"kind": "access", "words": ""}
        )

        assert answer.status_code == 422


def opened_with(client):
    AppointmentFactory(email=ADDRESS)
    return opened(client)


def test_participants_of_others_are_left_alone(client):
    AppointmentFactory(
        email="paul@example.org", reference="PAUL0001", people=[{"name": "Paul Autre"}]
    )
    everywhere()

    opened(client).post("/mes-donnees/dossier/effacement/")

    assert Participant.objects.filter(name="Paul Autre").exists()
    assert Appointment.objects.filter(email="paul@example.org").exists()
