"""Where each commune stands, and the counts that leave it. Public schema, no citizen data."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.creation_models import Creation
from onboarding.register import (
    Contact,
    ExistingSolution,
    Interaction,
    Obstacle,
    Referent,
    Task,
)
from onboarding.stages import NEEDS_REASON, Module, Reason, Stage
from onboarding.wizard_models import CommuneFile, Launch, Proof, ReadinessItem
from tenants.models import Commune


__all__ = [
    "CommuneFile",
    "Contact",
    "Creation",
    "ExistingSolution",
    "Interaction",
    "Launch",
    "Metric",
    "Obstacle",
    "Onboarding",
    "Proof",
    "ReadinessItem",
    "Referent",
    "StageEvent",
    "Task",
]


class Onboarding(models.Model):
    """The stage of one commune for one module; a commune without a row is a prospect."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="onboardings")
    module = models.CharField(_("module"), choices=Module.choices, max_length=10)
    stage = models.CharField(
        _("étape"), choices=Stage.choices, default=Stage.PROSPECT, max_length=12
    )
    reason_code = models.CharField(
        _("raison"), choices=Reason.choices, max_length=30, default="", blank=True
    )
    since = models.DateTimeField(_("depuis"))
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("parcours")
        constraints = [
            models.UniqueConstraint(
                name="one_onboarding_per_module", fields=["commune", "module"]
            ),
            models.CheckConstraint(
                name="onboarding_module_known", condition=Q(module__in=sorted(Module.values))
            ),
            models.CheckConstraint(
                name="onboarding_stage_known", condition=Q(stage__in=sorted(Stage.values))
            ),
            models.CheckConstraint(
                name="onboarding_reason_known",
                condition=Q(reason_code__in=["", *sorted(Reason.values)]),
            ),
            models.CheckConstraint(
                name="stage_has_its_reason",
                condition=~Q(stage__in=sorted(NEEDS_REASON)) | ~Q(reason_code=""),
            ),
        ]


class StageEvent(models.Model):
    """One move of a commune; rows are only ever added, ``undoes`` says which one is taken back.

    ``evidence`` is what shows that the stage is reached; ``until`` is when a pause ends, or when
    a commune that declined may be asked again.
    """

    onboarding = models.ForeignKey(Onboarding, models.CASCADE, related_name="events")
    from_stage = models.CharField(_("de"), choices=Stage.choices, max_length=12)
    to_stage = models.CharField(_("vers"), choices=Stage.choices, max_length=12)
    reason_code = models.CharField(
        _("raison"), choices=Reason.choices, max_length=30, default="", blank=True
    )
    at = models.DateTimeField(_("le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    evidence = models.CharField(_("justificatif"), max_length=500, default="", blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    undoes = models.OneToOneField(
        "self", models.CASCADE, related_name="undone_by", null=True, blank=True
    )

    class Meta:
        verbose_name = _("changement d’étape")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="stage_event_moves", condition=~Q(from_stage=F("to_stage"))
            ),
        ]


class Metric(models.Model):
    """A numerator and a denominator that a commune counted for one day or month.

    Totals are sums of both, never a mean of ratios. ``period`` is the local day, or the first of
    the month. PostgreSQL lets a commune touch its own rows only (row-level security).
    """

    class Period(models.TextChoices):
        DAY = "day", _("jour")
        MONTH = "month", _("mois")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="metrics")
    module = models.CharField(_("module"), choices=Module.choices, max_length=10)
    code = models.CharField(_("mesure"), max_length=30)
    period_kind = models.CharField(_("durée"), choices=Period.choices, max_length=5)
    period = models.DateField(_("période"))
    num = models.IntegerField(_("numérateur"))
    den = models.IntegerField(_("dénominateur"))
    def_version = models.PositiveSmallIntegerField(_("version de la définition"), default=1)
    computed_at = models.DateTimeField(_("calculé le"), db_default=Now())

    class Meta:
        verbose_name = _("mesure")
        constraints = [
            models.UniqueConstraint(
                name="one_metric_per_period",
                fields=["commune", "module", "code", "period_kind", "period"],
            ),
            models.CheckConstraint(
                name="metric_period_known", condition=Q(period_kind__in=["day", "month"])
            ),
            models.CheckConstraint(name="metric_is_a_count", condition=Q(num__gte=0, den__gte=0)),
        ]
        indexes = [
            models.Index(name="metric_by_period", fields=["period_kind", "period", "code"]),
        ]
