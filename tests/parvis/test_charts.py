"""Charts say the same thing to the eye and in words."""

import html5lib
import pytest

from parvis import charts


POINTS = [("janv.", 12.0), ("févr.", 30.5), ("mars", 83.0)]


def drawn():
    return {
        "bars": charts.bars(POINTS, label="Part <en> ligne", unit="%"),
        "line": charts.line(POINTS, label="Part <en> ligne", unit="%"),
        "spark": charts.spark([1, 2, 3], label="Part <en> ligne"),
        "waffle": charts.waffle(parts=[(2, "oui"), (1, "bientôt"), (3, "non")], label="<36>"),
    }


@pytest.mark.parametrize("name", drawn())
def test_a_chart_is_valid_html_without_inline_style_and_escapes_its_words(name):
    text = drawn()[name]

    html5lib.HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title>{text}")

    assert "style=" not in text
    assert "<en>" not in text
    assert "<36>" not in text


def test_a_curve_has_a_title_a_description_and_the_table_of_its_figures():
    text = charts.line(POINTS, label="Part en ligne", unit="%")

    assert "<title" in text
    assert "févr. : 30,5\u00a0%" in text
    assert "<details" in text
    assert text.count('<th scope="row">') == len(POINTS)


def test_the_scale_of_a_curve_ends_on_a_round_number():
    text = charts.line(POINTS, label="Part en ligne", unit="%")

    assert "<span>100\u00a0%</span><span>50\u00a0%</span><span>0</span>" in text


def test_a_waffle_has_one_square_per_thing_and_counts_them_in_words():
    text = charts.waffle(
        parts=[(15, "en service"), (5, "en réflexion"), (16, "à contacter")], label="Communes"
    )

    assert text.count("<rect") == 36 + 3
    assert "15 en service, 5 en réflexion, 16 à contacter" in text
    assert "<strong>15</strong> en service" in text


@pytest.mark.parametrize("points", [[], [("janv.", 0.0)]])
def test_a_chart_without_figures_is_still_a_chart(points):
    assert "<svg" in charts.line(points, label="Rien")
    assert "<table" in charts.bars(points, label="Rien")


@pytest.mark.parametrize(
    ("value", "written"), [(1204, "1\u00a0204"), (44.5, "44,5"), (0, "0"), (0.25, "0,2")]
)
def test_figures_have_a_french_comma(value, written):
    assert charts.figure(value) == written
