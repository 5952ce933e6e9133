"""A body or a company that keeps silent about what it was given is chased, three times at most.

Silent: it has neither moved the report, nor taken note of it, nor written, since it was given or
last chased. Working days are those of the commune. Running twice chases once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy

from identity.members import Member
from incidents import emails
from incidents.calendar import current_commune, days_off, zone
from incidents.deadlines import Promise, Unit, due_at
from incidents.history import locked, noted
from incidents.models import Handler, Message, Report, ReportEvent, StatusChange
from incidents.workflow import Status
from parvis.errors import DomainError


SILENT_DAYS = 5
TIMES_MOST = 3
LOOKED_AT_MOST = 200  # in one run; the next one goes on
OUTSIDE = (Handler.Kind.BODY, Handler.Kind.CONTRACTOR)
WITH_PARTNER = (Status.FORWARDED, Status.PLANNED, Status.IN_PROGRESS)


class NotWithPartner(DomainError):
    """Nobody outside has it, or nobody knows where to write."""

    message = gettext_lazy("Ce signalement n’est chez aucun organisme que l’on peut relancer.")


class ChasedEnough(DomainError):
    """A fourth letter would not change anything: call."""

    message = gettext_lazy("Déjà relancé trois fois. Mieux vaut appeler, ou reprendre la main.")


def is_with_partner(report: Report) -> bool:
    """Tell whether another body or a company has a report, and can be written to."""
    handler = report.handler
    is_theirs = handler is not None and handler.kind in OUTSIDE and bool(handler.email)
    return is_theirs and report.status in WITH_PARTNER


@transaction.atomic
def chase(*, report: Report, by: Member | None, now: datetime) -> None:
    """Write again to whoever was given a report; ``by`` is None when it happens by itself.

    Raises:
        NotWithPartner: nobody outside has it.
        ChasedEnough: it was chased three times since it was given.
    """
    current = locked(report)
    handler = current.handler
    if handler is None or not is_with_partner(current):
        raise NotWithPartner
    given = current.changes.filter(after=Status.FORWARDED).last()
    chased = current.events.filter(kind=ReportEvent.Kind.CHASED)
    count = chased.filter(at__gte=given.at).count() if given else chased.count()
    if count >= TIMES_MOST:
        raise ChasedEnough
    current.version += 1
    current.touched_at = now
    current.save(update_fields=["version", "touched_at"])
    words = f"{handler.name} ({count + 1})"
    noted(current, ReportEvent.Kind.CHASED, by=by, now=now, words=words)
    with translation.override("fr"):
        text = _("Rappel : nous n’avons pas encore de nouvelles de ce signalement.")
    emails.send([emails.to_partner(current, handler, current_commune(), text=text)])


def chase_silent(*, now: datetime) -> int:
    """Chase those who have said nothing for five working days; return how many."""
    limit = Promise(SILENT_DAYS, Unit.WORKING_DAYS)
    local, off = zone(), days_off(now.year - 1)
    count = 0
    for report in _silent(before=now - timedelta(days=SILENT_DAYS))[:LOOKED_AT_MOST]:
        last = report.last_word  # type: ignore[attr-defined]
        if due_at(limit, start=last, zone=local, off=off) <= now:
            count += _chase_if_silent(report, now=now)
    return count


@transaction.atomic
def _chase_if_silent(report: Report, *, now: datetime) -> int:
    """Chase once nobody else can answer, take back or chase; the row's lock keeps others out."""
    locked(report)
    before = now - timedelta(days=SILENT_DAYS)
    if not _silent(before=before).filter(pk=report.pk).exists():
        return 0
    try:
        chase(report=report, by=None, now=now)
    except (ChasedEnough, NotWithPartner):  # its address was taken away meanwhile
        return 0
    return 1


def _silent(*, before: datetime) -> QuerySet[Report]:
    """Find those whose partner has said nothing since they were given, or last chased.

    Those chased often enough are left out: they would keep the others from being looked at.
    """
    given = StatusChange.objects.filter(report=OuterRef("pk"), after=Status.FORWARDED)
    chased = ReportEvent.objects.filter(report=OuterRef("pk"), kind=ReportEvent.Kind.CHASED)
    seen = ReportEvent.objects.filter(
        report=OuterRef("pk"), kind=ReportEvent.Kind.SEEN, at__gte=OuterRef("given_at")
    )
    said = Message.objects.filter(
        report=OuterRef("pk"), author=Message.Author.PARTNER, at__gte=OuterRef("given_at")
    )
    enough = chased.filter(at__gte=OuterRef("given_at")).order_by("at")[TIMES_MOST - 1 :]
    reports: QuerySet[Report] = (
        Report.objects.filter(status=Status.FORWARDED, handler__kind__in=OUTSIDE)
        .exclude(handler__email="")
        .annotate(
            given_at=Subquery(
                given.order_by("-at").values("at")[:1], output_field=DateTimeField()
            ),
            chased_at=Subquery(
                chased.order_by("-at").values("at")[:1], output_field=DateTimeField()
            ),
        )
        .annotate(last_word=Greatest("given_at", "chased_at"))
        .filter(~Exists(seen), ~Exists(said), ~Exists(enough), last_word__lte=before)
        .order_by("last_word", "pk")
    )
    return reports
