"""What a demo runs in place of the State, and the story it tells it."""

import pytest
from django.utils import timezone

from coordination.client import Line
from coordination.models import Declaration, Meeting
from demo import numbers
from parvis.stand_ins import coordination
from tests.coordination.conftest import held
from tests.coordination.test_numbering import booked


NUMBER = "A123456789"


def test_a_demo_has_its_own_state_which_remembers(tmp_path, monkeypatch):
    monkeypatch.delenv("PARVIS_COORDINATION_URL", raising=False)
    for start in range(2):
        with coordination(tmp_path) as ((child,), known):
            line = Line(known["PARVIS_COORDINATION_URL"], known["PARVIS_COORDINATION_TOKEN"])
            if start == 0:
                line.declare(NUMBER, held())
            assert len(line.status([NUMBER])[NUMBER].appointments) == 1
        assert not child.is_running()


def test_a_demo_that_is_told_of_another_one_starts_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PARVIS_COORDINATION_URL", "http://127.0.0.1:9")

    with coordination(tmp_path) as (children, known):
        assert (children, known) == ([], {})


@pytest.mark.django_db
def test_the_page_of_the_demo_shows_what_the_state_answered(service, state, commune):
    for number in range(6):
        booked(service, f"B{number}23456789", after=4 + number)
    Declaration.objects.all().delete()

    numbers.tell(commune=commune, now=timezone.now())

    states = dict(Declaration.objects.values_list("number", "state"))
    assert [states[each] for each in numbers.STORY] == ["refused", "failed", "waiting"]
    assert sorted(states.values()).count("done") == 3
    assert Meeting.objects.get().count == 1
