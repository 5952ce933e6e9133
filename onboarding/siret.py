"""SIRET numbers: pure. The last digit of each is a check digit (Luhn)."""

SIREN_DIGITS, SIRET_DIGITS = 9, 14
NINE = 9


def is_siret(text: str) -> bool:
    """Tell whether 14 digits add up as Luhn's formula wants."""
    return len(text) == SIRET_DIGITS and text.isascii() and text.isdigit() and _luhn(text) == 0


def seat_of(siren: str) -> str:
    """Propose the SIRET of the seat: 0001 and its check digit; always to be confirmed."""
    if len(siren) != SIREN_DIGITS or not siren.isdigit():
        return ""
    begin = f"{siren}0001"
    return f"{begin}{(10 - _luhn(f'{begin}0')) % 10}"


def _luhn(digits: str) -> int:
    """Return the sum of the digits, every second one doubled from the right, modulo ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - NINE if value > NINE else value
    return total % 10
