"""Say in words when an opening comes back, and on which days: pure but for the language."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import get_language, gettext as _, ngettext

from booking.openings import LAST, OpeningRule, School
from booking.timetable import Timetable
from parvis.typo import DAYS, date_longue, heure


NEXT_SHOWN = 5
LOOKED_AHEAD = 400  # days
ONE_DAY = timedelta(days=1)


def next_days(timetable: Timetable, rule: OpeningRule, *, first: date) -> list[date]:
    """List the next five days on which a rule opens, public and school holidays counted out."""
    found: list[date] = []
    day = first
    while len(found) < NEXT_SHOWN and (day - first).days < LOOKED_AHEAD:
        if (
            rule.recurs_on(day)
            and day not in timetable.holidays
            and rule.goes_with(is_school_holiday=day in timetable.school_holidays)
            and rule.occurrence(day) is not None
        ):
            found.append(day)
        day += ONE_DAY
    return found


def in_words(rule: OpeningRule, *, resources: Sequence[str], services: Sequence[str]) -> str:
    """Write the whole rule as sentences; no ``services`` means all of them."""
    when = _("%(days)s, de %(start)s à %(end)s%(period)s.") % {
        "days": rhythm(rule),
        "start": heure(rule.start, _language()),
        "end": heure(rule.end, _language()),
        "period": period(rule),
    }
    who = _("Reçoivent : %(names)s.") % {"names": ", ".join(resources)} if resources else ""
    what = (
        _("Pour : %(names)s.") % {"names": ", ".join(services)}
        if services
        else _("Pour toutes les démarches.")
    )
    step = ngettext(
        "Un départ possible toutes les %(n)s minute.",
        "Un départ possible toutes les %(n)s minutes.",
        rule.step,
    ) % {"n": rule.step}
    return " ".join(part for part in (when, step, who, what, *limits(rule)) if part)


def rhythm(rule: OpeningRule) -> str:
    """Write "Chaque mardi", "Un mardi sur deux", "Le premier mardi du mois"."""
    day = {"day": weekday_name(rule.weekday)}
    if rule.week_of_month is not None:
        each = {
            1: _("Le premier %(day)s du mois"),
            2: _("Le deuxième %(day)s du mois"),
            3: _("Le troisième %(day)s du mois"),
            4: _("Le quatrième %(day)s du mois"),
            LAST: _("Le dernier %(day)s du mois"),
        }[rule.week_of_month]
        return each % day
    return {
        1: _("Chaque %(day)s"),
        2: _("Un %(day)s sur deux"),
        3: _("Un %(day)s sur trois"),
        4: _("Un %(day)s sur quatre"),
    }[rule.every_weeks] % day


def period(rule: OpeningRule) -> str:
    """Write ", hors vacances scolaires, à partir du …", nothing for a rule of the whole year."""
    parts = {
        School.ALWAYS: "",
        School.TERM: _(", hors vacances scolaires"),
        School.HOLIDAYS: _(", pendant les vacances scolaires"),
    }[rule.school]
    dates = {
        "first": date_longue(rule.valid_from, _language()) if rule.valid_from else "",
        "last": date_longue(rule.valid_to, _language()) if rule.valid_to else "",
    }
    if rule.valid_from and rule.valid_to:
        return parts + _(", du %(first)s au %(last)s") % dates
    if rule.valid_from:
        return parts + _(", à partir du %(first)s") % dates
    return parts + _(", jusqu’au %(last)s") % dates if rule.valid_to else parts


def limits(rule: OpeningRule) -> list[str]:
    """Write what binds those who book online, one sentence each."""
    said = []
    if rule.quota is not None:
        said.append(
            ngettext(
                "Au plus %(n)s rendez-vous en ligne à chaque fois.",
                "Au plus %(n)s rendez-vous en ligne à chaque fois.",
                rule.quota,
            )
            % {"n": rule.quota}
        )
    if rule.release_days is not None:
        at = {"n": rule.release_days, "time": _release(rule)}
        said.append(
            ngettext(
                "Ouvert en ligne %(n)s jour avant%(time)s.",
                "Ouvert en ligne %(n)s jours avant%(time)s.",
                rule.release_days,
            )
            % at
        )
    if rule.residents_days is not None:
        said.append(
            ngettext(
                "Habitants d’abord, jusqu’à %(n)s jour avant.",
                "Habitants d’abord, jusqu’à %(n)s jours avant.",
                rule.residents_days,
            )
            % {"n": rule.residents_days}
        )
    return said


def hours(rule: OpeningRule) -> str:
    """Write "9 h – 12 h"."""
    return f"{heure(rule.start, _language())} – {heure(rule.end, _language())}"


def weekday_name(weekday: int) -> str:
    """Name a day of the week, 0 being Monday."""
    return DAYS["en" if _language().startswith("en") else "fr"][weekday]


def _release(rule: OpeningRule) -> str:
    if rule.release_time is None:
        return ""
    return _(" à %(time)s") % {"time": heure(rule.release_time, _language())}


def _language() -> str:
    return get_language() or "fr"
