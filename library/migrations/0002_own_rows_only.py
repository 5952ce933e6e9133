"""Keep published versions as they are, and show each commune what is offered to it alone."""

from django.db import migrations


ME = "(SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"
OURS = """(SELECT association_id FROM public.tenants_commune
           WHERE 't_' || schema_name = current_user)"""
OFFERED = f"(association_id IS NULL OR association_id = {OURS})"
READABLE = f"""(published_at IS NOT NULL OR impact_asked_at IS NOT NULL)
    AND template_id IN (SELECT id FROM public.library_template WHERE {OFFERED})"""
READS = {
    "library_template": OFFERED,
    "library_templateversion": READABLE,
    "library_templateapplication": f"commune_id = {ME}",
    "library_impact": f"commune_id = {ME}",
    "library_suggestion": f"commune_id = {ME}",
}
IMMUTABLE = """
CREATE FUNCTION public.library_version_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'published_versions_stay';
END $$;
CREATE TRIGGER published_versions_stay BEFORE UPDATE ON public.library_templateversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION public.library_version_is_published();
"""
CHANGEABLE = """
DROP TRIGGER published_versions_stay ON public.library_templateversion;
DROP FUNCTION public.library_version_is_published();
"""


def policies():
    for table, reads in READS.items():
        yield f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;"
        yield f"""CREATE POLICY association ON public.{table}
                  USING (current_user = 't_public') WITH CHECK (current_user = 't_public');"""
        yield f"CREATE POLICY communes_read ON public.{table} FOR SELECT USING ({reads});"
    for table in ("library_templateapplication", "library_suggestion"):
        yield f"""CREATE POLICY own_rows ON public.{table} FOR INSERT
                  WITH CHECK (commune_id = {ME});"""
    for table in ("library_templateapplication", "library_impact"):
        yield f"""CREATE POLICY own_state ON public.{table} FOR UPDATE
                  USING (commune_id = {ME}) WITH CHECK (commune_id = {ME});"""


def none():
    for table in READS:
        for name in ("association", "communes_read", "own_rows", "own_state"):
            yield f"DROP POLICY IF EXISTS {name} ON public.{table};"
        yield f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial"), ("tenants", "0002_official_commune_search")]

    operations = [
        migrations.RunSQL("\n".join(policies()), "\n".join(none())),
        migrations.RunSQL(IMMUTABLE, CHANGEABLE),
    ]
