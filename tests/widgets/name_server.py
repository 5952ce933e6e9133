"""A real DNS server on loopback, by UDP: strict about what it is asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer:
    """What it knows: ``(name, kind)`` to values. ``is_silent``: it hears and says nothing."""

    address: str = ""
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    is_silent: bool = False

    def answer(self, wire: bytes) -> bytes | None:
        """Answer one question as a resolver does; what is no question gets nothing."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if self.is_silent or len(query.question) != 1 or not query.flags & dns.flags.RD:
            return None
        (asked,) = query.question
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        values = self.records.get((name, kind))
        if values:
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _kind in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@contextmanager
def name_server() -> Iterator[NameServer]:
    """Serve until the end of the block."""
    server = NameServer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.1)
        server.address = f"127.0.0.1:{sock.getsockname()[1]}"
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                try:
                    wire, asker = sock.recvfrom(4096)
                except TimeoutError:
                    continue
                reply = server.answer(wire)
                if reply:
                    sock.sendto(reply, asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            is_over.set()
            thread.join(timeout=2)
