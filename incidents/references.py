"""References of reports: how they are drawn, and read as people type them."""

import secrets


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 8


def new_reference() -> str:
    """Draw a reference among 2⁴⁰; the table refuses the one in a million years that is taken."""
    return "".join(secrets.choice(ALPHABET) for _each in range(LENGTH))


def typed(text: str) -> str:
    """Read a reference as people write it: in groups, with a dash, in small letters."""
    return "".join(text.split()).replace("-", "").upper()
