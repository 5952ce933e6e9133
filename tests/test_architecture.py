"""Promises about the code base itself."""

import ast
import re
from inspect import iscoroutinefunction
from pathlib import Path
from zipfile import ZipFile

import lucide
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, get_resolver

from booking import diary
from parvis.celery import app
from tenants.hosts import URLCONFS
from tenants.tasks import EVERY_MINUTE, EVERY_NIGHT, EVERY_QUARTER


ROOT = Path(__file__).parents[1]
ICONS = Path(lucide.__file__).with_name("lucide.zip")
PACKAGES = [
    *("platform/parvis", "audit", "tenants", "identity", "messaging", "slots"),
    *("booking", "incidents", "onboarding", "adoption", "demo"),
    *("library", "shelf", "ideas", "training", "learning", "exchange", "widgets", "mutual"),
    *("privacy", "pwa", "journal", "ants", "nearby", "calendars", "website"),
    *("coordination", "connect", "api", "stateid"),
]
# The sanctioned places: who provisions, migrates and visits communes may switch schemas.
SWITCHERS = {
    "tenants/provisioning.py",
    "tenants/releases.py",
    "tenants/going_back.py",
    "tenants/tasks.py",
    "tenants/visits.py",  # one person's day, in the communes where she works
    "tenants/hosts.py",
    "tenants/middleware.py",
    "tenants/actions.py",
    "tenants/management/commands/migrate.py",
    "parvis/postgresql/base.py",
}


def modules():
    """List every module of the product, migrations aside."""
    return [
        path
        for name in PACKAGES
        for path in (ROOT / name).rglob("*.py")
        if "migrations" not in path.parts
    ]


def short(path):
    """Name a module as the reader does."""
    return str(path.relative_to(ROOT)).removeprefix("platform/")


def test_deferred_names_are_tasks():
    app.loader.import_default_modules()
    calls = [
        node.args[0].value
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "defer"
        and isinstance(node.args[0], ast.Constant)
    ]

    assert set(calls) <= set(app.tasks)


def test_scheduled_names_are_tasks():
    app.loader.import_default_modules()
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    regular = {*EVERY_MINUTE, *EVERY_QUARTER, *EVERY_NIGHT}
    assert beat | regular | {"adoption.count"} <= set(app.tasks)


def test_actions_take_keywords_only():
    wrong = [
        f"{short(path)}: {node.name}"
        for path in modules()
        if path.name == "actions.py"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.args) + len(node.args.posonlyargs) > 1
    ]

    assert wrong == []


def test_platform_is_a_folder_not_a_package():
    """A module called ``platform`` would hide the standard library's."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_only_sanctioned_modules_switch_schemas():
    switch = re.compile(r"schema_context\(|tenant_context\(|\.set_schema\w*\(|\.set_tenant\(")
    found = {short(p) for p in modules() if switch.search(p.read_text())}

    assert found - SWITCHERS <= {n for n in found if n.startswith("demo/")}


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        (r"\bmark_safe\(", {"parvis/templatetags/"}),
        (r"\.objects\.raw\(", set()),
        (r"\bget_host\(", {"identity/"}),  # compared with the registry, never put in an address
        (
            r"Thread\(|ThreadPoolExecutor",
            {"parvis/supervisor.py", "parvis/processes.py", "demo/provider_server.py"},
        ),
        (r"^import random|^from random", {"demo/", "onboarding/practice_"}),
        (r"^from django\.core import signing|django\.core\.signing", {"parvis/signing.py"}),
        (r"^with tenant|@schema_context|@tenant_context", set()),
        (r"objects\.a(get|filter|create|first|iterator)\(", set()),
        (r"async def", {"parvis/live_server.py"}),  # it has no database
        (r"\.through\.objects", {"demo/"}),
        (r"GRANT .* ON ALL TABLES", {"tenants/roles.py"}),  # its docstring says why not
    ],
)
def test_what_would_open_a_door_is_not_written(word, allowed):
    pattern = re.compile(word, re.MULTILINE)
    found = [short(path) for path in modules() if pattern.search(path.read_text())]

    assert [name for name in found if not name.startswith(tuple(allowed) or ("-",))] == []


def views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern.url_patterns)


def test_no_view_is_asynchronous():
    """An async view reads the commune of whoever else is on the event loop."""
    found = [
        view
        for urlconf in URLCONFS.values()
        for view in views(get_resolver(urlconf).url_patterns)
        if iscoroutinefunction(view)
    ]

    assert found == []


def commune_models():
    return [
        model
        for label in settings.TENANT_APPS
        for model in apps.get_app_config(label.rpartition(".")[2]).get_models()
    ]


def test_tables_of_communes_carry_no_needless_index():
    """Each index is multiplied by the number of communes."""
    wasteful = [
        f"{model.__name__}.{field.name}"
        for model in commune_models()
        for field in model._meta.local_fields
        if isinstance(field, models.SlugField)
        or (field.unique and not field.primary_key and not field.is_relation)
        or (field.db_index and not field.is_relation)
    ]

    assert wasteful == []


def test_no_commune_table_points_outside_its_schema():
    inside = set(commune_models())
    crossing = [
        f"{model.__name__}.{field.name}"
        for model in inside
        for field in model._meta.local_fields
        if field.is_relation and field.related_model not in inside
    ]

    assert crossing == []


def test_modules_stay_readable():
    long = {
        short(path): lines for path in modules() if (lines := path.read_text().count("\n")) > 450
    }

    assert long == {}


def test_every_icon_exists():
    icon = re.compile(r"""\bicon(?:=|": ?|: ?)"([a-z][a-z0-9-]+)\"""")
    sources = [path.read_text() for path in (*modules(), *(ROOT / "templates").rglob("*.html"))]
    named = {name for source in sources for name in icon.findall(source)}
    named |= {state[2] for state in (*diary.STATES.values(), diary.LATE, diary.UNMARKED)}

    drawn = {name.removesuffix(".svg") for name in ZipFile(ICONS).namelist()}
    assert len(named) > 60
    assert named <= drawn
