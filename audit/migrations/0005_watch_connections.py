from django.db import migrations


TABLES = {
    "connect_apiclient": ["contact", "", "name"],
    "connect_apikey": ["digest", "last_used_at", "prefix"],
    "connect_webhook": ["url,secret,old_secret", "failing_since,paused_until", "name"],
}


def watch(table, arguments):
    said = ", ".join(f"'{each}'" for each in arguments)
    return (
        "DO $do$ BEGIN IF current_schema() <> 'public' THEN "
        f"CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_row({said}); END IF; END $do$"
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_watch_message_texts"), ("connect", "0001_connections")]

    operations = [
        migrations.RunSQL(watch(table, arguments), migrations.RunSQL.noop)
        for table, arguments in TABLES.items()
    ]
