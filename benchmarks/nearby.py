"""The earliest start of 535 communes: the shared table, its bare SQL, and each schema in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from benchmarks.measure import Sheet, alternate, median, percentile
from benchmarks.world import configure, fill
from booking import places, planning, read_model
from booking.models import Service
from nearby import opendata
from slots.registry import follow_communes
from slots.search import Wish, search
from tenants.models import Association, Commune
from tenants.provisioning import drop, ensure_template, provision


MANY, REAL = 535, 24  # communes in the shared tables; those that have a schema to be asked
ROUNDS, SLOW_ROUNDS = 40, 2
DAYS, VISITS = 45, 60
FASTER, MOST_TIMES = 100, 5
COPIES = """
CREATE TEMPORARY TABLE pairs AS SELECT * FROM unnest(%(new)s::bigint[], %(old)s::bigint[])
    AS p(new, old);
INSERT INTO public.slots_slotkind
    (service_code, reason, persons, channel, commune_id, notice_hours, horizon_days)
SELECT 'local:' || c.schema_name || ':' || split_part(k.service_code, ':', 3), k.reason,
    k.persons, k.channel, p.new, k.notice_hours, k.horizon_days
FROM pairs p JOIN public.slots_slotkind k ON k.commune_id = p.old
JOIN public.tenants_commune c ON c.id = p.new;
INSERT INTO public.slots_offeredservice (commune_id, number, code, reason, key, name, name_en)
SELECT p.new, s.number, 'local:' || c.schema_name || ':' || s.number, s.reason, s.key, s.name, ''
FROM pairs p JOIN public.slots_offeredservice s ON s.commune_id = p.old
JOIN public.tenants_commune c ON c.id = p.new;
INSERT INTO public.slots_meetingpoint (commune_id, site, name, street, zip_code, city, latitude,
    longitude, ugf, reasons, is_open, is_active)
SELECT p.new, m.site, m.name, m.street, m.zip_code, m.city, m.latitude, m.longitude, '',
    m.reasons, m.is_open, m.is_active
FROM pairs p JOIN public.slots_meetingpoint m ON m.commune_id = p.old;
INSERT INTO public.slots_freeslotday
    (commune_id, site, kind_id, day, first_start, n, starts, version, stale_at)
SELECT p.new, f.site, n.id, f.day, f.first_start, f.n, f.starts, 1, f.stale_at
FROM pairs p JOIN public.slots_freeslotday f ON f.commune_id = p.old
JOIN public.slots_slotkind k ON k.id = f.kind_id
JOIN public.slots_slotkind n ON n.commune_id = p.new AND n.reason = k.reason
    AND n.persons = k.persons;
DROP TABLE pairs
"""
SLUG = "mesure-creneaux"
WISH = Wish(reasons=("CNI",))
# The least that answers the question: one probe of the primary key for each place.
BARE = """
SELECT k.commune_id, f.day, f.first_start
FROM public.slots_slotkind k
JOIN public.slots_meetingpoint m ON m.commune_id = k.commune_id AND m.is_active
CROSS JOIN LATERAL (
    SELECT day, first_start FROM public.slots_freeslotday x
    WHERE x.commune_id = k.commune_id AND x.site = m.site AND x.kind_id = k.id
        AND x.day >= %(today)s AND x.n > 0 AND x.first_start >= %(now)s
    ORDER BY x.day LIMIT 1) f
