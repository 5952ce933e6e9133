"""What every schema keeps, the public one included: the outbox."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class OutgoingEmail(TenantModel):
    """A message that waits for the worker, or has been delivered.

    ``key`` names the fact that is told: writing the same fact twice is harmless.
    """

    key = models.CharField(_("clé"), max_length=120)
    subject = models.TextField(_("objet"))
    body = models.TextField(_("texte"))
    html = models.TextField(_("texte en HTML"), default="", blank=True)
    to = ArrayField(models.EmailField(), verbose_name=_("destinataires"))
    reply_to = models.CharField(_("réponse à"), max_length=254, default="", blank=True)
    attachments = models.JSONField(_("pièces jointes"), default=list)  # [name, text, type]
    written_at = models.DateTimeField(_("écrit le"), db_default=Now())
    not_before = models.DateTimeField(_("pas avant"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    claimed_until = models.DateTimeField(_("pris jusqu’à"), null=True)
    last_error = models.TextField(_("dernière erreur"), default="", blank=True)
    sent_at = models.DateTimeField(_("remis le"), null=True)
    dead_at = models.DateTimeField(_("abandonné le"), null=True)

    class Meta:
        verbose_name = _("courriel sortant")
        constraints = [
            models.UniqueConstraint(name="one_email_per_fact", fields=["key"]),
        ]
        indexes = [
            models.Index(
                name="email_due",
                fields=["not_before", "id"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
            ),
        ]
