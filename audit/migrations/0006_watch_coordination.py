from django.db import migrations


WATCH = """DO $do$ BEGIN
IF current_schema() <> 'public' THEN
    CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON coordination_rules
        FOR EACH ROW EXECUTE FUNCTION audit_row('', '', '');
    DROP TRIGGER audit_row ON booking_participant;
    CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON booking_participant
        FOR EACH ROW EXECUTE FUNCTION audit_row(
            'name,pre_application,other_number,situation,documents,ticks,missing', '', '');
END IF;
END $do$"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_watch_connections"),
        ("booking", "0013_second_number"),
        ("coordination", "0001_declarations"),
    ]

    operations = [migrations.RunSQL(WATCH, migrations.RunSQL.noop)]
