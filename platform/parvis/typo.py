"""French and English typography: dates, hours, percentages, telephone numbers, references.

Everything here is pure and takes the language; Django's own formats write "1 décembre" and
"09:05", which no French town hall does.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any


NBSP = "\u00a0"
DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
SHORT_MONTHS = {
    "fr": (
        *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
        *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
VOWELS = "AEIOUÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ"
PAIRS = re.compile(r"(\d\d)(?=\d)")


def date_longue(day: date, language: str = "fr") -> str:
    """Write "mardi 1er décembre 2026", "Tuesday 1 December 2026"."""
    key = _key(language)
    return f"{DAYS[key][day.weekday()]} {date_pleine(day, language)}"


def date_pleine(day: date, language: str = "fr") -> str:
    """Write "1er décembre 2026", "1 December 2026"."""
    key = _key(language)
    return f"{_number(day, key)}{NBSP}{MONTHS[key][day.month - 1]} {day.year}"


def date_courte(day: date, language: str = "fr") -> str:
    """Write "mar. 1er déc.", "Tue 1 Dec"."""
    key = _key(language)
    name = DAYS[key][day.weekday()][:3] + ("." if key == "fr" else "")
    return f"{name} {jour_mois(day, language)}"


def jour_mois(day: date, language: str = "fr") -> str:
    """Write "1er déc.", "1 Dec"."""
    key = _key(language)
    return f"{_number(day, key)}{NBSP}{SHORT_MONTHS[key][day.month - 1]}"


def heure(moment: time | datetime, language: str = "fr") -> str:
    """Write "9 h 05", "9 h"; "9:05" in English."""
    if _key(language) == "en":
        return f"{moment.hour}:{moment.minute:02}"
    minutes = f"{NBSP}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def date_heure(moment: datetime, language: str = "fr") -> str:
    """Write "mardi 1er décembre 2026 à 9 h 05", in the time zone of ``moment``."""
    between = " à " if _key(language) == "fr" else " at "
    return date_longue(moment, language) + between + heure(moment, language)


def pourcent(ratio: float, language: str = "fr") -> str:
    """Write a ratio (0 to 1) as "83 %", "83%"."""
    return f"{round(ratio * 100)}{NBSP if _key(language) == 'fr' else ''}%"


def telephone(number: str) -> str:
    """Group a French number by two: "05 56 59 17 17"; leave others as they are."""
    digits = re.sub(r"[\s.\-]|\(0\)", "", number)
    digits = re.sub(r"^(?:\+33|0033)", "0", digits)
    if not re.fullmatch(r"0\d{9}", digits):
        return number.strip()
    return PAIRS.sub(rf"\1{NBSP}", digits)


def tel(number: str) -> str:
    """Return the ``tel:`` address of a French number, "" when there is none."""
    digits = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    if not digits:
        return ""
    if re.fullmatch(r"0\d{9}", digits):
        digits = f"+33{digits[1:]}"
    return f"tel:{digits}"


def reference_groups(code: str) -> str:
    """Part a reference in groups of four: "K7M2 QX4T"."""
    compact = re.sub(r"[\s\-]", "", code).upper()
    return NBSP.join(compact[start : start + 4] for start in range(0, len(compact), 4))


def town_hall(name: str, language: str = "fr") -> str:
    """Name the town hall of a commune: "Mairie d’Arcachon", "Mairie du Bouscat"."""
    if _key(language) == "en":
        return f"{name} town hall"
    return f"Mairie {de(name)}"


def de(name: str) -> str:
    """Put "de" before a commune's name: "d’Arcachon", "du Bouscat", "de La Brède"."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d’{name}" if _elides(name) or name[:1].upper() == "H" else f"de {name}"


def de_qui(name: str, language: str = "fr") -> str:
    """Put "de" before a person's name: "d’Ana Lacoste", "de Jeanne Dupuy"; English has none."""
    if _key(language) == "en":
        return name
    return f"d’{name}" if _elides(name) else f"de {name}"


def _elides(name: str) -> bool:
    """Tell whether "de" is cut before a name: before Yves and Yvrac, not before Yasmine."""
    first, second = name[:1].upper(), name[1:2].upper()
    return bool(first) and (first in VOWELS or (first == "Y" and second not in VOWELS))


def opening_hours(hours: Iterable[Sequence[Any]], language: str = "fr") -> list[tuple[str, str]]:
    """Write hours as "lundi à vendredi" and "9 h à 12 h, 14 h à 17 h".

    Args:
        hours: first day, last day (0 is Monday, both included) and periods of "HH:MM" or times.
        language: of the words.
    """
    key = _key(language)
    to, days = (" à ", DAYS["fr"]) if key == "fr" else (" to ", DAYS["en"])
    lines = []
    for first, last, periods in hours:
        name = days[first] if first == last else days[first] + to + days[last]
        spans = (heure(_time(start), key) + to + heure(_time(end), key) for start, end in periods)
        lines.append((name, ", ".join(spans)))
    return lines


def typo(text: str) -> str:
    """Set French spaces and apostrophes in what a person typed; the words stay theirs."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text).replace("...", "…")
    text = re.sub(r"[ \u00a0\u202f]+([;!?»%])", rf"{NBSP}\1", text)
    text = re.sub(r"[ \u00a0\u202f]+:(?=\s|$)", rf"{NBSP}:", text)
    return re.sub(r"«[ \u00a0\u202f]*", f"«{NBSP}", text)


def _time(value: str | time) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _number(day: date, key: str) -> str:
    return "1er" if key == "fr" and day.day == 1 else str(day.day)


def _key(language: str) -> str:
    return "en" if language.startswith("en") else "fr"
