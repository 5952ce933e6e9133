"""The picture that goes with a link to a commune's site, drawn in its colours; pure."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from parvis.theme import palette


WIDE, TALL = 1200, 630  # what those who show links cut least
MARGIN = 80
TITLE, BELOW = 92, 40
SHAPE = 430
BAND = 24
Point = tuple[float, float]


@lru_cache(maxsize=128)
def card(
    title: str,
    below: str,
    colour: str,
    rings: tuple[tuple[Point, ...], ...],
    fonts: tuple[Path, Path],
) -> bytes:
    """Draw a PNG: the name of a place, a line below it, and the outline ``rings`` if any."""
    colours = palette(colour)
    image = Image.new("RGB", (WIDE, TALL), colours.tint)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, TALL - BAND, WIDE, TALL), fill=colours.brand)
    left = WIDE - MARGIN - SHAPE
    for ring in _fitted(rings, left, (TALL - BAND - SHAPE) / 2):
        pen.polygon(ring, fill=colours.brand)
    room = (left if rings else WIDE) - 2 * MARGIN
    face, lines = _set(title, fonts[0], room)
    down = (TALL - BAND) / 2 - (len(lines) * TITLE + BELOW) / 2
    for line in lines:
        pen.text((MARGIN, down), line, font=face, fill="#16161d")
        down += TITLE + 12
    small = ImageFont.truetype(str(fonts[1]), BELOW)
    for line in _wrapped(below, small, room):
        pen.text((MARGIN, down + 20), line, font=small, fill=colours.action)
        down += BELOW + 10
    file = BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _set(title: str, font: Path, room: float) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Find the size at which a title takes three lines at most, none wider than the room."""
    for size in range(TITLE, 40, -8):
        face = ImageFont.truetype(str(font), size)
        lines = _wrapped(title, face, room)
        if len(lines) <= 3 and all(face.getlength(each) <= room for each in lines):  # noqa: PLR2004
            break
    return face, lines[:3]


def _wrapped(text: str, face: ImageFont.FreeTypeFont, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitted(rings: Sequence[Sequence[Point]], left: float, top: float) -> list[list[Point]]:
    """Bring an outline (longitude, latitude) into its square, a degree of each being equal."""
    points = [point for ring in rings for point in ring]
    if not points:
        return []
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrow = 0.7  # a degree of longitude beside one of latitude, at the latitude of France
    scale = SHAPE / max((east - west) * narrow, north - south, 1e-9)
    across = left + (SHAPE - (east - west) * narrow * scale) / 2
    down = top + (SHAPE - (north - south) * scale) / 2
    return [
        [(across + (x - west) * narrow * scale, down + (north - y) * scale) for x, y in ring]
        for ring in rings
    ]
