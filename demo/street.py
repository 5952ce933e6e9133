"""The street behind every photo of the demo, and what a small camera makes of it."""

import math
import random
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw


WIDTH, HEIGHT = 1280, 960
HORIZON = 470
MARGIN = 34  # cut off, since the scene is turned a little
Colour = tuple[int, int, int]
Point = tuple[float, float]
Pen = ImageDraw.ImageDraw
SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((118, 164, 212), (214, 228, 238)),
    ((146, 158, 172), (206, 210, 212)),
    ((96, 140, 196), (236, 214, 186)),
)
STONES: tuple[Colour, ...] = ((222, 205, 172), (232, 220, 192), (206, 188, 156), (214, 212, 204))
SHUTTERS: tuple[Colour, ...] = ((92, 118, 132), (122, 44, 52), (78, 104, 84), (150, 156, 152))
ROOF, ASPHALT, KERB = (168, 104, 76), (104, 104, 106), (182, 178, 170)


def street(luck: random.Random, *, is_evening: bool) -> Image.Image:
    """Draw a street of the Médoc, with nobody in it."""
    high, low = luck.choice(SKIES)
    if is_evening:
        high, low = (22, 30, 58), (86, 82, 104)
    scene = Image.new("RGB", (WIDTH, HEIGHT), low)
    ramp = Image.linear_gradient("L").resize((WIDTH, HORIZON))
    scene.paste(Image.composite(*_plain(low, high, ramp.size), ramp), (0, 0))
    pen = ImageDraw.Draw(scene, "RGBA")
    _houses(pen, luck, shade=0.42 if is_evening else 1.0)
    _ground(scene, pen, luck, shade=0.5 if is_evening else 1.0)
    return scene


def _plain(one: Colour, other: Colour, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    return Image.new("RGB", size, one), Image.new("RGB", size, other)


def _houses(pen: Pen, luck: random.Random, *, shade: float) -> None:
    x = -luck.randint(0, 160)
    while x < WIDTH:
        wide, tall = luck.randint(190, 330), luck.randint(190, 310)
        top, stone = HORIZON + 40 - tall, shaded(luck.choice(STONES), shade)
        pen.rectangle((x, top, x + wide, HORIZON + 60), fill=stone)
        pen.polygon(
            [(x - 8, top), (x + wide + 8, top), (x + wide - 26, top - 52), (x + 26, top - 52)],
            fill=shaded(ROOF, shade * luck.uniform(0.85, 1.1)),
        )
        shutter = shaded(luck.choice(SHUTTERS), shade)
        for column in range(x + 30, x + wide - 60, 92):
            for line in range(top + 26, HORIZON - 60, 104):
                pen.rectangle(
                    (column, line, column + 34, line + 62), fill=shaded((58, 66, 76), shade)
                )
                pen.rectangle((column - 15, line, column - 2, line + 62), fill=shutter)
                pen.rectangle((column + 36, line, column + 49, line + 62), fill=shutter)
        pen.rectangle((x + 20, HORIZON - 52, x + 62, HORIZON + 60), fill=shutter)
        x += wide + luck.choice((0, 0, 46))


def _ground(scene: Image.Image, pen: Pen, luck: random.Random, *, shade: float) -> None:
    pen.rectangle((0, HORIZON + 46, WIDTH, HEIGHT), fill=shaded((176, 170, 160), shade))
    left = luck.randint(-60, 120)
    road = [
        (left + 250, HORIZON + 46),
        (WIDTH + 40, HORIZON + 46),
        (WIDTH + 260, HEIGHT),
        (left - 120, HEIGHT),
    ]
    mask = Image.new("L", scene.size)
    ImageDraw.Draw(mask).polygon(road, fill=255)
    scene.paste(rough(shaded(ASPHALT, shade), luck, strength=0.55), mask=mask)
    pen.line([road[0], road[3]], fill=shaded(KERB, shade), width=16)
    pen.line(
        [(road[0][0] - 14, road[0][1]), (road[3][0] - 26, road[3][1])],
        fill=shaded((120, 116, 110), shade),
        width=4,
    )
    for number in range(5):
        y = HORIZON + 70 + number * number * 24
        x = WIDTH * 0.66 + number * 22
        pen.polygon(
            [
                (x, y),
                (x + 8 + number * 3, y),
                (x + 16 + number * 6, y + 12 + number * 13),
                (x + 4 + number * 2, y + 12 + number * 13),
            ],
            fill=(*shaded((226, 226, 220), shade), 210),
        )


def rough(colour: Colour, luck: random.Random, *, strength: float) -> Image.Image:
    """Return a surface with grain of two sizes."""
    grain = _grain(2).rotate(luck.choice((0, 180)))
    stains = _grain(24).rotate(luck.choice((0, 180)))
    mixed = Image.blend(grain, stains, 0.35).point(lambda v: 128 + int((v - 128) * strength))
    return _with_grain(Image.new("RGB", (WIDTH, HEIGHT), colour), mixed)


@cache
def _grain(coarse: int) -> Image.Image:
    """Return noise around the middle grey, its points so many pixels wide."""
    drawn = np.random.default_rng(coarse).normal(128, 32, (HEIGHT // coarse, WIDTH // coarse))
    small = Image.fromarray(drawn.clip(0, 255).astype(np.uint8))
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _with_grain(flat: Image.Image, grain: Image.Image) -> Image.Image:
    return ImageChops.add(flat, Image.merge("RGB", [grain] * 3), 1, -128)


def as_taken(scene: Image.Image, luck: random.Random) -> Image.Image:
    """Tilt, soften, and add the grain and the dark corners of a small camera."""
    sky = scene.getpixel((5, 5))
    turned = scene.rotate(luck.uniform(-2.2, 2.2), Image.Resampling.BILINEAR, fillcolor=sky)
    grain = _grain(1).point(lambda v: 128 + (v - 128) // 3)
    taken = ImageChops.subtract(_with_grain(turned, grain), _corners())
    return taken.crop((MARGIN, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN))


@cache
def _corners() -> Image.Image:
    far = Image.radial_gradient("L").resize((WIDTH, HEIGHT)).point(lambda v: max(0, v - 110) // 3)
    return Image.merge("RGB", [far] * 3)


def shaded(colour: Colour, shade: float) -> Colour:
    """Darken or lighten a colour."""
    red, green, blue = (min(255, int(part * shade)) for part in colour)
    return red, green, blue


def blot(
    luck: random.Random, centre: Point, wide: float, tall: float, rough: float = 0.16
) -> list[Point]:
    """Return the outline of something of no particular shape."""
    return [
        (
            centre[0] + math.cos(turn / 24 * math.tau) * wide * luck.uniform(1 - rough, 1 + rough),
            centre[1] + math.sin(turn / 24 * math.tau) * tall * luck.uniform(1 - rough, 1 + rough),
        )
        for turn in range(24)
    ]
