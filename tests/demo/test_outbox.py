import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django_tenants.utils import schema_context
from hypothesis import given, strategies as st

from parvis.models import OutgoingEmail
from parvis.outbox import Piece, paragraphs
from tenants import hosts


pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_mode(monkeypatch):
    """Mount the demo's pages on the sites of communes."""
    monkeypatch.setitem(hosts.URLCONFS, "commune", "tests.demo.urls_commune")


def write(subject="Votre rendez-vous", body="Bonjour", **fields):
    with transaction.atomic():
        EmailMessage(subject, body, to=["jeanne@example.org"], **fields).send()
    return OutgoingEmail.objects.order_by("-pk").first()


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_outbox_does_not_exist_outside_the_demo(client):
    assert client.get("/demo/outbox/").status_code == 404


def test_an_empty_outbox_says_how_to_fill_it(client, demo_mode):
    assert "Prenez un rendez-vous" in text_of(client.get("/demo/outbox/"))


def test_messages_are_listed_newest_first(client, demo_mode):
    for number in range(3):
        write(f"Message {number}")

    page = text_of(client.get("/demo/outbox/"))

    assert page.index("Message 2") < page.index("Message 1") < page.index("Message 0")
    assert "jeanne@example.org" in page


def test_a_message_shows_its_text_links_and_files(client, demo_mode):
    email = write(
        body="Bonjour <b>Jeanne</b>,\n\nVotre lien : http://pauillac.localhost/rdv/x.\nÀ bientôt",
        attachments=[("rendez-vous.ics", "BEGIN:VCALENDAR", "text/calendar")],
    )

    page = text_of(client.get(f"/demo/outbox/{email.pk}/"))

    assert "n’est parti nulle part" in page
    assert "Bonjour &lt;b&gt;Jeanne&lt;/b&gt;," in page
    link = '<a href="http://pauillac.localhost/rdv/x" rel="noopener">'
    assert f"{link}http://pauillac.localhost/rdv/x</a>.<br>À bientôt" in page
    assert "rendez-vous.ics" in page


def test_a_commune_shows_its_own_messages_only(client, demo_mode, other_commune):
    with schema_context(other_commune.schema_name):
        theirs = write("Pour Lacanau")

    assert "Pour Lacanau" not in text_of(client.get("/demo/outbox/"))
    assert client.get(f"/demo/outbox/{theirs.pk}/").status_code == 404


@given(st.text())
def test_no_word_is_lost_and_only_web_addresses_are_links(text):
    pieces = [piece for block in paragraphs(text) for line in block for piece in line]

    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    assert all(piece.href.startswith(("http://", "https://")) for piece in pieces if piece.href)


def test_a_script_is_no_link():
    assert paragraphs("javascript:alert(1)") == [[[Piece("javascript:alert(1)")]]]
