"""What people think of a session. An answer keeps no trace of who gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError
from training.models import Attendance, SurveyReply, TrainingSession
from training.scores import Score, mean, nps
from training.seating import PARIS


Kind = SurveyReply.Kind
# Five statements from 1 (no) to 4 (yes); whether one recommends it is the sixth question.
QUESTIONS = {
    "useful": _("Ce que j’ai appris me servira."),
    "tomorrow": _("Je saurai m’en servir dès demain."),
    "pace": _("Le rythme me convenait."),
    "heard": _("J’ai pu poser mes questions et dire ce qui gêne."),
    "place": _("Le lieu et l’organisation convenaient."),
}
USES = {
    "booking_page": _("Donner des rendez-vous"),
    "documents": _("Dire quels documents apporter"),
    "reminders": _("Les rappels aux habitants"),
    "reports": _("Traiter des signalements"),
    "figures": _("Regarder nos chiffres"),
    "none": _("Rien pour l’instant"),
}


class AlreadyAnswered(DomainError):
    """Each link answers once."""

    message = _("Vous avez déjà répondu, merci.")
    status = 410


@dataclass(frozen=True, slots=True)
class Results:
    """What a session's answers add up to."""

    count: int
    nps: Score
    means: list[tuple[str, Score]]
    uses: list[tuple[str, Score]]
    verbatims: list[SurveyReply]

    @property
    def is_told(self) -> bool:
        """Whether enough people answered for none to be guessed."""
        return self.nps.is_told


@transaction.atomic
def record(
    *,
    attendance: Attendance,
    kind: Kind,
    scores: Mapping[str, int],
    recommends: int,
    verbatim: str,
    now: datetime,
) -> None:
    """Keep an answer apart from who gave it, and note that her link was used.

    Raises:
        AlreadyAnswered: it was.
    """
    mark = "hot_answered" if kind == Kind.HOT else "cold_answered"
    fresh = Attendance.objects.filter(pk=attendance.pk, **{mark: False})
    if not fresh.update(**{mark: True}):
        raise AlreadyAnswered
    SurveyReply.objects.create(
        session_id=attendance.session_id,
        kind=kind,
        scores=dict(scores),
        recommends=recommends,
        verbatim=verbatim,
        day=now.astimezone(PARIS).date(),
    )


def results(session: TrainingSession, kind: Kind) -> Results:
    """Add up the answers of one session; one query."""
    rows = list(session.survey_replies.filter(kind=kind))
    scores = [row.scores for row in rows]
    asked = QUESTIONS if kind == Kind.HOT else {}
    used = USES if kind == Kind.COLD else {}
    return Results(
        count=len(rows),
        nps=nps(row.recommends for row in rows),
        means=[(str(words), mean(scores, code)) for code, words in asked.items()],
        uses=[
            (str(words), Score(sum(code in row for row in scores), len(rows)))
            for code, words in used.items()
        ],
        verbatims=[row for row in rows if row.verbatim],
    )
