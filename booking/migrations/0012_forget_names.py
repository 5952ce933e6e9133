from django.db import migrations

# What happened to an appointment is only added to: this function is the one way to take names out
# of it. It runs as the owner, and leaves alone what is younger than the shortest time a commune
# may choose.
FORGET = """
CREATE FUNCTION booking_forget_names(before timestamptz, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $forget$
DECLARE
    forgotten bigint;
BEGIN
    IF before > clock_timestamp() - interval '6 months' THEN
        RAISE EXCEPTION 'these names are kept longer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE booking_appointmentevent SET by_id = NULL, by_name = '–'
    WHERE id IN (
        SELECT id FROM booking_appointmentevent
        WHERE at <= before AND by_id IS NOT NULL ORDER BY id LIMIT most);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$forget$;
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION booking_forget_names(timestamptz, int) SET search_path TO %I, pg_temp',
        current_schema());
END $$
"""
UNDO = "DROP FUNCTION booking_forget_names(timestamptz, int)"


class Migration(migrations.Migration):
    dependencies = [("booking", "0011_shared_services")]

    operations = [migrations.RunSQL(FORGET, UNDO)]
