"""Attendance sheets that hold: signed in the room, then, once, and never changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from identity.limits import TooMany
from tests.incidents.pdf_text import words_of
from tests.training.conftest import FIRST, letters
from training import letters as mailing, papers, presence, promises, scheduling, surveys
from training.links import pin_of
from training.models import Commitment, HalfDay, Signature, SurveyReply
from training.presence import Mark


pytestmark = [pytest.mark.django_db, pytest.mark.public]
DRAWN = Mark(drawing="M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20")
DURING = FIRST + timedelta(minutes=10)
AFTER = FIRST + timedelta(hours=4)


@pytest.fixture
def session(make_session, trainer):
    return make_session(trainers=[trainer], room_capacity=3)


@pytest.fixture
def half_day(session):
    return session.half_days.get()


@pytest.fixture
def seated(session, guest, commune):
    return lambda name: guest(session, commune, name, state="registered")


def test_the_code_of_the_room_changes_each_half_day(make_session):
    hours = timedelta(hours=1)
    session = make_session(
        half_days=[(FIRST, FIRST + 3 * hours), (FIRST + 5 * hours, FIRST + 8 * hours)]
    )
    morning, afternoon = (pin_of(each) for each in session.half_days.all())

    assert morning != afternoon
    assert morning.isdigit()
    assert len(morning) == 6


def test_a_wrong_code_is_refused_and_guessing_has_an_end(half_day, monkeypatch):
    monkeypatch.setattr(presence, "GUESSES", presence.Limit("t", 3, timedelta(minutes=1)))
    pin = pin_of(half_day)
    presence.check_pin(half_day=half_day, pin=f" {pin[:3]} {pin[3:]} ", now=DURING)
    wrong = f"{(int(pin) + 1) % 10**6:06}"
    for guess in (wrong, "", "é\x00" * 50):
        with pytest.raises(presence.WrongPin):
            presence.check_pin(half_day=half_day, pin=guess, now=DURING)

    with pytest.raises(TooMany):
        presence.check_pin(half_day=half_day, pin=pin, now=DURING)


@pytest.mark.parametrize("minutes", [-60, 200])
def test_nobody_signs_outside_the_half_day(half_day, seated, minutes):
    now = FIRST + timedelta(minutes=minutes)
    with pytest.raises(presence.NotNow):
        presence.check_pin(half_day=half_day, pin=pin_of(half_day), now=now)
    with pytest.raises(presence.NotNow):
        presence.sign(half_day=half_day, attendance=seated("Ana"), mark=DRAWN, now=now)


@pytest.mark.parametrize(
    ("mark", "method"),
    [
        (DRAWN, "drawn"),
        (Mark(typed_name="  ana  SOARES ", is_ticked=True), "typed"),
        (Mark(typed_name="Ana Soares"), None),
        (Mark(typed_name="Quelqu’un", is_ticked=True), None),
        (Mark(drawing="M1 1"), None),
        (Mark(), None),
    ],
)
def test_a_signature_is_drawn_or_typed_and_ticked(half_day, seated, mark, method):
    ana = seated("Ana Soares")
    if method is None:
        with pytest.raises(presence.NotSigned):
            presence.sign(half_day=half_day, attendance=ana, mark=mark, now=DURING)
        return

    signature = presence.sign(half_day=half_day, attendance=ana, mark=mark, now=DURING)

    assert (signature.method, signature.at) == (method, DURING)


def test_one_signs_once_and_only_with_a_seat(half_day, seated, guest, session, commune):
    ana = seated("Ana")
    presence.sign(half_day=half_day, attendance=ana, mark=DRAWN, now=DURING)

    with pytest.raises(presence.AlreadySigned):
        presence.sign(half_day=half_day, attendance=ana, mark=DRAWN, now=DURING)
    with pytest.raises(presence.NotExpected):
        guest_only = guest(session, commune, "Bob")
        presence.sign(half_day=half_day, attendance=guest_only, mark=DRAWN, now=DURING)


def test_no_more_signatures_than_the_room_holds(half_day, seated):
    for name in ("Ana", "Bob", "Eve"):
        presence.sign(half_day=half_day, attendance=seated(name), mark=DRAWN, now=DURING)

    with pytest.raises(presence.RoomFull):
        presence.note_paper(
            half_day=half_day, attendance=seated("Zoé"), by_name="Claire", now=AFTER
        )


def test_a_signature_is_never_changed_nor_erased(half_day, seated):
    presence.sign(half_day=half_day, attendance=seated("Ana"), mark=DRAWN, now=DURING)

    for change in (
        lambda: Signature.objects.update(at=AFTER),
        lambda: Signature.objects.all().delete(),
        lambda: HalfDay.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


def test_hours_that_were_signed_for_stay(session, half_day, seated, plan):
    presence.sign(half_day=half_day, attendance=seated("Ana"), mark=DRAWN, now=DURING)
    later = plan(half_days=[(AFTER, AFTER + timedelta(hours=1))])

    with pytest.raises(scheduling.AlreadySigned):
        scheduling.change(session=session, plan=later, now=DURING)


def test_the_trainer_signs_what_she_teaches(session, half_day, trainer, association):
    presence.sign_as_trainer(half_day=half_day, trainer=trainer, mark=DRAWN, now=DURING)

    with pytest.raises(presence.AlreadySigned):
        presence.sign_as_trainer(half_day=half_day, trainer=trainer, mark=DRAWN, now=DURING)
    other = association.trainers.create(name="Autre")
    with pytest.raises(presence.NotExpected):
        presence.sign_as_trainer(half_day=half_day, trainer=other, mark=DRAWN, now=DURING)


def test_who_signed_was_there_and_who_did_not_was_not(session, half_day, seated):
    ana, bob = seated("Ana"), seated("Bob")
    presence.sign(half_day=half_day, attendance=ana, mark=DRAWN, now=DURING)

    scheduling.close(session=session, now=AFTER)
    presence_of = dict(session.attendances.values_list("name", "state"))
    bob.refresh_from_db()
    presence.note_paper(half_day=half_day, attendance=bob, by_name="Claire", now=AFTER)

    assert presence_of == {"Ana": "attended", "Bob": "absent"}
    assert dict(session.attendances.values_list("name", "state"))["Bob"] == "attended"


def test_sheet_and_certificates_say_the_same_title_hours_and_people(
    session, half_day, trainer, seated, now
):
    ana = seated("Ana Soares")
    presence.sign_as_trainer(half_day=half_day, trainer=trainer, mark=DRAWN, now=DURING)
    signature = presence.sign(half_day=half_day, attendance=ana, mark=DRAWN, now=DURING)

    documents = [
        words_of(papers.sheet(half_day, [ana], half_day.signatures.all(), now=now)),
        words_of(papers.certificate(ana, [signature], now=now)),
        words_of(papers.realisation(ana, [signature], number="75331234533", now=now)),
    ]

    for text in documents:
        for words in ("Accueillir avec Parvis", "mardi 1er décembre 2026", "Ana Soares"):
            assert words in text
    assert "Claire Videau" in documents[0]
    assert "01/12/2026 09:10" in documents[0]
    assert "3 h 00" in documents[1]
    assert "75331234533" in documents[2]


def test_whoever_was_there_is_asked_the_same_day_and_a_month_later(session, half_day, seated):
    ana = seated("Ana")
    seated("Bob")
    presence.sign(half_day=half_day, attendance=ana, mark=DRAWN, now=DURING)
    scheduling.close(session=session, now=AFTER)
    session.refresh_from_db()

    for days in (0, 0, 1, 31):
        mailing.write(session=session, now=AFTER + timedelta(days=days))

    asked = [(mail.subject.split(" :")[0], mail.to) for mail in letters()]
    assert asked == [
        ("Votre avis sur", ["ana@example.org"]),
        ("Un mois après", ["ana@example.org"]),
    ]


def test_an_opinion_is_given_once_and_says_nothing_of_who_gave_it(session, seated, now):
    ana = seated("Ana")
    answer = {
        "attendance": ana,
        "kind": SurveyReply.Kind.HOT,
        "scores": {"useful": 4},
        "recommends": 9,
        "verbatim": "Imprimez la liste.",
        "now": now,
    }
    surveys.record(**answer)

    with pytest.raises(surveys.AlreadyAnswered):
        surveys.record(**answer)
    pointing = {field.name for field in SurveyReply._meta.fields if field.is_relation}
    assert pointing == {"session"}
    assert SurveyReply.objects.get().day == now.date()


def test_opinions_of_few_are_not_added_up(session, seated, now):
    for number in range(5):
        found = surveys.results(session, SurveyReply.Kind.HOT)
        assert not found.is_told
        surveys.record(
            attendance=seated(f"P{number}"),
            kind=SurveyReply.Kind.HOT,
            scores={"useful": 3},
            recommends=10 if number else 2,
            verbatim="",
            now=now,
        )

    found = surveys.results(session, SurveyReply.Kind.HOT)
    assert (found.nps.num, found.nps.den) == (3, 5)
    assert dict(found.means)["Ce que j’ai appris me servira."].ratio == 3


def test_a_promise_is_kept_once(session, commune, now):
    promise = promises.promise(
        session=session, commune=commune, who="Ana", what="Poser l’affiche", due=None
    )
    promises.fulfil(commitment=promise, by_name="Bob", now=now)
    promises.fulfil(commitment=promise, by_name="Eve", now=AFTER)

    assert Commitment.objects.get().done_by_name == "Bob"
    assert promises.of_commune(commune) == [promise]
