"""An answer given on a commune's site: it is written here, and taken in public in a moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from identity.members import Member
from parvis.deferred import defer_to
from parvis.guard import PUBLIC
from tenants.models import Commune
from training.models import Attendance, Reply, TrainingSession
from training.seating import AnswersClosed, Wish


@dataclass(frozen=True, slots=True)
class Line:
    """A session as the people of a commune see it in a list."""

    session: TrainingSession
    mine: Attendance | None
    colleagues: list[Attendance]
    is_pending: bool
    refusal: str

    @classmethod
    def of(
        cls, session: TrainingSession, people: list[Attendance], reply: Reply | None, email: str
    ) -> "Line":
        """Put together who comes and what was answered last."""
        mine = next((each for each in people if each.email == email.lower()), None)
        return cls(
            session=session,
            mine=mine,
            colleagues=[each for each in people if each.state in {"registered", "waitlisted"}],
            is_pending=reply is not None and reply.taken_at is None,
            refusal=reply.refusal if reply else "",
        )


@transaction.atomic
def give(
    *, session: TrainingSession, commune: Commune, who: Member, wish: Wish, now: datetime
) -> Reply:
    """Write an answer down, and have it taken.

    Raises:
        AnswersClosed: the session has begun, or does not take place.
    """
    if not session.is_open or session.starts_at <= now:
        raise AnswersClosed
    reply = Reply.objects.create(
        session=session,
        commune=commune,
        user_id=who.user_id,
        name=who.name,
        email=who.email.lower(),
        is_coming=wish.is_coming,
        accessibility=wish.accessibility,
        wants_lunch=wish.wants_lunch,
        carpool=wish.carpool,
        carpool_from=wish.carpool_from,
    )
    defer_to(PUBLIC, "training.take_replies")
    return reply
