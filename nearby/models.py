"""Who wants to be told when a start is free nearby; kept by the commune she asked."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel, TenantQuerySet


RADIUSES = (10, 20, 40)


class AlertQuerySet(TenantQuerySet["Alert"]):
    """Alerts, narrowed down."""

    def running(self, today: date) -> "AlertQuerySet":
        """Those to look after: confirmed, not stopped, not over."""
        return self.filter(
            confirmed_at__isnull=False, stopped_at__isnull=True, last_day__gte=today
        )


class Alert(TenantModel):
    """A wish: titles, or another service by its folded name, for so many persons, near here.

    ``seen`` is the soonest start of the last look, so that only a sooner one is told.
    """

    email = models.EmailField(_("courriel"), max_length=254)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    reason = models.CharField(_("titres"), max_length=12, default="", blank=True)
    key = models.CharField(_("démarche"), max_length=100, default="", blank=True)
    name = models.CharField(_("nom de la démarche"), max_length=100, default="", blank=True)
    persons = models.PositiveSmallIntegerField(_("personnes"), default=1)
    radius_km = models.PositiveSmallIntegerField(_("à moins de, en km"), default=20)
    last_day = models.DateField(_("jusqu’au"))
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    created_at = models.DateTimeField(_("demandée le"))
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True)
    seen = models.DateTimeField(_("premier créneau vu"), null=True)
    told_on = models.DateField(_("prévenue le"), null=True)
    told = models.PositiveSmallIntegerField(_("messages ce jour-là"), default=0)
    rounds = models.PositiveIntegerField(_("messages en tout"), default=0)

    objects = AlertQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("alerte")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "reason",
                "key",
                "persons",
                name="one_alert_per_wish",
                condition=Q(stopped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_titles_known",
                condition=Q(reason__in=["", "CNI", "PASSPORT", "CNI-PASSPORT"]),
            ),
            models.CheckConstraint(
                name="an_alert_wants_one_thing",
                condition=(Q(reason="") & ~Q(key="")) | (Q(key="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="alert_radius_known", condition=Q(radius_km__in=[10, 20, 40])
            ),
            models.CheckConstraint(name="alert_is_for_somebody", condition=Q(persons__gte=1)),
        ]
