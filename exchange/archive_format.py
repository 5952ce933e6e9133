"""What an archive of a commune looks like, and what is refused: no database, no settings.

A ZIP. ``manifest.json`` names every other file with its size and SHA-256; what it does not name
is not read. ``data/<table>.jsonl`` is what another Parvis reads, ``csv/<table>.csv`` people.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo


FORMAT, VERSION = "parvis-commune", 1
MANIFEST = "manifest.json"
ENTRY = re.compile(
    r"(data/[a-z][a-z0-9_]{0,62}\.jsonl|csv/[a-z][a-z0-9_]{0,62}\.csv"
    r"|files/(photos|proofs)/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,120}"
    r"|(registry|dictionary)\.json|dictionnaire\.csv|agenda\.ics|LISEZMOI\.txt)"
)
CHUNK = 1 << 16
MANIFEST_MOST = 32 << 20
LINE_MOST = 8 << 20
FILE_MOST, ALL_MOST, ENTRIES_MOST = 4 << 30, 64 << 30, 2_000_000
RATIO_MOST = 400  # deflate cannot pack honest rows so tightly
SMALL = 1 << 20  # under this size a ratio says nothing
ENCRYPTED = 0x1
LINK = 0o120000
DAMAGED = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error)


class BadArchive(Exception):
    """The archive is not to be read; ``why`` is one word, ``detail`` names the culprit."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why, self.detail = why, detail


@dataclass(slots=True)
class Manifest:
    """What an archive says of itself."""

    commune: dict[str, Any]
    made_at: str
    migrations: list[list[str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)  # name: rows, sha256
    sequences: dict[str, int | None] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)  # path: bytes, sha256

    def text(self) -> str:
        """Write it as the file says it."""
        said = {
            "format": FORMAT,
            "version": VERSION,
            "commune": self.commune,
            "made_at": self.made_at,
            "migrations": self.migrations,
            "tables": self.tables,
            "sequences": self.sequences,
            "entries": self.entries,
        }
        return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)


class Writer:
    """A ZIP that notes the size and hash of what goes into it; one open file at a time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", compression=8, compresslevel=6)
        self.entries: dict[str, dict[str, Any]] = {}

    def add(self, path: str, pieces: Iterator[bytes]) -> dict[str, Any]:
        """Write one file from its pieces, never whole in memory.

        Raises:
            ValueError: an archive has no file of this name.
        """
        if not ENTRY.fullmatch(path) or path in self.entries:
            raise ValueError(path)
        digest, size = hashlib.sha256(), 0
        with self._zip.open(path, "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        self.entries[path] = {"bytes": size, "sha256": digest.hexdigest()}
        return self.entries[path]

    def seal(self, manifest: Manifest) -> None:
        """Write the manifest last: it names what came before."""
        manifest.entries = self.entries
        self._zip.writestr(MANIFEST, manifest.text())

    def __enter__(self) -> Self:
        """Write within a block."""
        return self

    def __exit__(self, *_fault: object) -> None:
        """Close the ZIP, even one that was not finished."""
        self._zip.close()


class Reader:
    """An archive from anywhere: nothing in it is believed before it is checked.

    Raises:
        BadArchive: not a ZIP, names that lead elsewhere, links, bombs, another version.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, LargeZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise BadArchive("not_a_zip", str(fault)) from fault
        try:
            self._infos = _checked(self._zip.infolist())
            self.manifest = _manifest(self._read_manifest())
            _compare(self.manifest, self._infos)
        except BadArchive:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        """Read within a block."""
        return self

    def __exit__(self, *_fault: object) -> None:
        """Close the file."""
        self._zip.close()

    def _read_manifest(self) -> bytes:
        if self._infos[MANIFEST].file_size > MANIFEST_MOST:
            raise BadArchive("too_large", MANIFEST)
        return b"".join(self._pieces(MANIFEST, self._infos[MANIFEST].file_size))

    def check(self, tell: Callable[[str], None] = lambda _path: None) -> None:
        """Read everything once and compare the hashes.

        Raises:
            BadArchive: a file is not what the manifest says.
        """
        for path in self.manifest.entries:
            tell(path)
            for _piece in self.pieces(path):
                pass

    def pieces(self, path: str) -> Iterator[bytes]:
        """Read a file piece by piece; the last one comes after the hash was compared.

        Raises:
            BadArchive: it is not what the manifest says.
        """
        said = self.manifest.entries[path]
        digest = hashlib.sha256()
        for piece in self._pieces(path, said["bytes"]):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != said["sha256"]:
            raise BadArchive("wrong_hash", path)

    def _pieces(self, path: str, size: int) -> Iterator[bytes]:
        read = 0
        try:
            with self._zip.open(path) as file:
                while piece := file.read(CHUNK):
                    read += len(piece)
                    if read > size:
                        break
                    yield piece
        except DAMAGED as fault:
            raise BadArchive("damaged", path) from fault
        if read != size:
            raise BadArchive("wrong_size", path)

    def lines(self, path: str) -> Iterator[bytes]:
        """Read a file line by line, in bounded memory.

        Raises:
            BadArchive: it is not what the manifest says, or a line is too long.
        """
        rest = b""
        for piece in self.pieces(path):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > LINE_MOST:
                raise BadArchive("too_large", path)
        if rest:
            yield rest


