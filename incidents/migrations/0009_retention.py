import django.contrib.postgres.fields
from django.db import migrations, models

# The history is only added to: this function is the one way to delete from it. It runs as the
# owner, and refuses unless every report named, with all those merged with it, has been closed for
# as long as records are kept, as the history itself tells.
FORGET = """
CREATE FUNCTION incidents_forget_history(reports bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $forget$
DECLARE
    deleted bigint;
BEGIN
    IF EXISTS (
        SELECT FROM incidents_report r
        JOIN incidents_report g
            ON coalesce(g.duplicate_of_id, g.id) = coalesce(r.duplicate_of_id, r.id)
        LEFT JOIN LATERAL (
            SELECT s.after, s.reason, max(s.at) OVER () AS at FROM incidents_statuschange s
            WHERE s.report_id = g.id ORDER BY s.id DESC LIMIT 1) last ON true
        WHERE r.id = ANY(reports) AND (
            g.closed_at IS NULL
            OR last.at IS NULL
            OR last.after NOT IN ('resolved', 'rejected', 'duplicate', 'cancelled')
            OR last.at + CASE
                WHEN last.after = 'cancelled' THEN interval '12 months'
                WHEN last.after = 'rejected' AND last.reason = 'abusive' THEN interval '30 days'
                ELSE interval '60 months' END > clock_timestamp()))
    THEN
        RAISE EXCEPTION 'one of these reports is kept longer'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM incidents_reportevent WHERE report_id = ANY(reports);
    DELETE FROM incidents_statuschange WHERE report_id = ANY(reports);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$forget$;
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION incidents_forget_history(bigint[]) SET search_path TO %I, pg_temp',
        current_schema());
    IF to_regrole('t_' || current_schema()) IS NOT NULL THEN
        EXECUTE format(
            'REVOKE UPDATE, DELETE ON incidents_elimination, incidents_reportevent,'
            ' incidents_statuschange FROM %I', 't_' || current_schema());
    END IF;
END $$
"""
UNDO = "DROP FUNCTION incidents_forget_history(bigint[])"


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0008_open_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='Elimination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('person', 'personnes et messages'), ('photos', 'photos'), ('record', 'signalements entiers')], max_length=6, verbose_name='effacé')),
                ('references', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None, verbose_name='signalements')),
                ('at', models.DateTimeField(verbose_name='le')),
            ],
            options={
                'verbose_name': 'élimination',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', ['person', 'photos', 'record'])), name='elimination_what_known')],
            },
        ),
        migrations.RunSQL(FORGET, UNDO),
    ]
