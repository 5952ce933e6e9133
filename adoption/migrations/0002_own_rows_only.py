"""Let a commune read and write what is its own, and the association all of it."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""
TABLES = ("monthlyreport", "preferences", "dtsyear", "dtsmonth")


class Migration(migrations.Migration):
    dependencies = [("adoption", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE public.adoption_{table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own_rows ON public.adoption_{table} USING ({OWN}) WITH CHECK ({OWN});
            CREATE POLICY association ON public.adoption_{table}
                USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
            """,
            f"""
            DROP POLICY association ON public.adoption_{table};
            DROP POLICY own_rows ON public.adoption_{table};
            ALTER TABLE public.adoption_{table} DISABLE ROW LEVEL SECURITY;
            """,
        )
        for table in TABLES
    ]
