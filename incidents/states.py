"""How a status looks wherever citizens or agents meet it: a tone, an icon and a shape.

A state is always a word, an icon and a colour; on a map its shape differs as well.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from incidents.models.reports import STATUS_WORDS
from incidents.workflow import Status
from parvis.pieces import Tone


Shape = Literal["drop", "diamond", "square", "triangle", "check", "cross"]


@dataclass(frozen=True, slots=True)
class State:
    """The look of a status; ``word`` is in the language of the page."""

    status: Status
    icon: str
    tone: Tone
    shape: Shape

    @property
    def word(self) -> str:
        """Name the status as whoever did not write the report reads it."""
        return str(WORDS_FOR_OTHERS.get(self.status, STATUS_WORDS[self.status]))


S = Status
WORDS_FOR_OTHERS = {S.AWAITING_REPORTER: _("en attente d’une précision")}
LOOKS: dict[Status, tuple[str, Tone, Shape]] = {
    S.RECEIVED: ("inbox", "info", "drop"),
    S.TRIAGE: ("search", "info", "drop"),
    S.AWAITING_REPORTER: ("message-circle-question-mark", "warning", "square"),
    S.ACCEPTED: ("user-check", "info", "diamond"),
    S.PLANNED: ("calendar-check", "info", "diamond"),
    S.IN_PROGRESS: ("hammer", "info", "diamond"),
    S.FORWARDED: ("forward", "warning", "square"),
    S.TRANSFERRED: ("forward", "warning", "square"),
    S.RESOLVED: ("circle-check", "success", "check"),
    S.REJECTED: ("circle-slash", "neutral", "cross"),
    S.DUPLICATE: ("copy", "neutral", "cross"),
    S.REOPENED: ("rotate-ccw", "danger", "triangle"),
    S.CANCELLED: ("circle-x", "neutral", "cross"),
}


def state_of(status: str) -> State:
    """Return the look of a status."""
    known = Status(status)
    return State(known, *LOOKS[known])


LEGEND = [
    state_of(each)
    for each in (S.RECEIVED, S.ACCEPTED, S.FORWARDED, S.REOPENED, S.RESOLVED, S.REJECTED)
]
"""One state for each shape of the map."""
