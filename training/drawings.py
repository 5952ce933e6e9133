"""A signature drawn with a finger: the path of its strokes, and nothing else."""

import re


WIDE, TALL = 600, 200
MOST = 20_000  # characters
LEAST_POINTS = 8
STROKES = re.compile(r"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})*)+")
POINT = re.compile(r"(\d{1,3}) (\d{1,3})")


def points(drawing: str) -> list[tuple[int, int]]:
    """List the points of a drawing, in order."""
    return [(int(x), int(y)) for x, y in POINT.findall(drawing)]


def strokes(drawing: str) -> list[list[tuple[int, int]]]:
    """List the strokes of a drawing, each a list of points."""
    return [points(stroke) for stroke in drawing.split("M") if stroke]


def is_signature(drawing: str) -> bool:
    """Whether a text is a drawing inside the box, of more than a dot."""
    if len(drawing) > MOST or not STROKES.fullmatch(drawing):
        return False
    found = points(drawing)
    return len(set(found)) >= LEAST_POINTS and all(x <= WIDE and y <= TALL for x, y in found)
