"""What the State's platform is let in by, what it may look for, and when it last asked.

Nobody's name or number is here: a number is stored as a keyed hash (ANTS contract, 7).
"""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from slots.models import MeetingPoint
from tenants.models import Commune


class AntsTokenQuerySet(models.QuerySet["AntsToken"]):
    """Tokens, narrowed down."""

    def valid(self, now: datetime) -> "AntsTokenQuerySet":
        """Those that open at this moment."""
        return self.filter(valid_from__lte=now).filter(
            Q(valid_until=None) | Q(valid_until__gt=now)
        )


class AntsToken(models.Model):
    """A secret shared with France Titres; two are valid at once while one takes over (2.1)."""

    class Direction(models.TextChoices):
        IN = "in", _("la plateforme de l’État nous lit")
        OUT = "out", _("nous appelons l’État")

    label = models.CharField(_("nom"), max_length=60)
    direction = models.CharField(
        _("sens"), choices=Direction.choices, default=Direction.IN, max_length=3
    )
    secret = models.TextField(_("secret chiffré"))
    valid_from = models.DateTimeField(_("valable du"))
    valid_until = models.DateTimeField(_("au"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("dernier emploi"), null=True, blank=True)

    objects = AntsTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeton de France Titres")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ants_token_direction_known", condition=Q(direction__in=["in", "out"])
            ),
        ]

    def __str__(self) -> str:
        return self.label


class PreDemandeIndex(models.Model):
    """Where a number has an appointment to come, for who brings the number.

    A row is written and removed in the transaction of its appointment, and holds all that is
    answered. ``appointment`` is the reference by which the commune knows it.
    """

    number_hash = models.CharField(_("empreinte du numéro"), max_length=64)
    key_version = models.PositiveSmallIntegerField(_("version de la clé"))
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    point = models.ForeignKey(MeetingPoint, models.CASCADE, related_name="+", db_index=False)
    appointment = models.CharField(_("rendez-vous"), max_length=20)
    start = models.DateTimeField(_("heure"))

    class Meta:
        verbose_name = _("numéro qui a un rendez-vous")
        constraints = [
            models.UniqueConstraint(
                name="one_row_per_number_and_appointment",
                fields=["number_hash", "commune", "appointment"],
            ),
        ]


class HubCall(models.Model):
    """When the State's platform last asked something, and how much of a commune it was given.

    Without a commune: when it last asked at all.
    """

    class Endpoint(models.TextChoices):
        POINTS = "points", _("liste des lieux")
        SLOTS = "slots", _("créneaux libres")
        NUMBERS = "numbers", _("recherche d’un numéro")
        FAULT = "fault", _("réponse vide après une erreur")

    endpoint = models.CharField(_("appel"), choices=Endpoint.choices, max_length=10)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("le"))
    count = models.PositiveIntegerField(_("donnés"), default=0)

    class Meta:
        verbose_name = _("appel de la plateforme de l’État")
        constraints = [
            models.UniqueConstraint(
                name="one_row_per_call_and_commune",
                fields=["endpoint", "commune"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="hub_call_known",
                condition=Q(endpoint__in=["points", "slots", "numbers", "fault"]),
            ),
        ]
