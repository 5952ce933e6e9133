"""What a citizen's photo of 4 MB costs: to receive it, to develop it, and what is kept of it."""

import io
import json
import re
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from statistics import median
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from PIL import Image

from benchmarks.measure import Sheet, alternate
from benchmarks.world import NOW, bench_commune
from incidents import photos
from incidents.configuration import install_pack
from incidents.models import Photo, Report


ROUNDS, WARM_UP, DEVELOPED = 15, 3, 9
PIXELS = (4032, 3024)
QUALITY = 90
MEGABYTES = 4.0
LAT, LON = (45.0, 11.0, 57.48), (0.0, 44.0, 51.36)
MAKER = "Appareil de Mesure"
RECEIVED_MS, DEVELOPED_MS, MEMORY_MB = 30, 250, 100


def run(sheet: Sheet) -> None:
    """Print what a photo costs the request and the worker, and look for what may not be kept."""
    call_command("collectstatic", interactive=False, verbosity=0)
    content = heavy_photo()
    with tempfile.TemporaryDirectory() as folder:
        _develop(sheet, content, Path(folder))
    with bench_commune("9b993") as commune, _own_files():
        install_pack("bourg")
        _receive(sheet, content, host=f"{commune.slug}.localhost")
        connection.set_tenant(commune)
        assert Report.objects.count() == 2 * (ROUNDS + WARM_UP)
        assert Photo.objects.count() == ROUNDS + WARM_UP
        _whole_work(sheet)
        _look_for_places(sheet, content)


def heavy_photo() -> bytes:
    """Draw a photo of 12 million pixels as a telephone writes it: 4 MB, its place, its maker."""
    low, high = 1.0, 60.0
    for _try in range(6):
        strength = (low + high) / 2
        content = _encoded(_street(strength), "JPEG", quality=QUALITY)
        low, high = (strength, high) if len(content) < MEGABYTES * 1e6 else (low, strength)
    return _encoded(_street(high), "JPEG", quality=QUALITY)


def _street(strength: float, size: tuple[int, int] = PIXELS) -> Image.Image:
    """Draw light and stones, and grain of a given strength; always the same."""
    stones, grain = _layers(size)
    grey = Image.fromarray((stones + grain * strength).clip(0, 255).astype(np.uint8))
    warm = Image.blend(grey, Image.new("L", size, 128), 0.15)
    return Image.merge("RGB", (grey, warm, Image.blend(grey, warm, 0.5)))


