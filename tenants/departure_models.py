"""A commune that pauses or leaves: who decided what, and when. Public schema."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Suspension(models.Model):
    """The association closed a commune for a time: its team reads, citizens are told."""

    commune = models.ForeignKey("tenants.Commune", models.CASCADE, related_name="suspensions")
    reason = models.CharField(_("raison"), max_length=300)
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    at = models.DateTimeField(_("le"), db_default=Now())
    ended_at = models.DateTimeField(_("levée le"), null=True)
    ended_by_name = models.CharField(_("levée par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("suspension")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_suspension_at_a_time",
                fields=["commune"],
                condition=Q(ended_at__isnull=True),
            ),
        ]


class Departure(models.Model):
    """A commune leaves: an administrator asks, the association confirms, then time passes.

    ``asked`` → ``read_only`` for 30 days → ``moved``, where citizens find the new address →
    ``destroyed``. It can be cancelled until then. Whoever asks cannot confirm.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("demandé")
        READ_ONLY = "read_only", _("lecture seule")
        MOVED = "moved", _("nouvelle adresse affichée")
        DESTROYED = "destroyed", _("données détruites")
        CANCELLED = "cancelled", _("annulé")

    CURRENT = (State.ASKED, State.READ_ONLY, State.MOVED)

    commune = models.ForeignKey("tenants.Commune", models.CASCADE, related_name="departures")
    state = models.CharField(_("état"), choices=State.choices, default=State.ASKED, max_length=10)
    new_url = models.URLField(_("nouvelle adresse"), max_length=300, default="", blank=True)
    reason = models.CharField(_("raison"), max_length=300, default="", blank=True)
    asked_by_id = models.BigIntegerField(_("demandé par"))
    asked_by_name = models.CharField(_("demandé par"), max_length=80)
    asked_by_email = models.EmailField(_("courriel"))
    asked_at = models.DateTimeField(_("demandé le"), db_default=Now())
    confirmed_by_id = models.BigIntegerField(_("confirmé par"), null=True)
    confirmed_by_name = models.CharField(_("confirmé par"), max_length=80, default="", blank=True)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True)
    moves_at = models.DateTimeField(_("fin de la lecture seule"), null=True)
    drop_after = models.DateTimeField(_("destruction après le"), null=True)
    cancelled_by_name = models.CharField(_("annulé par"), max_length=80, default="", blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True)
    destroyed_at = models.DateTimeField(_("détruit le"), null=True)
    certificate = models.JSONField(_("constat"), default=dict, blank=True)

    class Meta:
        verbose_name = _("départ")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_departure_at_a_time",
                fields=["commune"],
                condition=Q(state__in=["asked", "read_only", "moved"]),
            ),
            models.CheckConstraint(
                name="departure_state_known",
                condition=Q(state__in=["asked", "read_only", "moved", "destroyed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="two_persons_for_a_departure",
                condition=Q(state__in=["asked", "cancelled"])
                | (Q(confirmed_by_id__isnull=False) & ~Q(confirmed_by_id=F("asked_by_id"))),
            ),
            models.CheckConstraint(
                name="a_confirmed_departure_has_its_dates",
                condition=Q(state__in=["asked", "cancelled"])
                | Q(moves_at__isnull=False, drop_after__gt=F("moves_at")),
            ),
        ]

    @property
    def is_current(self) -> bool:
        """Whether it still goes on."""
        return self.state in self.CURRENT


class BlockedName(models.Model):
    """A host name of a commune that left: nobody else may have it for a year."""

    name = models.CharField(_("nom d’hôte"), max_length=253)
    insee_code = models.CharField(_("code INSEE"), max_length=9)
    until = models.DateTimeField(_("jusqu’au"))

    class Meta:
        verbose_name = _("nom bloqué")
        constraints = [
            models.UniqueConstraint(name="one_block_per_name", fields=["name"]),
        ]
