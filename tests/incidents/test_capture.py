"""Somebody phones, comes in or writes, or an elected official walks: it is keyed in at once."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import tasks
from incidents.capture_forms import find_categories, phone_of, sender_of
from incidents.models import Category, Photo, Report, RoutingRule
from parvis.models import OutgoingEmail
from tests.incidents.desk_pages import DESK, path_of, text_of
from tests.incidents.factories import category, report, team
from tests.incidents.test_photos import photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
NEW = f"{DESK}nouveau/"
WALK = f"{DESK}tournee-elu/"


@pytest.fixture(autouse=True)
def hole():
    return category(keywords="trou chaussée route")


@pytest.fixture
def lamp(hole):
    return category(code="lampadaire", group="Éclairage", name="Lampadaire éteint")


def call(**changes):
    return {
        "channel": "phone",
        "category": "Nid-de-poule",
        "address": "Quai Albert-Pichon",
        "text": "Un trou devant la boulangerie.",
        "priority": "2",
        "key": str(uuid4()),
    } | changes


def picture(name="1.jpg", **options):
    return SimpleUploadedFile(name, photo(**options), content_type="image/jpeg")


@pytest.mark.parametrize("typed", ["nid", "NID-DE-POULE", "trou", "chaussee", "nid-de-poule"])
def test_a_category_is_found_by_what_one_types(hole, lamp, typed):
    assert find_categories(typed, list(Category.objects.all())) == [hole]


def test_who_wrote_a_pasted_message_is_read():
    pasted = "De : Jeanne Dupuy <jeanne@example.org>\nObjet : un trou\n\nBonjour"

    assert sender_of(pasted) == ("Jeanne Dupuy", "jeanne@example.org")
    assert sender_of("Bonjour, un trou.") == ("", "")
    assert phone_of("Rappelez-moi au 05.56.59 17-17 svp") == "05.56.59 17-17"
    assert phone_of("Dossier 0556591717123, le 01/02/2026") == ""


def test_a_message_that_was_pasted_says_what_and_who(agent, hole, lamp):
    pasted = (
        "De : Jeanne Dupuy <jeanne@example.org>\nObjet : lampadaire éteint\n\n"
        "Bonjour, le lampadaire éteint devant chez moi. 06 12 34 56 78"
    )

    agent.post(NEW, call(category="", text=pasted))

    made = Report.objects.get()
    assert (made.category, made.channel) == (lamp, "email")
    contact = made.contact
    assert (contact.name, contact.email) == ("Jeanne Dupuy", "jeanne@example.org")
    assert contact.phone == "06 12 34 56 78"


def test_a_message_that_says_nothing_of_it_is_asked_for(agent, hole, lamp):
    answer = agent.post(NEW, call(category="", text="Bonjour, regardez la photo."))

    assert answer.status_code == 422
    assert "Dites de quoi il s’agit." in text_of(answer)


def test_the_page_says_to_whom_it_went(agent, hole):
    roads = team()
    RoutingRule.objects.create(position=1, category=hole, handler=roads)

    page = text_of(agent.post(NEW, call(), follow=True))

    assert "Pour : Voirie." in page


def test_a_call_is_kept_in_one_screen_and_only_the_channel_stays(agent):
    answer = agent.post(NEW, call(channel="counter", priority="4"))

    made = Report.objects.get()
    assert (made.channel, made.priority, made.text) == ("counter", 4, call()["text"])
    assert made.taken_by_name == "report_agent"
    assert answer["Location"] == f"{NEW}?canal=counter&fait={made.reference}"
    following = agent.get(answer["Location"])
    assert "Un trou devant" not in following.content.decode()
    assert "Imprimer le récépissé" in text_of(following)


def test_the_acknowledgement_goes_to_whoever_has_an_address(agent):
    answer = agent.post(NEW, call(email="jeanne@example.org"), follow=True)

    assert "jeanne@example.org" in str(OutgoingEmail.objects.values_list("to"))
    assert "Imprimer le récépissé" not in text_of(answer)


def test_a_pasted_message_acknowledges_to_its_sender(agent):
    agent.post(NEW, call(channel="email", text="De : Jeanne <j@example.org>\n\nUn trou."))

    contact = Report.objects.get().contact
    assert (contact.name, contact.email) == ("Jeanne", "j@example.org")


def test_the_slip_says_the_reference_and_how_to_follow(agent):
    made = report(email="")

    page = agent.get(path_of(made, "recepisse"))

    assert made.reference[:4] in text_of(page)
    assert "Code à scanner" in page.content.decode()


def test_a_double_press_keeps_one_report(agent):
    once = call()

    for _each in range(2):
        agent.post(NEW, once | {"photos": [picture()]})

    assert Report.objects.count() == 1
    assert Photo.objects.count() == 1


def test_a_known_address_is_placed_and_shows_what_is_near(agent, hole):
    known = report(hole)

    looked = agent.post(NEW, call(look="1"))
    agent.post(NEW, call())

    assert known.reference in looked.content.decode()
    assert Report.objects.count() == 2
    assert Report.objects.latest("pk").place == known.place


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"category": ""}, id="no category"),
        pytest.param({"category": "xyz"}, id="an unknown category"),
        pytest.param({"category": "é"}, id="several"),
        pytest.param({"address": ""}, id="nowhere"),
        pytest.param({"channel": "pigeon"}, id="an unknown channel"),
        pytest.param({"priority": "99"}, id="no such priority"),
        pytest.param({"key": "abc"}, id="no key"),
        pytest.param({"text": "a\0b"}, id="NUL"),
        pytest.param({"email": "jeanne"}, id="no address"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(agent, lamp, wrong):
    category(code="ecole", name="École", keywords="")
    category(code="egout", name="Égout", keywords="")

    answer = agent.post(NEW, call(phone="0556591717") | wrong)

    assert answer.status_code == 422
    assert "0556591717" in answer.content.decode()
    assert not Report.objects.exists()


def test_what_others_handle_says_whom_to_call(agent):
    category(code="telecom", name="Télécom", door="redirect", redirect_text="Appelez Orange.")

    answer = agent.post(NEW, call(category="télécom"))

    assert "Appelez Orange." in text_of(answer)


def test_the_page_costs_the_same_with_many_reports(agent, hole):
    counts = []
    for _each in range(2):
        made = report(hole)
        agent.get(f"{NEW}?fait={made.reference}")
        with CaptureQueriesContext(connection) as queries:
            agent.get(f"{NEW}?fait={made.reference}")
        counts.append(len(queries))
        for _more in range(8):
            report(hole)

    assert counts[0] == counts[1]


def test_a_strange_address_of_the_page_is_no_error(agent):
    assert agent.get(f"{NEW}?canal=x%00&fait=a%00b").status_code == 200


def test_each_photo_of_a_walk_is_a_line_and_a_bad_one_loses_nothing(agent, hole):
    bad = SimpleUploadedFile("notes.txt", b"<html>", content_type="image/jpeg")
    sent = {"photos": [picture(), bad, picture("2.jpg")], "category": hole.pk, "key": str(uuid4())}

    answer = agent.post(WALK, sent, follow=True)

    assert "2 photos gardées" in text_of(answer)
    assert "notes.txt" in text_of(answer)
    assert set(Report.objects.values_list("channel", "visibility")) == {("walk", "private")}


def test_a_walk_sent_twice_is_there_once(agent, hole):
    key = str(uuid4())

    for _each in range(2):
        agent.post(WALK, {"photos": [picture()], "category": hole.pk, "key": key})

    assert Report.objects.count() == 1


def test_lines_are_sorted_and_those_that_say_too_little_stay(agent, hole, lamp):
    photos = [picture(), picture(gps=False), picture(gps=False)]
    agent.post(WALK, {"photos": photos, "category": hole.pk, "key": str(uuid4())})
    tasks.develop_photos()
    placed, nowhere, later = Report.objects.order_by("pk")
    lines = {
        f"l{placed.pk}-category": lamp.pk,
        f"l{placed.pk}-text": "Éteint depuis lundi.",
        f"l{nowhere.pk}-category": hole.pk,
        f"l{nowhere.pk}-text": "Profond.",
        f"l{later.pk}-category": hole.pk,
        f"l{later.pk}-is_later": "on",
    }

    answer = agent.post(f"{WALK}tri/", lines)

    assert answer.status_code == 422
    assert "Profond." in answer.content.decode()
    placed.refresh_from_db()
    assert (placed.category, placed.status) == (lamp, "triage")
    assert (placed.text, placed.visibility) == ("Éteint depuis lundi.", "pending")
    assert placed.place is not None
    assert set(Report.objects.exclude(pk=placed.pk).values_list("status", flat=True)) == {
        "received"
    }


def test_a_walk_costs_the_same_with_many_photos(agent, hole):
    counts = []
    for number in (1, 6):
        photos = [picture(f"{each}.jpg") for each in range(number)]
        agent.post(WALK, {"photos": photos, "category": hole.pk, "key": str(uuid4())})
        agent.get(WALK)
        with CaptureQueriesContext(connection) as queries:
            agent.get(WALK)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_counter_of_appointments_keys_in_a_call_and_gives_its_slip(log_in, hole):
    report(hole)
    counter = log_in("booking_agent")

    answer = counter.post(NEW, call(), follow=True)

    made = Report.objects.get(channel="phone")
    assert f'href="{path_of(made, "recepisse")}"' in answer.content.decode()
    assert f'href="{path_of(made)}"' not in answer.content.decode()
    assert counter.get(path_of(made, "recepisse")).status_code == 200


def test_the_counter_of_appointments_opens_no_report_and_no_slip_of_others(log_in):
    others = report()
    counter = log_in("booking_agent")

    assert counter.get(path_of(others, "recepisse")).status_code == 403
    assert counter.get(path_of(others)).status_code == 403
    assert counter.get(DESK).status_code == 403


def test_what_is_not_published_is_not_offered_to_the_counter(log_in, hole):
    report(hole, text="Privé.")
    counter = log_in("booking_agent")

    page = counter.post(NEW, call(look="1"))

    assert "Rien de semblable" in text_of(page)


def test_letters_that_begin_a_word_of_another_category_are_not_guessed():
    nest = category(code="frelons", group="Animaux", name="Nid de frelons")
    hole = category(code="trou", name="Trou dans la chaussée", keywords="nid-de-poule goudron")

    assert find_categories("nid", [nest, hole]) == [nest, hole]
    assert find_categories("nid de f", [nest, hole]) == [nest]
