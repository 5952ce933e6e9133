"""The table of security requirements says what is true, and its page what the table says."""

import ast
from collections import Counter
from functools import cache

import pytest

from trust import pages
from trust.table import CHAPTERS, CHECK, FILE, ROOT, Decision, read


ROWS = read()


@cache
def functions(path):
    """Name the tests of a file that are collected, those of its classes included."""
    top = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    classes = [each for each in top if isinstance(each, ast.ClassDef)]
    inside = [node for each in classes if each.name.startswith("Test") for node in each.body]
    return {node.name for node in [*top, *inside] if isinstance(node, ast.FunctionDef)}


def exists(test):
    if test.startswith(CHECK):
        return f"try '{test.removeprefix(CHECK)}'" in (ROOT / CHECK[:-1]).read_text()
    path, _colons, name = test.partition("::")
    if not (ROOT / path).is_file() or not path.startswith("tests/"):
        return False
    return not name or (name.startswith("test_") and name in functions(path))


def test_every_requirement_up_to_level_two_has_one_decision(capsys):
    assert len({row.id for row in ROWS}) == len(ROWS) == 253
    assert Counter(row.level for row in ROWS) == {1: 70, 2: 183}
    assert {row.chapter for row in ROWS} == set(CHAPTERS)
    assert [row.id for row in ROWS if row.applicable not in {"yes", "no"} or not row.how] == []
    with capsys.disabled():
        print(f"\nASVS 5.0, level 2: {pages.summary(ROWS)}")


def test_every_requirement_that_applies_has_a_test_or_says_what_is_missing():
    applicable = [row for row in ROWS if row.decision is not Decision.OUT]

    assert [row.id for row in applicable if row.decision is Decision.HELD] == []
    assert [
        row.id for row in applicable if not row.tests and row.decision is not Decision.GAP
    ] == []


def test_every_test_that_is_named_exists():
    assert [(row.id, test) for row in ROWS for test in row.tests if not exists(test)] == []


@pytest.mark.parametrize(
    "test",
    [
        "tests/nowhere.py",
        "tests/test_trust.py::test_that_nobody_wrote",
        "tests/test_trust.py::exists",
        "Makefile",
        CHECK + "horoscope",
    ],
)
def test_a_test_that_nobody_wrote_is_noticed(test):
    assert not exists(test)


def test_a_gap_says_what_is_missing():
    gaps = [row for row in ROWS if row.decision is Decision.GAP]

    assert [row.id for row in gaps if "Missing: " not in row.how] == []
    assert [row.id for row in ROWS if row not in gaps and "Missing: " in row.how] == []


@pytest.mark.parametrize("cells", ["yes,how,", "no,how,tests/a.py", "yes,how,no test; tests/a.py"])
def test_a_row_that_decides_nothing_or_twice_is_refused(cells, tmp_path):
    path = tmp_path / "asvs.csv"
    path.write_text(f"id,level,applicable,how,tests\n1.1.1,2,{cells}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"1\.1\.1"):
        read(path)


def test_the_page_says_what_the_table_says():
    """When it does not: ``make trust``."""
    assert FILE.with_suffix(".md").read_text(encoding="utf-8") == pages.asvs(ROWS)


def test_pages_that_the_list_names_exist():
    assert pages.README.startswith("# Evidence")
    assert (FILE.parent / "README.md").read_text(encoding="utf-8") == pages.README
