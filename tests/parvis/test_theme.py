"""No commune can choose an unreadable colour."""

import re
from itertools import product
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory

from parvis.theme import DEFAULT_BRAND, contrast, palette
from parvis.theme_views import stylesheet


WHITE, INK, NIGHT = "#ffffff", "#16161d", "#14161c"
STEPS = range(0, 256, 51)  # 216 colours; 4 096 (a step of 17) hold too, in two seconds
CSS = settings.ROOT / "platform" / "parvis" / "static" / "css"
FIXED = {  # colours no commune may change: (text, background, least ratio)
    "ink": (INK, WHITE, 7),
    "ink-2 on paper-2": ("#4a4a57", "#f6f5f4", 7),
    "edge on paper-2": ("#8a8a95", "#f6f5f4", 3),
    "ok": ("#1d6b45", "#e7f5ec", 4.5),
    "warn": ("#8a5100", "#fff3df", 4.5),
    "err": ("#b3261e", "#fdecea", 4.5),
    "info": ("#0b5394", "#e8f1fb", 4.5),
    "night ink": ("#ececf1", "#1d2029", 7),
    "night ink-2": ("#b4b6c2", "#1d2029", 7),
    "night edge": ("#7d808d", "#1d2029", 3),
    "night ok": ("#6fce9b", "#12301f", 4.5),
    "night warn": ("#f0b562", "#35260c", 4.5),
    "night err": ("#ff9d94", "#401a17", 4.5),
    "night info": ("#8dbdf5", "#132a44", 4.5),
}


def pairs(colours):
    """Return every text and background that meet on a page, with the least ratio allowed."""
    return {
        "on_brand/brand": (colours.on_brand, colours.brand, 4.5),
        "action/white": (colours.action, WHITE, 4.5),
        "action/tint": (colours.action, colours.tint, 4.5),
        "action/paper-2": (colours.action, "#f6f5f4", 4.5),
        "white/action": (WHITE, colours.action, 4.5),
        "white/hover": (WHITE, colours.action_hover, 4.5),
        "hover/tint": (colours.action_hover, colours.tint, 4.5),
        "ink/tint": (INK, colours.tint, 7),
        "ink-2/tint": ("#4a4a57", colours.tint, 4.5),
        "ink/line": (INK, colours.line, 7),
        "err/tint": ("#b3261e", colours.tint, 4.5),
        "night_action/night": (colours.night_action, NIGHT, 4.5),
        "night_action/night_tint": (colours.night_action, colours.night_tint, 4.5),
        "night_on_action/night_action": (colours.night_on_action, colours.night_action, 4.5),
        "night ink/night_tint": ("#ececf1", colours.night_tint, 7),
    }


def test_every_brand_colour_gives_readable_pairs():
    weak = {
        (name, f"{red:02x}{green:02x}{blue:02x}", round(contrast(text, ground), 2))
        for red, green, blue in product(STEPS, repeat=3)
        for name, (text, ground, least) in pairs(
            palette(f"#{red:02x}{green:02x}{blue:02x}")
        ).items()
        if contrast(text, ground) < least
    }

    assert weak == set()


@pytest.mark.parametrize("name", FIXED)
def test_fixed_colours_are_readable(name):
    text, ground, least = FIXED[name]

    assert contrast(text, ground) >= least
    assert text in (CSS / "tokens.css").read_text() or text == WHITE


@pytest.mark.parametrize("brand", ["#7a1f3d", "#00a3c7", "#f2b600", "#ffff00", "#777777"])
def test_the_brand_itself_is_kept_and_the_result_is_stable(brand):
    assert palette(brand).brand == brand
    assert palette(brand) == palette(brand.upper())


@pytest.mark.parametrize("brand", ["red", "#fff", "#12345g", "#123456;}", "#123456\n", ""])
def test_anything_but_a_six_digit_colour_is_refused(brand):
    with pytest.raises(ValueError, match="^" + re.escape(brand)):
        palette(brand)


def test_the_tokens_fall_back_on_the_default_brand():
    tokens = (CSS / "tokens.css").read_text()
    colours = palette(DEFAULT_BRAND)

    for name, value in {
        "brand": colours.brand,
        "action": colours.action,
        "action-hover": colours.action_hover,
        "tint": colours.tint,
        "line": colours.line,
        "night-action": colours.night_action,
        "night-tint": colours.night_tint,
    }.items():
        assert f"--c-{name}, {value})" in tokens


def test_the_stylesheet_is_kept_only_under_the_address_of_its_version():
    version = palette("#7a1f3d").version
    request = RequestFactory().get("/theme.css", {"v": version})
    stale = RequestFactory().get("/theme.css", {"v": "another"})
    request.commune = stale.commune = SimpleNamespace(brand_colour="#7a1f3d")

    answer, old = stylesheet(request), stylesheet(stale)

    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "--c-brand:#7a1f3d" in answer.content.decode()
    assert "immutable" in answer["Cache-Control"]
    assert old["Cache-Control"] == "no-cache"


def test_a_host_that_nobody_owns_has_the_colours_of_parvis():
    answer = stylesheet(RequestFactory().get("/theme.css"))

    assert f"--c-brand:{DEFAULT_BRAND}" in answer.content.decode()
