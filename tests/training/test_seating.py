"""Invitations, answers, the waiting list and what each of them writes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from icalendar import Calendar

from messaging.channels import message_of
from messaging.twin import look
from parvis.periods import PARIS
from tenants.models import Membership
from tests.conftest import NOW, owner
from tests.training.conftest import FIRST, letters
from training import letters as mailing, scheduling, seating
from training.models import Attendance, Commitment, Reply, Teaching
from training.seating import Wish


pytestmark = pytest.mark.django_db
public = pytest.mark.public
YES, NO = Wish(is_coming=True), Wish(is_coming=False)


def states(session):
    return dict(session.attendances.values_list("name", "state"))


def calendars(letter):
    return [Calendar.from_ical(text) for _name, text, _kind in letter.attachments]


@public
def test_everybody_of_the_communes_is_invited_in_one_action(
    make_session, make_user, commune, other_commune
):
    make_user("admin", commune=commune)
    gone = make_user("reader", commune=commune)
    both = make_user("booking_agent", commune=commune)
    with owner():
        Membership.objects.filter(user=gone).update(is_active=False)
        Membership.objects.create(user=both, commune=other_commune, role="reader")
    session = make_session()

    made = seating.invite(session=session, communes=[commune, other_commune])
    mailing.write(session=session, now=NOW)

    assert made == 2
    assert states(session) == {"admin": "invited", "booking_agent": "invited"}
    assert seating.invite(session=session, communes=[commune]) == 0
    assert mailing.write(session=session, now=NOW) == 0
    assert {mail.to[0] for mail in letters("Invitation")} == {
        "admin@example.org",
        "booking_agent@example.org",
    }


@public
def test_a_draft_invites_nobody(make_session, commune):
    with pytest.raises(seating.AnswersClosed):
        seating.invite(session=make_session(is_open=False), communes=[commune])


@public
def test_the_first_to_answer_sit_and_the_next_one_waits_until_a_seat_is_free(
    make_session, guest, commune
):
    session = make_session(max_seats=1)
    ana, bob, eve = (guest(session, commune, name) for name in ("Ana", "Bob", "Eve"))
    for minutes, who in enumerate((ana, bob, eve)):
        seating.answer(attendance=who, wish=YES, now=NOW + timedelta(minutes=minutes))
    assert states(session) == {"Ana": "registered", "Bob": "waitlisted", "Eve": "waitlisted"}

    seating.answer(attendance=ana, wish=NO, now=NOW + timedelta(hours=1))

    session.refresh_from_db()
    assert states(session) == {"Ana": "declined", "Bob": "registered", "Eve": "waitlisted"}
    assert session.registered_count == 1
    assert [mail.to for mail in letters("Une place s’est libérée")] == [["bob@example.org"]]


@public
def test_a_quota_keeps_seats_for_other_communes(make_session, guest, commune, other_commune):
    session = make_session(max_seats=2, commune_quota=1)
    for name, place in (("Ana", commune), ("Bob", commune), ("Eve", other_commune)):
        seating.answer(attendance=guest(session, place, name), wish=YES, now=NOW)

    assert states(session) == {"Ana": "registered", "Bob": "waitlisted", "Eve": "registered"}


@public
def test_answering_twice_takes_one_seat(make_session, guest, commune):
    session = make_session()
    ana = guest(session, commune, "Ana")

    seating.answer(attendance=ana, wish=YES, now=NOW)
    seating.answer(attendance=ana, wish=Wish(True, wants_lunch=True), now=NOW)

    session.refresh_from_db()
    assert session.registered_count == 1
    assert session.attendances.get().wants_lunch


@public
def test_nobody_answers_once_it_has_begun_or_is_called_off(make_session, guest, commune):
    session = make_session()
    ana = guest(session, commune, "Ana")

    with pytest.raises(seating.AnswersClosed):
        seating.answer(attendance=ana, wish=YES, now=FIRST)
    scheduling.cancel(session=session, reason="", now=NOW)
    with pytest.raises(seating.AnswersClosed):
        seating.answer(attendance=ana, wish=YES, now=NOW)


@public
def test_the_diary_follows_by_the_same_identifier(make_session, guest, commune, plan):
    session = make_session()
    ana = guest(session, commune, "Ana")
    mailing.write(session=session, now=NOW)
    seating.answer(attendance=ana, wish=YES, now=NOW)
    scheduling.change(session=session, plan=plan(place="Médiathèque"), now=NOW)
    session.refresh_from_db()
    mailing.write(session=session, now=NOW)
    scheduling.cancel(session=session, reason="Formatrice malade", now=NOW)
    session.refresh_from_db()
    mailing.write(session=session, now=NOW)

    found = [(letter.subject.split(" :")[0], *calendars(letter)) for letter in letters()]
    events = [
        (subject, whole["method"], event["sequence"], event["attendee"].params["PARTSTAT"])
        for subject, whole in found
        for event in whole.walk("VEVENT")
    ]
    assert events == [
        ("Invitation", "REQUEST", 0, "NEEDS-ACTION"),
        ("Votre place est réservée", "REQUEST", 0, "ACCEPTED"),
        ("Changement", "REQUEST", 1, "ACCEPTED"),
        ("Annulée", "CANCEL", 2, "ACCEPTED"),
    ]
    assert len({event["uid"] for _subject, whole in found for event in whole.walk("VEVENT")}) == 1
    last = found[-1][1].walk("VEVENT")[0]
    assert last["status"] == "CANCELLED"
    first = found[0][1]
    event = first.walk("VEVENT")[0]
    assert first.walk("VTIMEZONE")[0]["tzid"] == "Europe/Paris"
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert event["dtstart"].dt == FIRST
    assert event["attendee"] == "mailto:ana@example.org"
    assert event["attendee"].params["RSVP"] == "TRUE"
    assert "Formatrice malade" in letters("Annulée")[0].body


@public
def test_a_letter_says_to_mail_programs_what_the_file_asks(make_session, guest, commune):
    session = make_session()
    guest(session, commune, "Ana")
    mailing.write(session=session, now=NOW)

    (part,) = [
        part
        for part in message_of(letters("Invitation")[0], look()).message().walk()
        if part.get_content_type() == "text/calendar"
    ]

    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "formation.ics"


@public
def test_a_day_less_is_taken_out_of_diaries(make_session, guest, commune, plan):
    days = [(FIRST + timedelta(days=n), FIRST + timedelta(days=n, hours=3)) for n in (0, 1)]
    session = make_session(half_days=days)
    guest(session, commune, "Ana")
    mailing.write(session=session, now=NOW)
    scheduling.change(session=session, plan=plan(half_days=days[:1]), now=NOW)
    session.refresh_from_db()
    mailing.write(session=session, now=NOW)

    before, after = letters("Invitation")[0], letters("Changement")[0]
    assert [whole["method"] for whole in calendars(before)] == ["REQUEST", "REQUEST"]
    assert [whole["method"] for whole in calendars(after)] == ["REQUEST", "CANCEL"]


@public
def test_reminders_are_sent_once_each_again_when_the_day_moves_never_when_cancelled(
    make_session, guest, commune, plan
):
    session = make_session()
    guest(session, commune, "Ana", state="registered", answered_at=NOW - timedelta(days=9))
    for days in (7, 6, 1):
        mailing.write(session=session, now=FIRST - timedelta(days=days))
    assert len(letters("Rappel")) == 2

    later = FIRST + timedelta(days=14)
    moved = plan(half_days=[(later, later + timedelta(hours=3))])
    scheduling.change(session=session, plan=moved, now=FIRST - timedelta(days=1))
    session.refresh_from_db()
    mailing.write(session=session, now=later - timedelta(days=7))
    assert len(letters("Rappel")) == 3

    scheduling.cancel(session=session, reason="", now=later - timedelta(days=5))
    session.refresh_from_db()
    mailing.write(session=session, now=later - timedelta(days=1))
    assert len(letters("Rappel")) == 3


@public
def test_letters_cost_the_same_queries_for_many(
    make_session, guest, commune, django_assert_num_queries
):
    session = make_session()
    guest(session, commune, "Ana")
    mailing.write(session=session, now=NOW)
    for number in range(12):
        guest(session, commune, f"Ana {number}")
    mailing.write(session=session, now=NOW)

    with django_assert_num_queries(5):  # signatures, people, keys, a savepoint around them
        assert mailing.write(session=session, now=NOW) == 0


@public
def test_a_trainer_is_not_at_two_places(make_session, plan, association, trainer):
    session = make_session(trainers=[trainer])

    with pytest.raises(scheduling.TrainerTaken):
        scheduling.create(association=association, plan=plan(trainers=[trainer]))
    scheduling.cancel(session=session, reason="", now=NOW)
    again = scheduling.create(association=association, plan=plan(trainers=[trainer]))

    assert Teaching.objects.get(is_off=False).half_day.session == again


@public
def test_seats_are_not_taken_from_people(make_session, guest, commune, plan):
    session = make_session(max_seats=2)
    for name in ("Ana", "Bob", "Eve"):
        seating.answer(attendance=guest(session, commune, name), wish=YES, now=NOW)

    with pytest.raises(scheduling.SeatsTaken):
        scheduling.change(session=session, plan=plan(max_seats=1), now=NOW)
    scheduling.change(session=session, plan=plan(max_seats=3), now=NOW)

    assert set(states(session).values()) == {"registered"}


@public
def test_the_same_session_later_keeps_its_hours_on_the_wall(make_session):
    session = make_session()

    again = scheduling.duplicate(session=session, days=182)

    start = again.starts_at.astimezone(PARIS)
    assert (start.hour, start.month, again.status) == (9, 6, "draft")
    assert again.uid != session.uid


# --- From a commune -----------------------------------------------------------------------


def reply(session, commune, user, *, is_coming=True):
    return Reply.objects.create(
        session=session,
        commune=commune,
        user_id=user.pk,
        name=str(user),
        email=user.email,
        is_coming=is_coming,
    )


def test_an_answer_given_on_the_site_of_a_commune_is_taken_in_public(
    make_session, make_user, commune
):
    session = make_session()
    user = make_user("booking_agent", commune=commune)
    reply(session, commune, user)

    with owner():
        assert seating.take_replies(now=NOW) == 1
        assert seating.take_replies(now=NOW) == 0

    mine = Attendance.objects.get()
    assert (mine.state, mine.user_id) == ("registered", user.pk)


def test_a_commune_sees_and_answers_for_its_own_people_only(
    make_session, guest, make_user, commune, other_commune
):
    session = make_session()
    guest(session, commune, "Ana")
    guest(session, other_commune, "Étrangère")
    with owner():
        for place in (commune, other_commune):
            Commitment.objects.create(session=session, commune=place, who="?", what="?")
    user = make_user("admin", commune=commune)

    assert [each.name for each in Attendance.objects.all()] == ["Ana"]
    assert [each.commune for each in Commitment.objects.all()] == [commune]
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        reply(session, other_commune, user)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Attendance.objects.update(state="registered")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Commitment.objects.update(what="Rien")


def test_an_answer_for_somebody_of_another_commune_is_refused(
    make_session, guest, make_user, commune, other_commune
):
    session = make_session()
    theirs = guest(session, other_commune, "Eve")
    user = make_user("admin", commune=commune)
    user.email = theirs.email
    reply(session, commune, user, is_coming=False)

    with owner():
        seating.take_replies(now=NOW)
        theirs.refresh_from_db()

    assert theirs.state == "invited"
    assert "autre commune" in Reply.objects.get().refusal
