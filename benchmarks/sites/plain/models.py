"""The one table of the page, without anything that belongs to communes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Service(models.Model):
    """The columns of the product's own table."""

    slug = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    text = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    icon = models.CharField(max_length=40)
    titles = models.CharField(max_length=12)
    minutes = ArrayField(models.PositiveSmallIntegerField())
    buffer_before = models.PositiveSmallIntegerField()
    buffer_after = models.PositiveSmallIntegerField()
    notice_hours = models.PositiveSmallIntegerField()
    horizon_days = models.PositiveSmallIntegerField()
    documents = ArrayField(models.CharField(max_length=40))
    is_online = models.BooleanField()
    is_active = models.BooleanField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "plain_service"
