"""What the demo tells of reports."""

import io
import random
from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context
from PIL import Image

from demo import pictures, reports
from incidents.models import (
    Asset,
    Intervention,
    Photo,
    ReplyTemplate,
    Report,
    Round,
    Zone,
)
from incidents.territory import territory
from incidents.workflow import Status
from tests.conftest import NOW


pytestmark = [pytest.mark.django_db, pytest.mark.owner]


@pytest.fixture
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def tell(*, is_shown=True):
    return reports.tell(
        insee_code="33314", pack="bourg", now=NOW, luck=random.Random(33), is_shown=is_shown
    )


@pytest.mark.usefixtures("commune", "_files")
def test_the_first_commune_shows_reports_in_every_state():
    count = tell()

    assert Report.objects.count() > 110
    assert count > 110
    states = set(Report.objects.values_list("status", flat=True))
    assert states >= set(Status) - {Status.TRANSFERRED}
    assert Report.objects.filter(reporters=12).exists()
    assert Report.objects.open().filter(due_at__lt=NOW).exists()
    silent = Report.objects.open().filter(answered_at=None, submitted_at__lt=NOW - timedelta(10))
    assert silent.exists()
    assert not Report.objects.filter(submitted_at__gt=NOW).exists()
    assert not Report.objects.filter(touched_at__gt=NOW).exists()
    ground = territory("33314")
    assert all(ground.holds(each.place) for each in Report.objects.all() if each.place)

    ready = Photo.objects.filter(state=Photo.State.READY)
    assert ready.count() == Photo.objects.count() > 30
    assert set(ready.filter(is_public=True).values_list("stage", flat=True)) == {"before", "after"}

    assert Zone.objects.count() == 4
    assert Asset.objects.count() > 30
    assert ReplyTemplate.objects.count() == 6
    assert Intervention.objects.filter(cost_cents__gt=0).count() > 15
    today, yesterday = Round.objects.order_by("-day")
    assert today.closed_at is None
    assert 3 <= today.stops.filter(done_at=None).count() <= reports.ROUND_STOPS
    assert yesterday.closed_at is not None


@pytest.mark.usefixtures("commune", "_files")
def test_the_other_communes_have_some():
    assert tell(is_shown=False) == Report.objects.count() == 2
    assert not Zone.objects.exists()


def facts():
    known = Report.objects.order_by("submitted_at", "pk")
    return list(known.values_list("category__code", "status", "text", "address", "lat"))


@pytest.mark.usefixtures("_files", "commune")
def test_the_same_seed_and_day_tell_the_same(monkeypatch, other_commune):
    monkeypatch.setattr(reports, "ORDINARY", 12)
    tell()
    first = facts()

    with tenant_context(other_commune):
        tell()
        second = facts()

    assert first == second


@pytest.mark.parametrize("kind", sorted(pictures.SUBJECTS))
def test_every_photo_is_drawn_the_same_each_time_and_otherwise_afterwards(kind):
    before = pictures.draw(kind, seed=1)

    with Image.open(io.BytesIO(before)) as image:
        assert min(image.size) > 800
    assert pictures.draw(kind, seed=1) == before
    assert pictures.draw(kind, seed=2) != before
