"""Bugs put in on purpose, to prove that the checkers see them.

Each replaces a function of the product in a process of the harness; the product itself has no
switch for it. A checker that none of them makes fail is worth nothing.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

from django.contrib.sessions.backends import cached_db
from django.db import connection, transaction
from django.utils import timezone

from booking import actions, planning, presence, taking
from booking.models import Site
from faults import fleet_mutants
from incidents import photos
from messaging import channels
from onboarding import bringing_up, creation
from onboarding.models import Creation
from parvis import counters, delivery, error_views, faults
from parvis.models import OutgoingEmail


# --- Delivery ---------------------------------------------------------------------------------


def mark_before_send() -> None:
    """Mark a mail as sent, then send it: a crash between the two loses it."""
    original = delivery._deliver

    def marked(channel: Any, row: Any, now: Any) -> bool:
        type(row).objects.filter(pk=row.pk).update(sent_at=now)
        return bool(original(channel, row, now))

    delivery._deliver = marked


def random_message_id() -> None:
    """Draw a Message-ID each time: nobody recognises a duplicate."""
    original = channels.message_of

    def renamed(row: OutgoingEmail, *look: Any) -> Any:
        message = original(row, *look)
        message.extra_headers["Message-ID"] = f"<{random.getrandbits(64):x}@anywhere.test>"
        return message

    channels.message_of = renamed


def no_claim() -> None:
    """Read what is due, send it, mark it, and tell nobody meanwhile."""

    def unclaimed(channel: Any, _now: Any, *_gate: str) -> Any:
        due = channel.model.objects.filter(
            sent_at=None, dead_at=None, not_before__lte=timezone.now()
        )
        return due.order_by("not_before", "id").first()

    delivery._claim = unclaimed


def claim_for_ever() -> None:
    """Never look again at what somebody has begun: a crash loses it."""
    original = delivery._claim

    def kept(channel: Any, now: Any, *gate: str) -> Any:
        row = original(channel, now, *gate)
        if row is not None:
            channel.model.objects.filter(pk=row.pk).update(claimed_until="2999-01-01T00:00:00Z")
        return row

    delivery._claim = kept


def fail_aloud() -> None:
    """Let what is wrong with one row end the whole pass."""

    def bare(channel: Any, row: Any, now: Any) -> bool:
        channel.send(row, now=now)
        row.sent_at, row.claimed_until = now, None
        row.save(update_fields=["sent_at", "claimed_until"])
        return True

    delivery._deliver = bare


def never_give_up() -> None:
    """Try for ever."""
    delivery.MOST_ATTEMPTS = 30_000
    delivery.BACKOFF[:] = delivery.BACKOFF * 3000


def give_up_at_once() -> None:
    """Take a pause of the mail server for a refusal."""
    original = delivery._postpone

    def dead(row: Any, error: str, now: Any, **_said: Any) -> None:
        original(row, error, now, dead=True)

    delivery._postpone = dead


def mark_what_failed() -> None:
    """Mark a mail as sent whatever the mail server said."""

    def marked(row: Any, error: str, now: Any, **_said: Any) -> None:
        row.last_error, row.sent_at = error[:500], now
        row.save(update_fields=["last_error", "sent_at"])

    delivery._postpone = marked


# --- Booking ----------------------------------------------------------------------------------


def check_then_insert() -> None:
    """Look whether a place is free, then take it; the harness drops the constraint."""

    def unlocked(days: Any) -> None:
        (taking._locked_days.get() or set()).update(days)

    original = actions.place

    def slow(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        time.sleep(0.2)

    actions.lock_days = unlocked
    actions.place = slow


def answer_before_commit() -> None:
    """Say yes, and commit a little later."""
    original = actions.or_alternatives

    def hasty(work: Callable[[], Any], wanted: Any, *, now: Any) -> Any:
        if wanted.pk is None:  # a slot that is held only
            return original(work, wanted, now=now)
        tenant, said, done = connection.tenant, [], []

        def slow() -> Any:
            result = work()
            said.append(result)
            time.sleep(0.5)
            return result

        def run() -> None:
            connection.set_tenant(tenant)
            try:
                done.append(original(slow, wanted, now=now))
            except Exception as fault:  # noqa: BLE001 (nobody is left to tell)
                done.append(fault)
            finally:
                connection.close()

        Thread(target=run, daemon=True).start()
        while not said and not done:
            time.sleep(0.005)
        if said:
            return said[0]
        raise done[0]

    actions.or_alternatives = hasty


def outbox_after_commit() -> None:
    """Write the message once the appointment is committed: a crash between the two loses it."""
    original = actions.tell

    def late(email: Any, appointment: Any, **facts: Any) -> None:
        def write() -> None:
            faults.point("after_commit:booking")
            with transaction.atomic():
                original(email, appointment, **facts)

        transaction.on_commit(write)

    actions.tell = late


def refuse_what_is_done() -> None:
    """Commit, then say no."""
    original = actions.confirm

    def liar(**wanted: Any) -> Any:
        booked = original(**wanted)
        if booked.pk % 3 == 0:
            raise actions.HoldLost
        return booked

    actions.confirm = liar


def book_each_press() -> None:
    """Confirm without asking whether it is confirmed: every press leaves its trace."""
    original = actions.record

    def again(held: Any, *args: Any, **kwargs: Any) -> None:
        original(held, *args, **kwargs)
        original(held, *args, **kwargs)

    actions.record = again


# --- Without Valkey ---------------------------------------------------------------------------


def session_in_cache() -> None:
    """Look for sessions in Valkey alone."""
    cached_db.SessionStore._get_session_from_db = lambda _session: None


def limits_fail_open() -> None:
    """Count nothing while Valkey is away."""
    counters._take_in_database = lambda *_args, **_named: "0"


# --- On a full disk ---------------------------------------------------------------------------


def call_it_a_bug() -> None:
    """Show the page of a bug whatever is down."""
    error_views.is_outage = lambda _fault: False


def name_what_is_not_there() -> None:
    """Keep the row of a photo whose file could not be written."""
    original = photos.write_whole

    def careless(*file: Any) -> None:
        with suppress(OSError):
            original(*file)

    photos.write_whole = careless


def develop_on_a_full_disk() -> None:
    """Develop photos without looking whether there is room: what fails is refused for good."""
    photos._has_room = lambda: True


# --- Creation ---------------------------------------------------------------------------------


def never_go_on() -> None:
    """Leave alone what somebody has begun."""
    original = bringing_up._bring_up

    def once(commune: Any, now: Any) -> None:
        if not commune.has_schema:
            original(commune, now)

    bringing_up._bring_up = once


def furnish_again() -> None:
    """Furnish a commune without looking at what is there."""
    original = bringing_up.furnish

    def more(*, now: Any) -> None:
        Site.objects.create(name="Mairie")
        original(now=now)

    bringing_up.furnish = more


def note_without_moving() -> None:
    """Write a step down as done and do nothing."""

    def noted(*, commune: Any, now: Any) -> None:
        Creation.objects.filter(commune=commune).update(moved_at=now)

    creation.move_on = noted


# --- Time -------------------------------------------------------------------------------------


def days_of_24_hours() -> None:
    """Count days back from the instant of the visit, not from its date."""
    presence._midnight = lambda now, *, days: now + timedelta(hours=24 * days)


def one_offset_all_year() -> None:
    """Believe that Paris is always one hour ahead."""
    planning.zone = lambda: timezone.get_fixed_timezone(60)


def forget_who_was_reminded() -> None:
    """Remind at each pass."""
    original = presence.tell

    def forgetful(mail: Any, appointment: Any, **facts: Any) -> None:
        original(mail, appointment, **facts)
        type(appointment).objects.filter(pk=appointment.pk).update(reminded_at=None)

    presence.tell = forgetful


BUGS: dict[str, Callable[[], None]] = fleet_mutants.BUGS | {
    bug.__name__: bug
    for bug in (
        mark_before_send,
        random_message_id,
        no_claim,
        claim_for_ever,
        fail_aloud,
        never_give_up,
        give_up_at_once,
        mark_what_failed,
        check_then_insert,
        answer_before_commit,
        outbox_after_commit,
        refuse_what_is_done,
        book_each_press,
        call_it_a_bug,
        name_what_is_not_there,
        develop_on_a_full_disk,
        session_in_cache,
        limits_fail_open,
        never_go_on,
        furnish_again,
        note_without_moving,
        days_of_24_hours,
        one_offset_all_year,
        forget_who_was_reminded,
    )
}
ELSEWHERE = (
    "new_key",  # in the citizens
    "no_sweep",  # in the scheduler
    "wait_for_nobody",  # in PostgreSQL
)


def put_in(name: str) -> None:
    """Put one bug into this process; nothing for an empty name.

    Raises:
        KeyError: there is no such bug.
    """
    if name and name not in ELSEWHERE:
        BUGS[name]()
