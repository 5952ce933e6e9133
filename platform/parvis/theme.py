"""Palette of a commune, computed from its one brand colour so that no choice is unreadable."""

import math
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256


RGB = tuple[int, int, int]
WHITE, INK, BLACK = (255, 255, 255), (22, 22, 29), (0, 0, 0)
BODY = 4.6  # WCAG asks 4.5 for text; the rest absorbs rounding to eight bits
TEXT = 4.5
LINEAR_BELOW = 0.04045  # sRGB transfer function, IEC 61966-2-1
ROUNDING = 1e-4  # how far outside [0, 1] a channel is still white or black
DEFAULT_BRAND = "#15616d"


@dataclass(frozen=True, slots=True)
class Palette:
    """Hex colours; the ``night_`` ones serve dark mode."""

    brand: str
    on_brand: str
    action: str
    action_hover: str
    tint: str
    line: str
    night_tint: str
    night_action: str
    night_on_action: str

    @property
    def stylesheet(self) -> str:
        """Declare the custom properties that tokens.css gives a role."""
        names = ((name.replace("_", "-"), value) for name, value in asdict(self).items())
        return ":root{" + ";".join(f"--c-{name}:{value}" for name, value in names) + "}"

    @property
    def version(self) -> str:
        """Change with the colours, and only with them."""
        return sha256(self.stylesheet.encode()).hexdigest()[:10]


@lru_cache(maxsize=1024)
def palette(brand: str) -> Palette:
    """Derive every colour from ``brand`` (``#rrggbb``), keeping its hue.

    Raises:
        ValueError: ``brand`` is not a six-digit hex colour.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", brand):
        raise ValueError(brand)
    rgb = _rgb(brand)
    lightness, chroma, hue = _to_oklch(rgb)
    tint = _from_oklch(0.965, min(chroma, 0.022), hue)
    action = _fit(lightness, chroma, hue, on=tint)  # readable on tint, hence on white
    night_tint = _from_oklch(0.27, min(chroma, 0.05), hue)
    night_action = _fit(max(lightness, 0.6), min(chroma, 0.16), hue, on=night_tint)
    return Palette(
        brand=_hex(rgb),
        on_brand=_hex(_readable_on(rgb)),
        action=_hex(action),
        action_hover=_hex(_from_oklch(max(0, _to_oklch(action)[0] - 0.08), chroma, hue)),
        tint=_hex(tint),
        line=_hex(_from_oklch(0.86, min(chroma, 0.06), hue)),
        night_tint=_hex(night_tint),
        night_action=_hex(night_action),
        night_on_action=_hex(INK if _ratio(night_action, INK) >= TEXT else WHITE),
    )


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two hex colours."""
    return _ratio(_rgb(one), _rgb(other))


def _readable_on(brand: RGB) -> RGB:
    """Prefer white, then ink; pure black saves the middle greys."""
    return next(ink for ink in (WHITE, INK, BLACK) if _ratio(ink, brand) >= TEXT)


def _fit(lightness: float, chroma: float, hue: float, *, on: RGB) -> RGB:
    """Return the closest lightness that reads on a background, away from it."""
    colour = _from_oklch(lightness, chroma, hue)
    if _ratio(colour, on) >= BODY:
        return colour
    background_is_light = _ratio(on, BLACK) > _ratio(on, WHITE)
    good, bad = (0.0 if background_is_light else 1.0), lightness
    for _ in range(18):
        middle = (good + bad) / 2
        if _ratio(_from_oklch(middle, chroma, hue), on) >= BODY:
            good = middle
        else:
            bad = middle
    return _from_oklch(good, chroma, hue)


def _from_oklch(lightness: float, chroma: float, hue: float) -> RGB:
    """Clip the chroma, never a channel: the hue survives."""
    inside, outside = 0.0, 2 * chroma  # the first middle is the colour asked for
    for _ in range(15):
        middle = min(chroma, (inside + outside) / 2)
        if all(-ROUNDING <= value <= 1 + ROUNDING for value in _linear(lightness, middle, hue)):
            inside = middle
        else:
            outside = middle
    red, green, blue = (
        round(255 * _encode(min(1, max(0, value)))) for value in _linear(lightness, inside, hue)
    )
    return red, green, blue


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Turn OKLCH into linear sRGB (matrices of Björn Ottosson's OKLab)."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _to_oklch(rgb: RGB) -> tuple[float, float, float]:
    red, green, blue = (_decode(channel) for channel in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _decode(channel: int) -> float:
    value = channel / 255
    if value <= LINEAR_BELOW:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)


def _encode(value: float) -> float:
    if value <= LINEAR_BELOW / 12.92:
        return 12.92 * value
    return float(1.055 * value ** (1 / 2.4) - 0.055)


def _ratio(one: RGB, other: RGB) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: RGB) -> float:
    red, green, blue = (_decode(channel) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
