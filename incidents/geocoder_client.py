"""Addresses from the State's geocoder (BAN / IGN), asked by our server only.

Its limit of 50 requests a second is per machine, hence for all communes together: they share one
count and one memory. Nothing here raises, and nothing waits for more than two seconds: a citizen
whose address cannot be found says it in words.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError

from incidents.geo import Place
from parvis.egress import Breaker, Unreachable, fetch


MOST_BYTES = 200_000
SHORTEST, LONGEST = 3, 200  # what it accepts
PER_SECOND = 40
KEPT_S, NOTHING_KEPT_S = 7 * 24 * 3600, 3600
BUSY_S = 5.0
PRECISE = {"housenumber", "street", "locality"}
SURE = 0.5
BOROUGHS = {"13055": "132", "69123": "6938", "75056": "751"}  # their addresses have other codes

breaker = Breaker()


@dataclass(frozen=True, slots=True)
class Address:
    """An address and where it is."""

    label: str
    lat: float
    lon: float
    citycode: str = ""
    kind: str = ""
    score: float = 0.0
    key: str = ""
    """Its number in the BAN."""

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lat, self.lon)

    @property
    def is_precise(self) -> bool:
        """Whether it names a house, a street or a hamlet, and surely the one that was meant."""
        return self.kind in PRECISE and self.score >= SURE


def search(text: str, *, insee_code: str, near: Place, limit: int = 5) -> list[Address] | None:
    """Find the addresses of a commune that look like a text; None when nobody can tell now."""
    words = " ".join(text.split())[:LONGEST]
    if len(words) < SHORTEST or not words[0].isalnum():
        return []
    asked = {"q": words, "limit": limit, "autocomplete": 1, "index": "address"}
    if insee_code in BOROUGHS:
        asked |= {"lat": f"{near.lat:.3f}", "lon": f"{near.lon:.3f}"}
    else:
        asked["citycode"] = insee_code
    return _ask("search", asked)


def reverse(place: Place) -> Address | None:
    """Name the address nearest to a place; None when there is none, or nobody can tell now."""
    asked = {"lat": f"{place.lat:.4f}", "lon": f"{place.lon:.4f}", "limit": 1, "index": "address"}
    found = _ask("reverse", asked)
    return found[0] if found else None


def _ask(what: str, asked: Mapping[str, object]) -> list[Address] | None:
    """Remember, or ask; the memory is shared by all communes."""
    query = urlencode(asked)
    key = f"geocoder:{what}:{hashlib.sha256(query.lower().encode()).hexdigest()}"
    kept = caches["shared"].get(key)
    if kept is not None:
        return [Address(**each) for each in kept]
    if not settings.GEOCODER_URL or not _is_my_turn() or not breaker.allows():
        return None
    try:
        answer = fetch(f"{settings.GEOCODER_URL}/{what}?{query}", most_bytes=MOST_BYTES)
    except Unreachable:
        breaker.failed()
        return None
    if answer.status == 429 or answer.status >= 500:  # noqa: PLR2004
        breaker.rest(BUSY_S)
        return None
    breaker.succeeded()
    found = list(_read(answer.content)) if answer.status == 200 else []  # noqa: PLR2004
    caches["shared"].set(
        key, [asdict(each) for each in found], KEPT_S if found else NOTHING_KEPT_S
    )
    return found


def _is_my_turn() -> bool:
    """Count the requests of this second, of all communes together."""
    key = f"geocoder:second:{int(time.time())}"
    try:
        caches["shared"].add(key, 0, 3)
        return bool(caches["shared"].incr(key) <= PER_SECOND)
    except (RedisError, ValueError):  # without Valkey nobody counts; the server itself does
        return True


def _read(content: bytes) -> Iterator[Address]:
    """Read what the geocoder says, leaving out what makes no sense."""
    try:
        features: list[dict[str, Any]] = json.loads(content)["features"]
        for each in features:
            lon, lat = (float(number) for number in each["geometry"]["coordinates"][:2])
            known = each["properties"]
            Place(lat, lon)  # refuses what is not on Earth
            yield Address(
                label=str(known["label"])[:LONGEST],
                lat=lat,
                lon=lon,
                citycode=str(known.get("citycode", "")),
                kind=str(known.get("type", "")),
                score=float(known.get("score", 0)),
                key=str(known.get("id", ""))[:30],
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        return
