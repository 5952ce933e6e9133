"""The database writes, seals and empties the record by itself: nobody else may.

The functions run as the owner. In a commune's schema they look at that schema alone; in public
they name every table in full, and write what concerns a commune into its own record.
"""

from django.db import migrations


ENTRY = (
    "(at, actor_id, actor_name, channel, origin, host, action, kind, object_table, object_id,"
    " label, payload, digest)"
)
WHO = """clock_timestamp(), (who ->> 'id')::bigint, coalesce(who ->> 'name', ''),
        coalesce(who ->> 'channel', ''), coalesce(who ->> 'origin', ''),
        coalesce(who ->> 'host', ''), coalesce(who ->> 'action', '')"""
SAID = "coalesce(nullif(current_setting('parvis.acting', true), ''), '{}')::jsonb"

# Arguments of a trigger: columns whose values are never written; columns that do not count;
# columns that name the row; in public, the column that leads to the commune.
ROW = f"""
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $audit$
DECLARE
    who jsonb := {SAID};
    ignored text[] := string_to_array(TG_ARGV[1], ',');
    old_row jsonb;
    new_row jsonb;
    before jsonb;
    after jsonb;
    hidden jsonb;
    payload jsonb;
BEGIN
    IF who ? 'bulk' THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, old_row -> key), jsonb_object_agg(key, value)
            INTO before, after
            FROM jsonb_each(new_row - ignored) WHERE value IS DISTINCT FROM old_row -> key;
        IF after IS NULL THEN
            RETURN NULL;
        END IF;
    ELSE
        SELECT jsonb_object_agg(key, value) INTO after
            FROM jsonb_each(coalesce(new_row, old_row) - ignored)
            WHERE value NOT IN ('null', '""', '[]', '{{}}');
        IF TG_OP = 'DELETE' THEN
            before := after;
            after := NULL;
        END IF;
    END IF;
    SELECT jsonb_agg(name) INTO hidden FROM unnest(string_to_array(TG_ARGV[0], ',')) AS name
        WHERE coalesce(after, before) ? name;
    IF hidden IS NOT NULL THEN
        before := before - string_to_array(TG_ARGV[0], ',');
        after := after - string_to_array(TG_ARGV[0], ',');
    END IF;
    payload := jsonb_strip_nulls(jsonb_build_object('hidden', hidden))
        || CASE WHEN before IS NULL THEN '{{}}' ELSE jsonb_build_object('before', before) END
        || CASE WHEN after IS NULL THEN '{{}}' ELSE jsonb_build_object('after', after) END;
    new_row := coalesce(new_row, old_row);
    <<write>>
    RETURN NULL;
END
$audit$;
"""
VALUES = f"""{WHO}, lower(TG_OP), TG_TABLE_NAME, coalesce(new_row ->> 'id', ''),
        left((SELECT coalesce(string_agg(new_row ->> name, ' '), '')
            FROM unnest(string_to_array(TG_ARGV[2], ',')) AS name), 200),
        payload, encode(sha256(convert_to(payload::text, 'UTF8')), 'hex')"""
IN_COMMUNE = f"INSERT INTO audit_entry {ENTRY} VALUES (\n        {VALUES});"
IN_PUBLIC = f"""SELECT schema_name INTO place FROM public.tenants_commune
        WHERE id = (new_row ->> TG_ARGV[3])::bigint;
    IF place IS NULL OR to_regclass(format('%I.audit_entry', place)) IS NULL THEN
        place := 'public';
    END IF;
    EXECUTE format('INSERT INTO %I.audit_entry {ENTRY}'
        ' VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)', place)
        USING {VALUES};"""

SAY = f"""
CREATE FUNCTION audit_say(what text, object_table text, object_id text, label text, detail jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $audit$
DECLARE
    who jsonb := {SAID} || jsonb_strip_nulls(jsonb_build_object('action', what));
    payload jsonb := coalesce(detail, '{{}}');
BEGIN
    INSERT INTO <<space>>audit_entry {ENTRY} VALUES (
        {WHO}, 'event', left(object_table, 63), left(object_id, 40), left(label, 200),
        payload, encode(sha256(convert_to(payload::text, 'UTF8')), 'hex'));
END
$audit$;
"""

