"""Pre-application numbers, the State's words for them, and what follows from each. Pure.

Source of the rules: the France Titres contract, section 4. A number is ten ASCII letters or
digits; the State takes upper case only, and answers 422 to anything else.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from ants.numbers import BETWEEN, NUMBER


LENGTH = 10
MOST_OF_ONE_PERSON = 2  # an identity card and a passport asked for separately
SHOWN = 2  # characters at each end of a masked number


class Status(StrEnum):
    """What the State says of a number; ``UNSURE`` when it said nothing that is understood."""

    UNSURE = ""
    VALIDATED = "validated"
    CONSUMED = "consumed"
    DECLARED = "declared"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


REFUSED = frozenset({Status.CONSUMED, Status.DECLARED, Status.UNKNOWN, Status.EXPIRED})


def split(typed: str) -> tuple[str, ...]:
    """Read the numbers that were typed for one person, each once, in their order.

    Case, spaces and separators do not matter: ``ab12 cd34ef`` is one number, two of them may be
    parted by anything or by nothing.

    Raises:
        ValueError: what is left is not made of numbers of ten letters or digits.
    """
    parts = [each for each in BETWEEN.split(typed) if each]
    if not all(len(each) == LENGTH for each in parts):
        joined = "".join(parts)
        if len(joined) % LENGTH:
            raise ValueError("A number has ten letters or digits.")
        parts = [joined[at : at + LENGTH] for at in range(0, len(joined), LENGTH)]
    return tuple(dict.fromkeys(_checked(each) for each in parts))


def is_number(text: str) -> bool:
    """Tell whether a text is a number as the State takes it."""
    return NUMBER.fullmatch(text) is not None


def masked(number: str) -> str:
    """Show just enough of a number to recognise it: ``A1••••••E5``."""
    if len(number) <= 2 * SHOWN:
        return "•" * len(number)
    return number[:SHOWN] + "•" * (len(number) - 2 * SHOWN) + number[-SHOWN:]


def without(text: str, secrets: Iterable[str]) -> str:
    """Take numbers and other secrets out of a text that is kept or logged."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, masked(secret) if is_number(secret) else "•••")
    return text


def read_status(said: object) -> Status:
    """Understand a status; what is not known is to be verified, as silence is."""
    try:
        return Status(said) if isinstance(said, str) else Status.UNSURE
    except ValueError:
        return Status.UNSURE


def stops_citizens(status: Status) -> bool:
    """Tell whether a citizen may not go on with such a number; an agent always may."""
    return status in REFUSED


def stopped(standing: Mapping[str, Status]) -> dict[str, Status]:
    """Return the numbers a citizen may not go on with, and why."""
    return {number: status for number, status in standing.items() if stops_citizens(status)}


def _checked(part: str) -> str:
    # A dotless i becomes an ASCII I in upper case: what is not ASCII is refused before.
    upper = part.upper() if part.isascii() else part
    if not is_number(upper):
        raise ValueError("A number has ten letters or digits.")
    return upper
