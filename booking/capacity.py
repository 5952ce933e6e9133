"""Count how many appointments an ordinary week can hold: pure, no database, clock or settings."""

import dataclasses
from datetime import date

from booking.availability import Question, assign, lightest, masks_for
from booking.bits import ones
from booking.openings import QUANTUM
from booking.timetable import Horizon, Timetable, horizon_of


def week_capacity(timetable: Timetable, question: Question, *, monday: date) -> int:
    """Count the appointments that fit the week of ``monday``, back to back, soonest first.

    The week is taken as an ordinary one of term: public holidays, closures and changed occurrences
    do not count, nor what binds citizens only. A rule of every second week counts in its week.
    """
    ordinary = Timetable(
        zone=timetable.zone,
        openings=tuple(dataclasses.replace(rule, overrides=()) for rule in timetable.openings),
        sites=timetable.sites,
    )
    horizon = horizon_of(monday, 7, timetable.zone)
    return _packed(ordinary, question, horizon)


def day_capacity(timetable: Timetable, question: Question, *, day: date) -> int:
    """Count the appointments that fit a day as it is, with its closures, back to back."""
    return _packed(timetable, question, horizon_of(day, 1, timetable.zone))


def _packed(timetable: Timetable, question: Question, horizon: Horizon) -> int:
    openings = masks_for(timetable, dataclasses.replace(question, online=False), horizon).openings
    before, lasts = question.before // QUANTUM, (question.length + question.after) // QUANTUM
    free_from: dict[int, int] = {}
    load: dict[int, int] = {}
    count, starts = 0, 0
    for fits in openings.values():
        starts |= fits
    for bit in ones(starts):
        while chosen := lightest(
            [
                assign(
                    question.needs,
                    {unit for unit in units if free_from.get(unit, 0) <= bit - before},
                    load,
                )
                for units, fits in openings.items()
                if fits >> bit & 1
            ],
            load,
        ):
            count += 1
            for unit in chosen:
                free_from[unit] = bit + lasts
                load[unit] = load.get(unit, 0) + 1
    return count
