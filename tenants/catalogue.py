"""Read PostgreSQL's catalogue: what a schema looks like, whatever its name."""

from collections.abc import Iterable

from django.db import connection


FINGERPRINTS = """
SELECT n.nspname, md5(string_agg(d.line, E'\n' ORDER BY d.line COLLATE "C"))
FROM pg_namespace n CROSS JOIN LATERAL (
  SELECT regexp_replace(replace(x.line, n.nspname || '.', ''), %s, '', 'g') AS line FROM (
    SELECT concat_ws(' ', 'col', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                     a.attnotnull, a.attidentity, a.attgenerated,
                     pg_get_expr(f.adbin, f.adrelid)) AS line
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
    WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT concat_ws(' ', 'con', k.conrelid::regclass, k.conname, k.convalidated,
                     pg_get_constraintdef(k.oid))
    FROM pg_constraint k WHERE k.connamespace = n.oid
    UNION ALL
    SELECT concat_ws(' ', 'idx', i.indisvalid, pg_get_indexdef(i.indexrelid))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = n.oid
    UNION ALL
    SELECT concat_ws(' ', 'trg', t.tgrelid::regclass, t.tgname, pg_get_triggerdef(t.oid))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = n.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'fun', p.proname, md5(p.prosrc))
    FROM pg_proc p WHERE p.pronamespace = n.oid
  ) x
) d
WHERE n.nspname = ANY(%s) GROUP BY n.nspname
"""

# A dumped condition comes back with its casts elsewhere: "(ARRAY['a', 'b'])::text[]" becomes
# "ARRAY[('a')::text, ('b')::text]". Casts between texts and parentheses do not count.
SPELLING = r"[()]|::(text|character varying)(\[\])?"

CROSSING_KEYS = """
SELECT k.conname FROM pg_constraint k
JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
WHERE k.contype = 'f' AND a.relnamespace <> b.relnamespace
"""


def fingerprints(schemas: Iterable[str]) -> dict[str, str]:
    """Summarise columns, constraints, indexes, triggers and functions of each schema.

    Two schemas of the same structure have the same fingerprint; the order of columns does not
    count. Names are printed with their schema first, so that it can be stripped.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        path = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('search_path', '', false)")
        try:
            cursor.execute(FINGERPRINTS, [SPELLING, list(schemas)])
            return dict(cursor.fetchall())
        finally:
            cursor.execute("SELECT set_config('search_path', %s, false)", [path])


def crossing_foreign_keys() -> list[str]:
    """Name the foreign keys that lead from one schema to another; there must be none."""
    with connection.cursor() as cursor:
        cursor.execute(CROSSING_KEYS)
        return [name for (name,) in cursor.fetchall()]
