"""Photos: judged by their header, stripped of everything but pixels, covered where asked."""

import io
import json
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from incidents import darkroom, pictures


GPS = {1: "N", 2: (45.0, 12.0, 0.0), 3: "W", 4: (0.0, 45.0, 0.0)}
SECRET = b"Jeanne Dupuy, 3 rue du Port"


def photo(kind="JPEG", size=(640, 480), *, gps=True, orientation=1):
    """Draw a photo as a telephone writes it, with its place and its maker."""
    image = Image.new("RGB", size, "#486")
    image.paste("#c33", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = orientation
    if gps:
        exif.get_ifd(0x8825).update(GPS)
    out = io.BytesIO()
    image.save(out, kind, exif=exif.tobytes())
    return out.getvalue()


def huge_png(width, height):
    """Write the header of a PNG that would not fit in memory."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.fixture
def develop(tmp_path):
    """Develop a photo in a process of its own; return what it says and its folder."""

    def inner(content, *rectangles):
        source = tmp_path / "original"
        source.write_bytes(content)
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "incidents.darkroom"),
                *(str(source), str(tmp_path), "clean", *rectangles),
            ],
            capture_output=True,
            timeout=30,
            check=False,
        )
        said = json.loads(done.stdout) if done.returncode == 0 else None
        return said, tmp_path

    return inner


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_photos_of_telephones_are_known_by_their_header(kind):
    header = pictures.read_header(photo(kind))

    assert (header.format, header.width, header.height) == (kind, 640, 480)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script></html>",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        huge_png(20_000, 20_000),
        huge_png(100_000, 100_000),
        huge_png(8, 8),
        b"\0" * (pictures.MOST_BYTES + 1),
    ],
    ids=("empty", "gif", "eps", "svg", "html", "cut", "vast", "bomb", "tiny", "heavy"),
)
def test_what_is_no_photo_is_refused_with_a_reason(content):
    with pytest.raises(pictures.Unfit) as refused:
        pictures.read_header(content)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_renditions_hold_pixels_and_nothing_else(develop, kind):
    said, folder = develop(photo(kind, (3000, 2000)))

    assert (said["width"], said["height"]) == (2016, 1344)
    sizes = {}
    for path in folder.glob("clean-*.jpg"):
        content = path.read_bytes()
        assert SECRET not in content
        assert b"Exif" not in content
        assert b"GPS" not in content
        with Image.open(path) as image:
            assert not image.getexif()
            sizes[path.stem] = max(image.size)
    assert sizes == {"clean-l": 2016, "clean-m": 900, "clean-s": 320}


def test_a_photo_of_a_telephone_is_decoded_at_half_its_size():
    content = photo(size=(4000, 3000))

    with Image.open(io.BytesIO(content)) as image:
        clean = darkroom.decode(image, longest=2016)

    assert clean.size == (2000, 1500)
    assert not clean.info


@pytest.mark.parametrize("mode", ["RGBA", "P", "L"])
def test_an_image_of_other_colours_stays_upright(mode):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new(mode, (300, 200)).save(out, "PNG", exif=exif.tobytes())

    with Image.open(out) as image:
        clean = darkroom.decode(image, longest=2016)

    assert (clean.mode, clean.size) == ("RGB", (200, 300))


def test_where_it_was_taken_is_told_apart(develop):
    said, _folder = develop(photo())
    nowhere, _folder = develop(photo(gps=False))

    assert said["place"] == [45.2, -0.75]
    assert nowhere["place"] is None


def test_a_photo_held_upright_stays_upright(develop):
    said, _folder = develop(photo(orientation=6))

    assert (said["width"], said["height"]) == (480, 640)


def test_what_follows_the_picture_does_not(develop):
    _said, folder = develop(photo() + b"<?php system('id'); ?>" + SECRET)

    assert all(SECRET not in path.read_bytes() for path in folder.glob("clean-*.jpg"))


def test_a_rectangle_is_covered_in_every_rendition(develop):
    _said, folder = develop(photo(gps=False), "0.25,0.25,0.5,0.5")

    for path in folder.glob("clean-*.jpg"):
        with Image.open(path) as image:
            edge = image.getpixel((image.width // 2 + 2, image.height // 3))
            corner = image.getpixel((2, 2))
        assert corner[0] > 180  # as it was
        assert 80 < edge[0] < 190  # neither red nor green: mixed


def test_a_photo_cut_short_harms_nobody(develop):
    said, folder = develop(photo()[:900])

    assert said is None
    assert not list(folder.glob("clean-*.jpg"))


@pytest.mark.parametrize("module", ["darkroom", "faces"])
def test_a_photo_gets_little_memory(module):
    code = (
        f"from incidents import {module}; {module}.limit_this_process();"
        f"x = bytearray({module}.MEMORY_BYTES)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert b"MemoryError" in done.stderr


@pytest.mark.parametrize("module", ["darkroom", "faces"])
def test_a_photo_gets_little_time(module):
    code = (
        f"from incidents import {module}; {module}.SECONDS = 1;"
        f"{module}.limit_this_process()\nwhile True: pass"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, timeout=30
    )

    assert done.returncode < 0  # the kernel ended it
