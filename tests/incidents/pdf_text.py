"""Read the words of a PDF that fpdf2 wrote with our own face, as a reader's clipboard would."""

import re
import zlib


OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
PAIR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]{4,8})>")
PART = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\)|(ET)", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf):
    """Return the text on one line, with plain spaces."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    letters = {
        name: _letters(objects, objects[int(number)])
        for body in objects.values()
        if b"/ProcSet" in body
        for name, number in FONT.findall(body)
    }
    pages = [text for body in objects.values() if b"BT" in (text := _stream(body))]
    said = "".join(_spoken(page, letters) for page in pages)
    return " ".join(said.replace("\u00a0", " ").replace("\u202f", " ").split())


def _letters(objects, font):
    number = int(re.search(rb"/ToUnicode (\d+) 0 R", font)[1])
    table = _stream(objects[number])
    return {
        int(glyph, 16): bytes.fromhex(letter.decode()).decode("utf-16-be")
        for glyph, letter in PAIR.findall(table)
    }


def _stream(body):
    found = STREAM.search(body)
    if not found:
        return b""
    try:
        return zlib.decompress(found[1])
    except zlib.error:
        return found[1]


def _spoken(page, letters):
    face, said = {}, []
    for name, text, end in PART.findall(page):
        if name:
            face = letters[name]
        elif end:
            said.append(" ")
        else:
            raw = ESCAPED.sub(lambda each: CONTROL.get(each[1], each[1]), text)
            codes = (int.from_bytes(raw[i : i + 2]) for i in range(0, len(raw), 2))
            said.append("".join(face.get(code, "?") for code in codes))
    return "".join(said)
