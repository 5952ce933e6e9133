"""One form sent by several hands at the same instant is one report, with its photos once."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from PIL import Image

from incidents.models import Category, Photo, Report, ReportContact
from incidents.submission import Said, submit
from tests.incidents.factories import NOW, QUAY, category


TAPS = 4
KEY = UUID("6f1f3c5e-0000-4000-8000-000000000033")


@pytest.fixture
def photo():
    file = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(file, "JPEG")
    return file.getvalue()


def test_several_taps_at_once_are_one_report_with_its_photos(real_commune, media, photo):
    category()
    barrier = Barrier(TAPS)

    def tap(_number):
        connection.set_tenant(real_commune)
        said = Said(
            key=KEY,
            category=Category.objects.get(),
            text="Un trou.",
            address="Quai Albert-Pichon",
            place=QUAY,
        )
        barrier.wait()
        try:
            return submit(said, [photo, photo], now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(TAPS) as pool:
        sent = list(pool.map(tap, range(TAPS)))

    assert len({each.report.pk for each in sent}) == 1
    assert sum(bool(each.token) for each in sent) == 1
    assert (Report.objects.count(), Photo.objects.count()) == (1, 2)
    assert ReportContact.objects.count() == 1
