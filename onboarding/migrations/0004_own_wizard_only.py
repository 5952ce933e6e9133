"""Let a commune touch its own rows only, and never write what the association decides."""

from django.db import migrations


OWN = """commune_id = (
    SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"""
MINE = "'t_' || schema_name = current_user"
TEAM = """user_id IN (
    SELECT m.user_id FROM public.tenants_membership m
    JOIN public.tenants_commune c ON c.id = m.commune_id
    WHERE 't_' || c.schema_name = current_user)"""
TABLES = {
    "onboarding_communefile": OWN,
    "onboarding_proof": OWN,
    "onboarding_readinessitem": f"{OWN} AND waived_at IS NULL",
    "onboarding_launch": f"{OWN} AND approved_at IS NULL AND refused_at IS NULL",
}
READ_BY_TEAM = {"identity_invitation": OWN, "mfa_authenticator": TEAM}


def own_rows(table: str, check: str) -> str:
    return f"""
        ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY platform ON public.{table}
            USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
        CREATE POLICY own_rows ON public.{table} FOR SELECT USING ({OWN});
        CREATE POLICY own_new ON public.{table} FOR INSERT WITH CHECK ({check});
        CREATE POLICY own_changes ON public.{table} FOR UPDATE USING ({OWN});
    """


def read_own(table: str, own: str) -> str:
    return f"""
        ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY platform ON public.{table}
            USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
        CREATE POLICY own_rows ON public.{table} FOR SELECT USING ({own});
    """


def nothing(table: str, *policies: str) -> str:
    dropped = "".join(f"DROP POLICY {name} ON public.{table};" for name in policies)
    return f"{dropped} ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0003_wizard"),
        ("identity", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("tenants", "0002_official_commune_search"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                own_rows(table, check),
                nothing(table, "platform", "own_rows", "own_new", "own_changes"),
            )
            for table, check in TABLES.items()
        ),
        *(
            migrations.RunSQL(read_own(table, own), nothing(table, "platform", "own_rows"))
            for table, own in READ_BY_TEAM.items()
        ),
        migrations.RunSQL(
            f"""
            ALTER TABLE public.tenants_commune ENABLE ROW LEVEL SECURITY;
            CREATE POLICY everybody_reads ON public.tenants_commune FOR SELECT USING (true);
            CREATE POLICY platform ON public.tenants_commune
                USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
            CREATE POLICY own_changes ON public.tenants_commune FOR UPDATE
                USING ({MINE}) WITH CHECK ({MINE});
            """,
            nothing("tenants_commune", "everybody_reads", "platform", "own_changes"),
        ),
    ]
