"""Write what the State is to know, in the transaction of the fact that it follows from.

The outbox of section 6.2: nothing is called here. A rolled-back booking leaves no wish, a wish
that repeats the last one adds nothing, and a woken task or the sweep of each minute does the rest.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from coordination.client import Held
from coordination.models import Declaration
from parvis.deferred import defer


TASK = "coordination.sync"


def write(  # noqa: PLR0913 (all of one fact)
    *,
    appointment: str,
    version: int,
    starts_at: datetime,
    wanted: Mapping[str, Held],
    numbers: Collection[str],
    now: datetime,
    is_new: bool = False,
    statuses: Mapping[str, str] | None = None,
) -> int:
    """Wish each number of ``wanted`` declared as told there, and forgotten the other ``numbers``.

    One row for each distinct number. What is wished already is not wished again. A number that
    was never told to the State needs no forgetting. ``is_new`` says that nothing was ever wished
    about the appointment; ``statuses`` what the State said of the numbers a moment ago. Returns
    how many wishes were written.
    """
    last = {} if is_new else _last(appointment, numbers)
    rows = []
    for number in sorted({*wanted, *numbers}):
        held, before = wanted.get(number), last.get(number)
        if (before is None and held is None) or (before and _says(before, held)):
            continue
        rows.append(
            Declaration(
                appointment=appointment,
                number=number,
                version=max(version, before.version + 1 if before else 1),
                is_wanted=held is not None,
                starts_at=starts_at,
                status=(statuses or {}).get(number, ""),
                due_at=now,
                **(_words(held) if held else _words_of(before)),
            )
        )
    if not rows:
        return 0
    if last:
        Declaration.objects.current().filter(
            appointment=appointment, number__in=[each.number for each in rows]
        ).update(state=Declaration.State.REPLACED)
    for each in Declaration.objects.bulk_create(rows):
        defer(TASK, declaration_id=each.pk)
    return len(rows)


def wish_again(*, declaration: Declaration, now: datetime) -> bool:
    """Try once more what failed, at once; False when there is nothing to try any more."""
    changed = Declaration.objects.filter(
        pk=declaration.pk, state__in=[Declaration.State.FAILED, Declaration.State.REFUSED]
    ).update(
        state=Declaration.State.WAITING, attempts=0, due_at=now, told_at=None, correct_by=None
    )
    if changed:
        defer(TASK, declaration_id=declaration.pk)
    return bool(changed)


def held_of(row: Declaration) -> Held:
    """Return the appointment as the State is to hold it."""
    return Held(row.management_url, row.meeting_point, row.meeting_point_id, row.appointment_date)


def _last(appointment: str, numbers: Collection[str]) -> dict[str, Declaration]:
    rows = Declaration.objects.current().filter(appointment=appointment, number__in=numbers)
    return {each.number: each for each in rows.order_by("version", "pk")}


def _says(row: Declaration, held: Held | None) -> bool:
    """Tell whether a row wishes this already."""
    return (held_of(row) == held) if row.is_wanted else held is None


def _words(held: Held) -> dict[str, Any]:
    return {
        "management_url": held.management_url,
        "meeting_point": held.meeting_point,
        "meeting_point_id": held.meeting_point_id,
        "appointment_date": held.appointment_date,
    }


def _words_of(row: Declaration | None) -> dict[str, Any]:
    """Keep the words last declared with the wish to forget them."""
    return _words(held_of(row)) if row else {}
