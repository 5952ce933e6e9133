"""The association's dashboard, whole, for many communes: queries, time, and its bare SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

from benchmarks.measure import Sheet, alternate, median, percentile
from onboarding.models import Onboarding
from onboarding.stages import Module, Stage
from tenants import hosts
from tenants.models import Association, Commune, Membership, User


FEW, MANY = 36, 535
ROUNDS = 40
MOST_TIMES = 3
SLUG = "mesure-tableau"
CODES = ("online_share", "phone_share", "counter_share", "no_show_rate", "fill_rate", "inc_sla")
STATES = ("first_slot_days", "staff_active", "inc_silent", "stations_closed")
FILL = """
INSERT INTO onboarding_metric
    (commune_id, module, code, period_kind, period, num, den, def_version, computed_at)
SELECT c.id, 'booking', code, 'month', (date_trunc('month', %(today)s::date)
        - make_interval(months => n))::date, 60 + (c.id + n) %% 30, 100, 1, now()
FROM tenants_commune c, unnest(%(codes)s::text[]) code, generate_series(0, 11) n
WHERE c.association_id = %(association)s
UNION ALL
SELECT c.id, 'booking', code, 'day', %(today)s::date - n, 4 + (c.id + n) %% 3, 8, 1, now()
FROM tenants_commune c, unnest(%(codes)s::text[]) code, generate_series(0, 55) n
WHERE c.association_id = %(association)s
UNION ALL
SELECT c.id, 'booking', code, 'day', %(today)s::date, 0, 12, 1, now()
FROM tenants_commune c, unnest(%(states)s::text[]) code
WHERE c.association_id = %(association)s
"""


def run(sheet: Sheet) -> None:
    """Print the queries for few communes and for many, and the time for many."""
    call_command("collectstatic", interactive=False, verbosity=0)
    counted = {}
    for count in (FEW, MANY):
        with _association(count) as client:
            client.get("/")
            with CaptureQueriesContext(connection) as queries:
                answer = client.get("/")
            assert answer.status_code == 200, answer.status_code
            assert f"{count} / {count}" in answer.content.decode()
            sent = list(queries.captured_queries)  # the next request forgets them
            counted[count] = len(sent)
            if count == MANY:
                page, bare = alternate(ROUNDS, partial(client.get, "/"), partial(_replay, sent))
    sheet.line(
        "D1",
        f"dashboard: {counted[FEW]} queries for {FEW} communes,"
        f" {counted[MANY]} for {MANY} with 12 months of figures",
        holds=counted[FEW] == counted[MANY],
    )
    times = percentile(page, 0.95) / percentile(bare, 0.95)
    sheet.line(
        "D2",
        f"dashboard of {MANY} communes: p95 {percentile(page, 0.95):.0f} ms"
        f" (median {median(page):.0f}); its SQL alone {percentile(bare, 0.95):.0f} ms:"
        f" {times:.2f} times (<= {MOST_TIMES})",
        holds=times <= MOST_TIMES,
    )


def _replay(queries: list[dict[str, Any]]) -> None:
    """Send the statements of the page, as they were, and read all their rows."""
    with connection.cursor() as cursor:
        for query in queries:
            if query["sql"].lstrip("( ").upper().startswith(("SELECT", "WITH")):
                cursor.execute(query["sql"].replace("%", "%%"), ())
                cursor.fetchall()


@contextmanager
def _association(count: int) -> Iterator[Client]:
    """Give an association so many communes in service with a year of figures; then nothing."""
    connection.set_schema_to_public()
    hosts.forget_hosts()
    now = timezone.now()
    association = Association.objects.create(
        name="Mesure", short_name="Mesure", slug=SLUG, departments=["00"]
    )
    communes = Commune.objects.bulk_create(
        Commune(
            insee_code=f"9A{number:03}",
            schema_name=f"c_9a{number:03}",
            name=f"Mesure {number}",
            slug=f"mesure-{number}",
            population=800 + 97 * number,
            station_count=1 + number % 3,
            association=association,
        )
        for number in range(count)
    )
    Onboarding.objects.bulk_create(
        Onboarding(commune=each, module=Module.BOOKING, stage=Stage.LIVE, since=now)
        for each in communes
    )
    user = User.objects.create(email="mesure@tableau.test", display_name="Mesure", last_login=now)
    Membership.objects.bulk_create(
        Membership(user=user, commune=each, role=Membership.Role.ADMIN) for each in communes
    )
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "today": timezone.localdate(now),
                "codes": list(CODES),
                "states": list(STATES),
                "association": association.pk,
            },
        )
        cursor.execute("ANALYZE onboarding_metric, onboarding_onboarding, tenants_commune")
    try:
        yield _logged_in(user, association)
    finally:
        connection.set_schema_to_public()
        user.delete()
        Commune.objects.filter(association=association).delete()
        association.delete()


def _logged_in(user: User, association: Association) -> Client:
    Membership.objects.create(user=user, association=association, role=Membership.Role.DIRECTOR)
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    seen = timezone.now().timestamp()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "site": f"association:{association.pk}",
            "opened": seen,
            "seen": seen,
            "second_factor": True,
        }
    )
    session.save()
    client = Client(HTTP_HOST=f"{SLUG}.localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client
