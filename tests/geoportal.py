"""The State's servers of maps and addresses, as strict as they are, on a port of this machine."""

import json
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


TILE = {
    "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "STYLE": "normal",
    "LAYER": "GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2", "FORMAT": "image/png", "TILEMATRIXSET": "PM",
}  # fmt: skip


def png(grey: int = 220, side: int = 256) -> bytes:
    """Draw a square of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = zlib.compress((b"\0" + bytes([grey]) * side) * side)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@dataclass
class Geoportal:
    """What was asked of it, and how it misbehaves."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    trouble: str = ""
    addresses: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    @property
    def tiles(self) -> str:
        """Return what ``PARVIS_TILES_URL`` says to use it."""
        known = "&".join(f"{name}={value}" for name, value in TILE.items())
        return (
            f"http://127.0.0.1:{self.port}/wmts?{known}"
            "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
        )

    @property
    def geocoder(self) -> str:
        """Return what ``PARVIS_GEOCODER_URL`` says to use it."""
        return f"http://127.0.0.1:{self.port}/geocodage"

    def answer(self, target: str) -> tuple[int, str, bytes, dict[str, str]]:
        """Answer one request as the State's servers do; 400 to what they do not know."""
        self.asked.append(target)
        troubles = {
            "refused": (503, "text/html", b"<h1>503</h1>", {}),
            "busy": (429, "application/json", b"{}", {"Retry-After": "5"}),
            "moved": (302, "text/html", b"", {"Location": "http://example.org/"}),
            "html": (200, "image/png", b"<html>", {}),
            "absent": (404, "application/json", b"{}", {}),
            "heavy": (200, "image/png", png() + b"\0" * 2_000_000, {}),
        }
        if self.trouble in troubles:
            return troubles[self.trouble]
        if self.trouble == "slow":
            time.sleep(4)
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/wmts":
            return self._tile(query)
        if parts.path in {"/geocodage/search", "/geocodage/reverse"}:
            return self._addresses(parts.path.rpartition("/")[2], query)
        return 404, "application/json", b"{}", {}

    def _tile(self, query: dict[str, str]) -> tuple[int, str, bytes, dict[str, str]]:
        z, y, x = (int(query.pop(name)) for name in ("TILEMATRIX", "TILEROW", "TILECOL"))
        if query != TILE or not (0 <= z <= 19 and 0 <= x < 2**z and 0 <= y < 2**z):
            return 400, "text/xml", b"<ExceptionReport/>", {}
        return 200, "image/png", png(200 + (x + y) % 2 * 30), {}

    def _addresses(
        self, what: str, query: dict[str, str]
    ) -> tuple[int, str, bytes, dict[str, str]]:
        allowed = {"search": {"q", "limit", "autocomplete", "index", "citycode", "lat", "lon"},
                   "reverse": {"lat", "lon", "limit", "index"}}[what]  # fmt: skip
        needed = {"search": {"q"}, "reverse": {"lat", "lon"}}[what]
        if not (needed <= set(query) <= allowed) or not all(query.values()):
            return 400, "application/json", b'{"code":400,"message":"Bad request"}', {}
        if what == "search" and len(query["q"]) < 3:
            return 400, "application/json", b'{"code":400,"message":"q: must contain 3"}', {}
        found = self.addresses.get(query["q"].lower() if what == "search" else "reverse", [])
        body = json.dumps({
            "type": "FeatureCollection", "features": found[: int(query.get("limit", 5))],
            "attribution": "BAN", "licence": "ETALAB-2.0",
        })  # fmt: skip
        return 200, "application/json", body.encode(), {}


def feature(
    label: str, lat: float, lon: float, *, citycode: str = "33314", **more: object
) -> dict[str, object]:
    """Describe one address as the geocoder does."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "label": label, "score": 0.93, "name": label, "citycode": citycode,
            "postcode": "33250", "city": "Pauillac", "type": "housenumber",
            "id": f"{citycode}_0001_00001", **more,
        },
    }  # fmt: skip


@contextmanager
def geoportal(port: int = 0) -> Iterator[Geoportal]:
    """Run it for the length of a block."""
    known = Geoportal()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, kind, body, more = known.answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Connection": "close", **more}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # whoever asked has left
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    known.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
