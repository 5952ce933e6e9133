"""Requests of other programs that must not be done twice."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class Sending(TenantModel):
    """A request with a key of its own, from its arrival until a day later.

    ``key`` and ``fingerprint`` are SHA-256. Of the answer only ``made`` is kept, the reference of
    what was made: who comes, and the secret of her page, are read again where they belong.
    """

    client_id = models.BigIntegerField(_("logiciel"))
    key = models.CharField(_("empreinte de la clé d’envoi"), max_length=64)
    fingerprint = models.CharField(_("empreinte de la demande"), max_length=64)
    made = models.CharField(_("ce qui a été fait"), max_length=20, default="", blank=True)
    began_at = models.DateTimeField(_("arrivée le"), db_default=Now())
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)

    class Meta:
        verbose_name = _("demande d’un logiciel")
        constraints = [
            models.UniqueConstraint(name="one_sending_per_key", fields=["client_id", "key"]),
            models.CheckConstraint(
                name="sending_done_made_something",
                condition=Q(done_at__isnull=True, made="")
                | Q(done_at__isnull=False) & ~Q(made=""),
            ),
        ]
        indexes = [models.Index(name="sending_by_age", fields=["began_at"])]
