"""Watch the tables that matter; each line gives the trigger what ``audit.watched`` says."""

from django.db import migrations


COMMUNES = {
    "booking_settings": ["", "version", ""],
    "booking_service": ["", "", "name"],
    "booking_serviceneed": ["", "", "kind"],
    "booking_servicelink": ["", "", ""],
    "booking_site": ["", "", "name"],
    "booking_resource": ["", "", "name"],
    "booking_resource_services": ["", "", ""],
    "booking_opening": ["", "", "weekday"],
    "booking_opening_resources": ["", "", ""],
    "booking_opening_services": ["", "", ""],
    "booking_openingoverride": ["reason", "", "day"],
    "booking_openingoverride_resources": ["", "", ""],
    "booking_closure": ["reason", "", "period"],
    "booking_outage": ["reason", "idempotency_key", "place"],
    "booking_sharing": ["", "", ""],
    "booking_documenttext": ["", "", "key"],
    "booking_messagetext": ["", "", "event,language"],
    "booking_appointment": ["name,email,phone,language,from_commune,note,override_reason,cancel_reason", "token_hash,idempotency_key,version,created_at", "reference"],
    "booking_participant": ["name,pre_application,situation,documents,ticks,missing", "", ""],
    "booking_ticket": ["name,note", "", "number"],
    "booking_waitingentry": ["name,email,phone,language,people,refused,first_day,last_day,weekdays", "token_hash,created_at", ""],
    "booking_title": ["number,holder,email,phone,language", "token_hash", ""],
    "incidents_settings": ["", "", ""],
    "incidents_team": ["", "", "name"],
    "incidents_handler": ["", "", "name"],
    "incidents_category": ["", "", "name"],
    "incidents_zone": ["outline", "", "name"],
    "incidents_routingrule": ["", "", "position"],
    "incidents_asset": ["token", "", "code"],
    "incidents_replytemplate": ["", "", "title"],
    "incidents_savedfilter": ["query", "", "name"],
    "incidents_report": ["text,lat,lon,address", "idempotency_key,version,touched_at", "reference"],
    "incidents_reportcontact": ["name,email,phone,language", "token_hash", ""],
    "incidents_follower": ["email,language", "token_hash,created_at", ""],
    "incidents_message": ["text", "", ""],
    "incidents_photo": ["name,blurred,suggested", "created_at", "stage"],
    "incidents_intervention": ["material,note", "key", "done_on"],
    "incidents_intervention_reports": ["", "", ""],
    "incidents_round": ["", "token_hash", "title"],
    "incidents_stop": ["note", "key", ""],
    "shelf_origin": ["base,keys", "", "name"],
    "shelf_page": ["", "", "title"],
    "exchange_archivefile": ["", "name", ""],
    "exchange_importbatch": ["header,columns,settings", "touched_at", "kind"],
    "exchange_calendarfeed": ["url", "tried_at,good_at,error,events,refused", "name"],
    "messaging_textsettings": ["", "", ""],
    "privacy_choice": ["reason", "", "rule"],
    "privacy_datarequest": ["email,words,answer,answered_by", "", "kind"],
}


def watch(table, arguments):
    said = ", ".join(f"'{each}'" for each in arguments)
    return (
        f"CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION audit_row({said});"
    )


def watch_all():
    statements = "\n".join(watch(*each) for each in COMMUNES.items())
    return f"""DO $do$ BEGIN
IF current_schema() <> 'public' THEN
{statements}
END IF;
END $do$"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_functions"),
        ("booking", "0011_shared_services"),
        ("incidents", "0010_longer_codes"),
        ("shelf", "0001_initial"),
        ("exchange", "0003_archives"),
        ("messaging", "0001_initial"),
        ("privacy", "0001_retention_and_rights"),
    ]

    operations = [migrations.RunSQL([watch_all()], migrations.RunSQL.noop)]
