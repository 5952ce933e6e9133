import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="officialcommune",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"],
                name="official_commune_search",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
