"""Run scenarios one after the other, then the bugs that they must find; write the report."""

import os
import platform
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


django.setup()

from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from benchmarks.fleet import copy_public
from faults import (
    bookings,
    creations,
    deliveries,
    full_disk,
    nights,
    releases,
    restores,
    standby,
    troubles,
    valkey,
)
from faults.deliveries import Size
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch


NO_END = "did not come to its end"
Scenario = Callable[..., Outcome]
SCENARIOS: dict[str, tuple[Scenario, dict[str, Any], dict[str, Any]]] = {
    "S1": (
        bookings.database_killed,
        {"size": bookings.Size(10, 10)},
        {"size": bookings.Size(2, 1, (2, 4))},
    ),
    "S2": (
        bookings.worker_killed,
        {"size": bookings.Size(30, 30)},
        {"size": bookings.Size(2, 2)},
    ),
    "S3": (
        deliveries.killed_between,
        {"size": Size(300, 20, 10)},
        {"size": Size(40, 6, 3)},
    ),
    "S4": (
        valkey.valkey_killed,
        {"size": bookings.Size(10, 10)},
        {"size": bookings.Size(2, 1)},
    ),
    "S5": (
        deliveries.delivered_many_times,
        {"size": Size(200, 20, 10)},
        {"size": Size(60, 8, 3)},
    ),
    "S6": (
        troubles.server_in_trouble,
        {"mails": 8, "required": 20},
        {"mails": 2, "required": 8},
    ),
    "S7": (troubles.poison, {"required": 10}, {"required": 10}),
    "S8": (
        full_disk.disks_full,
        {"size": bookings.Size(12, 10)},
        {"size": bookings.Size(2, 3, (2, 4))},
    ),
    "S9": (nights.clocks_changed, {"jumps": 6}, {"jumps": 3}),
    "S10": (
        standby.standby_promoted,
        {"size": bookings.Size(5, 5)},
        {"size": bookings.Size(2, 2, (2, 4))},
    ),
    "S11": (
        restores.commune_restored,
        {"communes": 40, "visits": 300, "letters": 100},
        {"communes": 3, "visits": 20, "letters": 3},
    ),
    "S12": (
        releases.release_interrupted,
        {"communes": 60, "at": 37},
        {"communes": 6, "at": 4},
    ),
    "S13": (
        bookings.pressed_many_times,
        {"size": bookings.Size(50, 2)},
        {"size": bookings.Size(12, 2)},
    ),
    "S14": (creations.killed_at_each_step, {"required": 8}, {"required": 8}),
    "S15": (
        bookings.link_cut,
        {"size": bookings.Size(10, 10)},
        {"size": bookings.Size(2, 2)},
    ),
}
# What no run here proves yet, said in every report instead of being left out of it.
NOT_RUN = {
    "S16": ("payment events doubled, in disorder", "not applicable: no incoming payment events"),
}
MUTANTS: list[tuple[str, str, str]] = [
    ("S1", "check_then_insert", "I3"),
    ("S1", "answer_before_commit", "I1"),
    ("S1", "refuse_what_is_done", "I2"),
    ("S2", "outbox_after_commit", "I5"),
    ("S2", "new_key", "I2"),
    ("S4", "no_sweep", "I6"),
    ("S4", "session_in_cache", "I4"),
    ("S4", "limits_fail_open", "I4"),
    ("S6", "give_up_at_once", "I6"),
    ("S6", "mark_what_failed", "I6"),
    ("S6", "random_message_id", "I6"),
    ("S7", "fail_aloud", "I6"),
    ("S7", "never_give_up", "I6"),
    ("S7", "mark_what_failed", "I6"),
    ("S8", "answer_before_commit", "I1"),
    ("S8", "call_it_a_bug", "I11"),
    ("S8", "name_what_is_not_there", "I10"),
    ("S8", "develop_on_a_full_disk", "I1"),
    ("S10", "wait_for_nobody", "I1"),
    ("S10", "answer_before_commit", "I1"),
    ("S15", "new_key", "I2"),
    ("S9", "days_of_24_hours", "I5"),
    ("S9", "one_offset_all_year", "I4"),
    ("S9", "forget_who_was_reminded", "I5"),
    ("S14", "never_go_on", "I1"),
    ("S14", "furnish_again", "I1"),
    ("S14", "note_without_moving", "I1"),
    ("S11", "leave_the_ledger", "I2"),
    ("S11", "forget_what_went", "I6"),
    ("S11", "touch_another", "I7"),
    ("S12", "use_at_once", "I11"),
    ("S12", "rename_at_once", "I11"),
    ("S12", "wait_for_a_lock", "I11"),
    ("S12", "begin_again", "I1"),
    ("S13", "book_each_press", "I8"),
    ("S3", "mark_before_send", "I6"),
    ("S3", "random_message_id", "I6"),
    ("S3", "claim_for_ever", "I6"),
    ("S5", "no_claim", "I6"),
]

HEAD = """# What happens when things break

Made by `make faults {asked}REPORT=docs/trust/faults.md`; nothing here is written by hand.
{day} · commit {commit} · seed {seed} · PostgreSQL {server} · Python {python} · {machine}

Each scenario runs on the real product: its web server, its worker, PostgreSQL that really waits
for the disk, Valkey, a mail server. A fault counts when it **landed**: it hit the moment it was
meant for. Below the number required, a run fails as empty, whatever else it found.

| | what is broken | landed | lost / doubled | mails sent again | back after | |
|---|---|---|---|---|---|---|
{rows}

{kept} held, {failed} failed, {not_run} not run; {landed} faults landed. A mail is sent again at
most once for each fault that landed, with the same Message-ID. What was not run here is not
counted as held.
"""
BUGS = """
## Bugs put in on purpose

A check that never fails proves nothing: each of these bugs was put into the running product, and
the check had to find it.

| scenario | | bug | what the check said |
|---|---|---|---|
"""


