"""A library of its own for each test, and both sides that work with it."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from identity.members import ADMIN, Member
from library import actions, propagation
from library.models import Template
from shelf.kinds import KINDS
from tenants.models import Association
from tests.conftest import NOW, login_as


TODAY = NOW.date()
ADMINISTRATOR = Member(user_id=7, name="Anne Admin", role=ADMIN)


@contextmanager
def at_the_association():
    """Act as a request of the association does: in public, under its role."""
    with schema_context("public"):
        yield


def publish(version, *, effective_on=None, now=NOW):
    with at_the_association():
        return actions.publish(
            version=version, effective_on=effective_on, now=now, today=now.date()
        )


def offer_version(template, payload, **how):
    """Publish one more version of a template."""
    with at_the_association():
        draft = actions.open_draft(template=template)
        actions.write_draft(version=draft, payload={**draft.payload, **payload})
    publish(draft, **how)
    return draft


def arrive(template, *, now=NOW):
    return propagation.arrive(template_id=template.pk, now=now, today=now.date())


@pytest.fixture
def new_template(association):
    """Publish the first version of a template: ``new_template("page", "horaires", title=…)``."""

    def make(kind, slug, *, policy="recommended", effective_on=None, **payload):
        with at_the_association():
            draft = actions.create_template(
                association=Association.objects.get(pk=association.pk),
                kind=kind,
                slug=slug,
                name=payload.get("name") or payload.get("title") or slug,
                policy=policy,
            )
            actions.write_draft(version=draft, payload=KINDS[kind].empty() | payload)
        publish(draft, effective_on=effective_on)
        return Template.objects.get(pk=draft.template_id)

    return make


@pytest.fixture
def taken(new_template):
    """Give Pauillac a template of its association."""

    def make(kind, slug, **payload):
        template = new_template(kind, slug, **payload)
        propagation.take(template=template, by=ADMINISTRATOR, now=NOW, today=TODAY)
        return template

    return make


class Staying(Client):
    """A browser that leaves the test in the schema it is in."""

    def request(self, **request):
        tenant = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(tenant)


@pytest.fixture
def director(make_user, association):
    site = f"association:{association.pk}"
    browser = Staying(headers={"host": "gironde.localhost"})
    return login_as(browser, make_user("director"), site=site)


@pytest.fixture
def admin(make_user, commune):
    client = Staying(headers={"host": "pauillac.localhost"})
    return login_as(client, make_user("admin", commune=commune), site=commune.schema_name)
