"""Two walls between communes: the guard in Python, the roles in PostgreSQL."""

import copy
import pickle

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q
from django_tenants.utils import schema_context
from psycopg.errors import InsufficientPrivilege

from booking.models import Resource, Service, Site
from parvis import settings as product
from parvis.guard import TenantModel, TenantQuerySet, WrongTenant
from parvis.signing import sign, unsign
from tenants.catalogue import crossing_foreign_keys
from tenants.roles import SHARED


pytestmark = pytest.mark.django_db
OTHER = "c_33214"


@pytest.fixture
def service():
    return Service.objects.create(slug="carte", name="Carte d’identité", minutes=[20])


@pytest.fixture
def resource():
    return Resource.objects.create(site=Site.objects.create(name="Mairie"), name="Guichet 1")


QUERYSET_USES = {
    "list": list,
    "count": lambda q: q.count(),
    "exists": lambda q: q.exists(),
    "first": lambda q: q.first(),
    "last": lambda q: q.last(),
    "latest": lambda q: q.latest("pk"),
    "get": lambda q: q.get(),
    "slice": lambda q: list(q[:1]),
    "values": lambda q: list(q.values("name")),
    "in_bulk": lambda q: q.in_bulk(),
    "iterator": lambda q: list(q.iterator()),
    "aggregate": lambda q: q.aggregate(n=Count("pk")),
    "update": lambda q: q.update(name="x"),
    "delete": lambda q: q.delete(),
    "create": lambda q: q.create(slug="x", name="x", minutes=[5]),
    "get_or_create": lambda q: q.get_or_create(slug="x"),
    "filter": lambda q: list(q.filter(name="x")),
    "union": lambda q: list(q.union(q)),
    "raw": lambda q: list(q.raw("SELECT * FROM booking_service")),
    "explain": lambda q: q.explain(),
}


@pytest.mark.parametrize("use", QUERYSET_USES.values(), ids=QUERYSET_USES)
def test_a_queryset_built_in_one_commune_is_refused_in_another(use):
    built = Service.objects.filter(pk__gt=0)

    with schema_context(OTHER), pytest.raises(WrongTenant):
        use(built)


INSTANCE_USES = {
    "save": lambda s: s.save(),
    "delete": lambda s: s.delete(),
    "refresh": lambda s: s.refresh_from_db(),
    "unpickled": lambda s: pickle.loads(pickle.dumps(s)).save(),  # noqa: S301
    "copied": lambda s: copy.copy(s).save(),
    "filter": lambda s: list(Resource.objects.filter(services=s)),
    "condition": lambda s: list(Resource.objects.filter(Q(services=s) | Q(services__in=[s]))),
    "bulk_update": lambda s: Service.objects.bulk_update([s], ["name"]),
    "related": lambda s: list(s.resources.all()),
    "add": lambda s: s.resources.add(1),
    "clear": lambda s: s.resources.clear(),
}


@pytest.mark.parametrize("use", INSTANCE_USES.values(), ids=INSTANCE_USES)
def test_a_row_of_one_commune_is_refused_in_another(use, service):
    with schema_context(OTHER), pytest.raises(WrongTenant):
        use(service)


def test_a_foreign_key_to_another_commune_is_refused(resource):
    site = resource.site

    with schema_context(OTHER), pytest.raises(WrongTenant):
        Resource.objects.create(site=site, name="Intrus")


def test_an_iterator_is_refused_when_the_commune_changes_on_the_way():
    Service.objects.bulk_create(Service(slug=f"s{n}", name=f"S{n}", minutes=[5]) for n in range(3))
    rows = Service.objects.order_by("pk").iterator(chunk_size=1)
    next(rows)

    with schema_context(OTHER), pytest.raises(WrongTenant):
        list(rows)


def test_every_table_of_a_commune_is_guarded():
    models = [
        model
        for label in settings.TENANT_APPS
        for model in apps.get_app_config(label.rpartition(".")[2]).get_models()
    ]

    assert models
    for model in models:
        assert issubclass(model, TenantModel), model
        assert isinstance(model._default_manager.all(), TenantQuerySet), model
        assert isinstance(model._base_manager.all(), TenantQuerySet), model


def test_no_foreign_key_leads_from_one_schema_to_another():
    assert crossing_foreign_keys() == []


def refused(statement):
    with (
        pytest.raises(DatabaseError) as fault,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(fault.value.__cause__, InsufficientPrivilege), fault.value


def tables_of(schema):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
            [schema],
        )
        return [name for (name,) in cursor.fetchall()]


