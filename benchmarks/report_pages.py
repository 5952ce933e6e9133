"""Pages about reports, asked as a browser asks: how many queries, whatever the number of rows."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

from benchmarks import reported
from benchmarks.measure import Sheet, alternate, at_best
from benchmarks.world import bench_commune
from incidents.models import Report
from tenants.models import Commune, Membership, User


SIZES = (1, 100, 1_000)
ROUNDS = 15
MOST = 6  # queries
DESK = "/agent/signalements/"
PAGES = (
    ("list", f"{DESK}?etat=tous"),
    ("list, one category", f"{DESK}?etat=tous&categorie=nid-de-poule"),
    ("board", f"{DESK}?vue=tableau&etat=tous"),
    ("map", f"{DESK}?vue=carte&etat=tous"),
    ("one report and its history", f"{DESK}{{reference}}/"),
    ("public list", "/signalements/"),
    ("public report", "/signalements/{public}/"),
)


def run(sheet: Sheet) -> None:
    """Print the queries of each page at each size, and its time at the largest."""
    call_command("collectstatic", interactive=False, verbosity=0)
    counted: dict[str, list[int]] = {name: [] for name, _path in PAGES}
    times: dict[str, float] = {}
    with ExitStack() as communes:
        for number, size in enumerate(SIZES):
            commune = communes.enter_context(bench_commune(f"9b97{number}"))
            reported.fill(size)
            client = communes.enter_context(_logged_in(commune))
            for name, path in _paths(commune):
                client.get(path)
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(path)
                assert answer.status_code == 200, (name, answer.status_code)
                counted[name].append(len(queries))
                if size == SIZES[-1]:
                    times[name] = _time(client, path)
    for name, found in counted.items():
        said = ", ".join(f"{size:,}: {count}" for size, count in zip(SIZES, found, strict=True))
        sheet.line(
            "L7",
            f"{name}: queries of the whole page by number of reports {said} (<= {MOST});"
            f" {times[name]:.0f} ms, rendering and middleware included",
            holds=len(set(found[1:])) == 1 and max(found) <= MOST,
        )


def _time(client: Client, path: str) -> float:
    (taken,) = alternate(ROUNDS, lambda: client.get(path))
    return at_best(taken)


def _paths(commune: Commune) -> list[tuple[str, str]]:
    connection.set_tenant(commune)
    one = Report.objects.order_by("pk").first()
    public = Report.objects.published().filter(duplicate_of=None).order_by("-submitted_at").first()
    assert one is not None
    assert public is not None
    references = {"reference": one.reference, "public": public.reference}
    return [(name, path.format(**references)) for name, path in PAGES]


@contextmanager
def _logged_in(commune: Commune) -> Iterator[Client]:
    """Open a session of an administrator of the commune, as the log-in page does."""
    connection.set_schema_to_public()
    user = User.objects.create(email=f"mesure@{commune.slug}.test", display_name="Mesure")
    Membership.objects.create(user=user, commune=commune, role=Membership.Role.ADMIN)
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    now = timezone.now().timestamp()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "site": commune.schema_name,
            "opened": now,
            "seen": now,
            "second_factor": True,
        }
    )
    session.save()
    client = Client(HTTP_HOST=f"{commune.slug}.localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    try:
        yield client
    finally:
        connection.set_schema_to_public()
        user.delete()