@cache
def _layers(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(33)
    width, height = size
    noise = []
    for coarse in (64, 8, 2):
        drawn = chance.normal(128, 40, (height // coarse, width // coarse)).clip(0, 255)
        layer = Image.fromarray(drawn.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
        noise.append((np.asarray(layer, dtype=np.float32) - 128) / 40)
    light = np.linspace(70, 190, width, dtype=np.float32)[None, :]
    return light + noise[0] * 18 + noise[1] * 10, noise[2]


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif.get_ifd(0x8825).update({1: "N", 2: LAT, 3: "W", 4: LON})
    out = io.BytesIO()
    image.save(out, kind, exif=exif.tobytes(), **options)
    return out.getvalue()


# developing, in a process of its own


def _develop(sheet: Sheet, content: bytes, folder: Path) -> None:
    source = folder / "original"
    source.write_bytes(content)
    said: dict[str, list[dict[str, float]]] = {"ours": [], "plain": []}
    for _round in range(DEVELOPED):
        for way, results in said.items():
            results.append(_one_photo(way, source, folder))
    ours, plain = (median(each["cpu"] for each in said[way]) for way in ("ours", "plain"))
    grown, plainly = (
        max(each["peak"] - each["before"] for each in said[way]) for way in ("ours", "plain")
    )
    sheet.line(
        "I2",
        f"{len(content) / 1e6:.1f} MB, 12 million pixels, 3 renditions: {ours:.0f} ms of CPU"
        f" (<= {DEVELOPED_MS}); Pillow with load() {plain:.0f} ms: {plain / ours:.1f} x less",
        holds=ours <= DEVELOPED_MS,
    )
    sheet.line(
        "I3",
        f"memory of that process: + {grown:.0f} MB (<= {MEMORY_MB}), at most;"
        f" Pillow with load() + {plainly:.0f} MB",
        holds=grown <= MEMORY_MB,
    )
    smooth = _street(0.0).quantize(128).convert("RGB")  # a PNG of 12 MB holds no noise
    for kind in ("PNG", "WEBP", "HEIF"):
        source.write_bytes(_encoded(smooth, kind))
        found = _one_photo("ours", source, folder)
        sheet.line(
            "I3",
            f"the same pixels as {kind}, which cannot be decoded in part:"
            f" {found['cpu']:.0f} ms, + {found['peak'] - found['before']:.0f} MB (no limit)",
        )


def _one_photo(way: str, source: Path, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "benchmarks.one_photo", way, str(source), str(folder)],
        capture_output=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


# receiving, in the request


def _receive(sheet: Sheet, content: bytes, *, host: str) -> None:
    """Send the same form with and without the photo, in turns; count this process's CPU."""
    numbers = count(1)
    client = Client(HTTP_HOST=host)
    bodies = {
        way: [_body(photo) for _each in range(ROUNDS + WARM_UP)]
        for way, photo in (("without", b""), ("with", content))
    }
    spent: dict[str, list[float]] = {way: [] for way in bodies}

    def send(way: str) -> None:
        boundary, body = bodies[way].pop()
        number = next(numbers)
        started = time.process_time()
        answer = client.generic(
            "POST",
            "/signaler/",
            body,
            content_type=f"multipart/form-data; boundary={boundary}",
            REMOTE_ADDR=f"10.0.{number // 200}.{number % 200 + 1}",
        )
        spent[way].append((time.process_time() - started) * 1000)
        assert answer.status_code == 302, answer.content[:2000]

    alternate(ROUNDS, lambda: send("without"), lambda: send("with"), warm_up=WARM_UP)
    without, with_it = (median(times[WARM_UP:]) for times in spent.values())
    sheet.line(
        "I1",
        f"POST /signaler/ with the photo: {with_it:.1f} ms of CPU, without {without:.1f} ms:"
        f" + {with_it - without:.1f} ms (<= {RECEIVED_MS}); nothing is decoded in the request",
        holds=with_it - without <= RECEIVED_MS,
    )


def _body(content: bytes) -> tuple[str, bytes]:
    """Write a form as a browser sends it."""
    boundary = uuid4().hex
    known = {
        "category": "nid-de-poule",
        "address": "Rue du Port",
        "text": "Un trou.",
        "key": str(uuid4()),
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in known.items()
    ]
    if content:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="IMG_1.jpg"'
            "\r\nContent-Type: image/jpeg\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    return boundary, b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _whole_work(sheet: Sheet) -> None:
    """Let the worker develop what was received; count all its processes, searching included."""
    before = _cpu_of_all()
    ready = photos.develop_waiting(now=NOW)
    spent = (_cpu_of_all() - before) / ready
    assert ready == ROUNDS + WARM_UP
    sheet.line(
        "I4",
        f"all the worker does for a photo, faces and number plates looked for, both processes"
        f" started: {spent:.0f} ms of CPU (no limit)",
    )


def _cpu_of_all() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.process_time() + children.ru_utime + children.ru_stime) * 1000


# what is kept


def _look_for_places(sheet: Sheet, content: bytes) -> None:
    """Read every byte that is stored, for each type of photo that is accepted."""
    small = _street(2.0, (1600, 1200))
    originals = [content, *(_encoded(small, kind) for kind in ("PNG", "WEBP", "HEIF"))]
    blind = [number for number, original in enumerate(originals) if not traces(original)]
    assert not blind, f"the originals {blind} show no trace: the search is blind"
    report = Report.objects.order_by("pk").first()
    assert report is not None
    for original in originals:
        photos.add(report=report, content=original, stage=Photo.Stage.BEFORE, now=NOW)
    ready = photos.develop_waiting(now=NOW)
    assert ready == len(originals), ready
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    found = [path.name for path in files if traces(path.read_bytes())]
    sheet.line(
        "I5",
        f"JPEG, PNG, WebP, HEIC with a place: {len(found)} of {len(files)} stored files hold any"
        " trace of it, of Exif or of the maker; no original is left",
        holds=not found and len(files) == Photo.objects.count() * 3,
    )


def traces(content: bytes) -> list[str]:
    """Name what a file tells besides its pixels: metadata, where it was taken, by what."""
    marks: dict[str, Callable[[], bool]] = {
        "Exif": lambda: re.search(rb"Exif\x00|eXIf|EXIF", content) is not None,
        "XMP": lambda: b"ns.adobe.com/xap" in content or b"<x:xmpmeta" in content,
        "maker": lambda: MAKER.encode() in content,
        "place": lambda: any(each in content for each in _coordinates()),
    }
    found = [name for name, holds in marks.items() if holds()]
    with Image.open(io.BytesIO(content)) as image:
        return found + [name for name in ("exif", "xmp", "comment") if image.info.get(name)]


def _coordinates() -> Iterator[bytes]:
    """Yield the seconds of latitude and longitude as a camera may write them."""
    for seconds in (LAT[2], LON[2]):
        for order in ("<", ">"):
            yield from (
                struct.pack(f"{order}II", round(seconds * by), by) for by in (100, 1000, 10_000)
            )
            yield struct.pack(f"{order}d", seconds)
        yield f"{seconds:.2f}".encode()


@contextmanager
def _own_files() -> Iterator[None]:
    """Keep the files apart, and ask nobody where an address is."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(MEDIA_ROOT=folder, GEOCODER_URL=""),
    ):
        yield
