import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# A commune writes its own rows, the platform puts them in or out of use, nobody deletes.
POLICIES = """
ALTER TABLE public.slots_meetingpoint ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON public.slots_meetingpoint FOR SELECT USING (true);
CREATE POLICY adds_own ON public.slots_meetingpoint FOR INSERT
    WITH CHECK (commune_id = (SELECT id FROM public.tenants_commune
                              WHERE 't_' || schema_name = current_user));
CREATE POLICY changes_own ON public.slots_meetingpoint FOR UPDATE
    USING (commune_id = (SELECT id FROM public.tenants_commune
                         WHERE 't_' || schema_name = current_user));
CREATE POLICY platform_follows ON public.slots_meetingpoint FOR UPDATE
    USING (current_user = 't_public');
"""
# What can be asked for belongs to the commune that offers it.
KINDS = """
UPDATE public.slots_slotkind AS k SET commune_id = c.id FROM public.tenants_commune AS c
    WHERE split_part(k.service_code, ':', 1) = 'local'
        AND split_part(k.service_code, ':', 2) = c.schema_name;
ALTER TABLE public.slots_slotkind ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON public.slots_slotkind FOR SELECT USING (true);
CREATE POLICY adds_own ON public.slots_slotkind FOR INSERT
    WITH CHECK (starts_with(service_code, 'local:' || substr(current_user, 3) || ':')
                OR NOT starts_with(service_code, 'local:'));
CREATE POLICY changes_own ON public.slots_slotkind FOR UPDATE
    USING (starts_with(service_code, 'local:' || substr(current_user, 3) || ':'));
CREATE POLICY platform_erases ON public.slots_slotkind FOR DELETE
    USING (current_user = 't_public');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('slots', '0003_platform_erases'),
    ]

    operations = [
        migrations.CreateModel(
            name='MeetingPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.IntegerField(verbose_name='lieu')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('street', models.CharField(blank=True, default='', max_length=300, verbose_name='rue')),
                ('zip_code', models.CharField(blank=True, default='', max_length=5, verbose_name='code postal')),
                ('city', models.CharField(max_length=100, verbose_name='ville')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('ugf', models.CharField(blank=True, default='', max_length=5, verbose_name='code UGF')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name='titres')),
                ('is_open', models.BooleanField(default=True, verbose_name='reçoit')),
                ('is_active', models.BooleanField(default=False, verbose_name='en service')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.commune')),
            ],
            options={
                'verbose_name': 'lieu de rendez-vous',
                'constraints': [models.UniqueConstraint(fields=('commune', 'site'), name='one_meeting_point_per_site'), models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='meeting_point_is_on_earth'), models.CheckConstraint(condition=models.Q(('is_active', False), ('is_open', True), _connector='OR'), name='only_what_is_open_is_active')],
            },
        ),
        migrations.AddField(
            model_name='slotkind',
            name='commune',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.commune'),
        ),
        migrations.AddField(
            model_name='slotkind',
            name='notice_hours',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='délai minimal en heures'),
        ),
        migrations.AddField(
            model_name='slotkind',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(default=365, verbose_name='réservable jusqu’à, en jours'),
        ),
        migrations.AddIndex(
            model_name='slotkind',
            index=models.Index(fields=['commune', 'reason', 'persons'], name='slot_kind_of_commune'),
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
    ]
