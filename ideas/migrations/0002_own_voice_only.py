"""Show a commune the ideas of its association alone, and let it speak in its own name only."""

from django.db import migrations


ME = "(SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"
OURS = """(SELECT association_id FROM public.tenants_commune
           WHERE 't_' || schema_name = current_user)"""
OF_OURS = f"""idea_id IN (SELECT id FROM public.ideas_idea WHERE association_id = {OURS})"""
TABLES = {
    "ideas_idea": (f"association_id = {OURS}", f"commune_id = {ME} AND association_id = {OURS}"
                   " AND status = 'open' AND origin = 'board'"),
    "ideas_news": (f"association_id = {OURS}", ""),
    "ideas_answer": (OF_OURS, ""),
    "ideas_vote": (OF_OURS, f"commune_id = {ME} AND {OF_OURS}"),
    "ideas_subscription": (f"commune_id = {ME}", f"commune_id = {ME} AND {OF_OURS}"),
}


def policies():
    for table, (reads, writes) in TABLES.items():
        yield f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;"
        yield f"""CREATE POLICY association ON public.{table}
                  USING (current_user = 't_public') WITH CHECK (current_user = 't_public');"""
        yield f"CREATE POLICY members_read ON public.{table} FOR SELECT USING ({reads});"
        if writes:
            yield f"CREATE POLICY own_voice ON public.{table} FOR INSERT WITH CHECK ({writes});"
    for table in ("ideas_vote", "ideas_subscription"):
        yield f"CREATE POLICY taken_back ON public.{table} FOR DELETE USING (commune_id = {ME});"


def none():
    for table in TABLES:
        for name in ("association", "members_read", "own_voice", "taken_back"):
            yield f"DROP POLICY IF EXISTS {name} ON public.{table};"
        yield f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("ideas", "0001_initial"), ("tenants", "0002_official_commune_search")]

    operations = [migrations.RunSQL("\n".join(policies()), "\n".join(none()))]
