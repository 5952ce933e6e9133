"""A mail server that keeps what it accepts on the disk, and does what mail servers do wrong.

``python -m faults.sink PORT FOLDER``. Every mail it accepts becomes a line of ``mails.jsonl`` in
the folder. ``orders.json`` beside it is read again for each mail:

``kill``   the numbers of accepted mails whose sender dies at once: the mail is kept, and the
           process that sent it never reads the answer. Senders give their number in ``EHLO``.
``cut``    the same before anything is kept, counted in mails that arrive
``mode``   what happens to every mail: ``refuse`` (4xx), ``hang`` (kept, no answer),
           ``drop`` (kept, answered, connection cut), ``unknown`` (5xx for one recipient).
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from faults.history import History


HANG_S = 30
UNKNOWN = "unknown@example.org"


class Sink:
    """What is done with each mail."""

    def __init__(self, folder: Path) -> None:
        self._orders = folder / "orders.json"
        self._history = History(folder / "mails.jsonl")
        self._accepted = self._arrived = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd calls it)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Accept a recipient, unless nobody has this name."""
        if address == UNKNOWN:
            self._history.write("answered", mode="unknown")
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, and answer as ordered."""
        orders = self._read_orders()
        mode = orders.get("mode", "")
        if mode == "refuse":
            self._history.write("answered", mode=mode)
            return "451 4.3.0 try again later"
        sender = _number(session.host_name or "")
        self._arrived += 1
        if self._arrived in orders.get("cut", ()):
            self._kill(sender, "cut", envelope)
            return "451 4.3.0 try again later"
        self._keep(envelope, sender)
        if self._accepted in orders.get("kill", ()):
            self._kill(sender, "killed", envelope)
        if mode:
            self._history.write("answered", mode=mode)
        if mode == "hang":
            await asyncio.sleep(HANG_S)
        if mode == "drop":
            await server.push("250 OK")
            server.transport.abort()
        return "250 OK"

    def _keep(self, envelope: Envelope, sender: int) -> None:
        self._accepted += 1
        self._history.write(
            "accepted", id=_message_id(envelope), to=envelope.rcpt_tos, sender=sender
        )

    def _kill(self, sender: int, event: str, envelope: Envelope) -> None:
        if sender:
            with suppress(ProcessLookupError):
                os.kill(sender, signal.SIGKILL)
            self._history.write(event, sender=sender, id=_message_id(envelope))

    def _read_orders(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._orders.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


def _number(name: str) -> int:
    """Read the number of a process in the name it gives: ``d1234.fault.test``."""
    word = name.partition(".")[0].removeprefix("d")
    return int(word) if word.isdecimal() else 0


def _message_id(envelope: Envelope) -> str:
    content = envelope.content
    assert isinstance(content, bytes)
    return str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip()


async def serve(port: int, folder: Path) -> None:
    """Listen until ended."""
    sink = Sink(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="sink.test", data_size_limit=50_000_000), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
