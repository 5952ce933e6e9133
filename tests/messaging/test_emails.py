"""An e-mail leaves with its HTML twin, says where to answer, and comes back to its own row."""

import io
from datetime import timedelta
from email.message import EmailMessage as Written

import html5lib
import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings as hypothesis_settings, strategies as st

from messaging.bounces import read_bounce, return_path
from messaging.twin import Look, blocks, look, twin
from parvis.delivery import deliver_due
from parvis.mail import FACT, LANGUAGE, refusable
from parvis.models import OutgoingEmail
from parvis.outbox import Piece
from parvis.theme import contrast, palette
from tests.conftest import owner


LATER = timedelta(minutes=1)
TEXT = """Bonjour,

À apporter :
- Photo <récente>
- Titre : voir https://example.org/titres.

Voir ce rendez-vous :
http://pauillac.localhost/rdv/secret

Mairie de Pauillac"""


def write(key="booked.1.1", body=TEXT, *, url="", **fields):
    message = EmailMessage(
        "Rendez-vous", body, to=["anne@example.org"], headers={FACT: key, LANGUAGE: "fr"}, **fields
    )
    if url:
        refusable(message, url=url)
    with transaction.atomic():
        message.send()


def test_a_text_becomes_paragraphs_lists_and_links():
    found = blocks(TEXT)

    assert [(len(each.lines), len(each.items), each.label) for each in found] == [
        (1, 0, ""),
        (1, 0, ""),
        (0, 2, ""),
        (0, 0, "Voir ce rendez-vous"),
        (1, 0, ""),
    ]


def test_an_item_goes_on_in_the_lines_that_are_set_in():
    (found,) = blocks("- Reçu le\n  23 novembre\n- Lien\n  https://example.org/x\n- Seul")

    assert [[[each.text for each in line] for line in item] for item in found.items] == [
        [["Reçu le"], ["23 novembre"]],
        [["Lien"], ["", "https://example.org/x"]],
        [["Seul"]],
    ]


def test_words_before_an_address_in_their_line_stand_for_it():
    item, line = blocks("- Nid-de-poule\u00a0: http://x.test/a\n\nChoisir\u00a0: http://x.test/b")

    assert item.items == [[[Piece("Nid-de-poule", "http://x.test/a")]]]
    assert line.lines == [[Piece("Choisir", "http://x.test/b")]]


@pytest.mark.parametrize("brand", ["#24507f", "#ffd400", "#000000", "#ffffff", "#7a7a7a"])
def test_the_twin_is_readable_whatever_the_colour(brand):
    colours = palette(brand)
    html = twin(subject="Rappel", text=TEXT, language="en", by=Look("Pauillac", "", colours))

    document = html5lib.HTMLParser(strict=True).parse(html)
    assert document is not None
    assert '<html lang="en">' in html
    assert 'href="http://pauillac.localhost/rdv/secret"' in html
    assert "Photo &lt;récente&gt;" in html
    assert "<img" not in html
    assert "<table" not in html
    assert contrast("#ffffff", colours.action) >= 4.5
    assert contrast(colours.on_brand, colours.brand) >= 4.5


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_no_text_writes_markup(words):
    html = twin(subject=words, text=words, language="fr", by=Look("X", "", palette("#24507f")))

    assert "<script" not in html.lower()


@pytest.mark.django_db
def test_a_message_leaves_in_two_forms_with_an_address_to_answer_to(commune, mailoutbox, settings):
    settings.BOUNCE_DOMAIN = "retours.example.org"
    write()

    deliver_due(now=timezone.now() + LATER)

    (sent,) = mailoutbox
    headers = sent.message()
    row = OutgoingEmail.objects.get()
    assert sent.body == TEXT
    assert "Voir ce rendez-vous</a>" in sent.alternatives[0].content
    assert headers["Reply-To"] == (commune.email or None)
    assert "Mairie de Pauillac" in str(headers["From"])
    assert headers["List-Unsubscribe"] is None
    assert sent.from_email == return_path("c_33314", row.pk)
    assert headers["Message-ID"] == "<booked.1.1@c_33314.localhost>"


@pytest.mark.django_db
def test_what_may_be_refused_says_where(mailoutbox):
    write(url="http://pauillac.localhost/refus/x/")

    deliver_due(now=timezone.now() + LATER)

    headers = mailoutbox[0].message()
    assert headers["List-Unsubscribe"] == "<http://pauillac.localhost/refus/x/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def notification(to, *, status="5.1.1", action="failed"):
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=cut\r\n\r\n"
        "--cut\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--cut\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; anne@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--cut--\r\n"
    ).encode()


@pytest.fixture
def sent(settings, mailoutbox):
    settings.BOUNCE_DOMAIN = "retours.example.org"
    write()
    deliver_due(now=timezone.now() + LATER)
    return OutgoingEmail.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "is_dead"), [("5.1.1", True), ("5.7.26", True), ("4.4.1", False)]
)
def test_a_notification_marks_the_message_it_is_about(sent, monkeypatch, status, is_dead):
    content = notification(return_path("c_33314", sent.pk).upper(), status=status)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    out = io.StringIO()

    with owner():
        call_command("bounce", stdout=out)

    sent.refresh_from_db()
    assert (sent.dead_at is not None) is is_dead
    assert "550 no such user" in sent.last_error


@pytest.mark.django_db
def test_a_forged_return_address_is_about_nothing(sent):
    right = return_path("c_33314", sent.pk)
    other = return_path("c_33214", sent.pk).partition("@")[0].rpartition("+")[2]

    forged = f"retour+c_33314+{sent.pk}+{other}@retours.example.org"
    assert read_bounce(notification(right)) is not None
    assert read_bounce(notification(forged)) is None
    assert read_bounce(notification("anne@example.org")) is None
    assert read_bounce(notification("anne@example.org"), recipient=right).is_permanent
    assert read_bounce(notification(right, action="delivered", status="2.0.0")) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff\xfe", b"To: \r\n", b"\r\n" * 9000,
        b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nStatus: 9.9.9",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 5000,
        "To: =?utf-8?q?é?= \udcff".encode("utf-8", "surrogateescape"),
        Written().as_bytes(),
    ],
)  # fmt: skip
def test_whatever_comes_in_breaks_nothing(content, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    with owner():
        call_command(
            "bounce", "--to", "retour+c_33314+99999999999999999999+0@x", stdout=io.StringIO()
        )


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60))
def test_no_bytes_crash_the_reader(content, recipient):
    assert read_bounce(content, recipient=recipient) is None


@pytest.mark.django_db
def test_one_row_that_breaks_everything_stops_no_other(mailoutbox):
    write("bad.1")
    OutgoingEmail.objects.update(subject="Deux\nlignes")
    write("good.1")
    now = timezone.now() + LATER

    assert deliver_due(now=now) == 1
    assert deliver_due(now=now) == 0  # no hot loop: it waits its turn
    bad = OutgoingEmail.objects.get(key="bad.1")
    assert (bad.attempts, bad.dead_at) == (1, None)
    for _ in range(11):
        bad.refresh_from_db()
        deliver_due(now=bad.not_before)
    bad.refresh_from_db()
    assert (bad.attempts, bad.dead_at is not None) == (12, True)
    assert look().name == "Pauillac"
