"""One database, two communes, shared by every test; each test rolls back.

Tests see what a request sees: the role of the commune, which can read nothing else. ``owner``
opens a parenthesis for what only the owner of the database may write.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches
from django.db import InternalError, connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from parvis.celery import app
from tenants import hosts
from tenants.actions import open_commune
from tenants.models import Association, Commune, Membership, User
from tenants.provisioning import drop
from tests.databases import migrated


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 9 h in Paris
COMMUNES = [("33314", "Pauillac", "pauillac"), ("33214", "Lacanau", "lacanau")]
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
OPENING = {"test_opening.py", "test_prospect_to_live.py"}
FIRST = ("test_supervisor.py", "test_accessibility.py", "test_matrix.py")
THROW_AWAY = f"{33999 - WORKER}"  # no commune of France has such codes; roles are the cluster's


def pytest_configure() -> None:
    """Stand in for a deployment: a secret, a broker, a way to deliver mail."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop
    settings.SECRET_KEY = "only for tests, long enough to please the deployment checks 0123456789"
    settings.FERNET_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEMO = False
    settings.EVEN_ANSWER_S = 0.0
    # Roles are the cluster's: a process waits for those that the other one is making.
    settings.DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=60s"
    settings.TILES_URL = settings.GEOCODER_URL = ""
    hosts.LIFETIME = 3600.0  # a host looked up again in the middle of a count would be counted
    settings.BASE_DOMAIN = "localhost"
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT = settings.ROOT / "platform" / "parvis" / "static"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    app.conf.broker_url = "memory://"
    # Each process of the suite empties its own cache between tests, not that of its neighbour.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server = settings.REDIS_URL.partition("?")[0].rpartition("/")[0]
    for cache in settings.CACHES.values():
        cache["LOCATION"] = f"{server}/{worker + 1}"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Start with what takes longest: the other process would wait for it at the end.

    One process loads the demo for the journeys; what the other one has until then is long enough.
    Journeys that open a commune come after those that count the communes of the story.
    """
    yield
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    name = item.path.name
    if name in FIRST:
        return FIRST.index(name)
    is_journey = "journeys" in item.path.parts
    return len(FIRST) + (2 if not is_journey else name in OPENING)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Begin with a copy of what has been migrated once for every process."""
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = migrated()
    connection.settings_dict["TEST"]["TEMPLATE"] = settings.DATABASES["default"]["TEST"][
        "TEMPLATE"
    ]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Open two communes once, then act as the application does."""
    with django_db_blocker.unblock():
        for insee_code, name, slug in COMMUNES:
            commune, _created = Commune.objects.get_or_create(
                insee_code=insee_code,
                defaults={"schema_name": f"c_{insee_code}", "name": name, "slug": slug},
            )
            open_commune(commune=commune, now=NOW)
            let_owner_become(commune.schema_name)
        let_owner_become("public")
        Association.objects.get_or_create(
            slug="gironde",
            defaults={
                "name": "Association des maires de Gironde",
                "short_name": "AMG",
                "departments": ["33"],
            },
        )
        Commune.objects.update(association=Association.objects.get())
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


def end_other_sessions() -> None:
    """End what tests left open, as the owner or as the application, so that the drop succeeds."""
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        with suppress(InternalError):  # the other process of the suite grants it at this instant
            cursor.execute("GRANT parvis_app TO CURRENT_USER WITH INHERIT TRUE")
        cursor.execute(
            "SELECT usename, state, left(query, 200), pg_terminate_backend(pid, 2000)"
            " FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        left = cursor.fetchall()
    if left:
        print("left open by tests:", left)


def let_owner_become(schema: str) -> None:
    """Allow the suite, which runs as the owner, to take the role of a schema."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT t_{schema} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")


@contextmanager
def owner() -> Iterator[None]:
    """Act as the owner of the database, in public, for the length of a block."""
    schema, role = connection.tenant, connection.settings_dict["TENANT_ROLES"]
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.settings_dict["TENANT_ROLES"] = role
        connection.set_tenant(schema)


@pytest.fixture(autouse=True)
def _in_french() -> None:
    """Begin every test in French, whatever language the page of the one before was in."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _in_commune(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run every database test in Pauillac under its role, or in public where marked so."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    settings.EMAIL_BACKEND = "messaging.outbox.Outbox"  # Django replaces it when tests begin
    caches["shared"].clear()
    hosts.forget_hosts()
    connection.set_schema_to_public()
    pauillac = Commune.objects.get(insee_code="33314")
    connection.settings_dict["TENANT_ROLES"] = request.node.get_closest_marker("owner") is None
    if not request.node.get_closest_marker("public"):
        connection.set_tenant(pauillac)
    yield
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()


@pytest.fixture
def now() -> datetime:
    """A Monday at 9 h in Paris."""
    return NOW


@pytest.fixture
def commune() -> Commune:
    """Pauillac, in whose schema the test runs."""
    return Commune.objects.get(insee_code="33314")


@pytest.fixture
def other_commune() -> Commune:
    """Lacanau, which must notice nothing."""
    return Commune.objects.get(insee_code="33214")


@pytest.fixture
def association() -> Association:
    """The association both communes belong to."""
    return Association.objects.get(slug="gironde")


@pytest.fixture
def client() -> Client:
    """A browser on Pauillac's site."""
    return Client(headers={"host": "pauillac.localhost"})


@pytest.fixture
def host_client() -> Callable[[str], Client]:
    """A browser on the site of one host."""
    return lambda host: Client(headers={"host": host})


@pytest.fixture
def real_commune(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Commune]:
    """A throw-away commune with committed rows, for tests in several threads.

    No transaction wraps the test: threads see what the others commit. The schema goes with it.
    """
    with django_db_blocker.unblock():
        connection.settings_dict["TENANT_ROLES"] = False
        commune = Commune.objects.create(
            insee_code=THROW_AWAY, schema_name=f"c_{THROW_AWAY}", name="Essai", slug="essai"
        )
        open_commune(commune=commune, now=NOW)
        let_owner_become(commune.schema_name)
        connection.settings_dict["TENANT_ROLES"] = True
        connection.set_tenant(commune)
        try:
            yield commune
        finally:
            connection.settings_dict["TENANT_ROLES"] = False
            connection.set_schema_to_public()
            drop(commune.schema_name)
            commune.delete()


@pytest.fixture
def make_user() -> Callable[..., User]:
    """Create an account with a membership: ``make_user("admin", commune=commune)``."""

    def make(role: str, *, commune: Commune | None = None, email: str = "", **fields: str) -> User:
        with owner():
            user = User.objects.create_user(
                email or f"{role}@example.org", "a long enough secret", display_name=role, **fields
            )
            where = {"commune": commune} if commune else {"association": Association.objects.get()}
            Membership.objects.create(user=user, role=role, **where)
        return user

    return make


def login_as(client: Client, user: User, *, site: str) -> Client:
    """Give the browser a session of ``user`` on ``site``, as the hand-over would.

    ``site`` is a schema name, ``association:<id>`` or ``login``.
    """
    session = SessionStore()
    now = timezone.now().timestamp()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "site": site,
            "opened": now,
            "seen": now,
            "second_factor": True,
        }
    )
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
