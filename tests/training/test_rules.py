"""Pure rules: seats, days, scores, drawings."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from training.calendar import may_sign, reminder_due, surveys_due
from training.drawings import is_signature, strokes
from training.quiz import Unreadable, is_passed, mark, read
from training.scores import Score, mean, nps
from training.seats import Room, seated_next


MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("left", "due"),
    [(8, None), (7, 7), (6, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_a_missed_reminder_is_sent_until_the_next_one(left, due):
    today = MONDAY - timedelta(days=left)

    assert reminder_due(starts_on=MONDAY, today=today, since=date(2026, 1, 1)) == due


@pytest.mark.parametrize(("since", "due"), [(8, 7), (7, None), (3, None)])
def test_nobody_is_reminded_of_what_she_has_just_answered(since, due):
    asked = MONDAY - timedelta(days=since)

    assert reminder_due(starts_on=MONDAY, today=MONDAY - timedelta(days=3), since=asked) == due


@pytest.mark.parametrize(
    ("minutes", "is_on"), [(-16, False), (-15, True), (0, True), (195, True), (196, False)]
)
def test_one_signs_during_the_half_day_and_a_little_around_it(minutes, is_on):
    start = datetime(2026, 11, 30, 8, tzinfo=UTC)
    end = start + timedelta(hours=3)

    assert may_sign(start=start, end=end, now=start + timedelta(minutes=minutes)) is is_on


def test_surveys_go_out_when_it_is_over_and_a_month_later():
    end = datetime(2026, 11, 30, 16, tzinfo=UTC)
    days = {n: surveys_due(ends_at=end, now=end + timedelta(days=n)) for n in (-1, 0, 8, 30, 61)}

    assert days == {-1: set(), 0: {"hot"}, 8: set(), 30: {"cold"}, 61: set()}


def test_a_commune_at_its_quota_is_passed_over_and_keeps_its_place():
    room = Room(seats=3, quota=1, taken=Counter({1: 1}))

    assert seated_next(room, [(10, 1), (11, 2), (12, 2), (13, 3), (14, 4)]) == [11, 13]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seats=st.integers(1, 12),
    quota=st.none() | st.integers(1, 4),
    line=st.lists(st.integers(1, 5), max_size=20),
)
def test_seats_are_never_oversold_and_none_stays_empty_that_somebody_may_take(seats, quota, line):
    room = Room(seats, quota, Counter())

    chosen = seated_next(room, list(enumerate(line)))
    after = Room(seats, quota, Counter(line[who] for who in chosen))

    assert len(chosen) <= seats
    assert quota is None or max(after.taken.values(), default=0) <= quota
    left = [commune for who, commune in enumerate(line) if who not in chosen]
    assert not any(after.has_seat_for(commune) for commune in left)
    assert chosen == sorted(chosen)


def test_the_score_is_promoters_minus_detractors_over_all():
    assert nps([10, 9, 8, 7, 6, 0]) == Score(0, 6)
    assert nps([10, 10, 10, 9, 3]) == Score(3, 5)


@pytest.mark.parametrize(("answers", "told"), [(4, False), (5, True)])
def test_a_mean_of_few_is_not_told(answers, told):
    score = mean([{"useful": 4}] * answers + [{"pace": 1}], "useful")

    assert score.den == answers
    assert (score.ratio == 4) is told


@pytest.mark.parametrize(
    ("drawing", "is_one"),
    [
        ("M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20", True),
        ("M10 10L20 20L30 10L40 20M50 10L60 20L70 10L80 20", True),
        ("", False),
        ("M10 10", False),
        ("M10 10" + "L10 10" * 50, False),
        ("M10 10L20 20L30 10L40 20L50 10L60 20L70 10L601 20", False),
        ('M10 10"/><script>L20 20L30 10L40 20L50 10L60 20L70 10L80 20', False),
        ("M1 1" + "L2 2L3 3L4 4L5 5L6 6L7 7L8 8L9 9" * 2000, False),
    ],
)
def test_a_signature_is_strokes_in_the_box_and_more_than_a_dot(drawing, is_one):
    assert is_signature(drawing) is is_one


def test_strokes_are_told_apart():
    assert strokes("M1 2L3 4M5 6") == [[(1, 2), (3, 4)], [(5, 6)]]


QUIZ = "Ouvert le lundi ?\n- oui\n+ non\n= C’est le marché."


def test_questions_are_read_from_plain_lines():
    first, second = read(f"{QUIZ}\r\n\r\n\n\nEt le\nmardi ?\n+ oui\n- non")

    assert first == {
        "ask": "Ouvert le lundi ?",
        "choices": ["oui", "non"],
        "right": 1,
        "why": "C’est le marché.",
    }
    assert (second["ask"], second["right"], second["why"]) == ("Et le mardi ?", 0, "")


@pytest.mark.parametrize(
    "part",
    [
        "Sans choix ?",
        "Un seul ?\n+ oui",
        "Deux bons ?\n+ a\n+ b",
        "Aucun ?\n- a\n- b",
        "+ a\n- b",
        "Vide ?\n+\n- b",
        "Trop ?\n+ a" + "\n- b" * 9,
    ],
)
def test_a_question_that_cannot_be_asked_is_named(part):
    with pytest.raises(Unreadable) as fault:
        read(f"{QUIZ}\n\n{part}")

    assert fault.value.number == 2


def test_everything_right_passes_and_nothing_does_not():
    questions = [read(QUIZ)[0], read(QUIZ)[0]]

    assert is_passed(mark(questions, [1, 1]))
    assert not is_passed(mark(questions, [1, None]))
    assert not is_passed(mark([], []))
