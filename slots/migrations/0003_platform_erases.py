"""Let the platform erase the rows of a commune that is gone."""

from django.db import migrations


POLICY = """
    CREATE POLICY platform_erases ON public.slots_freeslotday
        FOR DELETE USING (current_user = 't_public')
"""
UNDO = "DROP POLICY platform_erases ON public.slots_freeslotday"


class Migration(migrations.Migration):
    dependencies = [("slots", "0002_own_rows_only")]

    operations = [migrations.RunSQL(POLICY, UNDO)]
