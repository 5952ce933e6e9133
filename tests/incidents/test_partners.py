"""A body or a company answers by its signed link: what it may do, once, and never who reported."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from identity.members import Member
from incidents import links, partners, transfers
from incidents.actions import move
from incidents.models import Handler, Message, Photo
from incidents.refusals import ElsewhereNow, IllegalMove
from incidents.workflow import Actor, Reason, Status
from parvis.models import OutgoingEmail
from parvis.signing import sign
from tests.booking.staff_client import StaffClient
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_photos import huge_png, photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")


@pytest.fixture
def client(commune):
    """A browser of the partner: it is logged in nowhere."""
    return StaffClient(commune)


@pytest.fixture
def county():
    return Handler.objects.create(kind="body", name="Département", email="cd@example.org")


@pytest.fixture
def given(county):
    """A report that the county was given."""
    made = report(category(), name="Jeanne Dupuy", phone="0556590000")
    return transfers.forward(report=made, handler=county, text="Merci.", by=AGENT, now=NOW)


@pytest.fixture
def send(client, given, county):
    """Press one of the buttons of the page."""

    def inner(act, **sent):
        path = links.path_to_partner(given, county)
        answer = client.post(path, {"act": act} | {f"{act}-{k}": v for k, v in sent.items()})
        given.refresh_from_db()
        return answer

    return inner


def picture(content=None):
    return SimpleUploadedFile("après.jpg", content or photo(), content_type="image/jpeg")


def mails_to(address):
    return [mail for mail in OutgoingEmail.objects.order_by("pk") if address in mail.to]


def test_the_mail_leads_to_a_page_that_says_what_and_where_and_not_who(client, given, county):
    (mail,) = mails_to("cd@example.org")
    path = links.path_to_partner(given, county)

    answer = client.get(path)
    page = text_of(answer)

    assert path in mail.body
    assert answer.status_code == 200
    assert "Un trou au milieu de la rue." in page
    assert "Quai Albert-Pichon" in page
    assert "geo:45.199500,-0.747500" in answer.content.decode()
    for private in ("Jeanne", "jeanne@example.org", "0556590000", "05 56 59 00 00"):
        assert private not in answer.content.decode()


def test_the_page_is_kept_out_of_caches_and_of_other_sites(client, given, county):
    for path in (links.path_to_partner(given, county), "/intervenant/forged/"):
        answer = client.get(path)

        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer["X-Robots-Tag"]


def test_reading_changes_nothing(client, given, county):
    before = (given.version, given.changes.count(), given.events.count())

    client.get(links.path_to_partner(given, county) + "?act=finish")

    given.refresh_from_db()
    assert (given.version, given.changes.count(), given.events.count()) == before


def test_planning_tells_the_citizen_the_day(send, given):
    told = len(mails_to("jeanne@example.org"))

    answer = send("plan", day="2027-01-11", text="Avec l’enrobé.")

    assert answer.status_code == 302
    assert answer["Cache-Control"] == "no-store"
    assert (given.status, str(given.planned_on)) == ("planned", "2027-01-11")
    (mail,) = mails_to("jeanne@example.org")[told:]
    assert "11" in mail.body
    assert "enrobé" not in mail.body


def test_taking_note_without_a_day_is_written_once(send, given):
    send("plan")
    send("plan", text="Vu.")

    assert given.status == "forwarded"
    assert given.events.filter(kind="seen").count() == 1
    assert Message.objects.get(author="partner").text == "Vu."


def test_another_day_replaces_the_first(send, given):
    send("plan", day="2027-01-11")
    send("plan", day="2027-01-12")
    send("plan", day="2027-01-12")

    assert str(given.planned_on) == "2027-01-12"
    assert given.events.filter(kind="promised").count() == 1


def test_beginning_then_finishing(send, given):
    send("begin")
    assert given.status == "in_progress"

    send("finish", reason="repaired", picture=picture(), text="Rebouché.")

    assert (given.status, given.reason) == ("resolved", "repaired")
    assert Photo.objects.get().stage == "after"
    assert not Photo.objects.get().is_public
    message = Message.objects.get(author="partner")
    assert (message.author, message.audience) == ("partner", "staff")
    assert given.changes.last().actor == "partner"


def test_a_double_tap_is_one_answer(send, given):
    for _each in range(2):
        assert send("begin").status_code == 302
    for _each in range(2):
        answer = send("finish", reason="repaired", picture=picture())
        assert answer.status_code == 302

    assert list(given.changes.values_list("after", flat=True)) == [
        *("received", "forwarded", "in_progress", "resolved")
    ]
    assert Photo.objects.count() == 1


def test_giving_it_back_needs_a_reason_and_ends_the_link(client, send, given, county):
    refused = send("decline")
    assert refused.status_code == 422
    assert "Dites pourquoi" in text_of(refused)

    done = send("decline", text="Voie communale.")

    assert done.status_code == 200
    assert "reprend ce signalement" in text_of(done)
    assert (given.status, given.handler) == ("triage", None)
    assert Message.objects.get(author="partner").text == "Voie communale."
    assert client.get(links.path_to_partner(given, county)).status_code == 404


def test_no_link_opens_a_report_in_other_hands(client, given, county):
    path = links.path_to_partner(given, county)
    other = Handler.objects.create(kind="contractor", name="Eiffage")
    move(report=given, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=NOW)
    transfers.forward(report=given, handler=other, text="", by=AGENT, now=NOW)

    for answer in (client.get(path), client.post(path, {"act": "begin"})):
        assert answer.status_code == 404
        assert "Un trou" not in answer.content.decode()
    with pytest.raises(ElsewhereNow):
        partners.begin(report=given, handler=county, text="", now=NOW)


@pytest.mark.parametrize("wrong", ["forged", "a:b:c", "%00", "x" * 400, "²", "intervenant"])
def test_a_forged_link_opens_nothing(client, wrong):
    assert client.get(f"/intervenant/{wrong}/").status_code == 404


def test_a_link_of_another_purpose_or_too_old_opens_nothing(client, given, county, monkeypatch):
    other = sign([given.pk, county.pk], purpose=links.REPORTER)
    path = links.path_to_partner(given, county)

    assert client.get(f"/intervenant/{other}/").status_code == 404
    monkeypatch.setattr(links, "KEPT_S", -1)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("state", "act"), [("planned", "plan"), ("in_progress", "begin"), ("resolved", "finish")]
)
def test_what_is_done_already_is_no_error(send, given, state, act):
    wanted = {"plan": {"day": "2027-01-11"}, "finish": {"reason": "repaired"}}.get(act, {})
    send(act, **wanted)
    assert given.status == state

    assert send(act, **wanted).status_code == 302


def test_an_illegal_move_is_refused_in_words(send, given):
    send("finish", reason="repaired")

    for act, sent in (("begin", {}), ("plan", {"day": "2027-01-11"}), ("decline", {"text": "x"})):
        answer = send(act, **sent)
        assert answer.status_code == 422
        assert "ne peut pas passer dans cet état" in text_of(answer)
        assert given.status == "resolved"


def test_staff_closed_it_meanwhile(given, county):
    move(report=given, to=Status.REJECTED, actor=Actor.STAFF, by=AGENT, now=NOW, reason="abusive")

    with pytest.raises(IllegalMove):
        partners.finish(
            report=given,
            handler=county,
            reason=Reason.REPAIRED,
            picture=None,
            text="",
            now=NOW + timedelta(hours=1),
        )


def test_a_photo_is_asked_for_where_the_category_says_so(client, county):
    made = report(category(needs_after_photo=True))
    transfers.forward(report=made, handler=county, text="", by=AGENT, now=NOW)
    path = links.path_to_partner(made, county)

    without = client.post(path, {"act": "finish", "finish-reason": "repaired"})
    with_one = client.post(
        path, {"act": "finish", "finish-reason": "repaired", "finish-picture": picture()}
    )

    assert without.status_code == 422
    assert "photo après travaux" in text_of(without)
    assert with_one.status_code == 302
    made.refresh_from_db()
    assert made.status == "resolved"


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"", photo()[:40], huge_png(20_000, 20_000), b"GIF89a" + b"\0" * 200],
    ids=["html", "empty", "cut", "bomb", "gif"],
)
def test_a_hostile_upload_is_refused_and_nothing_typed_is_lost(send, given, content):
    upload = SimpleUploadedFile("../../x.php", content, content_type="image/jpeg")

    answer = send("finish", reason="repaired", picture=upload, text="Rebouché.")

    assert answer.status_code == 422
    assert "Rebouché." in answer.content.decode()
    assert given.status == "forwarded"
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("plan", {"day": "2020-01-01"}),
        ("plan", {"day": "9999-12-31"}),
        ("plan", {"day": "2027-02-30"}),
        ("plan", {"text": "a\0b"}),
        ("finish", {}),
        ("finish", {"reason": "abusive"}),
        ("write", {}),
        ("write", {"text": "x" * 2001}),
        ("erase", {}),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(send, given, act, sent):
    answer = send(act, **sent)

    assert answer.status_code == (200 if act == "erase" else 422)
    assert given.status == "forwarded"


def test_a_message_reaches_the_town_hall_alone_and_once(client, send, given, agent):
    told = OutgoingEmail.objects.count()

    for _each in range(2):
        send("write", text="Quelle hauteur ?")

    assert Message.objects.get(author="partner").audience == "staff"
    assert OutgoingEmail.objects.count() == told
    follow = client.get(links.path_to(given))
    assert "Quelle hauteur" not in follow.content.decode()
    desk = text_of(agent.get(f"/agent/signalements/{given.reference}/"))
    assert "Quelle hauteur ?" in desk
    assert "Message de l’intervenant" in desk
