"""Counts and stages around the two communes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ideas.models import Idea
from onboarding.metrics import COUNTER_SHARE, ONLINE_SHARE, PHONE_SHARE
from onboarding.models import (
    Contact,
    ExistingSolution,
    Interaction,
    Metric,
    Obstacle,
    Onboarding,
    StageEvent,
    Task,
)
from onboarding.stages import Module, Stage
from tenants.models import Association, Commune
from tests.conftest import login_as, owner


@pytest.fixture
def publish() -> Callable[..., None]:
    """Write a day's counts of a commune: ``publish(commune, day, online=8, phone=2)``."""

    def inner(commune: Commune, day: date, *, online: int, phone: int = 0, counter: int = 0):
        total = online + phone + counter
        counts = {ONLINE_SHARE: online, PHONE_SHARE: phone, COUNTER_SHARE: counter}
        with owner():
            for code, num in counts.items():
                Metric.objects.create(
                    commune=commune,
                    module=Module.BOOKING,
                    code=code,
                    period_kind="day",
                    period=day,
                    num=num,
                    den=total,
                )

    return inner


@pytest.fixture
def at_stage(now) -> Callable[..., Onboarding]:
    """Put a commune, equipped by that, at a stage."""

    def inner(commune: Commune, stage: Stage, *, reason: str = "", days: int = 10) -> Onboarding:
        with owner():
            Commune.objects.filter(pk=commune.pk).update(station_count=2)
            return Onboarding.objects.create(
                commune=commune,
                module=Module.BOOKING,
                stage=stage,
                reason_code=reason,
                since=now - timedelta(days=days),
            )

    return inner


@pytest.fixture
def many_communes(association: Association) -> Callable[[int], list[Commune]]:
    """List more equipped members."""

    def inner(count: int) -> list[Commune]:
        with owner():
            return Commune.objects.bulk_create(
                Commune(
                    insee_code=f"33{number:03}",
                    schema_name=f"c_33{number:03}",
                    name=f"Essai {number}",
                    slug=f"essai-{number}",
                    station_count=1,
                    association=association,
                )
                for number in range(900, 900 + count)
            )

    return inner


@pytest.fixture
def director(host_client, make_user, association) -> Client:
    """A browser of the association's director."""
    site = f"association:{association.pk}"
    return login_as(host_client("gironde.localhost"), make_user("director"), site=site)


@pytest.fixture
def known(now, association) -> Callable[..., None]:
    """Write everything that may be known of a commune."""

    def inner(commune: Commune) -> None:
        with owner():
            today = timezone.localdate()
            idea, _new = Idea.objects.get_or_create(
                association=association, title="Portail famille", defaults={"created_at": now}
            )
            contact = Contact.objects.create(
                commune=commune, name="Ana Lacoste", phone="05 56 00 00 00", is_main=True
            )
            Interaction.objects.create(
                commune=commune, kind="call", on=today, contact=contact, text="Elle y réfléchit."
            )
            Obstacle.objects.create(
                commune=commune,
                module=Module.BOOKING,
                reason_code="has_solution",
                detail="Lié au portail.",
                idea=idea,
                noted_at=now,
            )
            ExistingSolution.objects.create(
                commune=commune,
                module=Module.BOOKING,
                vendor="Agendia",
                contract_end=today + timedelta(days=60),
                mode=1,
            )
            for number in range(2):
                Task.objects.create(
                    commune=commune,
                    title=f"Rappeler {number}",
                    due=today - timedelta(days=number),
                )
            Task.objects.create(
                commune=commune,
                rule="window",
                module=Module.BOOKING,
                due=today,
                about=today,
                key=f"window:{commune.pk}",
            )
            onboarding = Onboarding.objects.filter(commune=commune).first()
            if onboarding:
                StageEvent.objects.create(
                    onboarding=onboarding,
                    from_stage="prospect",
                    to_stage=onboarding.stage,
                    at=now,
                    evidence="Vue le 3",
                )

    return inner
