"""SIRET numbers: real ones pass, neighbours of real ones do not."""

import pytest

from onboarding.siret import is_siret, seat_of


def test_the_seat_of_a_commune_is_proposed():
    assert seat_of("213303142") == "21330314200011"
    assert is_siret(seat_of("213303142"))
    assert seat_of("21330") == seat_of("") == seat_of("abcdefghi") == ""


@pytest.mark.parametrize(
    "text",
    ["", "2133031420001", "21330314200012", "213303142000111", "2133031420001a", "²1330314200011"],
)
def test_what_is_no_siret_is_refused(text):
    assert not is_siret(text)


def test_one_wrong_digit_is_always_noticed():
    right = "21330314200011"
    wrong = [
        right[:place] + str(digit) + right[place + 1 :]
        for place in range(14)
        for digit in range(10)
        if str(digit) != right[place]
    ]

    assert len(wrong) == 126
    assert not any(is_siret(each) for each in wrong)
