import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


PEOPLE = """
INSERT INTO booking_participant
    (appointment_id, position, name, pre_application, situation, documents, ticks, missing)
SELECT id, n, CASE WHEN n = 1 THEN name ELSE '' END,
       CASE WHEN n = 1 THEN pre_application ELSE '' END, situation, documents, '{}', '{}'
FROM booking_appointment, generate_series(1, persons) n;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='clé')),
                ('title', models.CharField(blank=True, default='', max_length=150, verbose_name='pièce')),
                ('title_en', models.CharField(blank=True, default='', max_length=150, verbose_name='pièce, en anglais')),
                ('text', models.CharField(blank=True, default='', max_length=400, verbose_name='précision')),
                ('text_en', models.CharField(blank=True, default='', max_length=400, verbose_name='précision, en anglais')),
            ],
            options={
                'verbose_name': 'texte d’une pièce',
            },
        ),
        migrations.CreateModel(
            name='MessageText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=20, verbose_name='message')),
                ('language', models.CharField(default='fr', max_length=5, verbose_name='langue')),
                ('subject', models.CharField(blank=True, default='', max_length=150, verbose_name='objet')),
                ('text', models.TextField(blank=True, default='', verbose_name='texte ajouté')),
            ],
            options={
                'verbose_name': 'texte d’un message',
            },
        ),
        migrations.CreateModel(
            name='OpeningOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='jour')),
                ('start_time', models.TimeField(blank=True, null=True, verbose_name='de')),
                ('end_time', models.TimeField(blank=True, null=True, verbose_name='à')),
                ('reason', models.CharField(blank=True, default='', max_length=120, verbose_name='raison')),
            ],
            options={
                'verbose_name': 'plage modifiée',
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('name', models.CharField(blank=True, default='', max_length=120, verbose_name='nom et prénom')),
                ('pre_application', models.CharField(blank=True, default='', max_length=10, verbose_name='numéro de pré-demande')),
                ('situation', models.JSONField(blank=True, default=dict, verbose_name='situation')),
                ('documents', models.JSONField(blank=True, default=dict, verbose_name='pièces à apporter')),
                ('ticks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('missing', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
            ],
            options={
                'verbose_name': 'personne',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ServiceLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('min_days', models.PositiveSmallIntegerField(default=0, verbose_name='au moins, en jours')),
                ('max_days', models.PositiveSmallIntegerField(default=90, verbose_name='au plus, en jours')),
            ],
            options={
                'verbose_name': 'rendez-vous lié',
            },
        ),
        migrations.CreateModel(
            name='ServiceNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('counter', 'guichet'), ('station', 'station biométrique'), ('agent', 'agent'), ('room', 'salle')], max_length=10, verbose_name='nature')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='nombre')),
            ],
            options={
                'verbose_name': 'ressource nécessaire',
            },
        ),
        migrations.CreateModel(
            name='SettingsChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=200, verbose_name='changement')),
                ('before', models.JSONField(default=list, verbose_name='avant')),
                ('created', models.JSONField(default=list, verbose_name='créés')),
                ('at', models.DateTimeField(verbose_name='le')),
                ('by_id', models.BigIntegerField(blank=True, null=True, verbose_name='par')),
                ('by_name', models.CharField(blank=True, default='', max_length=80, verbose_name='par')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
            ],
            options={
                'verbose_name': 'changement des réglages',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='jour')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('name', models.CharField(blank=True, default='', max_length=120, verbose_name='nom et prénom')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='note de l’agent')),
                ('created_at', models.DateTimeField(verbose_name='pris à')),
                ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='appelé à')),
                ('served_at', models.DateTimeField(blank=True, null=True, verbose_name='reçu à')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='parti à')),
            ],
            options={
                'verbose_name': 'ticket',
                'ordering': ['day', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CNI', 'carte d’identité'), ('PASSPORT', 'passeport')], max_length=10, verbose_name='titre')),
                ('number', models.CharField(max_length=20, verbose_name='numéro de demande')),
                ('holder', models.CharField(blank=True, default='', max_length=120, verbose_name='titulaire')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='courriel')),
                ('phone', models.CharField(blank=True, default='', max_length=20, verbose_name='téléphone')),
                ('language', models.CharField(default='fr', max_length=5, verbose_name='langue')),
                ('token_hash', models.CharField(max_length=64, verbose_name='empreinte du lien')),
                ('arrived_on', models.DateField(verbose_name='arrivé le')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='titulaire prévenu le')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='relancé le')),
                ('collected_on', models.DateField(blank=True, null=True, verbose_name='remis le')),
                ('destroyed_on', models.DateField(blank=True, null=True, verbose_name='détruit le')),
            ],
            options={
                'verbose_name': 'titre à remettre',
                'ordering': ['arrived_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WaitingEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.JSONField(default=list, verbose_name='personnes')),
                ('name', models.CharField(max_length=120, verbose_name='nom et prénom')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='courriel')),
                ('phone', models.CharField(blank=True, default='', max_length=20, verbose_name='téléphone')),
                ('language', models.CharField(default='fr', max_length=5, verbose_name='langue')),
                ('first_day', models.DateField(verbose_name='à partir du')),
                ('last_day', models.DateField(verbose_name='jusqu’au, inclus')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='jours')),
                ('token_hash', models.CharField(max_length=64, verbose_name='empreinte du lien')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='inscrit le')),
                ('offers_missed', models.PositiveSmallIntegerField(default=0, verbose_name='offres laissées')),
                ('served_at', models.DateTimeField(blank=True, null=True, verbose_name='servi le')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='désinscrit le')),
            ],
            options={
                'verbose_name': 'inscription sur la liste d’attente',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_channel_known',
        ),
        migrations.RemoveConstraint(
            model_name='appointmentevent',
            name='event_kind_known',
        ),
        migrations.AddField(
            model_name='appointment',
            name='called_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='appelé à'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='cancel_reason',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='raison de l’annulation'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='certifies_identity',
            field=models.BooleanField(default=False, verbose_name='identité numérique à certifier'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followers', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='instead_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='is_resident',
            field=models.BooleanField(default=False, verbose_name='habite la commune'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'non renseigné'), ('complete', 'dossier complet'), ('incomplete', 'dossier incomplet')], default='', max_length=10, verbose_name='dossier'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='override_reason',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='raison du surnombre'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='presence_asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='présence demandée le'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='presence_confirmed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='présence confirmée le'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='served_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reçu à'),
        ),
        migrations.AddField(
            model_name='appointmentevent',
            name='detail',
            field=models.JSONField(blank=True, default=dict, verbose_name='détail'),
        ),
        migrations.AddField(
            model_name='closure',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='booking.site'),
        ),
        migrations.AddField(
            model_name='opening',
            name='every_weeks',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='toutes les … semaines'),
        ),
        migrations.AddField(
            model_name='opening',
            name='quota',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='au plus en ligne, par plage'),
        ),
        migrations.AddField(
            model_name='opening',
            name='release_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='ouvert en ligne, en jours avant'),
        ),
        migrations.AddField(
            model_name='opening',
            name='release_time',
            field=models.TimeField(blank=True, null=True, verbose_name='à l’heure'),
        ),
        migrations.AddField(
            model_name='opening',
            name='residents_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='habitants d’abord, jusqu’à … jours avant'),
        ),
        migrations.AddField(
            model_name='opening',
            name='school',
            field=models.CharField(choices=[('always', 'toute l’année'), ('term', 'hors vacances scolaires'), ('holidays', 'pendant les vacances scolaires')], default='always', max_length=10, verbose_name='vacances scolaires'),
        ),
        migrations.AddField(
            model_name='opening',
            name='services',
            field=models.ManyToManyField(blank=True, related_name='openings', to='booking.service', verbose_name='motifs'),
        ),
        migrations.AddField(
            model_name='opening',
            name='week_of_month',
            field=models.SmallIntegerField(blank=True, null=True, verbose_name='semaine du mois'),
        ),
        migrations.AddField(
            model_name='service',
            name='asks_presence',
            field=models.BooleanField(default=False, verbose_name='présence demandée avant le jour'),
        ),
        migrations.AddField(
            model_name='service',
            name='completion_minutes',
            field=models.PositiveSmallIntegerField(default=10, verbose_name='durée pour compléter un dossier'),
        ),
        migrations.AddField(
            model_name='service',
            name='has_waiting_list',
            field=models.BooleanField(default=True, verbose_name='liste d’attente'),
        ),
        migrations.AddField(
            model_name='service',
            name='instructions',
            field=models.TextField(blank=True, default='', verbose_name='à savoir après la réservation'),
        ),
        migrations.AddField(
            model_name='service',
            name='is_cancellable_online',
            field=models.BooleanField(default=True, verbose_name='annulable en ligne'),
        ),
        migrations.AddField(
            model_name='service',
            name='is_collection',
            field=models.BooleanField(default=False, verbose_name='remise de titres'),
        ),
        migrations.AddField(
            model_name='service',
            name='is_confidential',
            field=models.BooleanField(default=False, verbose_name='nom du motif absent des messages'),
        ),
        migrations.AddField(
            model_name='service',
            name='terms',
            field=models.TextField(blank=True, default='', verbose_name='à accepter avant de réserver'),
        ),
        migrations.AddField(
            model_name='settings',
            name='misses_allowed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='absences avant de réserver seulement par téléphone'),
        ),
        migrations.AddField(
            model_name='settings',
            name='offer_minutes',
            field=models.PositiveSmallIntegerField(default=120, verbose_name='durée d’une offre de la liste d’attente, en minutes'),
        ),
        migrations.AddField(
            model_name='settings',
            name='presence_days',
            field=models.PositiveSmallIntegerField(default=2, verbose_name='demander la présence, en jours avant'),
        ),
        migrations.AlterField(
            model_name='appointment',
            name='channel',
            field=models.CharField(choices=[('online', 'en ligne'), ('phone', 'par téléphone'), ('counter', 'au guichet'), ('walk_in', 'sans rendez-vous')], max_length=10, verbose_name='pris'),
        ),
        migrations.AlterField(
            model_name='appointmentevent',
            name='kind',
            field=models.CharField(choices=[('booked', 'confirmé'), ('cancelled', 'annulé'), ('arrived', 'arrivé'), ('honoured', 'reçu'), ('missed', 'absent'), ('reset', 'remis à l’état confirmé'), ('moved', 'déplacé'), ('shortened', 'une personne en moins'), ('called', 'appelé'), ('present', 'présence confirmée'), ('complete', 'dossier complet'), ('incomplete', 'dossier incomplet'), ('proposed', 'autres créneaux proposés')], max_length=10, verbose_name='fait'),
        ),
        migrations.AddConstraint(
            model_name='appointmentevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['booked', 'cancelled', 'arrived', 'honoured', 'missed', 'reset', 'moved', 'shortened', 'called', 'present', 'complete', 'incomplete', 'proposed'])), name='event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('site__isnull', True), ('resource__isnull', True), _connector='OR'), name='closure_of_a_site_or_a_resource'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('every_weeks', 1), models.Q(('every_weeks__in', [2, 3, 4]), ('valid_from__isnull', False)), _connector='OR'), name='opening_weeks_are_counted_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('week_of_month__isnull', True), ('week_of_month__in', [-1, 1, 2, 3, 4]), _connector='OR'), name='opening_week_of_month_known'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('school__in', ['always', 'term', 'holidays'])), name='opening_school_known'),
        ),
        migrations.AddConstraint(
            model_name='documenttext',
            constraint=models.UniqueConstraint(fields=('key',), name='one_text_per_document'),
        ),
        migrations.AddConstraint(
            model_name='documenttext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key__startswith', 'local-'), _negated=True), models.Q(('title', ''), _negated=True), _connector='OR'), name='own_document_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='messagetext',
            constraint=models.UniqueConstraint(fields=('event', 'language'), name='one_text_per_message'),
        ),
        migrations.AddField(
            model_name='openingoverride',
            name='opening',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='booking.opening'),
        ),
        migrations.AddField(
            model_name='openingoverride',
            name='resources',
            field=models.ManyToManyField(blank=True, related_name='+', to='booking.resource', verbose_name='guichets'),
        ),
        migrations.AddField(
            model_name='participant',
            name='appointment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='servicelink',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='booking.service'),
        ),
        migrations.AddField(
            model_name='servicelink',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='booking.service'),
        ),
        migrations.AddField(
            model_name='serviceneed',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='booking.service'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='appointment',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='ticket', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='called_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='booking.resource'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='service',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to='booking.service'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='booking.site'),
        ),
        migrations.AddField(
            model_name='title',
            name='collection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='titles', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='title',
            name='participant',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='titles', to='booking.participant'),
        ),
        migrations.AddField(
            model_name='title',
            name='station',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='booking.resource'),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='appointment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='booking.appointment'),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='booking.service'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='waiting_entry',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='booking.waitingentry'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['online', 'phone', 'counter', 'walk_in'])), name='appointment_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'complete', 'incomplete'])), name='appointment_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='openingoverride',
            constraint=models.UniqueConstraint(fields=('opening', 'day'), name='one_override_per_day'),
        ),
        migrations.AddConstraint(
            model_name='openingoverride',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_time__isnull', True), ('start_time__isnull', True)), ('start_time__lt', models.F('end_time')), _connector='OR'), name='override_is_cancelled_or_lasts'),
        ),
        migrations.AddConstraint(
            model_name='openingoverride',
            constraint=models.CheckConstraint(condition=models.Q(('start_time__isnull', True), models.Q(('end_time__minute__in', range(0, 60, 5)), ('end_time__second', 0), ('start_time__minute__in', range(0, 60, 5)), ('start_time__second', 0)), _connector='OR'), name='override_hours_are_on_the_grid'),
        ),
        migrations.AddIndex(
            model_name='participant',
            index=models.Index(condition=models.Q(('pre_application', ''), _negated=True), fields=['pre_application'], name='participant_by_number'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('appointment', 'position'), name='one_participant_per_position'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='participants_count_from_one'),
        ),
        migrations.AddConstraint(
            model_name='servicelink',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='one_link_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='servicelink',
            constraint=models.CheckConstraint(condition=models.Q(('min_days__lte', models.F('max_days'))), name='link_has_room'),
        ),
        migrations.AddConstraint(
            model_name='serviceneed',
            constraint=models.UniqueConstraint(fields=('service', 'kind'), name='one_need_per_kind'),
        ),
        migrations.AddConstraint(
            model_name='serviceneed',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='need_is_of_one_at_least'),
        ),
        migrations.AddConstraint(
            model_name='serviceneed',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['counter', 'station', 'agent', 'room'])), name='need_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'number'), name='one_ticket_per_number'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='tickets_count_from_one'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('served_at__isnull', True), ('left_at__isnull', True), _connector='OR'), name='ticket_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='one_title_per_token'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.UniqueConstraint(fields=('kind', 'number'), name='one_title_per_number'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CNI', 'PASSPORT'])), name='title_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.CheckConstraint(condition=models.Q(('collected_on__isnull', True), ('destroyed_on__isnull', True), _connector='OR'), name='title_ends_once'),
        ),
        migrations.AddIndex(
            model_name='waitingentry',
            index=models.Index(condition=models.Q(('left_at__isnull', True), ('served_at__isnull', True)), fields=['service', 'created_at'], name='waiting_in_order'),
        ),
        migrations.AddConstraint(
            model_name='waitingentry',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='one_waiting_entry_per_token'),
        ),
        migrations.AddConstraint(
            model_name='waitingentry',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='waiting_has_days'),
        ),
        migrations.AddConstraint(
            model_name='waitingentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', ''), _negated=True), models.Q(('phone', ''), _negated=True), _connector='OR'), name='waiting_can_be_told'),
        ),
        migrations.RunSQL(PEOPLE, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='appointment',
            name='documents',
        ),
        migrations.RemoveField(
            model_name='appointment',
            name='pre_application',
        ),
        migrations.RemoveField(
            model_name='appointment',
            name='situation',
        ),
    ]
