"""Outlines that a commune brings: what is read, repaired, and refused with its number."""

import json

import pytest

from incidents.geo import Outline, Place
from incidents.zone_files import (
    MOST_BYTES,
    MOST_ZONES,
    Fault,
    Unreadable,
    corners_of,
    read_corners,
    read_file,
)


SQUARE = [[-0.76, 45.19], [-0.73, 45.19], [-0.73, 45.21], [-0.76, 45.21], [-0.76, 45.19]]
BOW = [[-0.76, 45.19], [-0.73, 45.21], [-0.73, 45.19], [-0.76, 45.21], [-0.76, 45.19]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
LAMBERT = [[405000.1, 6462000], [406000, 6462000], [406000, 6463000], [405000.1, 6462000]]


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def content(known):
    return json.dumps(known).encode()


def refusal(known, **options):
    with pytest.raises(Unreadable) as caught:
        read_file(known if isinstance(known, bytes) else content(known), **options)
    return caught.value.fault, caught.value.number


@pytest.mark.parametrize(
    "known",
    [
        POLYGON,
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        feature(POLYGON),
        collection(feature(POLYGON)),
    ],
)
def test_a_surface_is_read_in_any_wrapping(known):
    [zone] = read_file(content(known))

    assert Outline(zone.outline).holds(Place(45.2, -0.75))
    assert not zone.was_repaired


def test_a_file_may_begin_with_a_mark_and_have_heights():
    high = {"type": "Polygon", "coordinates": [[[*point, 12.5] for point in SQUARE]]}

    [zone] = read_file(b"\xef\xbb\xbf" + content(high))

    assert all(len(point) == 2 for point in zone.outline["coordinates"][0])


@pytest.mark.parametrize(
    ("properties", "named_by", "name"),
    [
        ({"nom": "Saint-Lambert"}, "", "Saint-Lambert"),
        ({"LIBELLE": " Le  Port "}, "", "Le Port"),
        ({"quartier": 3}, "", "3"),
        ({"nom": "A", "code": "B"}, "Code", "B"),
        ({"nom": "A"}, "code", ""),
        ({"nom": None}, "", ""),
        ({"nom": "x" * 200}, "", "x" * 80),
    ],
)
def test_names_come_from_a_property(properties, named_by, name):
    [zone] = read_file(content(feature(POLYGON, **properties)), named_by=named_by)

    assert zone.name == name


def test_a_contour_that_crosses_itself_is_repaired():
    [zone] = read_file(content({"type": "Polygon", "coordinates": [BOW]}))

    assert zone.was_repaired
    Outline(zone.outline)


@pytest.mark.parametrize(
    ("known", "fault"),
    [
        (b"not json", (Fault.NOT_JSON, 0)),
        (b"\xff\xfe\x00", (Fault.NOT_JSON, 0)),
        (b"[" * 100_000, (Fault.NOT_JSON, 0)),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', (Fault.NOT_JSON, 0)),
        (b"[1, 2]", (Fault.NOT_GEOJSON, 0)),
        (b'"Polygon"', (Fault.NOT_GEOJSON, 0)),
        ({"type": "Point", "coordinates": [0, 0]}, (Fault.NOT_GEOJSON, 0)),
        (collection(), (Fault.NOTHING, 0)),
        (collection(*[feature(POLYGON)] * (MOST_ZONES + 1)), (Fault.TOO_MANY, 0)),
        (b" " * (MOST_BYTES + 1), (Fault.TOO_LARGE, 0)),
        (collection(feature(POLYGON), feature(None)), (Fault.NO_POLYGON, 2)),
        (collection(7), (Fault.NO_POLYGON, 1)),
        (feature({"type": "LineString", "coordinates": SQUARE}), (Fault.NO_POLYGON, 1)),
        (feature({"type": "Polygon", "coordinates": [LAMBERT]}), (Fault.LAMBERT, 1)),
        (
            feature(
                {"type": "Polygon", "coordinates": [[[900, 1], [901, 1], [901, 2], [900, 1]]]}
            ),
            (Fault.NOT_DEGREES, 1),
        ),
        (feature({"type": "Polygon", "coordinates": []}), (Fault.BROKEN, 1)),
        (feature({"type": "Polygon"}), (Fault.BROKEN, 1)),
        (feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}), (Fault.BROKEN, 1)),
        (feature({"type": "Polygon", "coordinates": [[["a", 0]] * 4]}), (Fault.BROKEN, 1)),
        (
            b'{"type": "Polygon", "coordinates": [[[0, 1e400], [1, 0], [1, 1], [0, 1e400]]]}',
            (Fault.BROKEN, 1),
        ),
        (feature({"type": "Polygon", "coordinates": [[[0, 0]] * 5]}), (Fault.BROKEN, 1)),
        (feature({"type": "Polygon", "coordinates": "licorne"}), (Fault.BROKEN, 1)),
        (collection(feature(POLYGON, nom="A"), feature(POLYGON, nom="A")), (Fault.SAME_NAME, 2)),
    ],
)
def test_what_is_no_zone_is_refused_with_its_number(known, fault):
    assert refusal(known) == fault


def test_too_many_points_are_refused():
    ring = [[x / 3000, (x % 2) / 1000 + 45] for x in range(3000)]
    ring += [[x / 3000, (x % 2) / 1000 + 46] for x in reversed(range(3000))]

    drawn = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    assert refusal(feature(drawn)) == (Fault.TOO_DETAILED, 1)


@pytest.mark.parametrize(
    "text",
    [
        "45.19, -0.76\n45.19, -0.73\n45.21, -0.73",
        "45,19 -0,76\r\n\r\n45,19 -0,73\r\n45,21 -0,73\r\n",
        "45.19;-0.76\n45.19 ; -0.73\n45.21;-0.73\n45.19;-0.76",
        "45.19,-0.76\n45.19,-0.73\n45.21,-0.73",
    ],
)
def test_corners_are_read_as_people_write_them(text):
    outline = read_corners(text)

    assert Outline(outline).holds(Place(45.195, -0.735))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("45.19, -0.76\nau coin", (Fault.BAD_LINE, 2)),
        ("45.19", (Fault.BAD_LINE, 1)),
        ("1e9, 2", (Fault.BAD_LINE, 1)),
        ("45.19, -0.76\n45.19, -0.73", (Fault.TOO_FEW, 0)),
        ("", (Fault.TOO_FEW, 0)),
        ("145.19, -0.76\n45.19, -0.73\n45, 0", (Fault.NOT_DEGREES, 0)),
        ("45, 0\n46, 1\n45, 1\n46, 0", (Fault.BROKEN, 0)),
        ("45, 0\n45, 0\n45, 0\n45, 0", (Fault.BROKEN, 0)),
        ("\n".join(f"45, {n / 1000}" for n in range(501)), (Fault.TOO_DETAILED, 0)),
    ],
)
def test_corners_that_make_no_zone_are_refused(text, fault):
    with pytest.raises(Unreadable) as caught:
        read_corners(text)

    assert (caught.value.fault, caught.value.number) == fault


def test_corners_are_written_as_they_are_read():
    outline = read_corners("45.19, -0.76\n45.19, -0.73\n45.21, -0.73")

    assert read_corners(corners_of(outline)) == outline
    assert corners_of({"type": "MultiPolygon", "coordinates": []}) == ""
    assert corners_of({"type": "Polygon", "coordinates": [SQUARE, SQUARE]}) == ""
