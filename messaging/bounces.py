"""What mail servers say of a message that they could not deliver (RFC 3464), and to whom.

Each message leaves with an envelope sender of its own, ``retour+<schema>+<row>+<stamp>@…``: a
notification comes back to it, and says by its address alone which message it is about.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

from django.conf import settings

from parvis.signing import is_stamp, stamp


PURPOSE = "bounce"
BOX = "retour"
ADDRESS = re.compile(
    rf"\b{BOX}\+(?P<schema>[a-z0-9_]{{1,40}})\+(?P<row>[0-9]{{1,18}})\+(?P<stamp>[0-9a-f]{{20}})@",
    re.IGNORECASE,
)
MOST_BYTES = 512_000
TO = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REASON_MOST = 300


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which message could not be delivered, and why; ``is_permanent``: it never will."""

    schema: str
    row: int
    is_permanent: bool
    reason: str


def return_path(schema: str, row: int) -> str:
    """Return the envelope sender of a message; empty where nobody reads notifications."""
    if not settings.BOUNCE_DOMAIN:
        return ""
    seal = stamp(str(row), purpose=PURPOSE, schema=schema)
    return f"{BOX}+{schema}+{row}+{seal}@{settings.BOUNCE_DOMAIN}"


def read_bounce(content: bytes, *, recipient: str = "") -> Bounce | None:
    """Read a notification; None where it is not one, or is about no message of ours.

    ``recipient`` is the address it came to, as the mail server says it; otherwise its headers do.
    """
    try:
        message = message_from_bytes(content[:MOST_BYTES], policy=compat32)
        found = _about(message, recipient)
        status, reason = _status(message)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # whatever came in was no message
    if found is None or not status:
        return None
    return Bounce(found[0], found[1], is_permanent=status.startswith("5"), reason=reason)


def _about(message: Message, recipient: str) -> tuple[str, int] | None:
    written = [recipient, *(str(value) for name in TO for value in message.get_all(name, []))]
    for address in written:
        known = ADDRESS.search(address)
        if known is None:
            continue
        schema, row = known["schema"].lower(), known["row"]
        if is_stamp(known["stamp"], row, purpose=PURPOSE, schema=schema):
            return schema, int(row)
    return None


def _status(message: Message) -> tuple[str, str]:
    """Return the worst status of the recipients, and what the servers say of it."""
    worst, reason = "", ""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            known = STATUS.search(str(block.get("Status", "")))
            if known is None or str(block.get("Action", "")).strip().lower() == "delivered":
                continue
            if known[0] > worst:
                said = " ".join(str(block.get("Diagnostic-Code", "")).split())
                worst, reason = known[0], f"{known[0]} {said}".strip()[:REASON_MOST]
    return worst, reason
