"""The pages of the calendars that a commune follows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.models import Closure
from exchange.models import CalendarFeed
from tests.booking.settings_client import open_settings, text_of, told
from tests.exchange.test_calendars import event, ics
from tests.factories import AppointmentFactory


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/donnees/agendas/"


@pytest.fixture
def client(make_user, commune):
    return open_settings(make_user, commune)


def add(client, **said):
    return client.post(f"{HOME}nouveau/", {"name": "Salle", **said})


def soon():
    day = timezone.localtime() + timedelta(days=7)
    return ics(event("1", f"{day:%Y%m%d}T090000", f"{day:%Y%m%d}T100000"))


def test_a_file_is_read_at_once_and_taken_away_again(client, service):
    sent = SimpleUploadedFile("salle.ics", soon())

    page = told(client, add(client, file=sent, resource=service.resources.get().pk))

    assert "Guichet 1" in page
    assert Closure.objects.count() == 1

    page = told(client, client.post(f"{HOME}{CalendarFeed.objects.get().pk}/retirer/"))
    assert "Aucun agenda n’est suivi." in page
    assert not Closure.objects.exists()


def test_an_address_waits_for_the_queue(client, django_capture_on_commit_callbacks):
    page = told(client, add(client, url="webcal://agenda.example.org/a.ics"))

    assert "en cours de lecture" in page
    feed = CalendarFeed.objects.get()
    assert feed.url == "https://agenda.example.org/a.ics"
    assert client.post(f"{HOME}{feed.pk}/relire/").status_code == 302


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Donnez une adresse, ou un fichier."),
        ({"url": "http://x.fr/"}, "https://"),
        ({"url": "\x00"}, "caractère"),
        ({"url": "https://x.fr/", "keyword": "RDV"}, "Le mot et le motif vont ensemble."),
        ({"url": "https://x.fr/", "resource": "99999999999999999999"}, "Sélectionnez un choix"),
        ({"name": "n" * 81, "url": "https://x.fr/"}, "80"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client, said, words):
    answer = add(client, **said)

    assert answer.status_code == 422
    assert words in text_of(answer)


def test_a_file_that_is_no_calendar_is_said(client):
    answer = add(client, file=SimpleUploadedFile("a.ics", b"<html>"))

    assert answer.status_code == 422
    assert "iCalendar" in text_of(answer)
    assert not CalendarFeed.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(client, service):
    asked = []
    client.get(HOME)  # who asks is remembered from here on
    for most in (1, 9):
        CalendarFeed.objects.bulk_create(
            CalendarFeed(name=f"{n}", by_id=1, by_name="", service=service, resource_id=None)
            for n in range(most)
        )
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_the_appointments_it_falls_on_have_their_page(client, service):
    resource = service.resources.get()
    day = timezone.localtime() + timedelta(days=7)
    start = day.replace(hour=9, minute=20, second=0, microsecond=0)
    AppointmentFactory(resource=resource, start=start, service=service, name="Ana Petit")
    add(client, file=SimpleUploadedFile("salle.ics", soon()), resource=resource.pk)

    feed = CalendarFeed.objects.get()
    assert "1 rendez-vous touché" in text_of(client.get(HOME))
    assert "Ana Petit" in text_of(client.get(f"{HOME}{feed.pk}/"))
    assert client.get(f"{HOME}999/").status_code == 404
