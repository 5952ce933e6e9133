"""Faces are found offline, wherever they are in the photo, and covered beyond recognition.

``astronaut.jpg`` is part of NASA's official portrait of Eileen Collins, in the public domain.
"""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from incidents import darkroom, faces


PORTRAIT = Path(__file__).with_name("astronaut.jpg")
EYES = (0.47, 0.44)  # in fractions of the portrait


@pytest.fixture
def portrait():
    with Image.open(PORTRAIT) as image:
        return image.convert("RGB")


def holds(box, x, y):
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def test_a_face_is_found(portrait):
    [box] = faces.find(portrait)

    assert holds(box, *EYES)


def test_a_face_in_a_corner_of_a_large_photo_is_found(portrait):
    street = Image.new("RGB", (2000, 1500), "#778")
    street.paste(portrait, (1600, 1100))

    [box] = faces.find(street)

    assert holds(box, (1600 + EYES[0] * 256) / 2000, (1100 + EYES[1] * 256) / 1500)


def test_a_street_without_anybody_has_no_face():
    assert faces.find(Image.new("RGB", (1200, 900), "#686")) == []


def test_a_face_that_was_covered_is_found_no_more(portrait):
    for box in faces.find(portrait):
        darkroom.blur(portrait, tuple(box))

    assert faces.find(portrait) == []


def test_a_number_plate_is_suggested_where_it_is():
    street = Image.new("RGB", (1200, 900), "#686")
    street.paste(plate("AB-123-CD"), (500, 400))

    assert any(holds(box, 0.52, 0.475) for box in faces.plates(street))


def test_a_plain_wall_has_no_plate():
    assert faces.plates(Image.new("RGB", (1200, 900), "#686")) == []


def plate(number):
    drawn = Image.new("RGB", (220, 52), "white")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, 219, 51), outline="black", width=2)
    pen.rectangle((0, 0, 18, 51), fill="#039")
    pen.text((30, 4), number, fill="black", font=ImageFont.load_default(38))
    return drawn
