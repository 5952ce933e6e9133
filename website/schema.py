"""What search engines are told of a town hall and its services (schema.org); pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any


CONTEXT = "https://schema.org"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ADDRESS = re.compile(r"(?s)(?P<street>.*?),?\s*(?P<code>\d{5})\s+(?P<place>[^\d].*)")
LANGUAGES = ["fr", "en"]
Hours = Mapping[int, Sequence[tuple[time, time]]]


@dataclass(frozen=True, slots=True)
class Office:
    """A town hall; an empty text is unknown, and is not told."""

    url: str
    name: str
    commune: str
    insee_code: str
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    image: str = ""


def office(one: Office, hours: Hours) -> dict[str, Any]:
    """Describe a town hall: where it is, when it is open, how to reach it."""
    return _told(
        {
            "@context": CONTEXT,
            "@type": "GovernmentOffice",
            "@id": _key(one),
            "name": one.name,
            "url": one.url,
            "telephone": one.phone,
            "email": one.email,
            "address": address(one.address),
            "areaServed": _area(one),
            "openingHoursSpecification": [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": f"{CONTEXT}/{DAYS[day]}",
                    "opens": f"{start:%H:%M}",
                    "closes": f"{end:%H:%M}",
                }
                for day, periods in sorted(hours.items())
                for start, end in periods
            ],
            "sameAs": one.website,
            "image": one.image,
        }
    )


def service(one: Office, *, name: str, text: str, url: str) -> dict[str, Any]:
    """Describe one service of a town hall, and where an appointment is taken."""
    return _told(
        {
            "@context": CONTEXT,
            "@type": "GovernmentService",
            "name": name,
            "description": text,
            "url": url,
            "provider": _told(
                {
                    "@type": "GovernmentOffice",
                    "@id": _key(one),
                    "name": one.name,
                    "url": one.url,
                    "telephone": one.phone,
                    "address": address(one.address),
                }
            ),
            "areaServed": _area(one),
            "availableLanguage": LANGUAGES,
            "availableChannel": _told(
                {
                    "@type": "ServiceChannel",
                    "serviceUrl": url,
                    "servicePhone": _told(
                        {"@type": "ContactPoint" if one.phone else "", "telephone": one.phone}
                    ),
                }
            ),
        }
    )


def address(text: str) -> dict[str, Any]:
    """Part "15 quai Jean-Fleuret, 33250 Pauillac"; what is not so written stays in one piece."""
    words = " ".join(text.split())
    if not words:
        return {}
    found = ADDRESS.fullmatch(words)
    parts = found.groupdict() if found else {"street": words, "code": "", "place": ""}
    return _told(
        {
            "@type": "PostalAddress",
            "streetAddress": parts["street"],
            "postalCode": parts["code"],
            "addressLocality": parts["place"],
            "addressCountry": "FR",
        }
    )


def _key(one: Office) -> str:
    return f"{one.url}#mairie"


def _area(one: Office) -> dict[str, str]:
    return {"@type": "AdministrativeArea", "name": one.commune, "identifier": one.insee_code}


def _told(words: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is unknown."""
    return {key: value for key, value in words.items() if not _is_unknown(value)}


def _is_unknown(value: object) -> bool:
    return value == "" or (
        isinstance(value, Iterable) and not isinstance(value, str) and not value
    )
