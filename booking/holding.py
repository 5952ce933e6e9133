"""A slot held while a citizen types: keep it longer, keep what she typed, forget it in time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from booking import planning
from booking.models import Allocation, Appointment, Participant
from booking.people import two_numbers
from booking.refusals import AlreadyExtended, HoldLost
from booking.taking import forget_expired_holds, in_one_transaction, lock_days


FORGET_HOLDS_AFTER = timedelta(hours=2)  # what was typed and never confirmed is erased then


def extend_hold(*, appointment: Appointment, now: datetime) -> Appointment:
    """Keep the slot as long again, once (RGAA 13.1).

    Raises:
        AlreadyExtended: it has been done before.
        HoldLost: the time is over, or the appointment is confirmed.
    """
    plan = planning.current_plan(appointment.start.year)

    def work() -> Appointment:
        lock_days([planning.local_day(appointment.start)])
        current = (
            Appointment.objects.select_related("service", "site").filter(pk=appointment.pk).first()
        )
        if current is None:
            raise HoldLost
        if current.extended:
            raise AlreadyExtended
        until = (current.held_until or now) + plan.hold
        kept = current.allocations.filter(state=Allocation.State.HOLD, expires_at__gt=now).update(
            expires_at=until
        )
        if not kept:
            raise HoldLost
        current.held_until = until
        current.extended = True
        current.save(update_fields=["held_until", "extended"])
        return current

    return in_one_transaction(work, now=now)


@transaction.atomic
def keep_details(  # noqa: PLR0913 - keyword-only: all that is typed
    *,
    appointment: Appointment,
    name: str,
    email: str,
    phone: str,
    people: Sequence[tuple[str, str]] = (),
    from_commune: str = "",
    identity_checked_at: datetime | None = None,
) -> Appointment:
    """Keep what the citizen typed, with the slot held for her.

    ``from_commune`` is the INSEE code of hers, where she was asked.
    ``identity_checked_at`` is when FranceConnect gave this very name.
    ``people`` gives the name and the pre-application numbers of each person, in their order;
    two numbers are parted by a space.

    Raises:
        HoldLost: the appointment is confirmed, or forgotten.
    """
    changed = Appointment.objects.filter(pk=appointment.pk, status=Appointment.Status.HELD).update(
        name=name,
        email=email,
        phone=phone,
        from_commune=from_commune,
        identity_checked_at=identity_checked_at,
    )
    if not changed:
        raise HoldLost
    coming = list(Participant.objects.filter(appointment=appointment))
    for each, (its_name, numbers) in zip(coming, people, strict=False):
        each.name = its_name
        each.pre_application, each.other_number = two_numbers(numbers)
    Participant.objects.bulk_update(coming, ["name", "pre_application", "other_number"])
    appointment.refresh_from_db()
    return appointment


def give_back(*, appointment: Appointment, now: datetime) -> None:
    """Forget a slot that was held and will not be confirmed; nothing where it was."""

    def work() -> None:
        lock_days([planning.local_day(appointment.start)])
        Appointment.objects.filter(pk=appointment.pk, status=Appointment.Status.HELD).delete()

    in_one_transaction(work, now=now)


def release_expired(*, now: datetime) -> int:
    """Free the slots nobody confirmed in time and count them; forget old unfinished bookings."""
    late = Allocation.objects.filter(state=Allocation.State.HOLD, expires_at__lte=now)
    freed = 0
    for day in {planning.local_day(start) for start in late.values_list("start_at", flat=True)}:
        freed += in_one_transaction(partial(_free_expired, day, now=now), now=now)
    Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__lte=now - FORGET_HOLDS_AFTER
    ).delete()
    return freed


def _free_expired(day: date, *, now: datetime) -> int:
    lock_days([day])
    return forget_expired_holds(day, zone=planning.zone(), now=now)
