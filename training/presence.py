"""Signatures under a half-day: taken at the moment, in the room, once, and never changed.

Whoever signs holds the session, so that no signature is one too many for the room.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity import limits
from identity.limits import Limit
from parvis.db import rejects
from parvis.errors import DomainError
from training import seating
from training.calendar import may_sign
from training.drawings import is_signature
from training.links import pin_of
from training.models import Attendance, HalfDay, Signature, Trainer


GUESSES = Limit("training-pin", 40, timedelta(minutes=10))  # wrong ones, per half-day
Method = Signature.Method


class WrongPin(DomainError):
    """The digits are those of another half-day, or a guess."""

    message = _("Ce n’est pas le code affiché dans la salle. Regardez l’écran du formateur.")


class NotNow(DomainError):
    """One signs during the half-day, not before and not after."""

    message = _("On signe pendant la demi-journée, ni avant ni après.")


class AlreadySigned(DomainError):
    """One signature for each half-day."""

    message = _("Vous avez déjà signé pour cette demi-journée.")


class RoomFull(DomainError):
    """More signatures than people whom the room may hold."""

    message = _("Il y a déjà autant de signatures que la salle peut recevoir de personnes.")


class NotExpected(DomainError):
    """Somebody without a seat does not sign."""

    message = _("Cette personne n’est pas inscrite. Le formateur peut l’ajouter à la liste.")


class NotSigned(DomainError):
    """What was drawn is no signature."""

    message = _("Signez dans le cadre, ou écrivez votre nom et cochez la case.")


@dataclass(frozen=True, slots=True)
class Mark:
    """How somebody signs: by a drawing, else by her typed name and a ticked box."""

    drawing: str = ""
    typed_name: str = ""
    is_ticked: bool = False

    def method(self, name: str) -> Method:
        """Tell which kind it is.

        Raises:
            NotSigned: it is neither.
        """
        if self.drawing:
            if is_signature(self.drawing):
                return Method.DRAWN
        elif self.is_ticked and _folded(self.typed_name) == _folded(name):
            return Method.TYPED
        raise NotSigned


def check_pin(*, half_day: HalfDay, pin: str, now: datetime) -> None:
    """Let whoever sees the screen of the room pass.

    Raises:
        WrongPin: these are not the digits of this half-day.
        NotNow: it is not on.
        identity.limits.TooMany: too many wrong guesses.
    """
    if not may_sign(start=half_day.period.lower, end=half_day.period.upper, now=now):
        raise NotNow
    seat = limits.take(GUESSES, str(half_day.pk), now=now)
    typed = "".join(pin.split()).encode(errors="replace")
    if not compare_digest(typed, pin_of(half_day).encode()):
        raise WrongPin
    limits.release(GUESSES, str(half_day.pk), seat)


@transaction.atomic
def sign(*, half_day: HalfDay, attendance: Attendance, mark: Mark, now: datetime) -> Signature:
    """Take the signature of somebody in the room, whose PIN was checked.

    Raises:
        NotNow: the half-day is not on, or its session is not open.
        NotExpected: she has no seat at this session.
        NotSigned: what she drew is no signature.
        RoomFull: as many signed as the room may hold.
        AlreadySigned: she signed before.
    """
    if not may_sign(start=half_day.period.lower, end=half_day.period.upper, now=now):
        raise NotNow
    _expect(half_day, attendance)
    return _write(half_day, attendance, method=mark.method(attendance.name), now=now, mark=mark)


@transaction.atomic
def note_paper(
    *, half_day: HalfDay, attendance: Attendance, by_name: str, now: datetime
) -> Signature:
    """Note that somebody signed the printed sheet, once the half-day has begun.

    Raises:
        NotNow: it has not begun.
        NotExpected: she has no seat at this session.
        RoomFull: as many signed as the room may hold.
        AlreadySigned: she signed before.
    """
    if now < half_day.period.lower:
        raise NotNow
    _expect(half_day, attendance)
    return _write(half_day, attendance, method=Method.PAPER, now=now, by_name=by_name)


@transaction.atomic
def sign_as_trainer(
    *, half_day: HalfDay, trainer: Trainer, mark: Mark, now: datetime
) -> Signature:
    """Take the signature of the trainer.

    Raises:
        NotNow: the half-day is not on.
        NotExpected: she does not teach it.
        NotSigned: what she drew is no signature.
        AlreadySigned: she signed before.
    """
    if not may_sign(start=half_day.period.lower, end=half_day.period.upper, now=now):
        raise NotNow
    if not half_day.teachings.filter(trainer=trainer, is_off=False).exists():
        raise NotExpected
    with rejects("one_trainer_signature_per_half_day", AlreadySigned):
        return Signature.objects.create(
            half_day=half_day,
            trainer=trainer,
            at=now,
            method=mark.method(trainer.name),
            drawing=mark.drawing,
        )


def _expect(half_day: HalfDay, attendance: Attendance) -> None:
    is_here = attendance.session_id == half_day.session_id
    if not is_here or attendance.state not in Attendance.SEATED:
        raise NotExpected


def _write(
    half_day: HalfDay,
    attendance: Attendance,
    *,
    method: Method,
    now: datetime,
    mark: Mark | None = None,
    by_name: str = "",
) -> Signature:
    session = seating.locked(half_day.session)
    if session.status not in {session.Status.OPEN, session.Status.DONE}:
        raise NotNow
    people = half_day.signatures.filter(attendance__isnull=False)
    if people.filter(attendance=attendance).exists():
        raise AlreadySigned
    if session.room_capacity is not None and people.count() >= session.room_capacity:
        raise RoomFull
    with rejects("one_signature_per_half_day", AlreadySigned):
        signature = Signature.objects.create(
            half_day=half_day,
            attendance=attendance,
            at=now,
            method=method,
            drawing=mark.drawing if mark else "",
            noted_by=by_name,
        )
    if attendance.state == Attendance.State.ABSENT:  # a sheet that comes in late
        attendance.state = Attendance.State.ATTENDED
        attendance.save(update_fields=["state"])
    return signature


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
