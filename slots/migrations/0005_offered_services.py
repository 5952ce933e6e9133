import django.db.models.deletion
from django.db import migrations, models


# As the days: a commune writes its own rows, everybody reads all, the platform erases.
POLICIES = """
ALTER TABLE public.slots_offeredservice ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON public.slots_offeredservice FOR SELECT USING (true);
CREATE POLICY own_rows ON public.slots_offeredservice
    USING (commune_id = (SELECT id FROM public.tenants_commune
                         WHERE 't_' || schema_name = current_user))
    WITH CHECK (commune_id = (SELECT id FROM public.tenants_commune
                              WHERE 't_' || schema_name = current_user));
CREATE POLICY platform_erases ON public.slots_offeredservice
    FOR DELETE USING (current_user = 't_public');
"""
NO_POLICIES = """
DROP POLICY platform_erases ON public.slots_offeredservice;
DROP POLICY own_rows ON public.slots_offeredservice;
DROP POLICY everybody_reads ON public.slots_offeredservice;
ALTER TABLE public.slots_offeredservice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('slots', '0004_meeting_points'),
        ('tenants', '0002_official_commune_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferedService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(verbose_name='motif')),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('reason', models.CharField(blank=True, default='', max_length=12, verbose_name='titres')),
                ('key', models.CharField(max_length=100, verbose_name='clé')),
                ('name', models.CharField(max_length=100, verbose_name='nom')),
                ('name_en', models.CharField(blank=True, default='', max_length=100, verbose_name='nom en anglais')),
                ('commune', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.commune')),
            ],
            options={
                'verbose_name': 'motif proposé en ligne',
                'constraints': [models.UniqueConstraint(fields=('commune', 'number'), name='one_offered_service_per_number')],
            },
        ),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