def _checked(infos: list[ZipInfo]) -> dict[str, ZipInfo]:
    """Refuse names that lead elsewhere, what appears twice, links, secrets and bombs."""
    if len(infos) > ENTRIES_MOST:
        raise BadArchive("too_large", str(len(infos)))
    found: dict[str, ZipInfo] = {}
    for info in infos:
        name = info.orig_filename  # as written: zipfile turns what is odd into something else
        if name in found:
            raise BadArchive("twice", name[:120])
        _check_entry(name, info)
        found[name] = info
    if MANIFEST not in found:
        raise BadArchive("no_manifest")
    if sum(info.file_size for info in infos) > ALL_MOST:
        raise BadArchive("too_large")
    return found


def _check_entry(name: str, info: ZipInfo) -> None:
    if name != MANIFEST and not ENTRY.fullmatch(name):
        raise BadArchive("strange_name", name[:120])
    if info.flag_bits & ENCRYPTED or (info.external_attr >> 16) & 0o170000 == LINK:
        raise BadArchive("strange_file", name)
    if info.file_size > FILE_MOST or _is_bomb(info):
        raise BadArchive("too_large", name)


def _is_bomb(info: ZipInfo) -> bool:
    return info.file_size > SMALL and info.file_size > RATIO_MOST * max(info.compress_size, 1)


def _manifest(text: bytes) -> Manifest:
    """Read what the archive says of itself.

    Raises:
        BadArchive: it says nothing readable, or is of another format or version.
    """
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise BadArchive("other_format", str(said["format"])[:40])
        if said["version"] != VERSION:
            raise BadArchive("other_version", str(said["version"])[:40])
        manifest = Manifest(
            commune=dict(said["commune"]),
            made_at=str(said["made_at"]),
            migrations=[[str(app), str(name)] for app, name in said["migrations"]],
            tables={str(k): dict(v) for k, v in said["tables"].items()},
            sequences={str(k): v and int(v) for k, v in said["sequences"].items()},
            entries={str(k): dict(v) for k, v in said["entries"].items()},
        )
        for each in manifest.entries.values():
            int(each["bytes"]), str(each["sha256"])
        for each in manifest.tables.values():
            int(each["rows"]), str(each["sha256"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        raise BadArchive("bad_manifest", str(fault)[:120]) from fault
    return manifest


def _compare(manifest: Manifest, infos: dict[str, ZipInfo]) -> None:
    """Refuse an archive whose files are not those that its manifest names."""
    named, there = set(manifest.entries), set(infos) - {MANIFEST}
    if named != there:
        raise BadArchive("other_files", ", ".join(sorted(named ^ there)[:3]))
    tables = {f"data/{name}.jsonl" for name in manifest.tables}
    if tables != {name for name in named if name.startswith("data/")}:
        raise BadArchive("other_files", "data/")
    for name, said in manifest.entries.items():
        if infos[name].file_size != said["bytes"]:
            raise BadArchive("wrong_size", name)
