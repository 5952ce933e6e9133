"""What nobody types: bytes that break what believes they cannot come."""

# ruff: noqa: RUF001 - letters that look like others are what is tried here

import io
import struct
import warnings
import zipfile
import zlib
from functools import cache


TEXTS = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "a\0b",
    "\x7f",
    "\x1b[31m",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\u2028",
    "مرحبا",
    "שלום",
    "日本語",
    "é" * 300,
    "e\u0301" * 200,
    "𝕏" * 100,
    "👨‍👩‍👧‍👦" * 50,
    "ﷺ" * 100,
    "İ",
    "ẞ",
    "ﬀ",
    "①",
    "²",
    "½",
    "a" * 121,
    "a" * 255,
    "a" * 256,
    "a" * 5_000,
    "a" * 70_000,
    "<" * 3_000,
    "&" * 3_000,
    "null",
    "None",
    "undefined",
    "true",
    "false",
    "nil",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "1e-999",
    "0",
    "-0",
    "-1",
    "1",
    "00",
    "01",
    "+1",
    " 1 ",
    "1 2",
    "1_000",
    "1,5",
    "1.5",
    ".",
    "-",
    "0x1F",
    "0b1",
    "1e3",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 40,
    "9" * 5_000,
    "1" + "0" * 400,
    "٣",
    "１２",
    "1\u00a0000",
    "2026-02-30",
    "2026-13-01",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "-001-01-01",
    "2026-11-30T25:00",
    "2026-03-29T02:30",
    "2026-11-30T10:00:00+99:99",
    "2026-W53-7",
    "2026-11-30T10:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "24:00",
    "99:99",
    "-1:00",
    "12:60",
    "20261130",
    "31/12/2026",
    "{{7*7}}",
    "${7*7}",
    "<%= 7*7 %>",
    "{% debug %}",
    "%(x)s",
    "%s%n%x",
    "{0.__class__}",
    "#{7*7}",
    "'",
    '"',
    "';--",
    "' OR '1'='1",
    "1; DROP TABLE x",
    "\\",
    "\\\\",
    "%",
    "_",
    "%%",
    "*",
    "?",
    "[",
    "(",
    "(a+)+$",
    "../",
    "../../etc/passwd",
    "..\\..\\",
    "/etc/passwd",
    "//",
    "/./",
    "file:///etc/passwd",
    "C:\\",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.org",
    "http://[::1",
    "http://a@b@c",
    "http://\0",
    "https://" + "a" * 300,
    "<script>alert(1)</script>",
    "<svg onload=x>",
    "]]>",
    "<!--",
    "<?xml version='1.0'?>",
    "a\r\nSet-Cookie: x=1",
    "a\nBcc: x@example.org",
    "=1+1",
    "@SUM(A1)",
    "a@b",
    "a@" + "b" * 300 + ".fr",
    "é@é.fr",
    '"a b"@c.fr',
    "a@[1.2.3.4]",
    "a@b.fr,c@d.fr",
    "+33" + "1" * 40,
    "06 12 34 56 78",
    "00000000-0000-0000-0000-000000000000",
    "not-a-uuid",
    "{" * 200,
    "[" * 200,
    "[]",
    "{}",
    "[null]",
    '{"a":{"b":[]}}',
    '"',
    "[" * 1_500 + "]" * 1_500,
    '{"a":' * 500 + "1" + "}" * 500,
    "a,b,c",
    ",,,",
    "a=b&c=d",
    "48.85",
    "91",
    "-181",
    "180.0000001",
    "44.9,-1.07",
    "1,2,3,4",
    "NaN,NaN,NaN,NaN",
    "inf,inf,inf,inf",
    "-1e308,-1e308,1e308,1e308",
    "csv",
    "xlsx",
    "zip",
    "on",
    "1,1",
    "1;1",
    "__proto__",
    "constructor",
    "CANAR001",
    "CANAR002",
    "canar001",
    "K7M2QX4T",
    "😀" * 8,
]
RAW = [  # what is no text
    b"\xff",
    b"\xfe\xff",
    b"\xc3",
    b"\xc3(",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xc0\xaf",
    b"\xe9",
    b"\x80" * 300,
    "é".encode("latin-1"),
    "é".encode("utf-16"),
    b"\0" * 20,
    b"\xef\xbf\xbe",
    b"+ADw-script+AD4-",
]
VALUES = [each.encode() for each in TEXTS] + RAW
LARGE = b"a" * 1_000_000

