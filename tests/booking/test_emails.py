"""What citizens receive."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from booking import emails
from booking.checklists import snapshot
from booking.models import MessageText
from messaging.twin import look, twin
from parvis.mail import FACT, LANGUAGE
from tenants.hosts import absolute_url
from tests.factories import AppointmentFactory, ServiceFactory, SiteFactory


pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 12, 1, 8, 25, tzinfo=UTC)


@pytest.fixture
def appointment():
    service = ServiceFactory()
    documents = snapshot(service, situation={"motive": "loss"}, day=WHEN.date())
    return AppointmentFactory(
        reference="K7M2QX4T",
        service=service,
        site=SiteFactory(name="Mairie annexe"),
        start=WHEN,
        persons=2,
        people=[{"documents": documents}] * 2,
        name="<b>Viagra</b>",
        note="not for the citizen",
    )


def test_a_confirmation_says_when_where_what_to_bring_and_how_to_cancel(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    assert mail.to == ["jeanne@example.org"]
    assert "mardi 1er\u00a0décembre 2026 à 9\u00a0h\u00a025" in mail.subject
    for words in (
        "Carte d’identité (2 personnes)",
        "Mairie annexe",
        "K7M2\u00a0QX4T",
        "Photo d’identité de moins de 6 mois",
        "Déclaration de perte",
        absolute_url(commune, "/rdv/secret"),
        "Mairie de Pauillac",
    ):
        assert words in mail.body
    assert "&#x27;" not in mail.body


def test_the_html_twin_says_the_same(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    html = twin(subject=mail.subject, text=mail.body, language="fr", by=look())
    assert '<html lang="fr"' in html
    assert f'href="{absolute_url(commune, "/rdv/secret")}"' in html
    assert ">Voir, imprimer ou annuler ce rendez-vous</a>" in html
    assert "Déclaration de perte" in html


def test_those_who_bring_the_same_have_one_list(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    assert mail.body.count("Photo d’identité de moins de 6 mois") == 1
    assert "Chaque personne apporte les siens." in mail.body
    assert "Personne 1" not in mail.body


def test_each_person_of_a_family_has_her_own_list_and_price(commune):
    service = ServiceFactory(titles="PASSPORT")
    people = [
        {"documents": snapshot(service, situation={"age": age}, day=WHEN.date())}
        for age in ("adult", "0-11")
    ]
    family = AppointmentFactory(service=service, start=WHEN, persons=2, people=people)

    mail = emails.booked(family, commune, token="secret")

    first, _, second = mail.body.partition("Personne 1")[2].partition("Personne 2")
    assert "86\u00a0€" in first
    assert "17\u00a0€" in second
    assert "parent" not in first
    assert "parent" in second


def test_nothing_that_was_typed_is_repeated(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    told = mail.body + mail.subject + mail.attachments[0][1]
    assert "Viagra" not in told
    assert "not for the citizen" not in told


def test_the_calendar_is_attached_without_the_link(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    name, content, mimetype = mail.attachments[0]
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert (name, mimetype) == ("rendez-vous.ics", "text/calendar")
    assert event.decoded("dtstart") == WHEN
    assert event["uid"] == "K7M2QX4T@c_33314.localhost"
    assert "secret" not in content


def test_a_diary_does_not_name_a_confidential_visit(appointment, commune):
    appointment.service.is_confidential = True

    mail = emails.booked(appointment, commune, token="secret")

    entry = Calendar.from_ical(mail.attachments[0][1]).walk("VEVENT")[0]
    assert str(entry["SUMMARY"]) == "Rendez-vous à la mairie"


def test_a_cancellation_removes_the_entry_of_the_diary(appointment, commune):
    appointment.status = "cancelled"

    mail = emails.cancelled(appointment, commune)

    assert "METHOD:CANCEL" in mail.attachments[0][1]
    assert absolute_url(commune, "/rendez-vous/") in mail.body


def test_a_fact_is_told_once_per_version(appointment, commune):
    mail = emails.booked(appointment, commune, token="secret")

    assert mail.extra_headers[FACT] == f"booked.{appointment.pk}.1"


def test_mail_is_written_in_the_language_of_the_booking(appointment, commune):
    appointment.language = "en"

    mail = emails.booked(appointment, commune, token="secret")

    assert "Identity card" in mail.body
    assert "Tuesday 1\u00a0December 2026 at 9:25" in mail.subject
    assert mail.extra_headers[LANGUAGE] == "en"


def test_the_commune_adds_its_own_words_to_a_message(appointment, commune):
    MessageText.objects.create(
        event="booked", language="fr", subject="À bientôt !", text="Parking <gratuit> derrière."
    )

    mail = emails.booked(appointment, commune, token="secret")

    assert mail.subject == "À bientôt !"
    assert "Parking <gratuit> derrière." in mail.body
