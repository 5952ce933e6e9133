from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0003_what_readers_choose'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingpush',
            name='is_by_day',
            field=models.BooleanField(db_default=False, default=False, verbose_name='de jour seulement'),
        ),
        migrations.AddField(
            model_name='outgoingtext',
            name='is_by_day',
            field=models.BooleanField(db_default=False, default=False, verbose_name='de jour seulement'),
        ),
    ]
