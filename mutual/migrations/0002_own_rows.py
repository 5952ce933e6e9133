"""Let a commune see the agreements it takes part in, and open or close its own phone desk."""

from django.db import migrations


ME = "(SELECT id FROM public.tenants_commune WHERE 't_' || schema_name = current_user)"
POLICIES = f"""
ALTER TABLE public.mutual_agreement ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON public.mutual_agreement FOR SELECT
    USING (host_id = {ME} OR id IN (
        SELECT agreement_id FROM public.mutual_agreementmember WHERE commune_id = {ME}));
CREATE POLICY association_writes ON public.mutual_agreement
    USING (current_user = 't_public') WITH CHECK (current_user = 't_public');
ALTER TABLE public.mutual_agreementuse ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON public.mutual_agreementuse FOR SELECT
    USING (host_id = {ME} OR commune_id = {ME});
CREATE POLICY host_writes ON public.mutual_agreementuse
    USING (host_id = {ME}) WITH CHECK (host_id = {ME});
CREATE POLICY association_reads ON public.mutual_agreementuse FOR SELECT
    USING (current_user = 't_public');
ALTER TABLE public.mutual_phonedesk ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON public.mutual_phonedesk
    USING (commune_id = {ME}) WITH CHECK (commune_id = {ME});
CREATE POLICY association_reads ON public.mutual_phonedesk FOR SELECT
    USING (current_user = 't_public');
"""
NO_POLICIES = """
DROP POLICY association_reads ON public.mutual_phonedesk;
DROP POLICY own_rows ON public.mutual_phonedesk;
ALTER TABLE public.mutual_phonedesk DISABLE ROW LEVEL SECURITY;
DROP POLICY association_reads ON public.mutual_agreementuse;
DROP POLICY host_writes ON public.mutual_agreementuse;
DROP POLICY own_rows ON public.mutual_agreementuse;
ALTER TABLE public.mutual_agreementuse DISABLE ROW LEVEL SECURITY;
DROP POLICY association_writes ON public.mutual_agreement;
DROP POLICY own_rows ON public.mutual_agreement;
ALTER TABLE public.mutual_agreement DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [("mutual", "0001_agreements")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
