"""What the serving processes may ask of the owner of the database, as four functions of its own.

They own nothing and create nothing by themselves. Each function runs as the owner, checks the
registry first, and may be called from ``t_public`` only: no page of a commune reaches it.
"""

from collections.abc import Iterable

from django.db import connection
from psycopg import sql

from audit.watched import WATCHED_IN_PUBLIC, arguments
from tenants.models import SCHEMA_NAME
from tenants.roles import APP, APPEND_ONLY_IN_COMMUNES, READ_ONLY_IN_COMMUNES


MARK = "zz_parvis_template_zz"  # the passing schema; must occur nowhere else in the dump

# Temporary tables of whoever calls come last: unnamed, they would come first, even before the
# catalogue of the database.
SECURED = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
DROP = """
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', wanted);
    IF to_regrole(role) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE', role);
    EXECUTE format('DROP OWNED BY %I', role);
    IF NOT EXISTS (
        SELECT FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole(role)::oid
          AND dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
    THEN
        EXECUTE format('DROP ROLE %I', role);
    END IF;
"""

PROVISION = """
CREATE OR REPLACE FUNCTION public.tenants_provision(wanted text, version text) RETURNS boolean
{secured} AS $provision$
DECLARE
    template public.tenants_template;
    role text := 't_' || wanted;
    listed text;
    kept text;
BEGIN
    IF wanted !~ {name} THEN
        RAISE EXCEPTION 'not the name of a schema' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext(wanted));
    IF to_regnamespace(wanted) IS NOT NULL THEN
        RETURN false;
    END IF;
    SELECT * INTO template FROM public.tenants_template WHERE fingerprint = version;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no template for this version' USING ERRCODE = 'no_data_found';
    END IF;
    EXECUTE replace(template.sql, {mark}, wanted);
    EXECUTE format(
        'INSERT INTO %I.django_migrations (app, name, applied)'
        ' SELECT line->>0, line->>1, now() FROM jsonb_array_elements($1) AS line', wanted)
        USING template.applied;
    BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- roles belong to the cluster: another database may have it
    END;
    EXECUTE format('GRANT t_shared TO %I WITH INHERIT TRUE', role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I, public, extensions TO %I', wanted, role);
    SELECT string_agg(format('%I.%I', wanted, name), ', ') INTO listed
        FROM unnest(template.tables) AS name;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', listed, role);
    SELECT string_agg(format('%I.%I', wanted, name), ', ') INTO listed
        FROM unnest(template.sequences) AS name;
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', listed, role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I'
        ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', wanted, role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I'
        ' GRANT USAGE, SELECT ON SEQUENCES TO %I', wanted, role);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.django_migrations FROM %I', wanted, role);
    FOR kept IN SELECT name FROM unnest(template.tables) AS name WHERE name = ANY({append_only})
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %I.%I FROM %I', wanted, kept, role);
    END LOOP;
    FOR kept IN SELECT name FROM unnest(template.tables) AS name WHERE name = ANY({read_only})
    LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I.%I FROM %I', wanted, kept, role);
    END LOOP;
    IF to_regrole({app}) IS NOT NULL THEN
        EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', role, {app});
    END IF;
    RETURN true;
END
$provision$
"""

# A preview whose time is over, and nothing else: a commune that has opened is never dropped here.
FORGET_PREVIEW = """
CREATE OR REPLACE FUNCTION public.tenants_forget_preview(wanted text) RETURNS void
{secured} AS $forget$
DECLARE
    role text := 't_' || wanted;
BEGIN
    IF wanted !~ {name} OR NOT EXISTS (
        SELECT FROM public.tenants_commune
        WHERE schema_name = wanted AND state IN ('creating', 'preview') AND opened_at IS NULL
          AND delete_after <= clock_timestamp())
    THEN
        RAISE EXCEPTION 'not a preview that is over' USING ERRCODE = 'insufficient_privilege';
    END IF;
    {drop}
END
$forget$
"""

# A commune that has left: two persons decided, the time has come, nobody cancelled.
DESTROY = """
CREATE OR REPLACE FUNCTION public.tenants_destroy(wanted text, OUT tables bigint, OUT bytes bigint)
{secured} AS $destroy$
DECLARE
    role text := 't_' || wanted;
BEGIN
    IF wanted !~ {name} OR NOT EXISTS (
        SELECT FROM public.tenants_departure departure
        JOIN public.tenants_commune commune ON commune.id = departure.commune_id
        WHERE commune.schema_name = wanted AND commune.state = 'suspended'
          AND departure.state = 'moved' AND departure.drop_after <= clock_timestamp()
          AND departure.confirmed_by_id <> departure.asked_by_id)
    THEN
        RAISE EXCEPTION 'not a commune that has left' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT count(*), coalesce(sum(pg_catalog.pg_total_relation_size(oid)), 0) INTO tables, bytes
        FROM pg_catalog.pg_class
        WHERE relnamespace = to_regnamespace(wanted) AND relkind IN ('r', 'p');
    {drop}
END
$destroy$
"""

# What was tried in a sandbox or a preview is nobody's.
EMPTY = """
CREATE OR REPLACE FUNCTION public.tenants_empty(wanted text) RETURNS void
{secured} AS $empty$
DECLARE
    listed text;
BEGIN
    IF wanted !~ {name} OR NOT EXISTS (
        SELECT FROM public.tenants_commune
        WHERE schema_name = wanted AND (kind = 'sandbox' OR state = 'preview'))
    THEN
        RAISE EXCEPTION 'neither a sandbox nor a preview' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT string_agg(format('%I.%I', wanted, relname), ', ') INTO listed
        FROM pg_class
        WHERE relnamespace = to_regnamespace(wanted) AND relkind IN ('r', 'p')
          AND relname <> 'django_migrations';
    EXECUTE 'TRUNCATE ' || listed || ' RESTART IDENTITY';
END
$empty$
"""

# A commune's tables have theirs by migrations, so that its template carries them.
WATCH = """CREATE OR REPLACE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION public.audit_row({said})"""


def install_procedures() -> None:
    """Write the functions as this version has them; safe to repeat, by the owner only."""
    parts = {
        "secured": sql.SQL(SECURED),
        "drop": sql.SQL(DROP),
        "name": sql.Literal(SCHEMA_NAME),
        "mark": sql.Literal(MARK),
        "app": sql.Literal(APP),
        "append_only": _array(APPEND_ONLY_IN_COMMUNES),
        "read_only": _array(READ_ONLY_IN_COMMUNES),
    }
    with connection.cursor() as cursor:
        for text in (PROVISION, FORGET_PREVIEW, DESTROY, EMPTY):
            cursor.execute(sql.SQL(text).format(**parts))
        for name in (
            "tenants_provision(text, text)",
            "tenants_forget_preview(text)",
            "tenants_destroy(text)",
            "tenants_empty(text)",
            "audit_say(text, text, text, text, jsonb)",
            "audit_seal(bigint)",
            "training_forget_drawings(bigint[])",
            "audit_forget(timestamptz, bigint)",
        ):
            function = sql.SQL("public." + name)
            cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(function))
            cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO t_public").format(function))


def watch_public_tables() -> None:
    """Write down what changes in public about a commune; safe to repeat, by the owner only."""
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, watch in WATCHED_IN_PUBLIC.items():
            if table in known:
                cursor.execute(
                    sql.SQL(WATCH).format(
                        table=sql.Identifier("public", table),
                        said=sql.SQL(", ").join(map(sql.Literal, arguments(watch))),
                    )
                )


def _array(names: Iterable[str]) -> sql.Composed:
    return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, sorted(names))))
