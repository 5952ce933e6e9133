"""What readers chose, and what waits for the next morning."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from messaging.kinds import Choice, Kind
from parvis.guard import TenantModel


class Preference(TenantModel):
    """When somebody wants one kind of message, where it is not at once.

    ``reader`` is the fingerprint of her address: the address itself is not kept here.
    """

    reader = models.CharField(_("lecteur"), max_length=64)
    kind = models.CharField(_("sorte de message"), choices=Kind.choices, max_length=10)
    choice = models.CharField(_("choix"), choices=Choice.choices, max_length=6)
    chosen_at = models.DateTimeField(_("choisi le"))

    class Meta:
        verbose_name = _("préférence")
        constraints = [
            models.UniqueConstraint(name="one_preference_each", fields=["reader", "kind"]),
            models.CheckConstraint(
                name="preference_kind_known", condition=Q(kind__in=Kind.values)
            ),
            models.CheckConstraint(
                name="preference_differs", condition=Q(choice__in=["daily", "never"])
            ),
        ]


class Gathered(TenantModel):
    """What one message of the next morning will say: a subject, and where to read more."""

    key = models.CharField(_("clé"), max_length=120)
    to = models.EmailField(_("destinataire"))
    kind = models.CharField(_("sorte de message"), choices=Kind.choices, max_length=10)
    subject = models.TextField(_("objet"))
    url = models.CharField(_("adresse"), max_length=500, default="", blank=True)
    language = models.CharField(_("langue"), max_length=8)
    reply_to = models.CharField(_("réponse à"), max_length=254, default="", blank=True)
    written_at = models.DateTimeField(_("écrit le"), db_default=Now())

    class Meta:
        verbose_name = _("nouvelle du lendemain")
        ordering = ["written_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_gathered_per_fact", fields=["key"]),
            models.CheckConstraint(name="gathered_kind_known", condition=Q(kind__in=Kind.values)),
        ]
