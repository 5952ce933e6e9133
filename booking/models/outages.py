"""What the commune cannot receive as planned: an outage, and the appointments it touches."""

from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from booking.models.appointments import Appointment
from booking.models.calendar import Closure
from parvis.guard import TenantModel, TenantQuerySet


class Outage(TenantModel):
    """A station, a site or the whole commune that fails for a time, until it is repaired.

    ``closure`` keeps everybody from booking meanwhile; it may be gone, taken back in the settings.
    """

    closure = models.OneToOneField(
        Closure, models.SET_NULL, related_name="outage", null=True, blank=True
    )
    place = models.CharField(_("ce qui est en panne"), max_length=200)  # its name at that time
    period = DateTimeRangeField(_("période"))
    reason = models.CharField(
        _("raison, visible du public"), max_length=120, default="", blank=True
    )
    idempotency_key = models.UUIDField(_("clé d’envoi"))
    reported_at = models.DateTimeField(_("signalée le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    repaired_at = models.DateTimeField(_("réparée le"), null=True, blank=True)
    repaired_by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("panne")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_outage_per_submission", fields=["idempotency_key"]),
            models.CheckConstraint(name="outage_lasts", condition=Q(period__isempty=False)),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.period.lower  # type: ignore[no-any-return]

    @property
    def end(self) -> datetime:
        """When it should be over."""
        return self.period.upper  # type: ignore[no-any-return]


class OutageCaseQuerySet(TenantQuerySet["OutageCase"]):
    """Touched appointments, narrowed down."""

    def open(self) -> "OutageCaseQuerySet":
        """Those that stand where they cannot be received: nobody has answered for them."""
        return self.filter(
            outage__repaired_at__isnull=True,
            reseated_at__isnull=True,
            appointment__status=Appointment.Status.BOOKED,
            start=Func(
                F("appointment__period"), function="lower", output_field=models.DateTimeField()
            ),
        )


class OutageCase(TenantModel):
    """An appointment that an outage touches; it is open while it stands at ``start``."""

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="cases")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="outage_cases")
    start = models.DateTimeField(_("prévu à"))
    reseated_at = models.DateTimeField(_("reçu ailleurs à la même heure"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("proposé la dernière fois le"), null=True, blank=True)
    held_until = models.DateTimeField(_("créneaux gardés jusqu’à"), null=True, blank=True)

    objects = OutageCaseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("rendez-vous touché par une panne")
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_case_per_outage", fields=["outage", "appointment"]),
        ]
