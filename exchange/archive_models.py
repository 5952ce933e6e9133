"""Archives of the commune that can be taken away for some days, and who asked or took them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class ArchiveFile(TenantModel):
    """One archive: asked for, made by a task, kept some days, then erased."""

    class State(models.TextChoices):
        ASKED = "asked", _("en préparation")
        READY = "ready", _("prête")
        FAILED = "failed", _("en échec")
        ERASED = "erased", _("effacée")

    state = models.CharField(_("état"), choices=State.choices, default=State.ASKED, max_length=8)
    asked_by_id = models.BigIntegerField(_("demandée par"))
    asked_by_name = models.CharField(_("demandée par"), max_length=80)
    asked_at = models.DateTimeField(_("demandée le"), db_default=Now())
    started_at = models.DateTimeField(_("commencée le"), null=True)
    made_at = models.DateTimeField(_("faite le"), null=True)
    expires_at = models.DateTimeField(_("effacée le"), null=True)
    name = models.CharField(_("fichier"), max_length=80, default="", blank=True)
    size = models.BigIntegerField(_("taille"), default=0)
    sha256 = models.CharField(_("empreinte"), max_length=64, default="", blank=True)
    rows = models.PositiveIntegerField(_("lignes"), default=0)

    class Meta:
        verbose_name = _("archive de la commune")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="archive_state_known",
                condition=Q(state__in=["asked", "ready", "failed", "erased"]),
            ),
            models.UniqueConstraint(
                name="one_archive_in_the_making",
                fields=["state"],
                condition=Q(state="asked"),
            ),
        ]


class ArchiveEvent(TenantModel):
    """Who asked for an archive, and who took it away."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("demandée")
        MADE = "made", _("faite")
        TAKEN = "taken", _("téléchargée")
        ERASED = "erased", _("effacée")

    archive = models.ForeignKey(ArchiveFile, models.CASCADE, related_name="events")
    kind = models.CharField(_("quoi"), choices=Kind.choices, max_length=8)
    by_id = models.BigIntegerField(_("par"), null=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("historique d’une archive")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="archive_event_known",
                condition=Q(kind__in=["asked", "made", "taken", "erased"]),
            ),
        ]
