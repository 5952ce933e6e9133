"""Words short enough to be said aloud, printed, and typed; pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain, count


MOST = 40
USUAL = {"CNI": "cni", "PASSPORT": "passeport", "CNI-PASSPORT": "titres"}
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def as_word(typed: str) -> str:
    """Fold what somebody typed to an address: "Carte d’identité" gives ``carte-d-identite``."""
    folded = unicodedata.normalize("NFKD", typed.casefold().translate(LIGATURES))
    bare = "".join(each for each in folded if not unicodedata.combining(each))
    return "-".join(re.findall(r"[a-z0-9]+", bare))[:MOST].strip("-")


def words_of(
    services: Iterable[tuple[int, str, str]],
    chosen: Mapping[int, str],
    earlier: Mapping[str, int],
) -> dict[int, str]:
    """Return the word of each service, given as (key, slug, titles), the oldest first.

    It is the one that was ``chosen``, else the usual one of its titles, else its slug, else its
    slug and its number, else two numbers. No two have the same, and none has an ``earlier``
    word of another.
    """
    taken = {word: key for key, word in chosen.items()}
    found = dict(chosen)
    for key, slug, titles in services:
        if key in found:
            continue
        wishes = chain(
            (USUAL.get(titles, ""), as_word(slug), f"{as_word(slug)[: MOST - 8]}-{key}"),
            (f"{key}-{again}" for again in count(2)),
        )
        found[key] = next(
            each
            for each in wishes
            if each and taken.get(each, key) == key and earlier.get(each, key) == key
        )
        taken[found[key]] = key
    return found
