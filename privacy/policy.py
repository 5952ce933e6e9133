"""How long each kind of datum is kept: the one table of the product.

Pure. ``default`` counts from ``trigger``; a commune may choose ``least`` to ``most``, and gives a
reason for more than the default. What cannot be chosen has ``least == default == most``. Months
are those of the calendar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a number of a rule counts."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


class Trigger(StrEnum):
    """What starts the time."""

    HELD = "held"
    APPOINTMENT = "appointment"
    LEFT = "left"
    """Served, gone, or the last day is over."""
    COLLECTED = "collected"
    CLOSED = "closed"
    TYPED = "typed"
    SENT = "sent"
    LOGIN = "login"
    WRITTEN = "written"
    MADE = "made"
    ANSWERED = "answered"
    ENDED = "ended"
    """A training, an invitation."""
    MEMBER = "member"
    """The commune leaves the association."""


class Action(StrEnum):
    """What happens when the time is over."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    """The row stays, for counting, without whoever it was."""
    EMPTY = "empty"
    """Only the words go."""
    DEACTIVATE = "deactivate"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    unit: Unit
    default: int
    trigger: Trigger
    action: Action
    least: int
    most: int

    def __post_init__(self) -> None:
        if not self.least <= self.default <= self.most:
            raise ValueError("A default is between its bounds.")

    @property
    def is_adjustable(self) -> bool:
        """Whether the commune has a choice."""
        return self.least < self.most

    def interval(self, number: int | None = None) -> str:
        """Write a number of it, the default by default, as PostgreSQL reads intervals."""
        return f"{self.default if number is None else number} {self.unit}"

    def allows(self, number: int, *, reason: str) -> bool:
        """Tell whether a commune may choose ``number``."""
        return self.least <= number <= self.most and (number <= self.default or bool(reason))


def _rule(
    kept: str, trigger: Trigger, action: Action, *, bounds: tuple[int, int] = (0, 0)
) -> Rule:
    number, unit = kept.split()
    least, most = bounds if any(bounds) else (int(number), int(number))
    return Rule(Unit(unit), int(number), trigger, action, least, most)


T, A = Trigger, Action
RULES: Mapping[str, Rule] = {
    "hold": _rule("2 hours", T.HELD, A.DELETE),
    "appointment_contact": _rule("3 months", T.APPOINTMENT, A.ANONYMISE, bounds=(1, 24)),
    "pre_application": _rule("7 days", T.APPOINTMENT, A.EMPTY, bounds=(1, 365)),
    "pre_application_missed": _rule("30 days", T.APPOINTMENT, A.EMPTY, bounds=(1, 365)),
    "appointment_words": _rule("7 days", T.APPOINTMENT, A.EMPTY, bounds=(1, 30)),
    "waiting": _rule("7 days", T.LEFT, A.DELETE, bounds=(1, 90)),
    "title": _rule("30 days", T.COLLECTED, A.ANONYMISE, bounds=(1, 365)),
    "hall_ticket": _rule("1 days", T.LEFT, A.EMPTY, bounds=(1, 30)),
    "report_contact": _rule("12 months", T.CLOSED, A.ANONYMISE, bounds=(1, 24)),
    "report_photos": _rule("24 months", T.CLOSED, A.DELETE, bounds=(1, 60)),
    "report_record": _rule("60 months", T.CLOSED, A.DELETE, bounds=(60, 120)),
    "report_cancelled": _rule("12 months", T.CLOSED, A.DELETE),
    "report_abusive": _rule("30 days", T.CLOSED, A.DELETE),
    "report_unconfirmed": _rule("30 days", T.TYPED, A.DELETE),
    "history": _rule("12 months", T.WRITTEN, A.ANONYMISE, bounds=(6, 60)),
    "message_words": _rule("30 days", T.SENT, A.EMPTY),
    "message_choice": _rule("36 months", T.WRITTEN, A.DELETE),
    "message_status": _rule("183 days", T.SENT, A.DELETE),
    "push": _rule("12 months", T.MADE, A.DELETE),
    "import_rows": _rule("30 days", T.MADE, A.EMPTY),
    "archive": _rule("7 days", T.MADE, A.DELETE),
    "data_link": _rule("1 days", T.SENT, A.DELETE),
    "data_request": _rule("12 months", T.ANSWERED, A.ANONYMISE, bounds=(1, 36)),
    "session": _rule("12 hours", T.LOGIN, A.DELETE),
    "invitation": _rule("6 months", T.ENDED, A.DELETE),
    "staff_account": _rule("24 months", T.LOGIN, A.DEACTIVATE),
    "audit": _rule("12 months", T.WRITTEN, A.EMPTY),
    "audit_row": _rule("36 months", T.WRITTEN, A.DELETE),
    "training": _rule("36 months", T.ENDED, A.ANONYMISE),
    "membership": _rule("0 days", T.MEMBER, A.DELETE),
}
"""In the order of the page: what citizens give, then what tells of the staff."""


def spans(chosen: Mapping[str, int]) -> dict[str, str]:
    """Give the interval of every rule, those a commune has chosen instead of the default."""
    return {key: rule.interval(chosen.get(key)) for key, rule in RULES.items()}
