from django.db import migrations


WATCH = """DO $do$ BEGIN
IF current_schema() <> 'public' THEN
    CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON incidents_messagetext
        FOR EACH ROW EXECUTE FUNCTION audit_row('', '', 'event,language');
END IF;
END $do$"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_watch"), ("incidents", "0012_texts_of_messages")]

    operations = [migrations.RunSQL(WATCH, migrations.RunSQL.noop)]
