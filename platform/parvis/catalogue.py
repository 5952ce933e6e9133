"""Catalogues when the source is French: English is complete, French only knows its plurals.

``platform/bin/messages`` extracts the messages, then runs this module: it settles the English
catalogue, derives the French one, compiles both and says what is wrong.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import polib


LOCALE = Path(__file__).resolve().parent / "locale"
ENGLISH = "en/LC_MESSAGES/django.po"
FRENCH = "fr/LC_MESSAGES/django.po"
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%|</?\w+")
IGNORED = re.compile(r"https?://\S+|%\(\w+\)[sd]|\{\w*\}|&\w+;|<[^>]+>|\b\d{1,2}:\d{2}\b")
SPACE = "[\u00a0\u202f]"
FRENCH_FAULTS = {
    "no-break space missing before ; ! ?": rf"(?<!{SPACE})(?<![?!])[;!?](?!\w)",
    "no-break space missing before a colon": r"\w:(?=\s|$)| :",
    "no-break space missing before %": r"\d ?%(?!\()",
    "no-break space missing inside « »": rf"«(?!{SPACE})|(?<!{SPACE})»",
    "straight apostrophe": r"\w'\w",
    "three dots": r"\.\.\.",
    "straight quotes": r'"',
}
ENGLISH_FAULTS = {
    "French spacing": rf"{SPACE}[;:!?»%]|«| [;:!?](?!\w)",
    "French words": r"(?i)\b(?:le|la|les|des|du|une|vous|votre|pour|avec|sur|est|rendez-vous)\b",
    "straight apostrophe": r"\w'\w",
    "three dots": r"\.\.\.",
    "straight quotes": r'"',
}
NAMES = re.compile(r"La Poste|Défenseur des droits")
"""French names that English keeps."""


def main() -> None:
    """Settle, derive, compile and check; ``--check FILE`` only compares with an extraction.

    The status is 1 when something is wrong.
    """
    if sys.argv[1:2] == ["--check"]:
        new = missing(polib.pofile(sys.argv[2]), polib.pofile(str(LOCALE / ENGLISH)))
        found = [f"not in the catalogue: {msgid!r}" for msgid in new]
    else:
        compile_all(LOCALE)
        found = faults(polib.pofile(str(LOCALE / ENGLISH)))
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    sys.exit(1 if found else 0)


def compile_all(folder: Path) -> None:
    """Write the English catalogue without dates, the French one, and their compiled forms."""
    extracted = polib.pofile(str(folder / ENGLISH))
    english = _empty("en")
    for entry in extracted:
        if not entry.obsolete:
            entry.comment = entry.tcomment = ""
            english.append(entry)
    for name, catalogue in ((ENGLISH, english), (FRENCH, french(english))):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(target))
        polib.pofile(str(target)).save_as_mofile(str(target.with_suffix(".mo")))


def french(english: polib.POFile) -> polib.POFile:
    """Compute the French catalogue: without it « 0 créneaux » would be plural."""
    catalogue = _empty("fr")
    for entry in english:
        if entry.msgid_plural and not entry.obsolete:
            catalogue.append(
                polib.POEntry(
                    msgctxt=entry.msgctxt,
                    msgid=entry.msgid,
                    msgid_plural=entry.msgid_plural,
                    msgstr_plural={0: entry.msgid, 1: entry.msgid_plural},
                    flags=entry.flags,
                )
            )
    return catalogue


def faults(english: polib.POFile) -> list[str]:
    """List everything wrong with the messages and with their translations."""
    found = []
    for entry in (entry for entry in english if not entry.obsolete):
        sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        targets = list(entry.msgstr_plural.values()) or [entry.msgstr]
        found += [f"{fault}: {text!r}" for text in sources for fault in french_faults(text)]
        if entry.fuzzy or not entry.translated():
            found.append(f"no English: {entry.msgid!r}")
            continue
        for source, target in zip(sources, targets, strict=True):
            if _placeholders(source) != _placeholders(target):
                found.append(f"placeholders differ: {source!r} {target!r}")
            found += [f"{fault}: {target!r}" for fault in english_faults(target)]
    return found


def french_faults(text: str) -> list[str]:
    """List the typographic faults of a French message."""
    return _matches(FRENCH_FAULTS, text)


def english_faults(text: str) -> list[str]:
    """List what is French, or badly set, in an English translation."""
    return _matches(ENGLISH_FAULTS, NAMES.sub("X", text))


def borrowed(english: polib.POFile) -> list[str]:
    """List the messages of Django or allauth that ours would replace with another English."""
    theirs = set()
    for package in ("django", "allauth"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise LookupError(package)
        home = Path(spec.origin).parent
        catalogues = home.glob("**/locale/fr/LC_MESSAGES/django.po")
        theirs |= {entry.msgid for path in catalogues for entry in polib.pofile(str(path))}
    ours = {entry.msgid for entry in english if entry.msgstr != entry.msgid}
    return sorted(ours & theirs)


def missing(extracted: polib.POFile, english: polib.POFile) -> list[str]:
    """List the messages of the sources that the catalogue does not know."""
    known = {_key(entry) for entry in english if not entry.obsolete}
    return [entry.msgid for entry in extracted if _key(entry) not in known]


def stale(folder: Path) -> list[str]:
    """List compiled files that differ from their source: they are committed."""
    return [
        str(po)
        for po in sorted(folder.glob("*/LC_MESSAGES/*.po"))
        if not (mo := po.with_suffix(".mo")).exists()
        or mo.read_bytes() != polib.pofile(str(po)).to_binary()
    ]


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=98)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def _matches(patterns: dict[str, str], text: str) -> list[str]:
    bare = IGNORED.sub("X", text)
    return [fault for fault, pattern in patterns.items() if re.search(pattern, bare)]


if __name__ == "__main__":
    main()
