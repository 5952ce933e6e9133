"""What was erased because its time had come: references only, never who or what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.known import known
from parvis.guard import TenantModel


class Elimination(TenantModel):
    """One erasure of some reports; what a restored backup has to undergo again."""

    class What(models.TextChoices):
        PERSON = "person", _("personnes et messages")
        PHOTOS = "photos", _("photos")
        RECORD = "record", _("signalements entiers")

    what = models.CharField(_("effacé"), choices=What.choices, max_length=6)
    references = ArrayField(models.CharField(max_length=8), verbose_name=_("signalements"))
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("élimination")
        ordering = ["-at", "-pk"]
        constraints = [known("elimination", "what", "person photos record")]
