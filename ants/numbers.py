"""Pre-application numbers as people and the State's platform write them: pure.

Ten letters or digits, in upper case; one value may hold several of them (ANTS contract, 3.5, 4).
"""

import re


NUMBER = re.compile(r"[A-Z0-9]{10}")
BETWEEN = re.compile(r"[,;:\-/.\s]+")


def normalise(text: str) -> str:
    """Bring one number to its stored form; empty when it is none.

    >>> normalise(" a1b2c3d4e5 ")
    'A1B2C3D4E5'
    """
    plain = BETWEEN.sub("", text)
    return plain.upper() if plain.isascii() and NUMBER.fullmatch(plain.upper()) else ""


def parts(values: list[str]) -> list[str]:
    """List what some values ask for, each once, spelled as it came."""
    asked = (part for value in values for part in BETWEEN.split(value) if part)
    return list(dict.fromkeys(asked))
