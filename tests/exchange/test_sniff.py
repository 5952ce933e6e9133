"""Files as town halls send them, and as nobody should."""

import io
import time as clock
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from exchange.sniff import MOST_BYTES, Fault, Unreadable, read_table


LINES = "Date;Heure;Nom\n01/12/2026;9h30;Éloïse Müller\n02/12/2026;10h;Œdipe\n"


def fault_of(content):
    with pytest.raises(Unreadable) as refusal:
        read_table(content)
    return refusal.value.fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators_are_guessed(encoding, separator):
    table = read_table(LINES.replace(";", separator).encode(encoding))

    assert table.header == ("Date", "Heure", "Nom")
    assert table.rows[0] == (2, ("01/12/2026", "9h30", "Éloïse Müller"))


def test_titles_are_named_once_and_short_rows_are_filled():
    table = read_table(b"Nom,Nom,,Nom\na,b\n\nc,d,e,f,g\n")

    assert table.header == ("Nom", "Nom (2)", "3", "Nom (3)")
    assert table.rows == ((2, ("a", "b", "", "")), (4, ("c", "d", "e", "f")))


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_a_person_would_type_it():
    table = read_table(
        workbook(
            [
                ("Date", "Jour", "Nombre", "Calcul"),
                (datetime(2026, 12, 1, 9, 30), date(2026, 12, 1), 2.0, "=1+1"),  # noqa: DTZ001
            ]
        )
    )

    assert table.rows == ((2, ("2026-12-01 09:30", "2026-12-01", "2", "")),)
    assert table.read_as == "Excel"


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b" \n \n", Fault.EMPTY),
        (b"Date;Nom\n", Fault.NO_TABLE),
        (b"juste une phrase\net une autre", Fault.NO_TABLE),
        (b"Date;Nom\n01/12/2026;a\0b\n", Fault.NOT_TEXT),
        (bytes(range(128, 256)), Fault.NOT_TEXT),
        (b"a;b\n" + b"x" * 2_001 + b";c\n", Fault.CELL_TOO_LONG),
        (b'a;b\n"' + b"x" * 4_000_000 + b";c\n", Fault.CELL_TOO_LONG),
        (b"x" * (MOST_BYTES + 1), Fault.TOO_LARGE),
        (b"a;b\n" + b"1;2\n" * 200_000, Fault.TOO_MANY),
        (b";".join([b"t"] * 61) + b"\n" + b";" * 60 + b"x\n", Fault.TOO_WIDE),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, Fault.OLD_EXCEL),
        (b"PK\x03\x04 and nothing else", Fault.BROKEN),
        (zipped(**{"xl/vbaProject.bin": b"Sub Auto_Open()"}), Fault.MACROS),
        (zipped(**{"xl/worksheets/sheet1.xml": b" " * 70_000_000}), Fault.SWELLS),
        (zipped(**{"[Content_Types].xml": b'<?xml version="1.0"?><!DOCTYPE x []><x/>'}),
         Fault.BROKEN),
        (zipped(**{"photo.jpg": b"no workbook"}), Fault.BROKEN),
    ],
    ids=range(17),
)  # fmt: skip
def test_what_hurts_or_says_nothing_is_refused_at_once(content, fault):
    begin = clock.perf_counter()

    assert fault_of(content) == fault
    assert clock.perf_counter() - begin < 5


def test_a_workbook_of_200_000_rows_is_refused():
    assert fault_of(workbook([("a", "b")] * 20_005)) == Fault.TOO_MANY
