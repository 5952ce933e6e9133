"""S6, S7: mail servers that behave badly, and messages that nothing can send."""

from faults import deliveries, dispatchers, history, world
from faults.deliveries import judge, waits
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch, patience
from faults.sink import UNKNOWN
from parvis.celery import app
from parvis.guard import current_schema
from parvis.models import OutgoingEmail
from tenants.tasks import visit


MODES = ("refuse", "hang", "drop", "unknown")
MAYBE_SENT = {"hang", "drop"}  # kept by the server, which did not say so
NEVER = [
    {"subject": "Une ligne\nBcc: quelqu’un", "body": "x", "to": ["anne@example.org"]},
    {"subject": "Pièce", "body": "x", "to": ["anne@example.org"], "attachments": [["seul"]]},
    {"subject": "Pièce", "body": "x", "to": ["anne@example.org"], "attachments": [["a", 5, 7]]},
    {"subject": "Pièce", "body": "x", "to": ["anne@example.org"], "attachments": 5},
    {"subject": "À qui", "body": "x", "to": ["anne@example.org\r\nCc: b@example.org"]},
]
STRANGE = [
    {"subject": "🎉 Confirmé 🎉", "body": "👩‍🦽 à 9 h ✅", "to": ["anne@example.org"]},
    {"subject": "Long", "body": "Bonjour.\n" * 120_000, "to": ["anne@example.org"]},
    {
        "subject": "\u202erenversé",
        "body": "\u200f\u05d0\u05d1\x0b\x1b",
        "to": ["anne@example.org"],
    },
]
NEIGHBOURS = 12


def server_in_trouble(
    ground: Ground, *, mails: int, required: int, seed: int, mutant: str = ""
) -> Outcome:
    """S6: a mail server that is gone, busy, mute, rude, or knows nobody of this name."""
    del seed  # every mode is met, in one order
    outcome = Outcome("S6", "mail server gone, busy, mute, cutting, refusing one", required)
    outcome.within_s = 60
    with world.commune("9b906") as commune:
        ground.start_mail()
        crew = [dispatchers.start(commune, mutant=mutant) for _each in range(2)]
        worst = 0.0
        for number, mode in enumerate((*MODES, "gone")):
            worst = max(worst, _endure(ground, mode, first=number * 100, mails=mails))
        for each in crew:
            dispatchers.end(each)
        answered = [
            each["mode"] for each in history.read(ground.mails) if each["event"] == "answered"
        ]
        outcome.recovery_s = worst
        outcome.landed = len(answered) + mails  # those that met nobody at all
        outcome.broken += [f"I12 no mail met: {mode}" for mode in MODES if mode not in answered]
        judge(outcome, ground, crashes=sum(mode in MAYBE_SENT for mode in answered))
        dead = list(
            OutgoingEmail.objects.filter(dead_at__isnull=False).values_list("to", flat=True)
        )
        if dead != [[UNKNOWN]]:
            outcome.broken.append(f"I6 lost: {len(dead)} given up, only one had a wrong address")
    return outcome


def _endure(ground: Ground, mode: str, *, first: int, mails: int) -> float:
    """Let mails meet one trouble, end it, and return how long the outbox then takes to drain."""
    if mode == "gone":
        ground.end("mail")
    else:
        ground.order(mode="" if mode == "unknown" else mode)
    world.write_mails(mails, first=first)
    if mode == "unknown":
        OutgoingEmail.objects.create(key="unknown.1.1", subject="x", body="x", to=[UNKNOWN])
    with patience(40, f"no mail met: {mode}") as limit:
        while OutgoingEmail.objects.filter(attempts=0).exists():
            limit.wait()
        while mode == "hang" and not _answered(ground, mode):
            limit.wait()
    if mode == "gone":
        ground.start_mail(anew=False)
    ground.order()
    watch = Stopwatch()
    while waits() and watch.seconds() < 60:
        deliveries.pause()
    return watch.seconds()


def _answered(ground: Ground, mode: str) -> bool:
    return any(each.get("mode") == mode for each in history.read(ground.mails))


def poison(ground: Ground, *, required: int, seed: int, mutant: str = "") -> Outcome:
    """S7: messages that cannot be sent, in front of others, and a commune that is gone."""
    del seed
    outcome = Outcome("S7", "messages nothing can send, and a commune that is gone", required)
    with world.commune("9b907") as commune:
        ground.start_mail()
        # The tables accept them: no rule of the product writes such rows.
        for number, fields in enumerate([*NEVER, *STRANGE]):
            kind = "never" if number < len(NEVER) else "strange"
            OutgoingEmail.objects.create(key=f"{kind}.{number}.1", **fields)
        world.write_mails(NEIGHBOURS)
        schemas = ["c_9bfff", current_schema()]

        def sweep() -> None:
            app.loader.import_default_modules()
            visit(schemas=schemas, tasks=["parvis.deliver"])

        watch = Stopwatch()
        neighbours_s = 0.0
        while waits() and watch.seconds() < 60:
            dispatchers.start(commune, mutant=mutant, work=sweep).join(60)
            if not neighbours_s and not _neighbours_wait():
                neighbours_s = watch.seconds()
        never = OutgoingEmail.objects.filter(key__startswith="never.")
        attempts = list(never.values_list("attempts", flat=True))
        outcome.landed = sum(attempts)
        outcome.facts.append(f"neighbours sent after {neighbours_s:.1f} s")
        judge(outcome, ground, crashes=0)
        if max(attempts) > 12 or min(attempts) < 1:
            outcome.broken.append(f"I6 attempts of what cannot be sent: {attempts}")
        if never.filter(dead_at=None).exists():
            outcome.broken.append("I6 what cannot be sent is not given up")
        if OutgoingEmail.objects.exclude(key__startswith="never.").exclude(dead_at=None).exists():
            outcome.broken.append("I6 lost: a mail that can be sent was given up")
    return outcome


def _neighbours_wait() -> bool:
    return OutgoingEmail.objects.filter(key__startswith="fault.", sent_at=None).exists()
