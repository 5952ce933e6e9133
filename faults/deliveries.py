"""S3, S5: mails whose sender dies, and messages of the queue that come many times."""

import itertools
import random
import time
from dataclasses import dataclass
from typing import Any

from faults import dispatchers, history, invariants, world
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch, patience
from parvis import delivery
from parvis.guard import current_schema
from parvis.models import OutgoingEmail


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    mails: int
    faults: int
    required: int


def killed_between(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S3: kill a dispatcher between the mail server's acceptance and its own mark."""
    outcome = Outcome("S3", "dispatcher killed after the mail, before its mark", size.required)
    with world.commune("9b903") as commune:
        world.write_mails(size.mails)
        ground.start_mail()
        moments = _moments(size, random.Random(seed))
        ground.order(kill=moments, cut=[each + 1 for each in moments[::3]])
        crew = [dispatchers.start(commune, mutant=mutant) for _each in range(2)]
        watch = Stopwatch()
        last_death = 0.0
        with patience(90 + size.mails / 5, "the outbox does not drain") as limit:
            while waits() and not _is_stuck(watch, last_death):
                for place, each in enumerate(crew):
                    if not each.is_alive():
                        each.join()
                        outcome.landed += _has_hit(ground, each)
                        last_death = watch.seconds()
                        crew[place] = dispatchers.start(commune, mutant=mutant)
                limit.wait()
        for each in crew:
            dispatchers.end(each)
        outcome.recovery_s = max(0.0, watch.seconds() - last_death)
        judge(outcome, ground, crashes=outcome.landed)
        outcome.facts.append(f"{size.mails} mails")
    return outcome


def delivered_many_times(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S5: the same message of the queue, run by many processes at once and again later."""
    outcome = Outcome("S5", "one message of the queue run by many processes", size.required)
    with world.commune("9b905") as commune:
        world.write_mails(size.mails)
        ground.start_mail()
        barrier = dispatchers.FORKS.Barrier(size.faults)
        chance = random.Random(seed)
        delays = [chance.choice((0, 0, 0, 0.05, 0.3)) for _each in range(size.faults)]
        claims = ground.folder / "claims"
        for path in claims.glob("*"):
            path.unlink()

        def work(delay: float) -> None:
            _note_claims(history.History(claims / f"{delay}-{time.monotonic_ns()}.jsonl"))
            barrier.wait(60)
            time.sleep(delay)
            dispatchers.deliver()

        watch = Stopwatch()
        crew = [
            dispatchers.start(commune, mutant=mutant, work=lambda delay=delay: work(delay))
            for delay in delays
        ]
        for each in crew:
            each.join(120)
        late = dispatchers.start(commune, mutant=mutant, work=dispatchers.deliver)
        late.join(60)
        outcome.landed = _met(history.read(claims))
        outcome.facts.append(
            f"{size.mails} mails by {size.faults} processes in {watch.seconds():.1f} s"
        )
        judge(outcome, ground, crashes=0)
    return outcome


def _moments(size: Size, chance: random.Random) -> list[int]:
    """Choose the accepted mails whose sender dies: some apart, by progress and not by time."""
    gap = size.mails / (size.faults + 1)
    return sorted(
        {
            max(2, round(gap * (number + 1) + chance.uniform(-gap / 3, gap / 3)))
            for number in range(size.faults)
        }
    )


def judge(outcome: Outcome, ground: Ground, *, crashes: int) -> None:
    """Compare the outbox with what the mail server accepted."""
    theirs = f"@{current_schema()}."  # the worker also delivers what the public schema has to say
    accepted = [
        each["id"]
        for each in history.read(ground.mails)
        if each["event"] == "accepted" and (theirs in each["id"] or "anywhere" in each["id"])
    ]
    outcome.duplicates = invariants.duplicates(accepted)
    outcome.broken += invariants.mails(world.outbox(), accepted, crashes=crashes)


def pause() -> None:
    """Let others work."""
    time.sleep(0.05)


def waits() -> bool:
    """Say whether a message waits."""
    return OutgoingEmail.objects.filter(sent_at=None, dead_at=None).exists()


def _is_stuck(watch: Stopwatch, last_death: float) -> bool:
    """Say whether everything that is left has been left for longer than any lease."""
    if watch.seconds() - last_death < 4 * dispatchers.LEASE.total_seconds():
        return False
    return (
        not OutgoingEmail.objects.filter(
            sent_at=None, dead_at=None, claimed_until__lt="2900-01-01T00:00:00Z"
        ).exists()
        and not OutgoingEmail.objects.filter(sent_at=None, claimed_until=None).exists()
    )


def _has_hit(ground: Ground, dispatcher: dispatchers.Process) -> bool:
    """Say whether a dispatcher died after its mail was accepted and before it was marked."""
    for each in history.read(ground.mails):
        if each["event"] == "killed" and each["sender"] == dispatcher.pid:
            key = each["id"].strip("<>").partition("@")[0]
            is_marked = OutgoingEmail.objects.filter(key=key, sent_at__isnull=False).exists()
            return dispatchers.was_killed(dispatcher) and not is_marked
    return False


def _note_claims(pen: history.History) -> None:
    """Write down when each claim of this process began and ended, whatever claims."""
    original = delivery._claim

    def noted(channel: Any, now: Any, *gate: str) -> Any:
        began = time.monotonic()
        row = original(channel, now, *gate)
        if channel.model is OutgoingEmail:
            pen.write("claim", began=began, row=row.pk if row else None)
        return row

    delivery._claim = noted


def _met(claims: list[dict[str, object]]) -> int:
    """Count the claims during which another process claimed: both saw the same first row."""
    spans = sorted((float(str(each["began"])), float(str(each["t"]))) for each in claims)
    return sum(after[0] < before[1] for before, after in itertools.pairwise(spans))
