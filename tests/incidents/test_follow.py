"""What the holder of a link reads and does; a follower reads no more than everybody."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from identity.members import Member
from incidents import desk, following, links, reporters
from incidents.actions import move
from incidents.models import Follower, Message, Photo, Report, ReportContact
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tests.booking.settings_client import SettingsClient, text_of
from tests.incidents.factories import category, report
from tests.incidents.pdf_text import words_of


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def hers(commune):
    """Jeanne's report, published."""
    return report(category(moderation="after"), now=timezone.now(), address="Rue Neuve")


def jpeg(name="photo.jpg"):
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(kept, "JPEG")
    return SimpleUploadedFile(name, kept.getvalue(), "image/jpeg")


def text_of_line(text):
    return " ".join(str(text).replace("\u00a0", " ").split())


def moved(made, to, **more):
    common = {"actor": Actor.STAFF, "by": AGENT, "now": timezone.now()}
    return move(report=made, to=to, **common, **more)


def follower_of(made, email="paul@example.org"):
    following.follow(report=made, email=email, language="fr", now=timezone.now())
    found = Follower.objects.get(email=email)
    following.confirm(follower=found, now=timezone.now())
    return found


def test_the_reporter_reads_all_of_hers_and_a_follower_what_everybody_reads(client, hers):
    moved(hers, Status.AWAITING_REPORTER, text="Habitez-vous au 12 ?")
    reporters.answer(report=hers, text="Oui, au 12, sonnez deux fois.", now=timezone.now())
    desk.write(report=hers, text="Nous passons demain.", by=AGENT, now=timezone.now())
    paul = follower_of(hers)

    to_her = text_of(client.get(links.path_to(hers)))
    to_paul = text_of(client.get(links.path_to_follower(paul)))

    assert "Habitez-vous au 12" in to_her
    assert "sonnez deux fois" in to_her
    assert "Nous passons demain." in to_paul
    assert "au 12" not in to_paul


def test_a_follower_sees_published_photos_and_a_reporter_all_of_hers(client, hers):
    for number, is_public in enumerate((True, False)):
        Photo.objects.create(
            report=hers, stage="before", state="ready", name=f"{number:032d}", is_checked=True,
            is_public=is_public,
        )  # fmt: skip
    paul = follower_of(hers)

    assert len(client.get(links.path_to(hers)).context["before"]) == 2
    assert len(client.get(links.path_to_follower(paul)).context["before"]) == 1

    desk.withdraw(report=hers, by=AGENT, now=timezone.now())
    page = client.get(links.path_to_follower(paul))

    assert page.context["before"] == []
    assert "Rue Neuve" not in text_of(page)


def test_the_words_of_a_reporter_and_questions_to_her_are_mailed_to_nobody_else(client, hers):
    follower_of(hers)
    moved(hers, Status.AWAITING_REPORTER, text="Habitez-vous au 12 ?")
    moved(hers, Status.RESOLVED, reason="repaired", text="Rebouché.")
    reporters.contest(
        report=hers, reason="not_repaired", text="Devant chez moi.", now=timezone.now()
    )

    to_paul = " ".join(
        mail.body + mail.html for mail in OutgoingEmail.objects.filter(to=["paul@example.org"])
    )
    to_her = " ".join(
        mail.body + mail.html for mail in OutgoingEmail.objects.filter(to=["jeanne@example.org"])
    )

    assert "Rebouché." in to_paul
    assert "au 12" not in to_paul
    assert "chez moi" not in to_paul + to_her
    assert "Habitez-vous au 12" in to_her


