"""Move the keys of private links where a commune reads its own only."""

import django.db.models.deletion
from django.db import migrations, models


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""
POLICIES = f"""
    ALTER TABLE public.tenants_trialkey ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON public.tenants_trialkey FOR SELECT USING ({OWN});
    CREATE POLICY platform ON public.tenants_trialkey
        USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
"""
UNDO = """
    DROP POLICY platform ON public.tenants_trialkey;
    DROP POLICY own_rows ON public.tenants_trialkey;
    ALTER TABLE public.tenants_trialkey DISABLE ROW LEVEL SECURITY;
"""
MOVE = """
    INSERT INTO public.tenants_trialkey (commune_id, key)
    SELECT id, private_key FROM public.tenants_commune WHERE private_key <> ''
"""
MOVE_BACK = """
    UPDATE public.tenants_commune SET private_key = key
    FROM public.tenants_trialkey WHERE commune_id = id
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_departures")]

    operations = [
        migrations.CreateModel(
            name="TrialKey",
            fields=[
                (
                    "commune",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="trial_key",
                        serialize=False,
                        to="tenants.commune",
                    ),
                ),
                ("key", models.CharField(max_length=32, verbose_name="clé d’essai")),
            ],
            options={"verbose_name": "clé d’essai"},
        ),
        migrations.RunSQL(POLICIES, UNDO),
        migrations.RunSQL(MOVE, MOVE_BACK),
        migrations.RemoveField(model_name="commune", name="private_key"),
    ]
