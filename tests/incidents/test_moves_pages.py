"""A report moves from its page, and what citizens will read is shown before it is sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Follower, Handler, Photo, ReplyTemplate
from parvis.models import OutgoingEmail
from tenants.models import Commune
from tests.conftest import owner
from tests.incidents.desk_pages import path_of, text_of
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_photos import photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def found():
    return report(category(), name="Jeanne")


def send(client, found, to, *, step="send", **sent):
    known = {"to": to, "version": found.version, step: "1"} | sent
    answer = client.post(path_of(found, "passer"), known)
    found.refresh_from_db()
    return answer


def test_only_legal_moves_are_offered(agent, found):
    page = agent.get(path_of(found, "passer") + "?vers=planned").content.decode()

    assert 'value="planned" selected' in page
    assert 'value="reopened"' not in page


def test_what_will_be_read_and_by_whom_is_shown_before(agent, found):
    for number in range(2):
        Follower.objects.create(
            report=found, email=f"v{number}@example.org", token_hash=str(number), confirmed_at=NOW
        )
    before = OutgoingEmail.objects.count()

    page = text_of(send(agent, found, "accepted", step="read", text="Nous passons."))

    assert "Sera prévenu : Jeanne (courriel) et 2 abonnés." in page.replace("\u00a0", " ")
    assert "Nous passons." in page
    assert found.status == "received"
    assert OutgoingEmail.objects.count() == before
    send(agent, found, "accepted", text="Nous passons.")
    assert found.status == "accepted"
    assert OutgoingEmail.objects.count() == before + 3


def test_a_move_that_nobody_is_told_of_says_so(agent, found):
    assert "Personne n’est prévenu" in text_of(send(agent, found, "triage", step="read"))


def test_a_template_fills_the_message_without_script(agent, found):
    words = ReplyTemplate.objects.create(
        title="Prise en charge", text="{lieu} : dossier {reference}, le {date}. {inconnu}"
    )

    by_button = send(
        agent, found, "planned", step="fill", template=words.pk, planned_on="2026-12-01"
    )
    by_address = agent.get(path_of(found, "passer") + f"?modele={words.pk}")

    assert (
        f"Quai Albert-Pichon : dossier {found.reference}, le mardi 1er décembre 2026."
        in text_of(by_button)
    )
    assert found.reference in by_address.content.decode()
    assert 'value="2026-12-01"' in by_button.content.decode()


def test_templates_of_states_that_cannot_come_next_are_not_offered(agent, found):
    ReplyTemplate.objects.create(title="Toujours", text="Merci.")
    ReplyTemplate.objects.create(title="Réparé", text="Merci.", status="resolved")
    ReplyTemplate.objects.create(title="De retour", text="Merci.", status="reopened")

    page = text_of(agent.get(path_of(found, "passer")))

    assert "Toujours" in page
    assert "Réparé (résolu)" in page
    assert "De retour" not in page


def test_a_page_that_is_old_is_refused_and_keeps_the_words(agent, found):
    answer = send(agent, found, "accepted", version="0", text="Nous passons.")

    assert answer.status_code == 409
    assert "Nous passons." in answer.content.decode()
    assert f'name="version" value="{found.version}"' in answer.content.decode()
    assert found.status == "received"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "nonsense"},
        {"to": "resolved"},
        {"to": "rejected", "reason": "not_repaired"},
        {"to": "forwarded"},
        {"to": "awaiting_reporter", "text": ""},
        {"to": "duplicate"},
        {"to": "duplicate", "master": "ZZZZZZZZ"},
        {"to": "transferred"},
        {"to": "transferred", "commune": "999999999999999999999"},
        {"to": "planned", "planned_on": "2026-02-31"},
        {"text": "a\0b"},
        {"version": "x"},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(agent, found, wrong):
    answer = send(agent, found, **({"to": "accepted", "text": "Bonjour Jeanne"} | wrong))

    assert answer.status_code == 422
    assert "text" in wrong or "Bonjour Jeanne" in answer.content.decode()
    assert found.status == "received"


def test_a_strange_address_is_no_error(agent, found):
    page = path_of(found, "passer")

    for query in ("?vers=%00", "?modele=%00", "?modele=²", "?modele=99999999999999", "?vers=x"):
        assert agent.get(page + query).status_code == 200


def test_the_photo_of_the_work_is_kept_from_the_first_step_on(agent):
    found = report(category(needs_after_photo=True))
    refused = send(agent, found, "resolved", reason="repaired")
    assert refused.status_code == 422

    picture = SimpleUploadedFile("après.jpg", photo(), content_type="image/jpeg")
    send(agent, found, "resolved", step="read", reason="repaired", photo=picture)
    send(agent, found, "resolved", reason="repaired")

    assert found.status == "resolved"
    assert Photo.objects.get().stage == "after"


def test_what_is_no_photo_is_refused(agent, found):
    picture = SimpleUploadedFile("x.jpg", b"<html>", content_type="image/jpeg")

    answer = send(agent, found, "resolved", reason="repaired", photo=picture)

    assert answer.status_code == 422
    assert not Photo.objects.exists()


def test_a_report_is_forwarded_to_another_body(agent, found):
    body = Handler.objects.create(kind="body", name="Département", email="cd@example.org")

    page = text_of(send(agent, found, "forwarded", step="read", handler=body.pk))
    send(agent, found, "forwarded", handler=body.pk)

    assert "Département" in page
    assert (found.status, found.handler) == ("forwarded", body)


def test_a_report_is_handed_over_to_another_commune(agent, found, other_commune):
    with owner():
        Commune.objects.filter(pk=other_commune.pk).update(state=Commune.State.READY)

    page = text_of(send(agent, found, "transferred", step="read", commune=other_commune.pk))
    send(agent, found, "transferred", commune=other_commune.pk)

    assert "Lacanau" in page
    assert (found.status, found.sent_to) == ("transferred", other_commune.insee_code)


def test_a_report_joins_the_one_it_repeats(agent, found):
    master = report()

    send(
        agent, found, "duplicate", master=f" {master.reference[:4]} {master.reference[4:]}".lower()
    )

    assert found.duplicate_of == master
    master.refresh_from_db()
    assert master.reporters == 2
