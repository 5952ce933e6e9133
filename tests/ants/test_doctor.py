"""What the doctor says of the State's platform."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ants import tokens
from ants.models import HubCall
from parvis.doctor import Level
from parvis.doctor_hub import Hub, check_hub
from tenants.management.commands.doctor import _hub


NOW = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("hub", "level", "word"),
    [
        (Hub(has_token=False), Level.OK, "Aucun jeton"),
        (Hub(has_token=True), Level.WARNING, "n’a rien demandé"),
        (Hub(has_token=True, called_at=NOW - 37 * HOUR), Level.WARNING, "n’a rien demandé"),
        (Hub(has_token=True, called_at=NOW, fault_at=NOW - HOUR), Level.WARNING, "réponse vide"),
        (Hub(has_token=True, called_at=NOW, fault_at=NOW - 2 * DAY), Level.OK, "Dernier appel"),
        (Hub(has_token=True, called_at=NOW, ends_at=NOW + DAY), Level.WARNING, "s’arrête le"),
        (Hub(has_token=True, called_at=NOW, ends_at=NOW + 90 * DAY), Level.OK, "Dernier appel"),
    ],
)
def test_silence_faults_and_the_end_of_tokens_are_told(hub, level, word):
    found = check_hub(hub, now=NOW)

    assert found.level is level
    assert word in found.sentence
    assert bool(found.remedy) == (level is Level.WARNING)


@pytest.mark.django_db
@pytest.mark.public
def test_what_is_known_is_read_in_the_public_tables():
    assert _hub(NOW) == Hub(has_token=False)
    tokens.issue(label="Un", now=NOW, until=NOW + DAY)
    HubCall.objects.create(endpoint="points", at=NOW)
    HubCall.objects.create(endpoint="fault", at=NOW - DAY)

    assert _hub(NOW) == Hub(has_token=True, called_at=NOW, fault_at=NOW - DAY, ends_at=NOW + DAY)
    tokens.issue(label="Deux", now=NOW)
    assert _hub(NOW).ends_at is None