def test_she_adds_photos_until_there_are_enough(client, hers, media):
    page = links.path_to(hers)

    for _each in range(3):
        client.post(page, {"act": "photos", "photos": [jpeg() for _photo in range(4)]})

    assert Photo.objects.filter(report=hers).count() == 8
    assert "8 photos en préparation" in text_of(client.get(page))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([], id="none"),
        pytest.param([SimpleUploadedFile("a.jpg", b"GIF89a")], id="no photo"),
        pytest.param([SimpleUploadedFile("a.jpg", b"")], id="empty"),
        pytest.param([jpeg() for _each in range(6)], id="too many"),
    ],
)
def test_what_is_no_photo_is_refused_with_words(client, hers, media, files):
    answer = client.post(links.path_to(hers), {"act": "photos", "photos": files})

    assert answer.status_code == 422
    assert not Photo.objects.exists()


def test_she_contests_with_a_reason_and_a_photo(client, hers, media):
    moved(hers, Status.RESOLVED, reason="repaired")
    page = links.path_to(hers)

    refused = client.post(page, {"act": "contest", "text": "Toujours là, je tombe."})
    assert refused.status_code == 422
    assert "Toujours là, je tombe." in text_of(refused)

    client.post(page, {"act": "contest", "reason": "not_repaired", "photos": [jpeg()]})
    hers.refresh_from_db()
    assert hers.status == Status.REOPENED
    assert Photo.objects.get().state == Photo.State.QUARANTINED


def test_a_contest_refused_too_late_keeps_no_photo(client, hers, media):
    moved(hers, Status.RESOLVED, reason="repaired")
    Report.objects.update(closed_at="2026-01-01T00:00Z")
    page = links.path_to(hers)

    answer = client.post(
        page, {"act": "contest", "reason": "other", "photos": [jpeg()]}, follow=True
    )

    assert "Le délai pour contester est passé" in text_of(answer)
    assert not Photo.objects.exists()
    assert not Message.objects.filter(author="reporter").exists()


def test_she_says_how_satisfied_she_is_and_changes_her_mind(client, hers):
    moved(hers, Status.RESOLVED, reason="repaired")
    page = links.path_to(hers)

    client.post(page, {"act": "rate", "satisfaction": "2"})
    client.post(page, {"act": "rate", "satisfaction": "5"})
    client.post(page, {"act": "rate", "satisfaction": "9"})

    assert Report.objects.get().satisfaction == 5
    assert "Vous avez répondu : Tout à fait" in text_of(client.get(page))


def test_she_stops_the_news_and_asks_for_them_again(client, hers):
    page = links.path_to(hers)

    client.post(page, {"act": "leave"})
    assert not ReportContact.objects.get().wants_news
    client.post(page, {"act": "return"})
    assert ReportContact.objects.get().wants_news


@pytest.mark.parametrize("act", ["answer", "contest", "photos", "cancel", "rate", "return"])
def test_a_follower_does_nothing_in_her_name(client, hers, media, act):
    paul = follower_of(hers)
    sent = {"act": act, "text": "Je suis Jeanne.", "reason": "other", "satisfaction": "1"}

    client.post(links.path_to_follower(paul), sent | {"photos": [jpeg()]})

    hers.refresh_from_db()
    assert hers.status == Status.RECEIVED
    assert hers.satisfaction is None
    assert not Message.objects.exists()
    assert not Photo.objects.exists()


@pytest.mark.parametrize("act", ["", "jamais-vu", "a" * 5000, "\0"])
def test_a_button_that_does_not_exist_does_nothing(client, hers, act):
    assert client.post(links.path_to(hers), {"act": act}).status_code == 302
    assert Report.objects.get().status == Status.RECEIVED


def test_the_page_leads_to_another_report_at_the_same_place(client, hers):
    page = client.get(links.path_to(hers)).content.decode()

    assert "adresse=Rue+Neuve" in page
    assert "lat=45.199500" in page


def test_the_form_for_another_one_keeps_the_place(client, hers):
    address = client.get(links.path_to(hers)).context["another"]

    page = client.get(address).content.decode()

    assert 'value="45.199500"' in page
    assert "Rue Neuve" in page
    for wrong in ("lat=abc&lon=1", "lat=nan&lon=nan", "lat=999&lon=0", "lat=%00&lon=0"):
        form = client.get(f"/signaler/?{wrong}").context["form"]
        assert "lat" not in form.initial


