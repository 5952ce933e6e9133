"""What people think of a session. An answer keeps no trace of who gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy as _

from ideas import actions as ideas
from ideas.workflow import Origin
from parvis.errors import DomainError
from parvis.periods import PARIS
from parvis.typo import date_longue
from training.models import Attendance, SurveyReply, TrainingSession
from training.scores import Score, mean, nps


Kind = SurveyReply.Kind
TITLE_MOST = 100
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


class AlreadyAnIdea(DomainError):
    """Each remark becomes one idea."""

    message = _("Cette remarque est déjà une idée.")


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


@transaction.atomic
def suggest(*, reply: SurveyReply, session: TrainingSession, now: datetime) -> None:
    """Make an idea of what somebody said, once; it says where it was said.

    Raises:
        AlreadyAnIdea: it was made.
    """
    held = SurveyReply.objects.select_for_update().get(pk=reply.pk)
    if held.idea_id is not None:
        raise AlreadyAnIdea
    idea = ideas.suggest(
        association=session.association,
        words=ideas.Words(title=_headline(held.verbatim), body=held.verbatim),
        source=ideas.Source(Origin.TRAINING, said_at(session)),
        now=now,
    )
    held.idea_id = idea.pk
    held.save(update_fields=["idea_id"])


def said_at(session: TrainingSession) -> str:
    """Write "dit en formation à Pauillac le mardi 1er décembre 2026"."""
    day = date_longue(session.starts_at.astimezone(PARIS).date(), "fr")
    if session.host_commune is None:
        return gettext("dit en formation le %(day)s") % {"day": day}
    place = session.host_commune.name
    return gettext("dit en formation à %(place)s le %(day)s") % {"place": place, "day": day}


def _headline(text: str) -> str:
    first = text.strip().splitlines()[0]
    return first if len(first) <= TITLE_MOST else f"{first[: TITLE_MOST - 1].rstrip()}…"
