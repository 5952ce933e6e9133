"""Creating communes and releasing over many of them, against the stock way."""

import io
import time
from contextlib import redirect_stdout

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.migration_executors.standard import StandardExecutor

from benchmarks.measure import Sheet, median
from onboarding import bringing_up
from tenants import lifecycle
from tenants.actions import list_commune, open_commune
from tenants.models import Commune, OfficialCommune
from tenants.provisioning import drop, ensure_template, migrate_schema, provision
from tenants.releases import behind, release


FEW, MANY = 5, 535
SAMPLE = 15


def name(number: int) -> str:
    """Name a schema that no commune has: the codes of a département 9b do not exist."""
    return f"c_9b{number:03d}"


def run(sheet: Sheet) -> None:
    """Print creation times at 5 and 535 communes, and the release check at 535."""
    template = ensure_template()
    made: list[str] = []

    def create(count: int) -> list[float]:
        times = []
        while len(made) < count:
            schema = name(len(made))
            started = time.perf_counter()
            provision(schema, template=template)
            times.append(time.perf_counter() - started)
            made.append(schema)
            if len(made) % 20 == 0:
                connection.close()  # a connection that created hundreds of tables is slower
        return times

    try:
        warm = create(FEW)
        few = create(FEW + SAMPLE)
        migrated = _by_migrations(SAMPLE // 5)
        ratio = median(migrated) / median(few)
        sheet.line(
            "T1",
            f"creation with role and grants: template {median(few):.0f} ms (first {warm[0] * 1e3:.0f}),"
            f" migrations {median(migrated):.0f} ms, {ratio:.0f} x (>= 5), < 500 ms",
            holds=ratio >= 5 and median(few) < 500,
        )
        create(MANY - SAMPLE)
        many = create(MANY)
        sheet.line(
            "T2",
            f"creation at {MANY} communes {median(many):.0f} ms, at {FEW} {median(few):.0f} ms:"
            f" {median(many) / median(few):.2f} x (<= 1.5)",
            holds=median(many) / median(few) <= 1.5,
        )
        _from_a_code(sheet, schema_ms=median(few))
        _release(sheet, made)
    finally:
        for number, schema in enumerate(made):
            drop(schema)
            if number % 20 == 0:
                connection.close()
        Commune.objects.filter(schema_name__in=made).delete()


def _from_a_code(sheet: Sheet, *, schema_ms: float) -> None:
    """Time what a person waits for: a commune, then its furnished preview, from its INSEE code."""
    if not OfficialCommune.objects.exists():
        call_command("import_communes", verbosity=0)
    taken = Commune.objects.values("insee_code")
    codes = list(
        OfficialCommune.objects.exclude(pk__in=taken)
        .exclude(hours=[])
        .order_by("-population", "pk")
        .values_list("pk", flat=True)[: 2 * SAMPLE : 2]
    )
    opened, shown = [], []
    for number, code in enumerate(codes):
        started = time.perf_counter()
        commune = list_commune(insee_code=code)
        if number % 2:
            commune = lifecycle.ask_preview(commune=commune, now=timezone.now())
            bringing_up.bring_up(commune_id=commune.pk, now=timezone.now())
            shown.append(time.perf_counter() - started)
        else:
            open_commune(commune=commune, now=timezone.now())
            opened.append(time.perf_counter() - started)
        drop(commune.schema_name)
        Commune.objects.filter(pk=commune.pk).delete()
    sheet.line(
        "T4",
        f"commune reachable from its INSEE code {median(opened):.0f} ms (< 1 s),"
        f" {median(opened) / schema_ms:.1f} x its schema alone",
        holds=median(opened) < 1000,
    )
    sheet.line(
        "T5",
        f"preview with services, hours, slots and categories {median(shown):.0f} ms (< 2 s),"
        f" {median(shown) / median(opened):.1f} x an empty commune",
        holds=median(shown) < 2000,
    )


def _by_migrations(count: int) -> list[float]:
    times = []
    for number in range(900, 900 + count):
        schema = name(number)
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
        migrate_schema(schema)
        times.append(time.perf_counter() - started)
        drop(schema)
    return times


def _release(sheet: Sheet, made: list[str]) -> None:
    with transaction.atomic():
        Commune.objects.bulk_create(
            Commune(schema_name=s, insee_code=s[2:].upper(), name=s, slug=s, state="ready")
            for s in made
        )
    started = time.perf_counter()
    outcome = release(now=timezone.now())
    ours = time.perf_counter() - started
    assert outcome.complete
    assert behind(made) == {}
    stock = _stock(made[:20]) / 20 * len(made)
    sheet.line(
        "T3",
        f"release with nothing to do over {len(made)}: {ours * 1e3:.0f} ms; migrate_schemas"
        f" {stock:.0f} s (20 timed, times {len(made) / 20:.0f}): {stock / ours:.0f} x (>= 100)",
        holds=stock / ours >= 100,
    )


def _stock(schemas: list[str]) -> float:
    """Time the stock executor on a part of the fleet, in seconds: whole, it takes minutes."""
    options = {
        "executor": "standard", "verbosity": 0, "interactive": False, "app_label": None,
        "migration_name": None, "fake": False, "fake_initial": False, "plan": False,
        "run_syncdb": False, "check_unapplied": False, "prune": False, "skip_checks": True,
        "database": "default", "schema_name": None, "tenant": True, "shared": False,
        "settings": None, "pythonpath": None, "traceback": False, "no_color": True,
        "force_color": False, "all_tenants": False,
    }  # fmt: skip
    started = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        for schema in schemas:
            StandardExecutor([], options).run_migrations(tenants=[schema])
    connection.set_schema_to_public()
    return time.perf_counter() - started
