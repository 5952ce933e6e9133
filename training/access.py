"""Who keeps the trainings of an association, and which of them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from identity.members import ADMIN, BOOKING_AGENT, DIRECTOR, READER, REFERENT, REPORT_AGENT
from tenants.asked import association_of
from tenants.models import Association, Commune
from training.models import HalfDay, TrainingSession


TEAM = (DIRECTOR, REFERENT)
STAFF = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)


def session_or_404(request: HttpRequest, pk: int) -> TrainingSession:
    """Find a session of this association."""
    known = TrainingSession.objects.select_related("association", "host_commune")
    return get_object_or_404(known, pk=pk, association=association_of(request))


def half_day_or_404(request: HttpRequest, pk: int, number: int) -> HalfDay:
    """Find a half-day of a session of this association."""
    known = HalfDay.objects.select_related("session__association")
    return get_object_or_404(
        known, session_id=pk, number=number, session__association=association_of(request)
    )


def stages() -> list[tuple[str, str]]:
    """List the stages a commune may be at; onboarding says them, and is not imported."""
    onboarding: Any = Commune._meta.get_field("onboardings").related_model  # noqa: SLF001
    return list(onboarding._meta.get_field("stage").choices)  # noqa: SLF001


def communes_at(association: Association, stage: str) -> QuerySet[Commune]:
    """List the communes that are at a stage with some module."""
    members = Commune.objects.real().with_schema().filter(association=association)
    return members.filter(onboardings__stage=stage).distinct()
