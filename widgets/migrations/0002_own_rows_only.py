"""Let a commune see and touch its own names and sites only, and prove nothing by itself."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""
TABLES = {"widgets_customdomain": "pending_dns", "widgets_embeddingsite": "pending"}

POLICIES = "".join(
    f"""
    ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON public.{table} USING ({OWN}) WITH CHECK ({OWN});
    CREATE POLICY nothing_proven ON public.{table} AS RESTRICTIVE FOR INSERT
        WITH CHECK (current_user = 't_public' OR state = '{state}');
    CREATE POLICY platform_decides ON public.{table}
        USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
    """
    for table, state in TABLES.items()
)
UNDO = "".join(
    f"""
    DROP POLICY platform_decides ON public.{table};
    DROP POLICY nothing_proven ON public.{table};
    DROP POLICY own_rows ON public.{table};
    ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY;
    """
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("widgets", "0001_own_names")]

    operations = [migrations.RunSQL(POLICIES, UNDO)]
