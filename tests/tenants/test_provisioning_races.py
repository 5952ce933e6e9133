"""Communes that are made, or gone, at the very instant somebody else works on them."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from parvis.celery import app
from parvis.models import OutgoingEmail
from tenants.provisioning import current_template, drop, provision
from tenants.tasks import visit


def test_two_workers_on_one_commune_make_it_once(real_commune):
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    template = current_template()

    def make(_number):
        try:
            return provision("c_33904", template=template)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(make, range(2))) == [False, True]
    finally:
        drop("c_33904")


def test_a_commune_that_is_gone_stops_nobody_elses_visit(real_commune):
    app.loader.import_default_modules()

    OutgoingEmail.objects.create(key="one.1.1", subject="x", body="x", to=["she@example.org"])

    visit.run(schemas=["c_9bfff", real_commune.schema_name], tasks=["parvis.deliver"])

    connection.set_tenant(real_commune)
    assert OutgoingEmail.objects.get().attempts == 1
