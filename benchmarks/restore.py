"""One commune of forty put back to an instant while thirty-nine write (scenario S11, goal G7)."""

import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fleet import OUTBOX, Fleet, Writers, fleet, restore
from benchmarks.measure import Sheet
from parvis.fingerprints import Prints, differing
from tenants.management.commands.restore import STEPS


COMMUNES, VISITS, LETTERS = 40, 1_500, 500  # about 400 MB, mostly tables and indexes of their own
LIMIT_S = 60
FOLLOWS = {OUTBOX, "audit_entry", "privacy_night", "booking_appointment"}
REPORT = Path(__file__).parents[1] / "docs" / "trust" / "restore.md"
PAGE = """# Restore of one commune to an instant

Made by `make bench P=restore` on {day}; {cores} cores, load {load:.1f} before it began, Python {python},
PostgreSQL 18 with fsync on. A server of its own, {communes} communes of the same size, {size:.0f} MB in all;
thirty-nine go on writing, {threads} connections at once. What is kept and how to rehearse:
[operations](../operations.md).

| What must hold | Found |
|---|---|
| from the command to the open commune under {limit} s | {took:.1f} s |
| every table as it was at the instant, but what was erased since | {as_it_was} |
| an erasure made after the instant stays erased | {erased} |
| a message sent after the instant is not sent again | {merged} |
| writes of others acknowledged during the swap, at least one each | {landed} in {reached} of {others} communes |
| writes of others refused | {failures} |
| tables changed in other communes, besides what was written there | {touched} |

| Step | Seconds |
|---|--:|
{steps}
| base backup, checked (made before) | {backup} |

The tests run the same with three communes, and check that the checks find four seeded faults: a
second schema written, the ledger of erasures not replayed, the outbox not merged, another instant.
"""


def run(sheet: Sheet) -> None:
    """Restore at full size, and write the page of evidence."""
    with fleet(durable=True) as made:
        made.furnish(COMMUNES, visits=VISITS, letters=LETTERS)
        _measure(made, sheet)


def _measure(made: Fleet, sheet: Sheet) -> None:
    space = made.restored
    made.tell(f"UPDATE {space}.{OUTBOX} SET sent_at = NULL WHERE key = 'old:7'")
    started = time.monotonic()
    made.parvis("backup")
    backup_s = time.monotonic() - started
    at, then = made.clock(), made.prints(space)[space]
    time.sleep(0.05)
    ((erased,),) = made.tell(f"SELECT reference FROM {space}.booking_appointment LIMIT 1")
    made.tell(
        "INSERT INTO privacy_erasure (schema, kind, record, at, reason)"
        " VALUES (%(schema)s, 'appointment', %(it)s, clock_timestamp(), 'request')",
        schema=space,
        it=erased,
    )
    made.tell(f"UPDATE {space}.{OUTBOX} SET sent_at = now() WHERE key = 'old:7'")
    made.tell(f"UPDATE {space}.booking_appointment SET note = 'a mistake'")
    made.tell(f"DELETE FROM {space}.booking_allocation")
    others = made.prints(*made.others)
    size = made.size()
    writers = Writers(made)
    load = os.getloadavg()[0]
    with writers.writing(4):
        _words, window, took = restore(made, at, "--reason", "Exercice")
    after = made.prints(*made.schemas)
    wrong = set(differing(then, after[space])) - FOLLOWS
    ((is_erased, rest, is_sent),) = made.tell(
        f"SELECT (SELECT name <> 'Mesure' FROM {space}.booking_appointment WHERE reference = %(it)s),"
        f" (SELECT count(*) FROM {space}.booking_appointment"
        "  WHERE name <> 'Mesure' OR note = 'a mistake'),"
        f" (SELECT sent_at IS NOT NULL FROM {space}.{OUTBOX} WHERE key = 'old:7')",
        it=erased,
    )
    landed = writers.landed(*window)
    touched = _touched(others, after, writers)
    (journal,) = made.store.restores.glob(f"{space}-*/restore.json")
    told = json.loads(journal.read_text())
    holds = {
        "as it was": not wrong and rest == 1,
        "erased": is_erased,
        "outbox": is_sent,
        "landed": len(landed) == len(made.others),
        "others": not touched and not writers.failures,
    }
    sheet.line(
        "B1",
        f"one commune of {COMMUNES} ({size / 1e6:.0f} MB) put back in {took:.1f} s (< {LIMIT_S});"
        f" {sum(landed.values())} writes of others landed in the swap",
        holds=took < LIMIT_S,
    )
    sheet.line(
        "B2",
        "as it was, 1 erasure replayed, 1 message not sent again, 0 tables of others touched"
        + "".join(f"; broken: {name}" for name, held in holds.items() if not held),
        holds=all(holds.values()),
    )
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        PAGE.format(
            day=f"{datetime.now(UTC):%Y-%m-%d}",
            cores=os.cpu_count(),
            load=load,
            python=platform.python_version(),
            communes=COMMUNES,
            size=size / 1e6,
            threads=4,
            limit=LIMIT_S,
            took=took,
            as_it_was="yes" if holds["as it was"] else f"no: {sorted(wrong)}",
            erased="yes" if is_erased else "no",
            merged="yes" if is_sent else "no",
            landed=sum(landed.values()),
            reached=len(landed),
            others=len(made.others),
            failures=len(writers.failures),
            touched=len(touched),
            steps="\n".join(f"| {STEPS[step]} | {s:.2f} |" for step, s in told["seconds"].items()),
            backup=f"{backup_s:.1f}",
        )
    )


def _touched(before: dict[str, Prints], after: dict[str, Prints], writers: Writers) -> list[str]:
    """Name the communes in which anything but the writers' own rows has changed."""
    return [
        schema
        for schema, then in before.items()
        if set(differing(then, after[schema])) - {OUTBOX}
        or after[schema][OUTBOX][0] - then[OUTBOX][0] != writers.written[schema]
    ]
