"""The work that was done: one visit, for one report or several; its time and its cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from incidents.history import locked, noted
from incidents.models import Intervention, Report, ReportEvent, Team
from parvis.errors import DomainError


class Erased(DomainError):
    """What is put right was erased on another screen."""

    message = _("Cette intervention a été effacée entre-temps.")


@dataclass(frozen=True, slots=True)
class Work:
    """What a visit took: when, how long, with what, for how much."""

    done_on: date
    minutes: int = 0
    material: str = ""
    cost_cents: int = 0
    note: str = ""
    team: Team | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not (self.minutes or self.material or self.cost_cents or self.note)


@transaction.atomic
def keep(
    *, reports: Sequence[Report], work: Work, by: Member | None, key: UUID, now: datetime
) -> Intervention:
    """Write down one visit for these reports; the same key again finds the first."""
    locked(reports[0])
    known = Intervention.objects.filter(key=key).first()
    if known is not None:
        return known
    made = Intervention(key=key, by_id=by.user_id if by else None, by_name=by.name if by else "")
    _write(made, work)
    made.reports.set(reports)
    _note(reports, work, by=by, now=now)
    return made


@transaction.atomic
def change(
    *, made: Intervention, reports: Sequence[Report], work: Work, by: Member, now: datetime
) -> None:
    """Write down better what a visit took, and for which reports.

    Raises:
        Erased: somebody has erased it meanwhile.
    """
    if _locked(made) is None:
        raise Erased
    before = set(made.reports.values_list("pk", flat=True))
    _write(made, work)
    made.reports.set(reports)
    _note([each for each in reports if each.pk not in before], work, by=by, now=now)


@transaction.atomic
def erase(*, made: Intervention, by: Member, now: datetime) -> None:
    """Forget a visit that was written down by mistake; that there was one stays known.

    Nothing is left to do when somebody else has just erased it.
    """
    if _locked(made) is None:
        return
    for report in made.reports.all():
        noted(report, ReportEvent.Kind.WORKED, by=by, now=now, words="–", erased=made.pk)
    made.delete()


def _locked(made: Intervention) -> Intervention | None:
    """Keep others from changing a visit until the transaction ends; None when it is gone."""
    return Intervention.objects.select_for_update(of=("self",)).filter(pk=made.pk).first()


def _write(made: Intervention, work: Work) -> None:
    made.done_on, made.minutes, made.material = work.done_on, work.minutes, work.material
    made.cost_cents, made.note, made.team = work.cost_cents, work.note, work.team
    made.save()


def _note(reports: Iterable[Report], work: Work, *, by: Member | None, now: datetime) -> None:
    words = ", ".join(filter(None, [f"{work.minutes} min" if work.minutes else "", work.material]))
    for report in reports:
        noted(report, ReportEvent.Kind.WORKED, by=by, now=now, words=words)
