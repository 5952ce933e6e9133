"""Let a commune read and write its own counts only, and the association read them all."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE public.onboarding_metric ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own_rows ON public.onboarding_metric
                USING ({OWN}) WITH CHECK ({OWN});
            CREATE POLICY association_reads ON public.onboarding_metric FOR SELECT
                USING (current_user IN ('t_public', 'adoption_reader'));
            """,
            """
            DROP POLICY association_reads ON public.onboarding_metric;
            DROP POLICY own_rows ON public.onboarding_metric;
            ALTER TABLE public.onboarding_metric DISABLE ROW LEVEL SECURITY;
            """,
        )
    ]
