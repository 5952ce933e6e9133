"""Appointments that were booked before a version came: what is kept with them, what is told."""

import pytest

from booking import relisting, tasks
from booking.models import Appointment, AppointmentEvent, Participant, Service
from parvis.models import OutgoingEmail
from shelf.receiving import enforce
from tests.booking.test_presence import book, local
from tests.factories import OpeningFactory, ResourceFactory
from tests.library.conftest import arrive, offer_version


pytestmark = pytest.mark.django_db
BEFORE, AFTER = local(10, 10), local(11, 10)
SUBJECT = "La liste des pièces a changé"
ASKED = [{"key": "identity"}, {"key": "photo"}]


def asks(*keys):
    return {"documents": [{"key": key} for key in keys]}


@pytest.fixture
def casier(taken):
    """Offer a service of the library on weekdays."""

    def make(policy="recommended"):
        template = taken("service", "casier", policy=policy, name="Casier", documents=ASKED)
        Service.objects.update(is_active=True)
        service = Service.objects.get()
        counter = ResourceFactory(services=[service])
        for weekday in range(5):
            OpeningFactory(weekday=weekday, resources=[counter])
        return template

    return make


def booked(**changes):
    wish = {"start": local(24, 9), "email": "j@example.org"} | changes
    return book(Service.objects.get(), BEFORE, **wish)


def tell(now=AFTER):
    return relisting.tell_new_documents(service_id=Service.objects.get().pk, now=now)


def kept():
    return Participant.objects.get().documents


def keys():
    return [line["key"] for line in kept()["documents"]]


def mails():
    return list(OutgoingEmail.objects.filter(subject=SUBJECT).order_by("pk"))


def test_an_appointment_keeps_the_version_it_was_booked_under(casier):
    template = casier()
    booked()
    offer_version(template, asks("identity", "plans"))
    arrive(template)

    assert kept()["library"] == [{"kind": "service", "slug": "casier", "version": 1}]
    assert tell() == 1
    assert keys() == ["identity", "photo"]
    assert kept()["library"][0]["version"] == 1


def test_whoever_is_coming_reads_the_new_list_beside_hers_once_per_change(casier):
    template = casier()
    booked()
    offer_version(template, asks("identity", "plans"))
    arrive(template)

    assert (tell(), tell()) == (1, 0)
    (mail,) = mails()
    hers, new = mail.body.split("Ce que la mairie demande depuis")
    assert "Photo" in hers
    assert "Photo" not in new
    assert "La vôtre reste valable" in hers

    offer_version(template, asks("identity", "photo"))
    arrive(template)

    assert tell() == 1
    assert "redevenue celle de votre réservation" in mails()[-1].body
    assert AppointmentEvent.objects.filter(kind="documents").count() == 2


def test_what_the_law_asks_for_takes_the_place_of_her_list(casier):
    template = casier("legal")
    booked()
    offer_version(template, asks("identity", "plans"))
    arrive(template)

    assert (tell(), tell()) == (1, 0)

    assert keys() == ["identity", "plans"]
    assert kept()["library"][0]["version"] == 2
    new, hers = mails()[0].body.split("Ce qui vous avait été demandé")
    assert "La loi a changé" in new
    assert "Photo" in hers
    assert "Photo" not in new


def test_nobody_is_told_of_a_version_that_asks_for_the_same(
    casier, django_capture_on_commit_callbacks
):
    template = casier()
    booked()
    with django_capture_on_commit_callbacks() as callbacks:
        offer_version(template, {"text": "Deux lignes", **asks("photo", "identity")})
        arrive(template)

    assert not any("tell_new_documents" in repr(each) for each in callbacks)
    assert tell() == 0


def test_a_change_of_the_list_wakes_the_queue(casier, django_capture_on_commit_callbacks):
    template = casier("legal")
    with django_capture_on_commit_callbacks() as callbacks:
        offer_version(template, asks("identity"))
        arrive(template)
    assert [each for each in callbacks if "tell_new_documents" in repr(each)]
    Service.objects.update(documents=["plans"])
    with django_capture_on_commit_callbacks() as callbacks:
        enforce(now=AFTER)
    assert [each for each in callbacks if "tell_new_documents" in repr(each)]


def test_who_gave_no_address_has_it_in_her_file(casier):
    template = casier()
    appointment = booked(email="", phone="0556000000")
    offer_version(template, asks("identity"))
    arrive(template)

    assert tell() == 1

    assert mails() == []
    assert appointment.events.get(kind="documents").detail["lists"] == {"1": ["identity"]}


def test_who_has_come_is_cancelled_or_completes_a_file_is_left_alone(casier):
    template = casier()
    first = booked()
    offer_version(template, asks("identity"))
    arrive(template)

    assert tell(now=local(25, 9)) == 0
    Appointment.objects.update(follows=first)
    assert tell() == 0
    Appointment.objects.update(follows=None, status="cancelled")
    assert tell() == 0


def test_the_night_finds_whom_a_queue_that_was_down_has_lost(casier):
    template = casier()
    booked()
    offer_version(template, asks("identity"))
    arrive(template)

    assert relisting.tell_new_documents(service_id=None, now=AFTER) == 1
    assert relisting.tell_new_documents(service_id=None, now=AFTER) == 0


def test_the_night_leaves_alone_what_was_never_of_the_library(commune):
    assert tasks.tell_new_documents() == 0


def test_many_appointments_cost_what_one_costs_to_look_at(casier, django_assert_num_queries):
    casier()
    for hour in (9, 10, 11):
        booked(start=local(24, hour))

        with django_assert_num_queries(
            5
        ):  # appointments, persons, events, the service, its source
            assert tell() == 0