SEAL = """
CREATE FUNCTION audit_seal(most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $audit$
DECLARE
    entry record;
    rank bigint;
    link text;
    next text;
    done bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock('<<space>>audit_entry'::regclass::oid::bigint) THEN
        RETURN 0;
    END IF;
    SELECT position, hash INTO rank, link FROM <<space>>audit_entry
        WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
    IF NOT FOUND THEN
        rank := 0;
        link := repeat('0', 64);
    END IF;
    FOR entry IN SELECT * FROM <<space>>audit_entry
        WHERE position IS NULL ORDER BY id LIMIT most
    LOOP
        rank := rank + 1;
        next := encode(sha256(convert_to(link || jsonb_build_array(
            rank, entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
            entry.actor_id, entry.actor_name, entry.channel, entry.origin, entry.host,
            entry.action, entry.kind, entry.object_table, entry.object_id, entry.label
            )::text || entry.digest, 'UTF8')), 'hex');
        UPDATE <<space>>audit_entry SET position = rank, previous = link, hash = next
            WHERE id = entry.id;
        link := next;
        done := done + 1;
    END LOOP;
    RETURN done;
END
$audit$;
"""

# Payloads after twelve months; whole rows after three years, up to a link that an anchor knows.
FORGET = """
CREATE FUNCTION audit_forget(today timestamptz, cut bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $audit$
DECLARE
    moment timestamptz := least(today, clock_timestamp());
    emptied bigint;
    gone bigint;
BEGIN
    UPDATE <<space>>audit_entry SET payload = NULL
        WHERE payload IS NOT NULL AND position IS NOT NULL AND at < moment - interval '12 months';
    GET DIAGNOSTICS emptied = ROW_COUNT;
    DELETE FROM <<space>>audit_entry WHERE position <= cut
        AND position < (SELECT max(position) FROM <<space>>audit_entry);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN emptied + gone;
END
$audit$;
CREATE FUNCTION audit_erase(wanted_table text, wanted_id text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $audit$
DECLARE
    emptied bigint;
BEGIN
    PERFORM <<space>>audit_seal(9223372036854775807);
    UPDATE <<space>>audit_entry SET payload = NULL WHERE payload IS NOT NULL
        AND position IS NOT NULL AND object_table = wanted_table AND object_id = wanted_id;
    GET DIAGNOSTICS emptied = ROW_COUNT;
    IF emptied > 0 THEN
        PERFORM <<space>>audit_say('audit:erase', wanted_table, wanted_id, '', NULL);
    END IF;
    RETURN emptied;
END
$audit$;
"""

STAYS = """
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $audit$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.position IS NOT NULL AND OLD.at < clock_timestamp() - interval '36 months' THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.position IS NULL AND NEW.position IS NOT NULL
        AND to_jsonb(NEW) - '{position,previous,hash}'::text[]
            = to_jsonb(OLD) - '{position,previous,hash}'::text[] THEN
        RETURN NEW;
    ELSIF OLD.position IS NOT NULL AND NEW.payload IS NULL
        AND to_jsonb(NEW) - 'payload' = to_jsonb(OLD) - 'payload' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the record only grows' USING ERRCODE = 'insufficient_privilege';
END
$audit$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON <<space>>audit_entry
    FOR EACH ROW EXECUTE FUNCTION <<space>>audit_stays();
"""
FUNCTIONS = (
    "audit_row()",
    "audit_say(text, text, text, text, jsonb)",
    "audit_seal(bigint)",
    "audit_forget(timestamptz, bigint)",
    "audit_erase(text, text)",
    "audit_stays()",
)


def texts(space: str) -> str:
    """Write every function for one kind of schema."""
    row = ROW.replace("<<write>>", IN_PUBLIC if space else IN_COMMUNE)
    if space:
        row = row.replace("    payload jsonb;\n", "    payload jsonb;\n    place text;\n")
    whole = row + SAY + SEAL + FORGET + STAYS
    if space:
        whole = whole.replace("CREATE FUNCTION audit_", "CREATE FUNCTION public.audit_")
    return whole.replace("<<space>>", space)


def quoted(text: str) -> str:
    """Wrap a text for EXECUTE; the functions inside are quoted otherwise."""
    return f"$create${text}$create$"


def settle() -> str:
    """Let each function look where it must, and nobody write past them."""
    commune = "".join(
        f"    EXECUTE format('ALTER FUNCTION {name} SET search_path TO %I, pg_temp',"
        " current_schema());\n"
        for name in FUNCTIONS
    )
    public = "".join(
        f"    ALTER FUNCTION public.{name} SET search_path TO pg_catalog, pg_temp;\n"
        f"    REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC;\n"
        for name in FUNCTIONS
    )
    return f"""DO $do$ BEGIN
IF current_schema() = 'public' THEN
    EXECUTE {quoted(texts("public."))};
{public}ELSE
    EXECUTE {quoted(texts(""))};
{commune}    IF to_regrole('t_' || current_schema()) IS NOT NULL THEN
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON audit_entry FROM %I',
            't_' || current_schema());
    END IF;
END IF;
END $do$"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL([settle()], migrations.RunSQL.noop)]