TYPES = [
    "",
    "text/plain",
    "application/json",
    "application/json; charset=utf-16",
    "text/xml",
    "application/octet-stream",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 300,
    'multipart/form-data; boundary="é"',
    "\0",
    "a/b/c",
    ";;;",
    "application/x-www-form-urlencoded; charset=idna",
]
BODIES = [
    b"",
    b"\0",
    b"{",
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b"&".join(b"f%d=1" % number for number in range(3_000)),
    b'{"a":1e999}',
    b'{"a":NaN}',
    b'"\\ud800"',
    b"--b\r\n\r\n\r\n--b--",
    b"--b",
    b"<a>" * 5_000,
    b"=" * 2_000,
    b"&" * 2_000,
    b"a=1&" * 400,
    b"a[]=1&a[x]=2",
    b"%",
    b"%zz=%zz",
    b"\xff\xfe" * 50,
    LARGE,
    LARGE + b"1",
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n',  # noqa: E501
    b'--b\r\nContent-Disposition: form-data; name="a\r\n\r\n',
    b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
]
HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["\xff", "xx-" * 200, "fr;q=NaN", "*;q=9e999", "a" * 9_000, "fr-\0"],
    "HTTP_ACCEPT": ["\xff", "*/*;q=x", "a" * 9_000],
    "HTTP_IF_NONE_MATCH": ['"', "W/", "*", "\xff", '"a",' * 900],
    "HTTP_IF_MODIFIED_SINCE": [
        "yesterday",
        "Thu, 99 Foo 2026",
        "\xff",
        "Sun, 06 Nov 9999999 08:49:37 GMT",
    ],
    "HTTP_RANGE": ["bytes=9-1", "bytes=-9999999999999", "bytes=a-b", "bytes=0-0,1-1," * 200],
    "HTTP_REFERER": ["\0", "//", "javascript:x", "http://[", "a" * 9_000, "\xe9"],
    "HTTP_ORIGIN": ["null", "http://[", "\xff", "https://evil.example"],
    "HTTP_USER_AGENT": ["", "\xff" * 300, "a" * 9_000, "\x1b[2J"],
    "HTTP_HX_REQUEST": ["true", "\xff"],
    "HTTP_HX_CURRENT_URL": ["http://[", "\xff", "%ff", "//"],
    "HTTP_HX_TARGET": ["\0", "a" * 9_000],
    "HTTP_X_OFFLINE_QUEUE": ["1", "\0"],
    "HTTP_X_REFRESH": ["1", "\xff"],
    "HTTP_X_FORWARDED_FOR": ["\0", "1.2.3.4, ::1, x", "," * 500, "\xff"],
    "HTTP_X_FORWARDED_PROTO": ["gopher", "https,http"],
    "HTTP_SEC_FETCH_SITE": ["cross-site", "\xff"],
    "HTTP_AUTHORIZATION": ["Basic !!!", "Bearer \xff", "Basic " + "A" * 9_000],
    "HTTP_HOST": [
        "pauillac.localhost.",
        "PAUILLAC.localhost:99999",
        "[::1",
        "a..b",
        "\xff",
        "x" * 400,
        "",
        "xn--a",
        "pauillac.localhost:é",
    ],
    "HTTP_CONTENT_ENCODING": ["gzip", "br, gzip, \xff"],
    "HTTP_TRANSFER_ENCODING": ["chunked", "identity, chunked"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE", "\0"],
    "HTTP_X_REAL_IP": ["::1", "\xff"],
    "HTTP_X_CSRFTOKEN": ["", "\xff", "a" * 9_000],
    "HTTP_LAST_EVENT_ID": ["\0", "9" * 400],
    "CONTENT_LENGTH": ["-1", "x", "9999999999"],
    "REMOTE_ADDR": ["", "unknown", "::ffff:1.2.3.4", "2001:db8::1"],
}
COOKIES = [
    "__Host-hold",
    "__Host-rdv",
    "__Host-langue",
    "__Host-csrf",
    "__Host-sid",
    "__Host-essai",
    "__Host-handover",
    "concerne",
    "messages",
    "sessionid",
    "\xff",
    "",
    "a;b",
]
METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "get", "\xff"]


def zip_bomb() -> bytes:
    """Make 40 kB that are 40 MB, as a workbook would be packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 40_000_000)
    return packed.getvalue()


def archive_bomb() -> bytes:
    """Make an archive of many names, the same twice, one that climbs, one that unpacks to much."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of the name that comes twice
        for name in ("manifest.json", "manifest.json", "../../x", "/etc/x", "a" * 300):
            archive.writestr(name, b"[" * 2_000_000)
        for number in range(500):
            archive.writestr(f"{number}.json", b"{}")
    return packed.getvalue()


def image_bomb() -> bytes:
    """Make a PNG of some kilobytes that says it has 900 million points."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        sum_of = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + sum_of

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    points = zlib.compress(b"\0" * 1_000_000)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", points) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@cache
def files() -> list[tuple[str, bytes]]:
    """List files, each with its name; made when they are first asked for."""
    return [*FILES, ("a.png", image_bomb()), ("a.zip", archive_bomb()), *bombs(zip_bomb())]


def bombs(bomb: bytes) -> list[tuple[str, bytes]]:
    """Call one bomb by several names."""
    return [("a.xlsx", bomb), ("a.zip", bomb), ("a.jpg", bomb)]


FILES = [
    ("", b""),
    ("vide.jpg", b""),
    ("a.jpg", b"\xff\xd8\xff"),
    ("a.zip", b"PK\x05\x06" + b"\0" * 18),
    ("a.csv", b"\xff\xfea;b\0"),
    ("a.csv", b'"' * 5_000),
    ("a.csv", b"a;b\n" * 3_000),
    ("a.csv", b'a,b\n"x'),
    ("../../a.jpg", b"x"),
    ("a\0.jpg", b"x"),
    ("a" * 400 + ".csv", b"nom;courriel\nx;y"),
    ("a.geojson", b'{"type":"FeatureCollection","features":[{"geometry":null}]}'),
    ("a.json", b"[" * 5_000),
    ("a.geojson", b'{"type":"Polygon","coordinates":[[[NaN,1e999]]]}'),
    ("a.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY\r\nEND:VCALENDAR"),
    ("a.svg", b"<svg onload=alert(1)>"),
    ("a.pdf", b"%PDF-1.7\n%%EOF"),
    ("a.gif", b"GIF89a" + b"\0" * 30),
    ("a.webp", b"RIFF\0\0\0\0WEBP"),
    ("a.heic", b"\0\0\0\x18ftypheic"),
    ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'),
    ("é\u202egpj.exe", b"MZ"),
    ("a.csv", LARGE),
]
