"""Decode one photo in a process with little memory and time, and write clean renditions.

``python -m incidents.darkroom SOURCE FOLDER STEM [x,y,w,h …]``: rectangles, as fractions of the
width and height, are blurred beyond recognition. Prints one JSON line: width, height, place (what
the photo's GPS says, or null). Nothing of the original but its pixels reaches a rendition.
"""

import io
import json
import resource
import struct
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter, ImageOps

from incidents import pictures


MEMORY_BYTES = 1_000_000_000  # of address space, which libraries map generously
SECONDS = 10
RENDITIONS = {"l": 2016, "m": 900, "s": 320}  # the longest side, in pixels: 2016 is half of 4032
ENOUGH = 0.9  # of the longest side: half of a photo of 4000 pixels need not be decoded whole
QUALITY = 82
GPS_IFD, GPS_LAT_REF, GPS_LAT, GPS_LON_REF, GPS_LON = 0x8825, 1, 2, 3, 4
MOSAIC = 8  # blocks across a blurred rectangle

Rectangle = tuple[float, float, float, float]


def main() -> None:
    """Read the orders of the command line."""
    source, folder, stem, *rectangles = sys.argv[1:]
    limit_this_process()
    read = [tuple(float(each) for each in text.split(",")) for text in rectangles]
    found = develop(Path(source), Path(folder), stem, blurred=read)  # type: ignore[arg-type]
    sys.stdout.write(json.dumps(found))


def limit_this_process() -> None:
    """Let the kernel stop what needs too much memory, time or disk."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (pictures.MOST_BYTES, pictures.MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def develop(source: Path, folder: Path, stem: str, *, blurred: list[Rectangle]) -> dict[str, Any]:
    """Write the three renditions and say what was found."""
    pictures.read_header(source.read_bytes())
    with Image.open(source, formats=pictures.FORMATS) as image:
        place = place_of(image)
        clean = decode(image, longest=RENDITIONS["l"])
    for rectangle in blurred:
        blur(clean, rectangle)
    width, height = clean.size
    for name, longest in RENDITIONS.items():  # each from the one before
        shrink(clean, longest)
        clean.save(folder / f"{stem}-{name}.jpg", "JPEG", quality=QUALITY, optimize=True)
    return {"width": width, "height": height, "place": place}


def decode(image: Image.Image, *, longest: int) -> Image.Image:
    """Return the pixels of a photo and nothing else, upright, no side longer than ``longest``.

    A JPEG is decoded at a half, a quarter or an eighth of its size when that is nearly enough,
    which Pillow does only if what it is asked for is in the photo's proportion.
    """
    scale = ENOUGH * longest / max(image.size)
    image.draft("RGB", (int(image.width * scale), int(image.height * scale)))
    image.load()
    small = image if image.mode == "RGB" else image.convert("RGB")
    shrink(small, longest)
    upright = ImageOps.exif_transpose(small)
    return Image.frombytes("RGB", upright.size, upright.tobytes())


def shrink(image: Image.Image, longest: int) -> None:
    """Make an image smaller in place: by whole steps first, which cost little, then finely."""
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=1.0)


def blur(image: Image.Image, rectangle: Rectangle) -> None:
    """Cover a rectangle with a coarse mosaic, then soften it: nobody can be recognised."""
    x, y, w, h = rectangle
    left, top = int(x * image.width), int(y * image.height)
    right = min(image.width, int((x + w) * image.width) + 1)
    bottom = min(image.height, int((y + h) * image.height) + 1)
    if right <= left or bottom <= top:
        return
    part = image.crop((left, top, right, bottom))
    coarse = part.resize((MOSAIC, MOSAIC), Image.Resampling.BOX)
    part = coarse.resize(part.size, Image.Resampling.NEAREST)
    image.paste(part.filter(ImageFilter.GaussianBlur(max(part.size) / 16)), (left, top))


def place_of(image: Image.Image) -> tuple[float, float] | None:
    """Read the latitude and longitude that a camera wrote, in degrees."""
    gps = image.getexif().get_ifd(GPS_IFD)
    try:
        lat = _degrees(gps[GPS_LAT]) * (-1 if gps[GPS_LAT_REF] in {"S", b"S"} else 1)
        lon = _degrees(gps[GPS_LON]) * (-1 if gps[GPS_LON_REF] in {"W", b"W"} else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    is_on_earth = -90 <= lat <= 90 and -180 <= lon <= 180  # noqa: PLR2004
    return (lat, lon) if is_on_earth and (lat, lon) != (0, 0) else None


def place_hint(content: bytes) -> tuple[float, float] | None:
    """Read from its header where a photo was taken, without decoding it."""
    try:
        with Image.open(io.BytesIO(content), formats=pictures.FORMATS) as image:
            return place_of(image)
    except (OSError, ValueError, SyntaxError, TypeError, struct.error):
        return None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(each) for each in parts)
    return degrees + minutes / 60 + seconds / 3600


if __name__ == "__main__":
    main()
