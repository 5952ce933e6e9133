"""What the State's platform is answered for 36 and for 535 places: query, time, size."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ants import asking, feed, tokens
from ants.models import AntsToken
from benchmarks.measure import Sheet, alternate, median, percentile
from slots.models import FreeSlotDay, MeetingPoint, SlotKind
from tenants.models import Commune, Domain


FEW, MANY = 36, 535
DAYS, WRITTEN_DAYS = 30, 60
ROUNDS = {FEW: 60, MANY: 25}
TARGET_MS = {FEW: 500, MANY: 3_000}  # contract, 3
MOST_TIMES = 2
A_DAY = 5  # free starts: what is left of a day in a region that is short of them
KINDS = [(reason, n) for reason in asking.REASONS for n in (1, 2, 3)]
# The least that fetches the same rows: the days of these places, and nothing done with them.
BARE = """
SELECT p.id, f.day, f.starts
FROM public.slots_meetingpoint p
JOIN public.slots_slotkind k ON k.commune_id = p.commune_id AND k.reason = 'CNI' AND k.persons = 1
JOIN public.slots_freeslotday f ON f.commune_id = p.commune_id AND f.site = p.site
    AND f.kind_id = k.id AND f.day BETWEEN %(first)s AND %(last)s AND f.n > 0
WHERE p.id = ANY(%(points)s) ORDER BY p.id, f.day
"""


def run(sheet: Sheet) -> None:
    """Ask what the hub asks, as it does, and beside it fetch the same rows."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with _places() as (points, secret):
        for number, count in enumerate((FEW, MANY)):
            _measure(sheet, points[:count], secret, code=1 + 2 * number)


def _measure(sheet: Sheet, points: list[int], secret: str, *, code: int) -> None:
    count, today = len(points), timezone.localdate()
    question = asking.Question(
        points=tuple(points),
        first=today,
        last=today + timedelta(days=DAYS),
        reason="CNI",
        persons=1,
    )
    values = {"points": points, "first": question.first, "last": question.last}
    now = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        rows = feed.read(question)
    assert len(queries) == 1
    text, _counts = feed.write(question, rows, now=now)
    starts = sum(map(len, json.loads(text).values()))
    read, bare = alternate(ROUNDS[count], partial(feed.read, question), partial(_bare, values))
    ratio = median(read) / median(bare)
    sheet.line(
        f"G{code}",
        f"{count} places, {DAYS} days, {len(rows)} rows: read in {median(read):.1f} ms, 1 query;"
        f" the same rows by plain SQL {median(bare):.1f} ms: {ratio:.2f} times (<= {MOST_TIMES})",
        holds=ratio <= MOST_TIMES,
    )
    query = "&".join(f"meeting_point_ids={each}" for each in points)
    path = f"/api/ants/availableTimeSlots?start_date={today}&end_date={question.last}&{query}"
    client = Client(
        headers={"host": "localhost", "x-hub-rdv-auth-token": secret, "accept-encoding": "gzip"}
    )
    packed = client.get(path)
    assert packed.status_code == 200, packed.status_code
    (whole,) = alternate(ROUNDS[count], partial(client.get, path))
    p95 = percentile(whole, 0.95)
    sheet.line(
        f"G{code + 1}",
        f"the whole answer, {starts} starts: p95 {p95:.0f} ms (<= {TARGET_MS[count]}; the hub waits"
        f" 15000), {median(whole) / median(bare):.1f} times the plain SQL; {len(text) / 1000:.0f} kB,"
        f" {len(packed.content) / 1000:.0f} kB packed",
        holds=p95 <= TARGET_MS[count],
    )


def _bare(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, values)
        cursor.fetchall()


@contextmanager
def _places() -> Iterator[tuple[list[int], str]]:
    """Write what so many communes publish of two months, and take it back."""
    connection.set_schema_to_public()
    communes = Commune.objects.bulk_create(
        Commune(
            insee_code=f"9A{number:03d}",
            schema_name=f"c_9a{number:03d}",
            name=f"Mesure {number}",
            slug=f"mesure-9a{number:03d}",
            state=Commune.State.READY,
        )
        for number in range(MANY)
    )
    try:
        Domain.objects.bulk_create(
            Domain(domain=f"{each.slug}.localhost", commune=each, is_primary=True)
            for each in communes
        )
        points = MeetingPoint.objects.bulk_create(
            MeetingPoint(
                commune=each,
                site=1,
                name=each.name,
                city=each.name,
                zip_code="33000",
                latitude=44.8,
                longitude=-0.6,
                reasons=list(asking.REASONS),
                is_active=True,
            )
            for each in communes
        )
        kinds = SlotKind.objects.bulk_create(
            SlotKind(
                service_code=f"local:{each.schema_name}:{reason}",
                reason=reason,
                persons=persons,
                commune=each,
                notice_hours=2,
                horizon_days=WRITTEN_DAYS,
            )
            for each in communes
            for reason, persons in KINDS
        )
        _publish(kinds)
        AntsToken.objects.all().delete()
        _token, secret = tokens.issue(label="Mesure", now=timezone.now())
        yield [point.pk for point in points], secret
    finally:
        AntsToken.objects.filter(label="Mesure").delete()
        tokens.publish()
        Commune.objects.filter(pk__in=[each.pk for each in communes]).delete()


def _publish(kinds: list[SlotKind]) -> None:
    """Write some free starts of every weekday for each kind."""
    luck = random.Random(9)
    today = timezone.localdate()
    days = [today + timedelta(days=n) for n in range(WRITTEN_DAYS)]
    rows = (
        FreeSlotDay(
            commune_id=kind.commune_id,
            site=1,
            kind=kind,
            day=day,
            n=A_DAY,
            starts=sum(1 << bit for bit in luck.sample(range(102, 210, 2), A_DAY)).to_bytes(
                38, "little"
            ),
        )
        for kind in kinds
        for day in days
        if day.weekday() < 5
    )
    FreeSlotDay.objects.bulk_create(rows, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE slots_freeslotday, slots_slotkind, slots_meetingpoint")
