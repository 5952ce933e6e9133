"""Publish a version to 535 communes: time, queries for each, and going on after an interruption."""

import subprocess
import sys
import time

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from benchmarks.measure import Sheet, median
from booking.models import Service
from library import actions, propagation, seeding, shown
from library.models import Template, TemplateApplication, TemplateVersion
from shelf import receiving
from shelf.offers import Offer
from tenants.models import Association, Commune
from tenants.provisioning import drop, ensure_template, provision


MANY = 535
KILLED_AFTER = 60
SLUG = "mesure-bibliotheque"
TOUCHED = "carte-identite"
State = TemplateApplication.State
GO_ON = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "parvis.settings"
django.setup()
from benchmarks.library import go_on
go_on()
"""


def run(sheet: Sheet) -> None:
    """Make the communes, publish twice, kill the second one in the middle, and go on."""
    connection.set_schema_to_public()
    is_new = not Template.objects.filter(association=None).exists()
    seeding.seed(now=timezone.now())
    association = Association.objects.create(
        name="Mesure", short_name="Mesure", slug=SLUG, departments=["9a"]
    )
    try:
        _open(association)
        draft = _draft(association, "Première consigne")
        _forecast(sheet, draft)
        _publish(sheet, draft)
        _interrupted(sheet, association)
        _pages(sheet, association)
    finally:
        _forget(association, is_new=is_new)


def go_on() -> None:
    """Take in whatever waits, commune after commune, as a worker does."""
    for name in _names():
        with schema_context(name):
            propagation.catch_up(now=timezone.now(), today=timezone.localdate())


def _open(association: Association) -> None:
    template = ensure_template()
    platform = Template.objects.get(association=None, kind="service", slug=TOUCHED)
    offers = propagation.offers_of([platform], today=timezone.localdate())[platform.pk]
    Commune.objects.bulk_create(
        Commune(
            insee_code=f"9a{number:03d}".upper(),
            schema_name=f"c_9a{number:03d}",
            name=f"Mesure {number}",
            slug=f"mesure-9a{number:03d}",
            state=Commune.State.READY,
            association=association,
        )
        for number in range(MANY)
    )
    for number, name in enumerate(_names()):
        provision(name, template=template)
        with schema_context(name):
            _furnish(offers)
        if number % 20 == 0:
            connection.close()  # a connection that created hundreds of tables is slower


def _furnish(offers: list[Offer]) -> None:
    """Write all the services of the presets at once, and recognise the one that will change."""
    services = [payload for kind, *payload in seeding.presets() if kind == "service"]
    Service.objects.bulk_create(
        Service(
            slug=slug, **payload | {"documents": [each["key"] for each in payload["documents"]]}
        )
        for slug, _name, payload in services
    )
    receiving.attach(offers=offers, now=timezone.now())


def _draft(association: Association, instructions: str) -> TemplateVersion:
    template = Template.objects.filter(association=association, slug=TOUCHED).first()
    if template is None:
        platform = Template.objects.get(association=None, kind="service", slug=TOUCHED)
        draft = actions.adapt(template=platform, association=association)
    else:
        draft = actions.open_draft(template=template)
    payload = draft.payload | {"instructions": instructions}
    actions.write_draft(version=draft, payload=payload)
    draft.refresh_from_db()
    return draft


def _forecast(sheet: Sheet, draft: TemplateVersion) -> None:
    actions.ask_impact(version=draft, now=timezone.now())
    started = time.perf_counter()
    go_on()
    taken = time.perf_counter() - started
    connection.set_schema_to_public()
    done = draft.impacts.filter(state=State.APPLIED).count()
    sheet.line(
        "L1",
        f"effect of a draft in {MANY} communes: {taken:.1f} s in one process,"
        f" {done} would apply it",
        holds=done == MANY,
    )


def _publish(sheet: Sheet, draft: TemplateVersion) -> None:
    now = timezone.now()
    started = time.perf_counter()
    actions.publish(version=draft, effective_on=None, now=now, today=timezone.localdate())
    told = time.perf_counter() - started
    times, queries = [], []
    for name in _names():
        reset_queries()  # only so many are kept
        with schema_context(name), CaptureQueriesContext(connection) as caught:
            began = time.perf_counter()
            propagation.catch_up(now=timezone.now(), today=timezone.localdate())
            times.append(time.perf_counter() - began)
        queries.append(len(caught))
    connection.set_schema_to_public()
    done = draft.applications.filter(state=State.APPLIED).count()
    sheet.line(
        "L2",
        f"publishing to {MANY} communes: told in {told:.2f} s, applied in {sum(times):.1f} s in one"
        f" process, {median(times):.0f} ms and {min(queries)} to {max(queries)} queries each",
        holds=done == MANY and max(queries) == min(queries),
    )


def _interrupted(sheet: Sheet, association: Association) -> None:
    """Kill the process that takes a version in, and let another one go on."""
    draft = _draft(association, "Deuxième consigne")
    actions.publish(
        version=draft, effective_on=None, now=timezone.now(), today=timezone.localdate()
    )
    child = subprocess.Popen([sys.executable, "-c", GO_ON])
    applied = draft.applications.filter(state=State.APPLIED)
    while applied.count() < KILLED_AFTER and child.poll() is None:
        time.sleep(0.05)
    child.kill()
    child.wait()
    before = applied.count()
    started = time.perf_counter()
    go_on()
    taken = time.perf_counter() - started
    connection.set_schema_to_public()
    sheet.line(
        "L3",
        f"killed after {before} communes, {applied.count() - before} more in {taken:.1f} s,"
        f" {draft.applications.filter(state=State.PENDING).count()} left",
        holds=KILLED_AFTER <= before < MANY and applied.count() == MANY,
    )


def _pages(sheet: Sheet, association: Association) -> None:
    template = Template.objects.get(association=association, slug=TOUCHED)
    times = []
    for _round in range(7):
        began = time.perf_counter()
        shown.rows(association)
        shown.holders(template, association)
        times.append(time.perf_counter() - began)
    sheet.line(
        "L4",
        f"who has what, {TemplateApplication.objects.count()} rows of {MANY} communes:"
        f" {median(times):.0f} ms",
        holds=median(times) < 500,
    )


def _names() -> list[str]:
    connection.set_schema_to_public()
    found = Commune.objects.filter(association__slug=SLUG).order_by("pk")
    return list(found.values_list("schema_name", flat=True))


def _forget(association: Association, *, is_new: bool) -> None:
    for number, name in enumerate(_names()):
        drop(name)
        if number % 20 == 0:
            connection.close()
    connection.set_schema_to_public()
    Commune.objects.filter(association=association).delete()
    association.delete()
    if is_new:
        Template.objects.filter(association=None).delete()
