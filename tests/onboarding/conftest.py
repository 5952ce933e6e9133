"""Counts and stages around the two communes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from onboarding.metrics import COUNTER_SHARE, ONLINE_SHARE, PHONE_SHARE
from onboarding.models import Metric, Onboarding
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
