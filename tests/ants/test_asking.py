"""What the hub asks of free starts, read without Django."""

from datetime import date, timedelta

import pytest

from ants import asking, numbers, walls


TODAY = date(2026, 11, 24)


def read(query):
    return asking.read(query, today=TODAY)


def test_a_question_is_read_as_it_comes():
    question = read(
        "start_date=2026-11-25&end_date=2026-12-23&meeting_point_ids=1001&meeting_point_ids=1002"
        "&reason=CNI-PASSPORT&documents_number=3"
    )

    assert question.points == (1001, 1002)
    assert (question.first, question.last) == (date(2026, 11, 25), date(2026, 12, 23))
    assert (question.reason, question.persons) == ("CNI-PASSPORT", 3)


@pytest.mark.parametrize("query", ["reason=&documents_number=", "", "start_date=&end_date="])
def test_absent_and_empty_forms_have_their_usual_meaning(query):
    question = read(f"meeting_point_ids=7&{query}")

    assert (question.reason, question.persons) == ("CNI", 1)
    assert (question.first, question.last) == (TODAY, TODAY + timedelta(days=150))


@pytest.mark.parametrize(
    "query",
    [
        *(
            "start_date=tomorrow",
            "start_date=2026-02-30",
            "end_date=20261224",
            "end_date=2026-W50",
        ),
        "start_date=2026-12-24&end_date=2026-12-23",
        *("reason=PERMIS", "reason=cni", "documents_number=0", "documents_number=-1"),
        *("documents_number=deux", "documents_number=1.5", "documents_number=%D9%A3"),
        "start_date=%00",
    ],
)
def test_what_makes_no_sense_is_no_question(query):
    assert read(f"meeting_point_ids=7&{query}") is None


@pytest.mark.parametrize(
    "points",
    ["", "meeting_point_ids=", "meeting_point_ids=x", "meeting_point_ids[]=7", "%ff=%fe"],
)
def test_without_a_place_there_is_no_question(points):
    assert read(points) is None


def test_only_numbers_as_we_write_them_are_places():
    odd = ("01", "1e3", "%2B5", "5%00", "9" * 30, "5", "5")

    assert read("&".join(f"meeting_point_ids={each}" for each in odd)).points == (5,)


def test_ten_years_and_a_crowd_are_held_within_what_may_be_booked():
    crowd = "9" * 999
    question = read(
        f"meeting_point_ids=7&start_date=2010-01-01&end_date=2036-01-01&documents_number={crowd}"
    )

    assert question.first == TODAY - timedelta(days=1)
    assert question.last == TODAY + timedelta(days=366)
    assert question.persons == asking.MANY


def test_more_places_are_asked_than_django_reads_parameters():
    query = "&".join(f"meeting_point_ids={n}" for n in range(1, 1001))

    assert len(read(query).points) == 1000


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a1b2c3d4e5", "A1B2C3D4E5"),
        (" A1B2 C3D4-E5. ", "A1B2C3D4E5"),
        ("1234567890", "1234567890"),
        ("123456789", ""),
        ("ßßßßß", ""),
        ("A1B2C3D4É5", ""),
    ],
)
def test_a_number_has_one_form(text, plain):
    assert numbers.normalise(text) == plain


def test_one_value_may_hold_several_numbers():
    assert numbers.parts(["a1b2c3d4e5,1122334455", "1122334455 X; /y"]) == [
        *("a1b2c3d4e5", "1122334455", "X", "y"),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "bits", "second"),
    [
        ("Europe/Paris", date(2026, 11, 24), 288, "02:00"),
        ("Europe/Paris", date(2026, 10, 25), 300, "02:00"),
        ("Europe/Paris", date(2027, 3, 28), 276, "03:00"),
        ("Europe/Paris", date(2027, 10, 31), 300, "02:00"),
        ("Indian/Reunion", date(2026, 10, 25), 288, "02:00"),
    ],
)
def test_a_day_has_the_length_it_has_and_shows_its_own_clock(zone, day, bits, second):
    shown = walls.face(zone, day)[1]

    assert (len(shown), shown[24], shown[-1]) == (bits, second, "23:55")


def test_an_hour_that_comes_twice_is_told_once():
    shown = walls.face("Europe/Paris", date(2026, 10, 25))[1]

    assert walls.times(1 << 24 | 1 << 36 | 1 << 299, shown) == ["02:00", "23:55"]
