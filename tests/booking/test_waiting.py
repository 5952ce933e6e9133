"""The waiting list: in order, one exclusive offer at a time, never at night."""

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions, planning, waiting
from booking.models import Appointment, WaitingEntry
from booking.people import Person
from parvis.models import OutgoingEmail
from tests.booking.staff_client import StaffClient
from tests.booking.test_actions import AGENT, book, hold
from tests.conftest import login_as
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
PARIS = ZoneInfo("Europe/Paris")


def local(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 10, tzinfo=PARIS)


@pytest.fixture
def service(commune):
    """One hour on Tuesdays: three places."""
    service = ServiceFactory(minutes=[20, 40], horizon_days=60)
    counter = ResourceFactory(services=[service])
    OpeningFactory(weekday=1, resources=[counter], end_time="10:00", step_minutes=20,
                   valid_to=TUESDAY)  # fmt: skip
    actions.configuration_changed()
    return service


@pytest.fixture
def full(service, now):
    """Take all three places."""
    return [
        book(service, now, start=TUESDAY_NINE + timedelta(minutes=20 * n), email="a@example.org")
        for n in range(3)
    ]


def join(service, now, email="jeanne@example.org", **changes):
    wish = {
        "people": [Person(name="Jeanne")],
        "name": "Jeanne Dupuy",
        "email": email,
        "phone": "",
        "first_day": TUESDAY,
        "last_day": TUESDAY + timedelta(days=30),
        "weekdays": [],
        "language": "fr",
    } | changes
    return waiting.join(service=service, now=now, **wish)


def free_one(full, now, which=0):
    return actions.cancel(appointment=full[which], by=AGENT, now=now)


def test_a_place_given_up_goes_to_the_first_in_the_list(service, full, now):
    first = join(service, now)
    second = join(service, now + timedelta(minutes=1), email="paul@example.org")
    assert waiting.serve(now=now) == 0

    free_one(full, now)

    assert waiting.serve(now=now) == 1
    offered = waiting.offer_of(first, now=now)
    assert (offered.start, offered.name) == (TUESDAY_NINE, "Jeanne Dupuy")
    assert waiting.offer_of(second, now=now) is None
    assert (waiting.rank(first), waiting.rank(second)) == (1, 2)
    assert "gardée pour vous seul" in OutgoingEmail.objects.order_by("pk").last().body


def test_an_offer_is_exclusive_while_it_lasts(service, full, now):
    join(service, now)
    free_one(full, now)
    waiting.serve(now=now)

    with pytest.raises(actions.SlotTaken):
        hold(service, now)
    with pytest.raises(actions.SlotTaken):
        book(service, now)
    assert waiting.serve(now=now) == 0


def test_an_offer_left_unanswered_goes_to_the_next_person(service, full, now):
    first = join(service, now)
    second = join(service, now + timedelta(minutes=1), email="paul@example.org")
    free_one(full, now)
    waiting.serve(now=now)
    later = now + timedelta(minutes=121)

    assert waiting.serve(now=later) == 1

    first.refresh_from_db()
    assert first.offers_missed == 1
    assert waiting.offer_of(first, now=later) is None
    assert waiting.offer_of(second, now=later).start == TUESDAY_NINE


def test_three_offers_left_unanswered_end_the_place_in_the_list(service, full, now):
    entry = join(service, now)
    entry.offers_missed = 2
    entry.save()
    free_one(full, now)
    waiting.serve(now=now)

    waiting.serve(now=now + timedelta(minutes=121))

    entry.refresh_from_db()
    assert entry.left_at is not None
    assert "plus sur la liste" in OutgoingEmail.objects.order_by("pk").last().subject


def test_accepting_without_an_appointment_books(service, full, now):
    entry = join(service, now)
    free_one(full, now)
    waiting.serve(now=now)

    booked, token = waiting.accept(entry=entry, now=now)

    assert (booked.status, booked.start) == ("booked", TUESDAY_NINE)
    assert Appointment.objects.with_token(token).get() == booked
    assert [each.name for each in booked.coming] == ["Jeanne"]
    assert not waiting.waiting().exists()


def test_accepting_with_an_appointment_moves_it_and_frees_its_place(service, full, now):
    mine, another = full[2], join(service, now + timedelta(minutes=5), email="paul@example.org")
    entry = join(service, now, appointment=mine)
    free_one(full, now)
    waiting.serve(now=now)

    moved, token = waiting.accept(entry=entry, now=now)

    assert (moved.pk, moved.start, token) == (mine.pk, TUESDAY_NINE, "")
    assert waiting.serve(now=now) == 1
    assert waiting.offer_of(another, now=now).start == TUESDAY_NINE + timedelta(minutes=40)


def test_nobody_is_offered_what_is_later_than_what_she_has(service, full, now):
    join(service, now, appointment=full[0])
    free_one(full, now, which=2)

    assert waiting.serve(now=now) == 0


def test_an_offer_that_is_over_cannot_be_accepted(service, full, now):
    entry = join(service, now)
    free_one(full, now)
    waiting.serve(now=now)

    with pytest.raises(waiting.OfferGone):
        waiting.accept(entry=entry, now=now + timedelta(hours=3))
    with pytest.raises(waiting.OfferGone):
        waiting.accept(entry=join(service, now, email="x@example.org"), now=now)


def test_accepting_twice_changes_nothing_more(service, full, now):
    entry = join(service, now)
    free_one(full, now)
    waiting.serve(now=now)
    waiting.accept(entry=entry, now=now)

    with pytest.raises(waiting.OfferGone):
        waiting.accept(entry=entry, now=now)
    assert Appointment.objects.filter(status="booked").count() == 3


