"""The pages of ``docs/trust/`` that are derived from the product without running it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from parvis.personal import Kind, Pii, Table, fields
from privacy.policy import RULES, Unit
from trust.table import CHAPTERS, Decision, Row


MADE = "Made by `make trust`.\n"
SITES = {
    "portal": "the portal",
    "login": "the login host",
    "commune": "a commune's site",
    "association": "an association's site",
}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a Markdown table; a column of numbers stands to the right."""
    lines = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    right = [
        bool(lines) and all(row[n].replace(" ", "").isdigit() for row in lines)
        for n in range(len(head))
    ]
    rule = ["--:" if to_the_right else "---" for to_the_right in right]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *lines]) + "\n"


def counted(rows: Sequence[Row]) -> tuple[int, ...]:
    """Count requirements, applicable ones, and those of each decision but the last."""
    by = Counter(row.decision for row in rows)
    applicable = len(rows) - by[Decision.OUT]
    return len(rows), applicable, by[Decision.TESTED], by[Decision.HELD], by[Decision.GAP]


def summary(rows: Sequence[Row]) -> str:
    """Say the whole table in one line."""
    every, applicable, tested, held, gaps = counted(rows)
    named = sum(1 for row in rows if row.tests)
    return (
        f"{every} requirements: {applicable} applicable, {tested} tested, {held} held otherwise, "
        f"{gaps} with a gap; {named} name at least one automatic test"
    )


def asvs(rows: Sequence[Row]) -> str:
    """Write what the table of requirements says, chapter by chapter."""
    chapters = [
        (number, title, *counted([row for row in rows if row.chapter == number]))
        for number, title in CHAPTERS.items()
    ]
    head = ("", "Chapter", "Required", "Applicable", "Tested", "No test", "Gap")
    parts = [
        "# ASVS 5.0, level 2\n",
        MADE + "One line for each requirement of the OWASP Application Security Verification\n"
        "Standard 5.0.0 up to level 2 is in [asvs.csv](asvs.csv), with the tests that hold it;\n"
        "`tests/test_trust.py` fails when one of them does not exist. This is our own reading;\n"
        "nobody from outside has checked it.\n",
        f"**{summary(rows)}.**\n",
        table(head, [*chapters, ("", "**all**", *counted(rows))]),
        (
            "Tested: automatic tests hold all that the requirement asks of us. No test: held by what\n"
            "is written, by a library or by the operator. Gap: something is missing, and said.\n"
        ),
    ]
    for title, decision in (
        ("Gaps", Decision.GAP),
        ("Held without a test", Decision.HELD),
        ("Not applicable", Decision.OUT),
    ):
        found = [(row.id, row.level, row.how) for row in rows if row.decision is decision]
        words = ("Requirement", "Level", "Why" if decision is Decision.OUT else "How")
        parts += [f"## {title}\n", table(words, found)]
    return "\n".join(parts)


def isolation(matrix: Mapping[str, Mapping[str, object]], actors: Sequence[str]) -> str:
    """Write how much the isolation matrix covers."""
    kinds = [
        (
            SITES[kind],
            len(rows),
            sum(1 for row in rows.values() if row.reads),
            sum(1 for row in rows.values() if row.acts),
            sum(1 for row in rows.values() if "everybody" not in {row.reads, row.acts}),
        )
        for kind, rows in matrix.items()
        if rows  # a host that nobody registered has none
    ]
    routes = sum(len(rows) for rows in matrix.values())
    requests = f"{routes * 2 * len(actors):,}"
    total = ("**all**", *(sum(line[n] for line in kinds) for n in range(1, 5)))
    return "\n".join(
        [
            "# Isolation matrix\n",
            MADE + "From `tests/test_matrix.py`: each route of each site has a row that says who\n"
            "may read it and who may act through it. A route without a row fails, and so does a\n"
            "row without a route.\n",
            table(
                ("Site", "Routes", "Read", "Acted through", "Not for everybody"), [*kinds, total]
            ),
            (
                f"Each route is asked by GET and by POST by {len(actors)} actors: {requests} requests\n"
                f"that must get what their row says. The actors: {', '.join(actors)}.\n"
            ),
            "| What must hold | Where |",
            "|---|---|",
            (
                "| whoever is not in the row is led to the login, refused or told nothing | "
                "`test_the_rows_hold_for_everybody` |"
            ),
            "| somebody of another commune is a stranger, whatever her role there | the same |",
            "| no answer holds the name or the reference kept in the other commune | the same |",
            (
                "| the reference of another commune's appointment or report is unknown (404) | "
                "`test_an_object_of_another_commune_does_not_exist` |"
            ),
            "| a commune's database role reads no table of another | `tests/tenants/test_walls.py` |",
            (
                "| a session, a ticket, a link or a signature opens nothing elsewhere | "
                "`tests/identity/test_sessions.py`, `test_handover.py`, `tests/tenants/test_walls.py` |"
            ),
            "",
            "To run it: `make test`, or these alone, on servers of their own:\n",
            (
                "```\nplatform/bin/with-servers .venv/bin/pytest -q tests/test_matrix.py "
                "tests/tenants/test_walls.py\n```"
            ),
            "",
        ]
    )


