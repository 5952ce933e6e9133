"""Say who asked for a support access, and let it last four hours."""

import datetime

from django.db import migrations, models
from django.db.models import F, Q


LASTS = Q(ends_at__gt=F("opened_at")) & Q(
    ends_at__lte=F("opened_at") + datetime.timedelta(hours=4)
)


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0004_support_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="supportaccess",
            name="asked_by",
            field=models.CharField(
                blank=True, db_default="", max_length=120, verbose_name="demandé par"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="supportaccess",
            name="support_lasts_an_hour_at_most",
        ),
        migrations.AddConstraint(
            model_name="supportaccess",
            constraint=models.CheckConstraint(
                condition=LASTS, name="support_lasts_four_hours_at_most"
            ),
        ),
    ]
