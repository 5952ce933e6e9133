from django.db import migrations

# Signatures are only added to: this function is the one way to take the drawings out of them. It
# runs as the owner, and leaves alone what is younger than three years.
FORGET = """
CREATE FUNCTION public.training_forget_drawings(sessions bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $forget$
    UPDATE public.training_signature s
    SET drawing = CASE s.method WHEN 'drawn' THEN '–' ELSE '' END, noted_by = ''
    FROM public.training_halfday h JOIN public.training_trainingsession t ON t.id = h.session_id
    WHERE h.id = s.half_day_id AND t.id = ANY (sessions)
      AND t.ends_at <= clock_timestamp() - interval '36 months'
$forget$;
REVOKE ALL ON FUNCTION public.training_forget_drawings(bigint[]) FROM PUBLIC
"""
UNDO = "DROP FUNCTION public.training_forget_drawings(bigint[])"


class Migration(migrations.Migration):
    dependencies = [("training", "0002_own_rows_only")]

    operations = [migrations.RunSQL(FORGET, UNDO)]
