"""Photos that nobody took: streets of the Médoc with what is wrong in them, and nobody there.

The same seed draws the same photo. They leave as a telephone writes them, JPEG, so that they go
through the same darkroom as those of citizens.
"""

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from demo.street import (
    HEIGHT,
    HORIZON,
    WIDTH,
    Pen,
    Point,
    as_taken,
    blot,
    rough,
    shaded,
    street,
)


QUALITY = 86
FRESH = (52, 52, 55)
GRASS, LEAF, DARK_LEAF = (112, 138, 72), (74, 112, 50), (46, 76, 36)
METAL, WOOD, RUST = (70, 74, 78), (142, 98, 58), (138, 82, 54)


def draw(kind: str, *, seed: int, is_after: bool = False) -> bytes:
    """Return a photo of a thing that is reported, or of what became of it.

    Raises:
        KeyError: nothing of this kind can be drawn.
    """
    paint = SUBJECTS[kind]
    luck = random.Random(f"{kind}:{seed}")  # noqa: S311 (drawings)
    is_evening = kind == "lamp"
    scene = street(luck, is_evening=is_evening)
    paint(scene, ImageDraw.Draw(scene, "RGBA"), luck, is_after)
    out = io.BytesIO()
    as_taken(scene, luck).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _pothole(scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    centre = (luck.randint(560, 820), luck.randint(690, 780))
    wide, tall = luck.randint(130, 220), luck.randint(44, 74)
    if is_after:
        x, y = centre
        shape = [
            (x - wide - 30, y - tall - 12),
            (x + wide + 10, y - tall - 18),
            (x + wide + 52, y + tall + 18),
            (x - wide - 60, y + tall + 24),
        ]
        mask = Image.new("L", scene.size)
        ImageDraw.Draw(mask).polygon(shape, fill=255)
        scene.paste(rough(FRESH, luck, strength=0.3), mask=mask)
        pen.line([*shape, shape[0]], fill=(34, 34, 36, 230), width=5)
        return
    pen.polygon(blot(luck, centre, wide * 1.22, tall * 1.3), fill=(132, 128, 122, 190))
    pen.polygon(blot(luck, centre, wide, tall), fill=(62, 58, 54, 255))
    pen.polygon(
        blot(luck, (centre[0] + 6, centre[1] + 10), wide * 0.8, tall * 0.7),
        fill=(84, 76, 66, 255),
    )
    if luck.choice((True, True, False)):
        pen.polygon(
            blot(luck, (centre[0], centre[1] + 14), wide * 0.6, tall * 0.42, 0.08),
            fill=(150, 164, 176, 235),
        )
    for _stone in range(26):
        left, top = luck.gauss(centre[0], wide), luck.gauss(centre[1], tall)
        size = luck.randint(3, 10)
        pen.ellipse(
            (left, top, left + size * 1.5, top + size),
            fill=(*shaded((150, 146, 140), luck.uniform(0.6, 1.1)), 255),
        )
    for _crack in range(5):
        _crack_from(pen, luck, centre, wide)


def _crack_from(pen: Pen, luck: random.Random, centre: Point, reach: float) -> None:
    turn = luck.uniform(0, math.tau)
    path = [(centre[0] + math.cos(turn) * reach * 0.9, centre[1] + math.sin(turn) * reach * 0.34)]
    for _step in range(6):
        x, y = path[-1]
        path.append(
            (
                x + math.cos(turn) * 34 + luck.uniform(-14, 14),
                y + math.sin(turn) * 13 + luck.uniform(-9, 9),
            )
        )
    pen.line(path, fill=(48, 46, 46, 235), width=luck.randint(2, 4))


def _lamp(scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    x = luck.randint(300, 520)
    pen.rectangle((x - 9, 120, x + 9, 800), fill=(30, 32, 36))
    pen.rectangle((x - 20, 770, x + 20, 812), fill=(26, 28, 32))
    pen.line([(x, 126), (x + 130, 104)], fill=(30, 32, 36), width=14)
    if is_after:
        glow = Image.new("L", scene.size)
        ImageDraw.Draw(glow).polygon(
            [(x + 100, 120), (x + 190, 120), (x + 560, 900), (x - 190, 900)], fill=96
        )
        ImageDraw.Draw(glow).ellipse((x + 20, 20, x + 270, 240), fill=150)
        warm = Image.new("RGB", scene.size, (255, 214, 140))
        scene.paste(warm, mask=glow.filter(ImageFilter.GaussianBlur(46)))
    pen.polygon(
        [(x + 106, 92), (x + 196, 92), (x + 178, 122), (x + 120, 122)],
        fill=(255, 236, 190) if is_after else (44, 46, 52),
    )


def _rubbish(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    x, y = luck.randint(150, 330), 760
    if is_after:
        for _blade in range(60):
            a = x + luck.randint(-120, 260)
            pen.line(
                [(a, y + 40), (a + luck.randint(-8, 8), y + luck.randint(4, 26))],
                fill=(*GRASS, 255),
                width=3,
            )
        return
    if luck.choice((True, True, False)):  # a mattress against the wall
        pen.polygon(
            [(x - 60, y - 220), (x + 190, y - 250), (x + 214, y + 10), (x - 44, y + 36)],
            fill=(206, 200, 190),
        )
        for row in range(4):
            pen.line(
                [(x - 56 + row * 4, y - 170 + row * 54), (x + 196 + row * 4, y - 198 + row * 54)],
                fill=(168, 164, 158),
                width=3,
            )
    for number in range(luck.randint(4, 7)):
        at = (x + luck.randint(-110, 300), y + luck.randint(-30, 60))
        colour = luck.choice(((34, 36, 40), (40, 42, 48), (58, 86, 122), (210, 212, 206)))
        pen.polygon(blot(luck, at, luck.randint(52, 92), luck.randint(48, 76)), fill=colour)
        pen.arc(
            (at[0] - 40, at[1] - 50, at[0] + 30, at[1] + 10),
            200,
            310,
            fill=shaded(colour, 1.7),
            width=4,
        )
        if number % 3 == 0:
            side = luck.randint(70, 120)
            pen.polygon(
                [
                    (at[0] + 60, at[1] - 60),
                    (at[0] + 60 + side, at[1] - 74),
                    (at[0] + 70 + side, at[1] + 20),
                    (at[0] + 64, at[1] + 36),
                ],
                fill=(176, 136, 92),
            )
    for _scrap in range(30):
        left, top = x + luck.gauss(90, 170), y + luck.gauss(70, 26)
        pen.rectangle(
            (left, top, left + luck.randint(5, 22), top + luck.randint(3, 12)),
            fill=luck.choice(((228, 226, 220), (196, 70, 60), (90, 120, 150), (160, 150, 130))),
        )


def _hedge(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    reach, top = (240, 420) if is_after else (luck.randint(430, 560), luck.randint(250, 330))
    if not is_after:
        pen.rectangle((reach - 120, 330, reach - 106, 860), fill=METAL)
        pen.ellipse((reach - 190, 250, reach - 36, 404), fill=(196, 44, 44))
        pen.ellipse((reach - 168, 272, reach - 58, 382), fill=(238, 236, 230))
    for _leaf in range(1500):
        x = luck.triangular(-40, reach, reach * 0.35)
        y = luck.triangular(top, 840, 640) + max(0, x - reach * 0.7) * 0.4
        size = luck.randint(8, 26)
        base = luck.choice((LEAF, LEAF, DARK_LEAF))
        pen.ellipse(
            (x, y, x + size * 1.4, y + size), fill=(*shaded(base, luck.uniform(0.7, 1.35)), 255)
        )
    if is_after:
        pen.line([(0, 846), (reach + 40, 838)], fill=(150, 142, 126), width=6)


def _bench(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    x, y, wide = luck.randint(180, 300), luck.randint(640, 690), luck.randint(460, 540)
    for leg in (x + 40, x + wide - 60):
        pen.polygon(
            [(leg, y - 130), (leg + 18, y - 130), (leg + 30, y + 150), (leg + 8, y + 150)],
            fill=METAL,
        )
    broken = -1 if is_after else luck.randrange(5)
    for slat in range(5):
        top = y - 132 + slat * 38 + 26 * (slat // 3)
        wood = shaded(WOOD, luck.uniform(0.85, 1.15) * (1.2 if is_after else 1))
        if slat == broken:
            cut = x + wide * luck.uniform(0.36, 0.6)
            pen.polygon([(x, top), (cut, top + 4), (cut - 22, top + 26), (x, top + 22)], fill=wood)
            pen.polygon(
                [
                    (cut + 60, top + 34),
                    (x + wide, top),
                    (x + wide, top + 22),
                    (cut + 52, top + 60),
                ],
                fill=wood,
            )
        else:
            pen.rectangle((x, top, x + wide, top + 24), fill=wood)
            pen.line([(x, top + 22), (x + wide, top + 22)], fill=shaded(wood, 0.7), width=3)


def _sign(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    x, lean = luck.randint(300, 460), 0 if is_after else luck.choice((-150, 120, 170))
    pen.line([(x, 860), (x + lean, 330)], fill=(150, 154, 158), width=20)
    cx, cy = x + lean, 300
    pen.polygon([(cx, cy - 110), (cx + 116, cy + 90), (cx - 116, cy + 90)], fill=(196, 40, 40))
    pen.polygon([(cx, cy - 62), (cx + 76, cy + 66), (cx - 76, cy + 66)], fill=(242, 240, 234))
    pen.rectangle((cx - 8, cy - 24, cx + 8, cy + 26), fill=(30, 30, 30))
    pen.ellipse((cx - 9, cy + 36, cx + 9, cy + 54), fill=(30, 30, 30))
    if not is_after:
        for _leaf in range(90):
            a, b = x + luck.gauss(0, 60), 850 + luck.gauss(0, 18)
            pen.ellipse((a, b, a + 16, b + 10), fill=(*shaded(GRASS, luck.uniform(0.7, 1.2)), 255))


def _drain(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    x, y = luck.randint(250, 420), luck.randint(720, 780)
    pen.polygon(
        [(x, y), (x + 300, y - 14), (x + 340, y + 110), (x - 24, y + 124)], fill=(66, 66, 68)
    )
    for bar in range(8):
        a = x + 20 + bar * 36
        pen.polygon(
            [(a, y + 10), (a + 16, y + 9), (a + 20, y + 104), (a - 2, y + 106)], fill=(22, 22, 24)
        )
    if is_after:
        return
    pen.polygon(blot(luck, (x + 180, y + 110), 330, 66, 0.1), fill=(118, 126, 126, 150))
    for _leaf in range(420):
        left, top = luck.gauss(x + 150, 120), luck.gauss(y + 60, 42)
        tone = luck.choice(((142, 96, 48), (116, 78, 44), (160, 120, 60), (92, 84, 50)))
        size = luck.randint(8, 22)
        pen.ellipse(
            (left, top, left + size * 1.6, top + size * 0.8),
            fill=(*shaded(tone, luck.uniform(0.75, 1.2)), 255),
        )


def _tag(scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    wall = rough((214, 202, 178), luck, strength=0.3)
    scene.paste(wall.crop((0, 0, WIDTH, 640)), (0, 120))
    for row in range(8):
        pen.line(
            [(0, 130 + row * 80), (WIDTH, 130 + row * 80)], fill=(186, 174, 150, 255), width=3
        )
    if is_after:
        pen.polygon(blot(luck, (640, 440), 470, 190, 0.05), fill=(226, 216, 194, 120))
        return
    for colour in ((40, 60, 150), (176, 40, 90)):
        path = [(luck.randint(180, 320), luck.randint(330, 540))]
        for _stroke in range(13):
            x, y = path[-1]
            path.append(
                (x + luck.randint(20, 90), min(620, max(210, y + luck.randint(-190, 190))))
            )
        pen.line(path, fill=(*colour, 235), width=luck.randint(13, 22), joint="curve")


def _swing(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: FBT001
    pen.rectangle((0, HORIZON + 90, WIDTH, HEIGHT), fill=(*GRASS, 255))
    pen.polygon(blot(luck, (640, 850), 480, 96, 0.06), fill=(204, 182, 140))
    for foot, top in ((250, 360), (470, 360), (820, 930), (1040, 930)):
        pen.line([(foot, 880), (top, 250)], fill=(170, 50, 44), width=18)
    pen.line([(340, 252), (950, 252)], fill=(170, 50, 44), width=20)
    _seat(pen, 480, left=690, right=690, end=590)
    if is_after:
        _seat(pen, 760, left=690, right=690, end=870)
    else:
        _seat(pen, 760, left=610, right=800, end=790)


def _seat(pen: Pen, x: int, *, left: int, right: int, end: int) -> None:
    """Hang a seat between two chains."""
    pen.line([(x, 256), (x, left)], fill=(90, 92, 96), width=5)
    pen.line([(x + 110, 256), (end, right)], fill=(90, 92, 96), width=5)
    pen.polygon(
        [(x - 8, left), (end + 8, right), (end + 8, right + 20), (x - 8, left + 20)],
        fill=(40, 42, 46),
    )


def _flowers(_scene: Image.Image, pen: Pen, luck: random.Random, is_after: bool) -> None:  # noqa: ARG001, FBT001
    pen.polygon([(60, 700), (900, 660), (980, 900), (20, 920)], fill=(*DARK_LEAF, 255))
    for _leaf in range(900):
        x, y = luck.uniform(60, 930), luck.uniform(640, 890)
        pen.ellipse((x, y, x + 22, y + 14), fill=(*shaded(LEAF, luck.uniform(0.7, 1.3)), 255))
    for _flower in range(260):
        x, y = luck.uniform(80, 920), luck.uniform(640, 880)
        tone = luck.choice(((214, 60, 90), (240, 200, 70), (236, 232, 240), (150, 80, 170)))
        pen.ellipse((x, y, x + 20, y + 18), fill=tone)
        pen.ellipse((x + 7, y + 6, x + 13, y + 12), fill=(250, 224, 120))


SUBJECTS: dict[str, Callable[[Image.Image, Pen, random.Random, bool], None]] = {
    "pothole": _pothole,
    "lamp": _lamp,
    "rubbish": _rubbish,
    "hedge": _hedge,
    "bench": _bench,
    "sign": _sign,
    "drain": _drain,
    "tag": _tag,
    "swing": _swing,
    "flowers": _flowers,
}
