from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("parvis", "0002_how_they_are_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingemail",
            name="association_id",
            field=models.BigIntegerField(null=True, verbose_name="association"),
        ),
    ]
