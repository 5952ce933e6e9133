"""Numbers after the booking: corrected by whoever gave them, or refused for good (6.4)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import actions, declaring, emails, moving, topics
from booking.duplicates import refuse_doubled
from booking.events import locked_with_day, tell
from booking.models import Appointment, Participant
from booking.people import two_numbers
from booking.taking import in_one_transaction
from coordination import rules
from coordination.models import Declaration, Rules
from identity.members import Member
from parvis import live
from parvis.errors import DomainError


UNCORRECTED = "numéro refusé"  # a word of the record, as ``presence.UNANSWERED``


class NotNumbered(DomainError):
    """It is over, cancelled, or for something that has no numbers."""

    message = _("Les numéros de ce rendez-vous ne se changent plus. Appelez la mairie.")


def change_numbers(
    *, appointment: Appointment, typed: Sequence[str], by: Member | None, now: datetime
) -> Appointment:
    """Give the persons of an appointment other numbers, in their order; the same changes nothing.

    Each is one number, two parted by a space, or nothing. What was declared of the former ones is
    taken back. An agent (``by``) may give a number that has another appointment.

    Raises:
        NotNumbered: the appointment is not to come, or asks for no numbers.
        AlreadyBooked: one of the numbers has another appointment.
        Busy: the day could not be locked in time.
    """

    def work() -> Appointment:
        current = locked_with_day(appointment)
        is_to_come = current.status == Appointment.Status.BOOKED and current.start > now
        if not is_to_come or not declaring.asks_numbers(current):
            raise NotNumbered
        people = current.coming
        former = [number for each in people for number in each.numbers]
        for each, numbers in zip(people, typed, strict=False):
            each.pre_application, each.other_number = two_numbers(numbers)
        Participant.objects.bulk_update(people, ["pre_application", "other_number"])
        if former == current.numbers:
            return current
        if by is None:
            refuse_doubled(current, now=now)
        current.version += 1
        current.save(update_fields=["version"])
        live.touch(topics.of_appointment(current.pk))
        declaring.declare(current, now=now, former=former)
        return current

    return in_one_transaction(work, now=now)


def ask_for_number(*, declaration: Declaration, now: datetime) -> bool:
    """Write to whoever booked on line that the State refuses a number; once.

    Who was booked by the town hall is for the town hall to call: its page lists the number.
    """
    found = (
        Appointment.objects.filter(
            reference=declaration.appointment,
            status=Appointment.Status.BOOKED,
            channel=Appointment.Channel.ONLINE,
            period__startswith__gt=now,
        )
        .select_related("service", "site")
        .first()
    )
    if found is None:
        return False
    chosen = rules.rules()
    until = rules.deadline(starts_at=found.start, hours=chosen.hours, now=now)

    def work() -> bool:
        if not rules.note_told(declaration=declaration, until=until, now=now):
            return False
        cancels = until is not None and chosen.then == Rules.Then.CANCEL
        tell(emails.number_refused, found, until=until, cancels=cancels)
        return True

    return in_one_transaction(work, now=now)


def end_uncorrected(*, now: datetime) -> int:
    """Take out of their appointments those whose number nobody corrected in time; count them.

    Only where the commune chose so; else they stay on its page. The last one of an appointment
    ends it.
    """
    if rules.rules().then != Rules.Then.CANCEL:
        return 0
    ended = 0
    for row in rules.overdue(now=now):
        person = (
            Participant.objects.numbered([row.number])
            .filter(
                appointment__reference=row.appointment,
                appointment__status=Appointment.Status.BOOKED,
                appointment__channel=Appointment.Channel.ONLINE,
                cancelled_at__isnull=True,
            )
            .select_related("appointment")
            .first()
        )
        if person is None:
            continue
        if len(person.appointment.coming) == 1:
            actions.cancel(appointment=person.appointment, by=None, now=now, reason=UNCORRECTED)
        else:
            moving.remove_person(participant=person, by=None, now=now, is_promised=True)
        ended += 1
    return ended
