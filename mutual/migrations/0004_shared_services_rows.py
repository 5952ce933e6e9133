"""Let a host write which services it shows, and its members read them."""

from django.db import migrations


ME = "(SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"
POLICIES = f"""
ALTER TABLE public.mutual_sharedservice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON public.mutual_sharedservice FOR SELECT
    USING (agreement_id IN (SELECT id FROM public.mutual_agreement));
CREATE POLICY host_writes ON public.mutual_sharedservice
    USING (host_id = {ME})
    WITH CHECK (host_id = {ME} AND agreement_id IN (
        SELECT id FROM public.mutual_agreement WHERE host_id = {ME}));
CREATE POLICY platform ON public.mutual_sharedservice
    USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
"""
NO_POLICIES = """
DROP POLICY platform ON public.mutual_sharedservice;
DROP POLICY host_writes ON public.mutual_sharedservice;
DROP POLICY own_rows ON public.mutual_sharedservice;
ALTER TABLE public.mutual_sharedservice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [("mutual", "0003_shared_services")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
