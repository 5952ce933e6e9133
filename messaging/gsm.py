"""How long a text message is, and what it costs: GSM 03.38 septets, or UCS-2 for the rest."""

from dataclasses import dataclass


BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # two septets each
# What typography writes and a telephone does without.
PLAIN = str.maketrans(
    {
        "’": "'", "\u2018": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ",
        "\u202f": " ", "–": "-", "\u2014": "-", "…": "...", "œ": "oe", "Œ": "OE", "ç": "c",
        "â": "a", "ê": "e", "î": "i", "ô": "o", "û": "u", "ë": "e", "ï": "i", "ÿ": "y",
        "À": "A", "Â": "A", "È": "E", "Ê": "E", "Ë": "E", "Î": "I", "Ï": "I", "Ô": "O",
        "Ù": "U", "Û": "U", "·": ".", "•": "-", "×": "x",
    }
)  # fmt: skip
ONE, EACH = 160, 153  # septets: alone, and of each part of several
ONE_WIDE, EACH_WIDE = 70, 67  # UTF-16 units


@dataclass(frozen=True, slots=True)
class Size:
    """The length of a text in units of its alphabet, and in how many parts it travels."""

    is_wide: bool
    units: int
    segments: int


def plain(text: str) -> str:
    """Write a text with the letters of GSM 03.38 where that changes nothing for its reader."""
    cleaned = text.translate(PLAIN)
    return "".join(
        each for each in cleaned.replace("\t", " ").replace("\r\n", "\n") if each.isprintable()
        or each == "\n"
    )  # fmt: skip


def fitting(text: str, *, most: int) -> str:
    """Write a text in at most so many parts: without foreign letters, then without its end."""
    words = plain(text)
    if size(words).segments > most:
        narrow = "".join(each for each in words if each in BASIC or each in EXTENDED)
        words = narrow if len(narrow) * 2 > len(words) else words
    while size(words).segments > most:
        words = words[: len(words) - 1 - len(words) // 50]
    return words


def size(text: str) -> Size:
    """Measure a text; one that fits exactly travels in one part.

    A character of two units is never cut in two: it begins the next part.
    """
    weights = [1 if each in BASIC else 2 if each in EXTENDED else 0 for each in text]
    is_wide = 0 in weights
    if is_wide:
        weights = [len(each.encode("utf-16-be", "surrogatepass")) // 2 for each in text]
    one, each_part = (ONE_WIDE, EACH_WIDE) if is_wide else (ONE, EACH)
    units = sum(weights)
    if units <= one:
        return Size(is_wide, units, 1 if text else 0)
    segments, room = 1, each_part
    for weight in weights:
        if weight > room:
            segments, room = segments + 1, each_part
        room -= weight
    return Size(is_wide, units, segments)


def cost(text: str, *, each: int) -> int:
    """Return what a text costs, in the unit of ``each`` part."""
    return size(text).segments * each
