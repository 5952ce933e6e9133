"""Things counted by day without any trace of a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class Tally(TenantModel):
    """How many times something happened on a local day: a list of documents seen, a call taken."""

    class Kind(models.TextChoices):
        DOCUMENTS = "documents", _("pages de pièces vues")
        CALL = "call", _("appels reçus")

    class Call(models.TextChoices):
        """What people telephone for."""

        BOOK = "book", _("Prendre un rendez-vous")
        CHANGE = "change", _("Changer ou annuler")
        DOCUMENTS = "documents", _("Quelles pièces apporter")
        READY = "ready", _("Titre prêt ?")
        REPORT = "report", _("Signaler un problème")
        OTHER = "other", _("Autre chose")

    kind = models.CharField(_("quoi"), choices=Kind.choices, max_length=10)
    key = models.CharField(_("motif"), max_length=10, default="", blank=True)
    day = models.DateField(_("jour"))
    count = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        verbose_name = _("compte du jour")
        constraints = [
            models.UniqueConstraint(name="one_tally_per_day", fields=["kind", "key", "day"]),
            models.CheckConstraint(
                name="tally_kind_known",
                condition=Q(kind="documents", key="")
                | Q(
                    kind="call",
                    key__in=["book", "change", "documents", "ready", "report", "other"],
                ),
            ),
        ]
