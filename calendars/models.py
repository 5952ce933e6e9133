"""The addresses by which the diary of a counter, an agent or a site is read elsewhere."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from booking.models import Resource, Site
from parvis.guard import TenantModel


class Agenda(TenantModel):
    """A diary that a program outside reads at a secret address, and cannot change.

    It shows one resource or one site. The address belongs to the person who asked for it last and
    ends with her access to the commune. Only its SHA-256 is stored.
    """

    class Detail(models.TextChoices):
        BUSY = "busy", _("seulement « Occupé »")
        SERVICE = "service", _("le motif et le nombre de personnes")
        INITIALS = "initials", _("le motif, un prénom et une initiale")
        FULL = "full", _("le motif, le nom complet et la référence")

    name = models.CharField(_("nom"), max_length=80)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+", null=True, blank=True)
    site = models.ForeignKey(Site, models.CASCADE, related_name="+", null=True, blank=True)
    detail = models.CharField(
        _("ce qui est montré"), choices=Detail.choices, default=Detail.BUSY, max_length=8
    )
    token_hash = models.CharField(_("empreinte de l’adresse"), max_length=64)
    submission = models.UUIDField(_("clé d’envoi"))
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())
    fetched_at = models.DateTimeField(_("lu la dernière fois le"), null=True)

    class Meta:
        verbose_name = _("agenda partagé")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_agenda_per_address", fields=["token_hash"]),
            models.UniqueConstraint(name="one_agenda_per_submission", fields=["submission"]),
            models.CheckConstraint(
                name="agenda_of_a_resource_or_a_site",
                condition=Q(resource__isnull=True, site__isnull=False)
                | Q(resource__isnull=False, site__isnull=True),
            ),
            models.CheckConstraint(
                name="agenda_detail_known",
                condition=Q(detail__in=["busy", "service", "initials", "full"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name
