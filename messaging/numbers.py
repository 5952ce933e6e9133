"""Which telephones a text message goes to: French mobiles, in Europe and overseas."""

import re


# How each country code is followed: the mobiles of metropolitan France and of five departments.
FORMS = [
    ("590", r"69[01]\d{6}"),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    ("594", r"694\d{6}"),  # Guyane
    ("596", r"69[67]\d{6}"),  # Martinique
    ("262", r"(?:69[23]|639)\d{6}"),  # La Réunion, Mayotte
]
# 0700 is for machines that talk to machines.
MAINLAND = r"(?:6(?!39|9[0-4]|9[67])|7[1-9])\d+"
DIGITS = 9  # after the country code, or after the 0 that stands for it


def mobile(typed: str) -> str:
    """Write a French mobile as E.164 (``+33612345678``); empty where it is anything else.

    What is dialled in France as ``0690…`` is written ``+590690…``: the code of its department.
    A landline, a premium number, a short one and one of another country give nothing.
    """
    digits = re.sub(r"[\s.\-/()\u00a0\u202f]", "", typed)
    if not digits.isascii() or not re.fullmatch(r"(?:\+|00)?\d{9,14}", digits):
        return ""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+"):
        return _international(digits[1:])
    return _national(digits[1:]) if digits.startswith("0") else ""


def _national(rest: str) -> str:
    if len(rest) != DIGITS:
        return ""
    for code, form in FORMS:
        if re.fullmatch(form, rest):
            return f"+{code}{rest}"
    return f"+33{rest}" if re.fullmatch(MAINLAND, rest) else ""


def _international(digits: str) -> str:
    if digits.startswith("33"):
        rest = digits[2:].removeprefix("0")
        return _national(rest)
    for code, form in FORMS:
        if digits.startswith(code):
            rest = digits[len(code) :].removeprefix("0")
            return f"+{code}{rest}" if re.fullmatch(form, rest) else ""
    return ""
