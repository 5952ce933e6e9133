import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0002_official_commune_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='SlotKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service_code', models.CharField(max_length=80, verbose_name='motif')),
                ('reason', models.CharField(blank=True, default='', max_length=12, verbose_name='titres')),
                ('persons', models.PositiveSmallIntegerField(verbose_name='personnes')),
                ('channel', models.CharField(default='online', max_length=10, verbose_name='pris')),
            ],
            options={
                'verbose_name': 'sorte de créneau',
                'constraints': [models.UniqueConstraint(fields=('service_code', 'reason', 'persons', 'channel'), name='one_kind_per_question')],
            },
        ),
        migrations.CreateModel(
            name='FreeSlotDay',
            fields=[
                ('pk', models.CompositePrimaryKey('commune_id', 'site', 'kind_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('site', models.IntegerField(verbose_name='lieu')),
                ('day', models.DateField(verbose_name='jour')),
                ('first_start', models.DateTimeField(null=True, verbose_name='premier départ')),
                ('n', models.PositiveSmallIntegerField(verbose_name='départs')),
                ('starts', models.BinaryField(verbose_name='départs libres')),
                ('version', models.BigIntegerField(default=1, verbose_name='version')),
                ('stale_at', models.DateTimeField(null=True, verbose_name='à revoir le')),
                ('commune', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.commune')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='slots.slotkind')),
            ],
            options={
                'verbose_name': 'jour de créneaux',
                'indexes': [models.Index(condition=models.Q(('n__gt', 0)), fields=['kind', 'first_start'], include=('commune', 'site', 'n'), name='free_slot_first')],
            },
        ),
    ]
