"""An inventory in a file: whatever its encoding, separator and titles, and what is wrong in it."""

import json

import pytest

from incidents.asset_files import MOST_BYTES, MOST_ROWS, Fault, Unreadable, read_items, read_table
from incidents.geo import Place


TEXT = "Nature;N°;Nom;Latitude;Longitude\nLampadaire;12;Quai;45,1995;-0,7475\n"


def items_of(content, **options):
    table = read_table(content)
    return read_items(table, table.guess(), **options)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        ("\r\n" + TEXT.replace("\n", "\r\n")).encode(),
        TEXT.replace(",", ".").replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", "|").encode(),
        TEXT.replace("Nature;N°;Nom", "Kind;Number;Name").encode(),
        b'type;code;adresse;lat;lon\nLampadaire;12;"Quai";45.1995;\'-0.7475\n',
    ],
)
def test_a_table_is_read_however_it_is_written(content):
    [item], wrong = items_of(content)

    assert (item.kind, item.code, item.name) == ("Lampadaire", "12", "Quai")
    assert item.place == Place(45.1995, -0.7475)
    assert wrong == []


def test_points_are_read_as_a_table():
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-0.7475, 45.1995]},
        "properties": {"type": "Banc", "id": 7, "autre": [1]},
    }

    [item], _wrong = items_of(
        json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    )

    assert (item.kind, item.code, item.place) == ("Banc", "7", Place(45.1995, -0.7475))


def test_one_kind_stands_for_all_where_no_column_says_it():
    [item], _wrong = items_of(b"numero;lat;lon\n12;45.2;-0.7\n", kind="Banc")

    assert item.kind == "Banc"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";12;;45.2;-0.7", Fault.NO_KIND),
        ("Banc;;;45.2;-0.7", Fault.NO_CODE),
        (f"Banc;{'x' * 41};;45.2;-0.7", Fault.TOO_LONG),
        ("Banc;12;;ici;-0.7", Fault.NO_PLACE),
        ("Banc;12", Fault.NO_PLACE),
        ("Banc;12;;NaN;1", Fault.NO_PLACE),
        ("Banc;12;;6462000.5;405000", Fault.LAMBERT),
        ("Banc;12;;95;0", Fault.NOT_DEGREES),
        ("Banc;12;;48.85;2.35", Fault.FAR),
    ],
)
def test_a_row_that_is_no_thing_is_told_with_its_line(row, fault):
    content = f"nature;numero;nom;lat;lon\nBanc;1;;45.2;-0.7\n\n{row}\nBanc;1;;45.2;-0.7\n"

    items, wrong = items_of(content.encode(), near=lambda place: place.lon < 1)

    assert len(items) == 1
    assert [(each.line, each.fault) for each in wrong] == [(4, fault), (5, Fault.TWICE)]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b" " * (MOST_BYTES + 1), Fault.TOO_LARGE),
        (b"\x00\x01\x02;", Fault.NOT_TEXT),
        (b"%PDF-1.7 rien", Fault.NO_TABLE),
        (b"", Fault.NO_TABLE),
        (b"a;b\n", Fault.NO_TABLE),
        (b";" * 100 + b"\n1", Fault.NO_TABLE),
        (b"a;b\n" + b"1;2\n" * (MOST_ROWS + 1), Fault.TOO_MANY),
        (b'a;b\n"' + b"x" * 200_000, Fault.NO_TABLE),
        (b"{", Fault.NOT_POINTS),
        (b'{"type": "FeatureCollection", "features": [7]}', Fault.NOT_POINTS),
        (b'{"type": "FeatureCollection", "features": []}', Fault.NO_TABLE),
        (b'{"a": ' * 50_000, Fault.NOT_POINTS),
    ],
)
def test_what_is_no_table_is_refused(content, fault):
    with pytest.raises(Unreadable) as caught:
        read_table(content)

    assert caught.value.fault == fault