def personal_data(tables: Iterable[tuple[str, Table]]) -> str:
    """Write what is classified, and how long it is kept."""
    apps, rules = [], Counter()
    for app, models in sorted(tables):
        marks = [mark for each in models.values() for mark in fields(each).values()]
        known = [mark for mark in marks if isinstance(mark, Pii)]
        rules.update(mark.rule for mark in known)
        kinds = Counter(mark.kind for mark in known)
        words = ", ".join(f"{kind} {kinds[kind]}" for kind in Kind if kinds[kind]) or "–"
        apps.append((app, len(models), len(marks), len(known), words))
    total = ("**all**", *(sum(line[n] for line in apps) for n in (1, 2, 3)), "")
    kept = [
        (
            f"`{name}`",
            _span(rule.default, rule.unit),
            _span(rule.least, rule.unit) + " to " + _span(rule.most, rule.unit)
            if rule.is_adjustable
            else "fixed",
            rule.trigger,
            rule.action,
            rules[name],
        )
        for name, rule in RULES.items()
    ]
    return "\n".join(
        [
            "# Personal data\n",
            MADE
            + "From the `privacy.py` of each app and from `privacy/policy.py`. Every field of\n"
            "every model is classified, and `tests/privacy/test_classification.py` fails on one\n"
            "that is not. The register (article 30) and the notice (article 13) of each commune\n"
            "come from the same tables.\n",
            "## Fields by app\n",
            table(("App", "Models", "Fields", "Personal", "Of which kind"), [*apps, total]),
            "## How long\n",
            "A commune chooses within the bounds, and gives a reason for more than the default.\n",
            table(("Rule", "Default", "Bounds", "Counted from", "Then", "Fields"), kept),
            (
                "What holds it: `tests/privacy/test_retention.py` (nothing is over its time after a\n"
                "day, three months, a year, five years) and `tests/privacy/test_rights.py` (erasing\n"
                "leaves no mark of a person in the database, files, cache, messages or record).\n"
                "To see what the next night erases: `parvis retention --commune pauillac --dry-run`.\n"
            ),
        ]
    )


def _span(number: int, unit: Unit) -> str:
    return f"{number} {unit if number != 1 else unit[:-1]}"


README = """# Evidence

What a mayor's data protection or security officer asks for, and the command that makes each page.

| Page | What it says | Made by |
|---|---|---|
| [asvs.md](asvs.md), [asvs.csv](asvs.csv) | each requirement of ASVS 5.0 up to level 2: applicable or not, how, by which test, what is missing | `make trust`; the table by hand |
| [isolation.md](isolation.md) | who may read and do what on each site, and what is refused | `make trust` |
| [personal-data.md](personal-data.md) | what is known of people, how long it is kept | `make trust` |
| [faults.md](faults.md) | servers killed, networks cut: what was lost or doubled | `make faults REPORT=docs/trust/faults.md` |
| [restore.md](restore.md) | one commune put back to an instant while others work | `make bench P=restore` |
| – | hostile requests to every address: passed and failed | `make hostile` |
| – | every test, browser journeys included | `make test` |
| – | every static check | `make check` |
| [requirements.lock](../../requirements.lock) | every package with its version and fingerprints | `uv pip compile`, as its head says |

How to keep and rehearse backups: [operations](../operations.md).

## What is not proven on one machine

| Not proven | Instead, here | In operation |
|---|---|---|
| power loss, disks that lie about writing | processes killed, which keeps what the system holds in memory | the host's guarantee, checksums, a standby |
| loss of a data centre | – | a standby elsewhere, a drill |
| mail that arrives: spam filters, SPF, DKIM, DMARC | a mail server on this machine | seed mailboxes, DMARC reports, the share of returned mail |
| texts that arrive | a stand-in of the provider | its receipts |
| notifications that browsers' services carry | a stand-in that opens them as a browser does | the share refused |
| domain names and certificates in number | names asked of a stand-in | the authority's test service, monitoring |
| TLS of the edge: versions, ciphers, request boundaries | – | a scan of the edge itself |
| load of 500 communes | figures of 40 to 60 schemas, and what grows with their number | a load test on such machines |
| months of drift: bloat, wraparound, logs that grow | – | monitoring, a yearly restore of the oldest backup |
| clocks that differ between machines | clocks that jump on one; `parvis doctor` compares with the database | NTP, watched |
| known vulnerabilities of packages | versions pinned with fingerprints | a scan where an advisory service can be reached |
| a view from outside | our own reading of ASVS | an audit by others |
"""
