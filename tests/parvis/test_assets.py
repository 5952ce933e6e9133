"""Files that browsers download, and what templates may not contain."""

import re
import subprocess
import sys
import tomllib
from hashlib import sha256

import pytest
from django.conf import settings


STATIC = settings.ROOT / "platform" / "parvis" / "static"
TEMPLATES = settings.ROOT / "templates"
# Mail programs know no stylesheet: the pages of mails carry their styles.
COMPONENTS = re.compile(r"^(ui/|django/forms/|messaging/mail\.html$|\w+/emails/|base\w*\.html$)")
INLINE = re.compile(
    r"\s(class|style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE
)
STATE_BRAND = re.compile(r"Marianne|dsfr|fr-btn|République Française", re.IGNORECASE)


def pages():
    return [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not COMPONENTS.match(path.relative_to(TEMPLATES).as_posix())
    ]


def test_the_joined_stylesheets_are_up_to_date():
    command = settings.ROOT / "platform" / "bin" / "css"

    done = subprocess.run(
        [sys.executable, command, "--check"], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_vendored_files_are_those_that_were_recorded():
    packages = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text())["package"]
    found = {name: digest for package in packages for name, digest in package["files"].items()}

    assert {name: sha256((STATIC / name).read_bytes()).hexdigest() for name in found} == found
    assert {f"fonts/{path.name}" for path in (STATIC / "fonts").iterdir()} <= set(found)
    assert all(package["licence"] for package in packages)


def test_nothing_borrows_the_brand_of_the_state():
    texts = [
        *TEMPLATES.rglob("*.*"),
        *STATIC.rglob("*.css"),
        *STATIC.rglob("*.js"),
        *STATIC.rglob("*.svg"),
    ]

    assert [
        path.name for path in texts if path.is_file() and STATE_BRAND.search(path.read_text())
    ] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_page_has_no_class_no_style_and_no_inline_script(path):
    assert [found.group() for found in INLINE.finditer(path.read_text())] == []


@pytest.mark.parametrize("folder", ["ui", "django/forms"])
def test_components_have_no_inline_style_or_handler(folder):
    forbidden = re.compile(r"\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)[^>]*>")
    texts = {path.name: path.read_text() for path in (TEMPLATES / folder).rglob("*.html")}

    assert [name for name, text in texts.items() if forbidden.search(text)] == []


def test_styles_use_logical_directions_and_every_declaration_sits_in_a_layer():
    sheets = [
        path for path in STATIC.glob("css/*.css") if path.name not in {"app.css", "diary.css"}
    ]

    for sheet in sheets:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)

        assert not re.search(r"[\s-](left|right)\s*:", text), sheet.name
        assert "@layer" in text, sheet.name


@pytest.mark.parametrize("path", sorted(STATIC.glob("js/*.js")), ids=lambda path: path.name)
def test_a_script_is_one_short_strict_behaviour(path):
    text = path.read_text()

    assert len(text.splitlines()) <= 60
    assert '"use strict"' in text
    assert not re.search(r"\beval\(|innerHTML\s*=[^=]|new Function|https?://", text)


def test_fonts_and_styles_stay_within_their_budget():
    assert sum(path.stat().st_size for path in STATIC.glob("fonts/*.woff2")) <= 45 * 1024
    assert (STATIC / "css" / "app.css").stat().st_size <= 64 * 1024
