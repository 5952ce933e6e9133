"""What every schema keeps of who did what, the public one included."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class Entry(TenantModel):
    """One fact: written by the database itself, sealed within a minute, never changed.

    ``payload`` holds what changed, ``{"before": …, "after": …, "hidden": […]}``; ``digest`` is its
    SHA-256, so that it can be emptied and the chain still holds. ``hash`` covers ``previous``,
    every column but the payload, and ``digest``: see ``audit.chain``.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("création")
        UPDATE = "update", _("modification")
        DELETE = "delete", _("suppression")
        EVENT = "event", _("événement")

    class Channel(models.TextChoices):
        STAFF = "staff", _("page de l’équipe")
        CITIZEN = "citizen", _("page publique")
        TASK = "task", _("tâche automatique")
        COMMAND = "command", _("commande")
        UNKNOWN = "", _("non précisé")

    at = models.DateTimeField(_("le"), db_default=Now())
    actor_id = models.BigIntegerField(_("compte"), null=True)
    actor_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    channel = models.CharField(
        _("voie"), choices=Channel.choices, max_length=8, default="", blank=True
    )
    origin = models.CharField(_("adresse réseau"), max_length=50, default="", blank=True)
    host = models.CharField(_("site"), max_length=253, default="", blank=True)
    action = models.CharField(_("page ou tâche"), max_length=100, default="", blank=True)
    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=6)
    object_table = models.CharField(_("table"), max_length=63, default="", blank=True)
    object_id = models.CharField(_("numéro"), max_length=40, default="", blank=True)
    label = models.CharField(_("objet"), max_length=200, default="", blank=True)
    payload = models.JSONField(_("contenu"), null=True)
    digest = models.CharField(_("empreinte du contenu"), max_length=64)
    position = models.BigIntegerField(_("rang"), null=True)
    previous = models.CharField(_("maillon précédent"), max_length=64, db_default="")
    hash = models.CharField(_("maillon"), max_length=64, db_default="")

    class Meta:
        verbose_name = _("entrée du journal")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_audit_entry_per_position", fields=["position"]),
            models.CheckConstraint(
                name="audit_kind_known",
                condition=Q(kind__in=["insert", "update", "delete", "event"]),
            ),
            models.CheckConstraint(
                name="audit_channel_known",
                condition=Q(channel__in=["staff", "citizen", "task", "command", ""]),
            ),
            models.CheckConstraint(
                name="a_sealed_entry_has_its_link",
                condition=Q(position__isnull=True, hash="") | Q(position__gt=0, hash__gt=""),
            ),
        ]
        indexes = [
            models.Index(name="audit_object", fields=["object_table", "object_id"]),
            models.Index(name="audit_unsealed", fields=["id"], condition=Q(position__isnull=True)),
            BrinIndex(name="audit_day", fields=["at"]),
        ]
