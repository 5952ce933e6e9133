"""The icon of a commune on a telephone: its initial on a shield, drawn; pure."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from parvis.theme import palette


SIZES = (180, 192, 512)
DRAWN = 4  # times as large as asked, then shrunk: smooth edges
WIDTH, HEIGHT = 40, 46  # of the shield, in its own units
TOP = [(3, 2), (37, 2), (37, 24)]
RIGHT = ((37, 24), (37, 34), (29, 41), (20, 44))  # curves, as two ends and two handles
LEFT = ((20, 44), (11, 41), (3, 34), (3, 24))
WHOLE, SAFE = 0.86, 0.62  # what the shield takes of a plain icon, and of one that is cut round


def initial(name: str) -> str:
    """Return the letter that stands for a commune, without its article."""
    bare = name
    for article in ("Le ", "La ", "Les ", "L’", "L'"):
        bare = bare.removeprefix(article)
    return (bare or name)[:1].upper() or "P"


@lru_cache(maxsize=256)
def draw(letter: str, colour: str, font: Path, *, size: int, is_masked: bool = False) -> bytes:
    """Draw an icon as a PNG of ``size`` pixels a side.

    A masked one fills its square with the colour, so that a telephone may cut any shape in it.
    Apple's telephones show no transparency: the other ones stand on the commune's tint.
    """
    colours, side = palette(colour), size * DRAWN
    ground, shield, ink = (
        (colours.brand, colours.on_brand, colours.brand)
        if is_masked
        else (colours.tint, colours.brand, colours.on_brand)
    )
    image = Image.new("RGB", (side, side), ground)
    scale = side * (SAFE if is_masked else WHOLE) / HEIGHT
    across, down = (side - WIDTH * scale) / 2, (side - HEIGHT * scale) / 2
    pen = ImageDraw.Draw(image)
    pen.polygon([(across + x * scale, down + y * scale) for x, y in _outline()], fill=shield)
    face = ImageFont.truetype(str(font), round(22 * scale))
    pen.text((side / 2, down + 21 * scale), letter, font=face, fill=ink, anchor="mm")
    file = BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _outline() -> list[tuple[float, float]]:
    return [*TOP, *_curve(*RIGHT), *_curve(*LEFT)]


def _curve(*handles: tuple[float, float]) -> list[tuple[float, float]]:
    """Return points of a cubic curve."""
    points = []
    for step in range(1, 25):
        t = step / 24
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x = sum(weight * each[0] for weight, each in zip(weights, handles, strict=True))
        y = sum(weight * each[1] for weight, each in zip(weights, handles, strict=True))
        points.append((x, y))
    return points
