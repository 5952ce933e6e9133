"""How a commune sets its reports up, and what was changed last."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class Settings(TenantModel):
    """What holds for all reports of the commune: one row, whose number is 1.

    The service in charge is named in the acknowledgement, as the law asks; what is empty is said
    of the town hall instead.
    """

    service = models.CharField(_("service chargé"), max_length=120, default="", blank=True)
    service_address = models.CharField(_("adresse"), max_length=300, default="", blank=True)
    service_email = models.EmailField(_("courriel"), default="", blank=True)
    service_phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)

    class Meta:
        verbose_name = _("règles des signalements")
        constraints = [
            models.CheckConstraint(name="one_row_of_report_settings", condition=Q(pk=1))
        ]


class SettingsChange(TenantModel):
    """A change of the settings, with what there was before, so that it can be undone.

    ``before`` holds the rows as they were, in the form of Django's ``python`` serializer;
    ``created`` the ``[model, pk]`` of those that did not exist.
    """

    label = models.CharField(_("changement"), max_length=200)
    before = models.JSONField(_("avant"), default=list)
    created = models.JSONField(_("créés"), default=list)
    at = models.DateTimeField(_("le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("changement des réglages")
        ordering = ["-at", "-pk"]