def test_what_she_declines_is_offered_to_the_next_and_not_to_her_again(service, full, now):
    entry = join(service, now)
    other = join(service, now + timedelta(minutes=1), email="paul@example.org")
    free_one(full, now)
    waiting.serve(now=now)

    waiting.decline(entry=entry, now=now)

    assert waiting.serve(now=now) == 1
    assert waiting.offer_of(other, now=now) is not None
    assert waiting.waiting().filter(pk=entry.pk).exists()


def test_leaving_the_list_gives_the_offer_back(service, full, now):
    entry = join(service, now)
    free_one(full, now)
    waiting.serve(now=now)

    waiting.leave(entry=entry, now=now)

    hold(service, now)
    assert not waiting.waiting().exists()


def test_only_the_days_she_wants_are_offered(service, full, now):
    join(service, now, weekdays=[0, 2])
    join(service, now, email="b@example.org", first_day=TUESDAY + timedelta(days=1))
    free_one(full, now)

    assert waiting.serve(now=now) == 0


def test_a_family_is_offered_only_a_place_long_enough(service, full, now):
    join(service, now, people=[Person(), Person()])
    free_one(full, now, which=0)
    assert waiting.serve(now=now) == 0

    free_one(full, now, which=1)

    assert waiting.serve(now=now) == 1


def test_nobody_waits_twice_for_one_service(service, now):
    join(service, now)

    with pytest.raises(waiting.AlreadyWaiting):
        join(service, now, email="JEANNE@example.org")


def test_a_service_without_a_list_says_so(service, now):
    service.has_waiting_list = False
    service.save()

    with pytest.raises(actions.NotOffered):
        join(service, now)


def test_a_place_ends_with_the_last_day_she_wants(service, now):
    entry = join(service, now, last_day=TUESDAY)

    waiting.serve(now=now + timedelta(days=3))

    entry.refresh_from_db()
    assert entry.left_at is not None


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(23, 10), local(23, 12)),
        (local(23, 22), local(24, 8, 30)),
        (local(24, 3), local(24, 8, 30)),
        (local(24, 9), local(24, 9, 30)),
        (local(24, 12, 40), local(24, 13)),
        (local(24, 12, 55), None),
    ],
)
def test_there_is_time_to_answer_and_never_at_night(commune, at, until):
    start = local(24, 14)

    found = waiting.deadline(start=start, now=at, minutes=120)

    assert found == until


def test_serving_an_empty_list_asks_little(service, full, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        waiting.serve(now=now)
    assert WaitingEntry.objects.count() == 0


# --- At the counter ----------------------------------------------------------------------


@pytest.fixture
def secretary(make_user, commune):
    return login_as(
        StaffClient(commune), make_user("booking_agent", commune=commune), site=commune.schema_name
    )


@pytest.fixture
def phoned(commune):
    """Somebody without e-mail, who is offered a place now."""
    now = timezone.now()
    service = ServiceFactory(minutes=[20, 40], horizon_days=60)
    counter = ResourceFactory(services=[service])
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter], step_minutes=20)
    first = planning.local_day(now) + timedelta(days=3)
    entry = join(service, now, email="", phone="0556000000",
                 first_day=first, last_day=first + timedelta(days=20))  # fmt: skip
    assert waiting.serve(now=now) == 1
    return entry


def test_who_has_no_e_mail_is_listed_to_be_phoned(secretary, phoned):
    page = secretary.get("/agent/attente/").text

    assert "À appeler maintenant" in page
    assert "05\u00a056\u00a000\u00a000\u00a000" in page or "05 56 00 00 00" in page
    assert "encore" in page


def test_what_she_says_on_the_phone_is_noted_with_who_heard_it(secretary, phoned):
    secretary.post(f"/agent/attente/{phoned.pk}/acceptation/")

    booked = Appointment.objects.get(status="booked")
    assert (booked.name, booked.channel, booked.taken_by_name) == (
        "Jeanne Dupuy", "phone", "booking_agent"
    )  # fmt: skip
    assert "a pris la place" in secretary.get("/agent/attente/").text


def test_a_place_refused_on_the_phone_is_free_and_she_still_waits(secretary, phoned):
    secretary.post(f"/agent/attente/{phoned.pk}/refus/")

    assert not Appointment.objects.exists()
    assert waiting.waiting().get() == phoned


def test_taking_somebody_off_the_list_is_undone_where_she_was(secretary, phoned):
    secretary.post(f"/agent/attente/{phoned.pk}/depart/")
    assert not waiting.waiting().exists()
    assert "Défaire" in secretary.get("/agent/attente/").text

    secretary.post(f"/agent/attente/{phoned.pk}/retour/")

    assert waiting.waiting().get() == phoned


def test_the_list_costs_the_same_whoever_waits(secretary, phoned):
    secretary.get("/agent/attente/")  # who she is and where is remembered
    with CaptureQueriesContext(connection) as before:
        secretary.get("/agent/attente/")
    for number in range(10):
        join(phoned.service, timezone.now(), email=f"p{number}@example.org")

    with CaptureQueriesContext(connection) as then:
        secretary.get("/agent/attente/")

    assert len(then) == len(before)


def test_the_page_is_valid_html(secretary, phoned):
    join(phoned.service, timezone.now(), email="paul@example.org")

    page = secretary.get("/agent/attente/")

    html5lib.HTMLParser(strict=True).parse(page.text)


def test_a_place_given_up_wakes_the_list(service, full, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        free_one(full, now)

    sent = [each.args[0] for each in callbacks if isinstance(each, partial)]
    assert "booking.serve_waiting" in sent
