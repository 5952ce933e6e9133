"""Let a commune know who answers for it, and nothing of the others."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_register")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE public.onboarding_referent ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own_rows ON public.onboarding_referent FOR SELECT USING ({OWN});
            CREATE POLICY association ON public.onboarding_referent
                USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
            """,
            """
            DROP POLICY association ON public.onboarding_referent;
            DROP POLICY own_rows ON public.onboarding_referent;
            ALTER TABLE public.onboarding_referent DISABLE ROW LEVEL SECURITY;
            """,
        )
    ]