WHERE k.reason = 'CNI' AND k.persons = 1 AND k.channel = 'online'
"""


def run(sheet: Sheet) -> None:
    """Compare what a search reads with what it would take to ask everybody."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with _communes() as communes:
        now = timezone.now()
        connection.set_schema_to_public()
        search(WISH, now=now)
        with CaptureQueriesContext(connection) as queries:
            found = search(WISH, now=now)
        told = {each.commune_id: each.first for each in found}
        real = communes[:REAL]
        alone = _ask_each(real, now=now)
        wrong = [pk for pk, first in alone.items() if told.get(pk) != first]
        sheet.line(
            "N1",
            f"earliest start of {len(communes)} communes: {len(queries)} query;"
            f" of the {len(real)} with a schema, {len(wrong)} say something else themselves",
            holds=len(queries) == 1 and not wrong and len(told) == len(communes),
        )
        values = {"now": now, "today": timezone.localdate(now)}
        ours, bare = alternate(ROUNDS, partial(search, WISH, now=now), partial(_bare, values))
        in_turn = [real[number % len(real)] for number in range(len(communes))]
        (each,) = alternate(SLOW_ROUNDS, partial(_ask_each, in_turn, now=now), warm_up=1)
        connection.set_schema_to_public()
        gain, cost = median(each) / median(ours), median(ours) / median(bare)
        sheet.line(
            "N2",
            f"search {median(ours):.1f} ms; asking a schema {len(in_turn)} times in turn"
            f" {median(each):.0f} ms: {gain:.0f} times faster (>= {FASTER})",
            holds=gain >= FASTER,
        )
        sheet.line(
            "N3",
            f"the bare query {median(bare):.1f} ms: {cost:.1f} times (<= {MOST_TIMES})",
            holds=cost <= MOST_TIMES,
        )
        _pages(sheet, bare)


def _pages(sheet: Sheet, bare: list[float]) -> None:
    """Say what the page and the open data cost, cold."""
    client = Client(HTTP_HOST="localhost")
    page, table = alternate(
        ROUNDS,
        lambda: _read(client, "/trouver/?titres=CNI"),
        lambda: opendata.rows(association=None, now=timezone.now()),
    )
    sheet.line(
        "N4",
        f"page of the soonest p95 {percentile(page, 0.95):.0f} ms, all open data"
        f" {median(table):.0f} ms: {median(table) / median(bare):.0f} times the bare query",
    )


def _read(client: Client, path: str) -> None:
    answer = client.get(path, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 200, answer.status_code


def _bare(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, values)
        cursor.fetchall()


def _ask_each(communes: list[Commune], *, now: datetime) -> dict[int, datetime | None]:
    """Open each schema and compute its own answer, as a search without the shared table would."""
    found = {}
    for commune in communes:
        connection.set_tenant(commune)
        service = Service.objects.get(titles="CNI")
        free = planning.free(
            service=service,
            persons=1,
            first=planning.local_day(now),
            days=service.horizon_days + 1,
            now=now,
            online=True,
        )
        found[commune.pk] = free.first()
    return found


@contextmanager
def _communes() -> Iterator[list[Commune]]:
    """List so many communes, some with a schema, a counter and visits; then nothing.

    The others have the rows of the former: that asking goes round among few is in its favour.
    """
    connection.set_schema_to_public()
    association = Association.objects.create(
        name="Mesure", short_name="Mesure", slug=SLUG, departments=["9b"]
    )
    template = ensure_template()
    communes = Commune.objects.bulk_create(
        Commune(
            insee_code=f"9B{number:03d}",
            schema_name=f"c_9b{number:03d}",
            name=f"Mesure {number}",
            slug=f"mesure-9b{number:03d}",
            state=Commune.State.READY,
            association=association,
        )
        for number in range(MANY)
    )
    try:
        for number, commune in enumerate(communes[:REAL]):
            provision(commune.schema_name, template=template)
            with schema_context(commune.schema_name):
                _furnish(seed=number)
        follow_communes()
        new, old = communes[REAL:], communes[:REAL]
        pairs = {
            "new": [each.pk for each in new],
            "old": [old[number % REAL].pk for number, _each in enumerate(new)],
        }
        with connection.cursor() as cursor:
            for statement in COPIES.split(";\n"):
                cursor.execute(statement, pairs if "%(new)s" in statement else None)
            cursor.execute("ANALYZE slots_freeslotday, slots_slotkind, slots_meetingpoint")
            cursor.execute("ANALYZE slots_offeredservice, tenants_commune")
        yield communes
    finally:
        connection.set_schema_to_public()
        for commune in communes[:REAL]:
            drop(commune.schema_name)
        Commune.objects.filter(association=association).delete()
        association.delete()


def _furnish(*, seed: int) -> None:
    service = configure(1)
    service.horizon_days, service.minutes, service.notice_hours = DAYS, [20, 30], 2
    service.save()
    places.publish()
    today = timezone.localdate()
    fill(service, VISITS + seed % 40, first=today, days=DAYS)
    read_model.refresh_all(now=timezone.now())