def run(
    ground: Ground, *, names: list[str], seed: int, is_short: bool, mutants: str, report: str
) -> bool:
    """Run, print a line each, and say whether everything held.

    ``mutants`` is ``1`` for the scenarios and their bugs, ``only`` for the bugs alone, or names
    those of them to run.
    """
    print(f"seed {seed}", flush=True)
    if like := os.environ.get("FAULTS_LIKE"):
        copy_public(restores.fleet_on(ground), like)
    else:
        call_command("migrate", verbosity=0, skip_checks=True)
    wanted = names or sorted({**SCENARIOS, **NOT_RUN}, key=lambda name: int(name[1:]))
    lines, good = [], True
    for name in wanted if mutants in {"", "1"} else []:
        outcome = _one(ground, name, seed=seed, is_short=is_short)
        good &= outcome.is_kept or bool(outcome.not_run)
        lines.append(outcome)
        _say(outcome)
        if report:
            _write(Path(report), lines, [], seed=seed)
    found = []
    if mutants:
        for name, mutant, invariant in MUTANTS:
            if name in wanted and (mutants in {"1", "only"} or mutant in mutants.split()):
                is_found, text = _mutant(ground, name, mutant, invariant, seed=seed)
                good &= is_found
                found.append(text)
                print(text, flush=True)
                if report:
                    _write(Path(report), lines, found, seed=seed)
    passed = sum(each.is_kept for each in lines)
    not_run = sum(bool(each.not_run) for each in lines)
    print(f"{passed} passed, {len(lines) - passed - not_run} failed, {not_run} not run;", end=" ")
    print(f"{sum(each.landed for each in lines)} faults landed", flush=True)
    return good


def _one(ground: Ground, name: str, *, seed: int, is_short: bool, mutant: str = "") -> Outcome:
    if name in NOT_RUN:
        title, reason = NOT_RUN[name]
        return Outcome(name, title, required=0, not_run=reason)
    scenario, full, short = SCENARIOS[name]
    _clean()
    watch = Stopwatch()
    try:
        outcome = scenario(ground, seed=seed, mutant=mutant, **(short if is_short else full))
    except Exception as fault:  # noqa: BLE001 (one scenario stops no other)
        outcome = Outcome(name, NO_END, required=1)
        outcome.broken.append(f"I11 {type(fault).__name__}: {fault}")
        traceback.print_exc()
    if is_short and outcome.within_s:
        outcome.within_s *= 3  # the other half of the suite runs on the same two cores
    outcome.facts.append(f"{watch.seconds():.0f} s in all")
    return outcome


def _clean() -> None:
    connections.close_all()
    connection.set_schema_to_public()


def _say(outcome: Outcome) -> None:
    print(outcome.line(), flush=True)
    for each in outcome.found[:5]:
        print(f"      {each}", flush=True)


def _mutant(
    ground: Ground, name: str, mutant: str, invariant: str, *, seed: int
) -> tuple[bool, str]:
    """Put one bug in and say whether the invariant that it breaks is reported."""
    outcome = _one(ground, name, seed=seed, is_short=True, mutant=mutant)
    if outcome.title == NO_END:  # whatever it says then, it is not what the check says
        return False, f"{name:<4} bug {mutant:<22} NOT FOUND {outcome.broken}"
    seen = [each for each in outcome.broken if each.startswith(f"{invariant} ")]
    verdict = f"found {len(seen)} x, first: {seen[0]}" if seen else f"NOT FOUND {outcome.broken}"
    return bool(seen), f"{name:<4} bug {mutant:<22} {verdict}"


def _write(path: Path, lines: list[Outcome], found: list[str], *, seed: int) -> None:
    """Write the report of this run, so that it may be read without running it again."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    rows = [_row(each) for each in lines]
    asked = f'P="{" ".join(each.code for each in lines)}" ' + ("MUTANTS=1 " if found else "")
    text = HEAD.format(
        asked=asked,
        day=timezone.localdate().isoformat(),
        commit=commit or "-",
        seed=seed,
        server=server,
        python=platform.python_version(),
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        rows="\n".join(rows),
        kept=sum(each.is_kept for each in lines),
        failed=sum(not each.is_kept and not each.not_run for each in lines),
        not_run=sum(bool(each.not_run) for each in lines),
        landed=sum(each.landed for each in lines),
    )
    if found:
        text += BUGS + "\n".join(f"| {' | '.join(each.split(maxsplit=3))} |" for each in found)
        text += "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _row(outcome: Outcome) -> str:
    if outcome.not_run:
        return f"| {outcome.code} | {outcome.title} | not run: {outcome.not_run} |||||"
    recovery = "–" if outcome.recovery_s is None else f"{outcome.recovery_s:.1f} s"
    what = "; ".join([outcome.title, *outcome.facts])
    figures = (
        f"{outcome.landed} (≥ {outcome.required})",
        f"{outcome.count('lost')} / {outcome.count('doubled')}",
        f"{outcome.duplicates}",
        recovery,
        outcome.verdict,
    )
    return f"| {outcome.code} | {what} | {' | '.join(figures)} |"