def test_the_page_costs_the_same_with_a_long_history(client, hers, django_assert_max_num_queries):
    for number in range(12):
        desk.write(report=hers, text=f"Message {number}", by=AGENT, now=timezone.now())
    page = links.path_to(hers)
    client.get(page)

    with django_assert_max_num_queries(11):
        client.get(page)


FIND = "/suivi/retrouver/"


def test_the_link_is_sent_again_to_whoever_knows_reference_and_address(client, hers):
    typed = f"{hers.reference[:4]} {hers.reference[4:]}".lower()

    client.post(FIND, {"reference": typed, "email": "JEANNE@example.org"})

    mail = OutgoingEmail.objects.last()
    assert mail.to == ["jeanne@example.org"]
    secret = next(word for word in mail.body.split() if "/suivi/" in word).split("/suivi/")[1]
    assert client.get(f"/suivi/{secret}").status_code == 200


def test_the_answer_is_the_same_when_nothing_is_sent(client, hers):
    good = {"reference": hers.reference, "email": "jeanne@example.org"}
    before = OutgoingEmail.objects.count()

    pages = [
        re.sub(r'value="\w{64}"', "", text_of(client.post(FIND, good | wrong, follow=True)))
        for wrong in ({}, {"email": "paul@example.org"}, {"reference": "00000000"})
    ]

    assert len(set(pages)) == 1
    assert OutgoingEmail.objects.count() == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": ""}, {"reference": "abc"}, {"email": ""}, {"email": "jeanne"},
        {"reference": "A" * 500}, {"reference": "ABCD\x00EFG"}, {"reference": "é" * 8},
    ],
)  # fmt: skip
def test_what_finds_nothing_is_said_or_neutral(client, hers, wrong):
    answer = client.post(FIND, {"reference": hers.reference, "email": "j@example.org"} | wrong)

    assert answer.status_code in {302, 422}


def test_guessing_references_ends_soon(client, hers):
    typed = {"reference": "00000000", "email": "paul@example.org"}

    answers = [client.post(FIND, typed).status_code for _each in range(11)]

    assert answers == [302] * 10 + [429]


def test_a_report_without_address_has_no_link_to_send(client, commune):
    made = report(category(), email="")
    before = OutgoingEmail.objects.count()

    client.post(FIND, {"reference": made.reference, "email": ""})

    assert OutgoingEmail.objects.count() == before


def test_the_acknowledgement_to_print_makes_the_nine_mentions(client, hers, commune):
    mentions = client.get(links.path_to(hers)).context["mentions"]

    sent = client.get(links.path_to(hers) + "accuse-de-reception.pdf")

    assert sent["Content-Type"] == "application/pdf"
    assert sent["Cache-Control"] == "no-store"
    assert hers.reference in sent["Content-Disposition"]
    words = words_of(sent.content)
    assert len(mentions) == 9
    for each in mentions:
        assert text_of_line(each.title) in words
        assert text_of_line(each.text) in words
    assert "jeanne" not in words
    assert "Rue Neuve" in words


def test_nobody_else_is_sent_the_acknowledgement(client, hers):
    paul = follower_of(hers)

    for path in (links.path_to_follower(paul), "/suivi/abc/"):
        assert client.get(path + "accuse-de-reception.pdf").status_code == 404


def test_the_mail_that_acknowledges_leads_to_the_sheet(client, hers):
    mail = OutgoingEmail.objects.get(key=f"received.{hers.pk}")
    link = next(word for word in mail.body.split() if word.endswith(".pdf"))

    assert client.get("/suivi/" + link.split("/suivi/")[1]).content.startswith(b"%PDF-")


def test_strange_words_do_not_break_the_sheet(client, commune):
    made = report(category(name="🎉 عربي <b>"), address="Ωmega 🚲 " + "x" * 180)

    sent = client.get(links.path_to(made) + "accuse-de-reception.pdf")

    assert sent.content.startswith(b"%PDF-")
