"""The photos of reports."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.known import known
from incidents.models.reports import Report
from parvis.guard import TenantModel


class Photo(TenantModel):
    """A picture: quarantined until the worker has made clean renditions; the original is deleted.

    ``name`` is the random stem of its renditions; ``blurred`` lists rectangles, in fractions of
    the width and height: ``{"x", "y", "w", "h", "by"}``.
    """

    class Stage(models.TextChoices):
        BEFORE = "before", _("avant")
        AFTER = "after", _("après")
        EVIDENCE = "evidence", _("document interne")

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("en préparation")
        READY = "ready", _("prête")
        REFUSED = "refused", _("illisible")
        REMOVED = "removed", _("supprimée")

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos")
    stage = models.CharField(_("moment"), choices=Stage.choices, max_length=10)
    state = models.CharField(
        _("état"), choices=State.choices, default=State.QUARANTINED, max_length=12
    )
    name = models.CharField(_("nom"), max_length=32)
    width = models.PositiveSmallIntegerField(_("largeur"), default=0)
    height = models.PositiveSmallIntegerField(_("hauteur"), default=0)
    blurred = models.JSONField(_("floutages"), default=list, blank=True)
    suggested = models.JSONField(_("plaques possibles"), default=list, blank=True)
    is_checked = models.BooleanField(_("visages cherchés"), default=False)
    is_public = models.BooleanField(_("publiée"), default=False)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    created_at = models.DateTimeField(_("reçue le"), db_default=Now())

    class Meta:
        verbose_name = _("photo")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_photo_per_name", fields=["name"]),
            known("photo", "stage", "before after evidence"),
            known("photo", "state", "quarantined ready refused removed"),
            models.CheckConstraint(
                name="public_photo_was_checked",
                condition=Q(is_public=False) | Q(is_checked=True, state="ready"),
            ),
        ]
