from django.db import migrations


# A commune writes its own rows, whose role is named after its schema; everybody reads all.
POLICIES = """
ALTER TABLE public.slots_freeslotday ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON public.slots_freeslotday FOR SELECT USING (true);
CREATE POLICY own_rows ON public.slots_freeslotday
    USING (commune_id = (SELECT id FROM public.tenants_commune
                         WHERE 't_' || schema_name = current_user))
    WITH CHECK (commune_id = (SELECT id FROM public.tenants_commune
                              WHERE 't_' || schema_name = current_user));
"""
NO_POLICIES = """
DROP POLICY own_rows ON public.slots_freeslotday;
DROP POLICY everybody_reads ON public.slots_freeslotday;
ALTER TABLE public.slots_freeslotday DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("slots", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
