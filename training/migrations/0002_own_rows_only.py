"""Let a commune see and touch its own people only; the association's side sees them all."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""
TABLES = ("attendance", "reply", "commitment", "helprequest")
FORWARDS = "".join(
    f"""
    ALTER TABLE public.training_{table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON public.training_{table} USING ({OWN}) WITH CHECK ({OWN});
    CREATE POLICY association_keeps_them ON public.training_{table}
        USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
    """
    for table in TABLES
)
BACKWARDS = "".join(
    f"""
    DROP POLICY association_keeps_them ON public.training_{table};
    DROP POLICY own_rows ON public.training_{table};
    ALTER TABLE public.training_{table} DISABLE ROW LEVEL SECURITY;
    """
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