def test_the_role_of_a_commune_reads_no_table_of_another():
    tables = tables_of("c_33214")

    assert len(tables) > 8
    for table in tables:
        refused(f"SELECT * FROM c_33214.{table}")


@pytest.mark.public
def test_the_public_role_reads_no_commune():
    for table in tables_of("c_33314"):
        refused(f"SELECT * FROM c_33314.{table}")


def test_a_commune_may_not_change_structure_or_the_registry():
    refused("CREATE TABLE c_33314.intruder (id int)")
    refused("DROP TABLE c_33314.booking_service")
    refused("UPDATE public.tenants_commune SET name = 'x'")
    refused("DELETE FROM c_33314.django_migrations")
    refused("UPDATE c_33314.booking_appointmentevent SET kind = 'missed'")
    refused("SELECT sql FROM public.tenants_template")
    refused("SELECT subject FROM public.parvis_outgoingemail")
    refused("UPDATE public.tenants_user SET password = 'x'")


def test_a_search_path_changed_by_hand_changes_nothing():
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = c_33214")
        cursor.execute("SELECT count(*) FROM booking_service")


def test_an_unknown_schema_is_an_error_and_not_an_empty_site():
    with pytest.raises(DatabaseError), transaction.atomic(), schema_context("c_99999"):
        Service.objects.count()


def test_after_a_rollback_the_connection_still_looks_at_its_commune(service):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        connection.set_schema(OTHER)
        Service.objects.count()
        connection.set_schema("c_33314")
        raise ZeroDivisionError

    assert Service.objects.get() == service


@pytest.mark.parametrize("alias", settings.CACHES)
def test_each_cache_says_whether_communes_share_it(alias):
    caches[alias].set("canary", "pauillac")

    with schema_context(OTHER):
        seen = caches[alias].get("canary")

    assert seen == ("pauillac" if alias == "shared" else None)


def test_a_signature_is_worth_nothing_in_another_commune():
    text = sign({"id": 1}, purpose="test")

    assert unsign(text, purpose="test", max_age=60) == {"id": 1}
    with schema_context(OTHER), pytest.raises(BadSignature):
        unsign(text, purpose="test", max_age=60)
    with pytest.raises(BadSignature):
        unsign(text, purpose="other", max_age=60)


def test_a_file_is_out_of_reach_of_another_commune(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("photo.jpg", ContentFile(b"x"))

    assert name.startswith("c_33314/")
    with default_storage.open(name) as kept:
        assert kept.read() == b"x"
    with schema_context(OTHER), pytest.raises(SuspiciousFileOperation):
        default_storage.open(name)
    with pytest.raises(SuspiciousFileOperation):
        default_storage.open("c_33314/../c_33214/x.jpg")


def test_shared_and_commune_applications_are_disjoint_but_for_what_all_keep():
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    assert both == {"parvis", "audit", "messaging"}


def test_passwords_are_not_hashed_like_this_in_production():
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert make_password("x")


# What a commune may read of others: where it stands among them, who shares a counter with whom,
# which names lead where, who works where.
SEEN_BY_ALL = {
    "adoption_benchmark",
    "mutual_agreementmember",
    "tenants_domain",
    "tenants_membership",
}


def asked(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_a_commune_sees_its_own_rows_only_in_shared_tables():
    found = asked(
        "SELECT c.relname, c.relrowsecurity FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'commune_id'"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND c.relname = ANY(%s)",
        list(SHARED),
    )

    assert len(found) > 15
    assert {name for name, is_walled in found if not is_walled} == SEEN_BY_ALL


def test_no_role_that_serves_pages_is_above_the_policies():
    above = asked(
        "SELECT rolname FROM pg_roles WHERE rolname ~ '^(t_|parvis_app)' AND"
        " (rolsuper OR rolbypassrls OR oid IN (SELECT relowner FROM pg_class))"
    )

    assert above == []


def test_what_runs_as_the_owner_looks_at_no_table_of_its_caller_and_serves_the_public_role_alone():
    found = asked(
        "SELECT proname, proconfig, ARRAY(SELECT grantee::regrole::text FROM aclexplode(proacl)"
        " WHERE grantee <> proowner) FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname"
    )

    path = ["search_path=pg_catalog, pg_temp"]
    asked_for = ["audit_forget", "audit_say", "audit_seal"]
    names = ("destroy", "empty", "forget_preview", "provision")
    asked_for += [*(f"tenants_{name}" for name in names), "training_forget_drawings"]
    assert found == sorted(
        [(name, path, ["t_public"]) for name in asked_for]
        + [(name, path, []) for name in ("audit_erase", "audit_row")]
    )
