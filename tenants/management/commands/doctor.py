"""Say in plain words what is wrong with the running configuration."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from parvis import doctor, doctor_secrecy, live_topics
from parvis.celery import app
from parvis.doctor import Finding, Level
from parvis.doctor_hub import Hub, check_hub
from parvis.doctor_live import check_live_pages
from parvis.guard import PUBLIC
from parvis.servers import LOOPBACK
from tenants.models import Commune
from tenants.releases import behind
from tenants.tasks import HEARTBEAT


PROJECT = settings.ROOT / "pyproject.toml"
PING_S = 2
WIDTH = 26


class Command(BaseCommand):
    """Look, tell, advise; the exit code is 1 when something prevents Parvis from working."""

    help = "Check the running configuration and say what is wrong and how to put it right."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line per check, and advice where it is needed."""
        levels = []
        for finding in self.findings(timezone.now()):
            levels.append(finding.level)
            self.stdout.write(
                f"{self._mark(finding.level)} {finding.name:<{WIDTH}} {finding.sentence}"
            )
            if finding.remedy:
                self.stdout.write(f"{'':<10} {'':<{WIDTH}} → {finding.remedy}")
        if Level.ERROR in levels:
            self.stdout.write(
                "\n" + _("Erreurs : %(count)s.") % {"count": levels.count(Level.ERROR)}
            )
            raise SystemExit(1)
        self.stdout.write("\n" + _("Aucune erreur."))

    def findings(self, now: datetime) -> Iterator[Finding]:
        """Look at everything; what depends on a server that is down is not asked twice."""
        yield doctor.check_python()
        yield doctor.check_secret_key(_secret_key())
        yield doctor.check_second_factor_keys(settings.FERNET_KEYS)
        yield doctor.check_exposure(
            base_domain=settings.BASE_DOMAIN,
            scheme=settings.SCHEME,
            debug=settings.DEBUG,
            demo=settings.DEMO,
        )
        yield doctor_secrecy.check_encryption(
            database=settings.APP_DATABASE_URL,
            queue=settings.REDIS_URL,
            smtp_host=settings.EMAIL_HOST,
            smtp_tls=settings.EMAIL_USE_TLS or not _sends_mail(),
        )
        yield doctor_secrecy.check_coordination(
            url=settings.COORDINATION_URL,
            token=settings.COORDINATION_TOKEN,
            demo=settings.DEMO,
        )
        yield doctor_secrecy.check_packages(PROJECT, now=now)
        database = doctor.check_database(settings.APP_DATABASE_URL)
        yield database
        if database.level is Level.OK:
            yield from self._database(now)
        queue = doctor.check_queue(settings.REDIS_URL)
        yield queue
        if queue.level is Level.OK:
            yield from self._queue(now)
            yield check_live_pages(_stream())
        yield doctor.check_base_domain(settings.BASE_DOMAIN)
        yield doctor.check_port(settings.PORT, base_domain=settings.BASE_DOMAIN)
        yield doctor.check_disk(settings.HOME)
        yield doctor.check_places(tiles=settings.TILES_URL, geocoder=settings.GEOCODER_URL)
        if _sends_mail():
            yield doctor.check_mail(host=settings.EMAIL_HOST, port=settings.EMAIL_PORT)

    def _database(self, now: datetime) -> Iterator[Finding]:
        address = settings.APP_DATABASE_URL
        yield doctor.check_pooling(address)
        yield doctor.check_serving_role(address)
        yield doctor.check_extensions(address)
        yield doctor.check_clock(address, now=now)
        yield doctor_secrecy.check_server_log(address)
        owner = doctor.check_database(settings.OWNER_DATABASE_URL)
        if owner.level is Level.OK:
            late = _schemas_behind()
            yield doctor.check_migrations(late)
            if not late:
                yield check_hub(_hub(now), now=now)

    def _queue(self, now: datetime) -> Iterator[Finding]:
        try:
            yield doctor.check_worker(app.control.ping(timeout=PING_S) or [])
        except OperationalError:
            yield doctor.check_worker([])
        beat = caches["shared"].get(HEARTBEAT)
        yield doctor.check_scheduler(datetime.fromisoformat(beat) if beat else None, now=now)

    def _mark(self, level: Level) -> str:
        word, style = {
            Level.OK: ("ok", self.style.SUCCESS),
            Level.WARNING: (_("attention"), self.style.WARNING),
            Level.ERROR: (_("ERREUR"), self.style.ERROR),
        }[level]
        return style(f"{word:<10}")


def _stream() -> str:
    """Write the address of a stream as a page of the portal would ask it."""
    host = settings.BASE_DOMAIN
    host, port = (LOOPBACK, settings.LIVE_PORT) if settings.LIVE_PORT else (host, settings.PORT)
    scheme = "http" if settings.LIVE_PORT else settings.SCHEME
    return f"{scheme}://{host}:{port}{live_topics.address(PUBLIC, 'doctor', since=time.time())}"


def _sends_mail() -> bool:
    return settings.DELIVERY_BACKEND.endswith("smtp.EmailBackend")


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # empty: Django does not even show it
        return ""


def _hub(now: datetime) -> Hub:
    """Read what is known of the calls of the State's platform; its app stands above this one."""
    tokens = apps.get_model("ants.AntsToken").objects.filter(direction="in").valid(now)
    calls = apps.get_model("ants.HubCall").objects.filter(commune=None)
    ends: list[datetime | None] = list(tokens.values_list("valid_until", flat=True))
    known = [each for each in ends if each is not None]
    return Hub(
        has_token=bool(ends),
        called_at=calls.exclude(endpoint="fault").aggregate(at=Max("at"))["at"],
        fault_at=calls.filter(endpoint="fault").aggregate(at=Max("at"))["at"],
        ends_at=max(known) if known and len(known) == len(ends) else None,
    )


def _schemas_behind() -> list[str]:
    """Name the schemas, the public one included, that miss a migration."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return [connection.schema_name]  # type: ignore[attr-defined]
    schemas = list(Commune.objects.with_schema().values_list("schema_name", flat=True))
    return sorted(name for names in behind(schemas).values() for name in names)
