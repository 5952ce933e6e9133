"""What is made of the counts, in the public schema: benchmarks, scores, reports, subsidies."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from adoption.estimates import MOST_MINUTES
from onboarding.stages import Module
from tenants.models import Association, Commune


class Benchmark(models.Model):
    """Where one figure of a commune's peers lies, one month: three values, never who has them.

    ``dropped`` names the criteria left aside to find enough peers, and ``practice`` what the best
    of them do and the commune does not. Every commune may read it.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="benchmarks")
    module = models.CharField(_("module"), choices=Module.choices, max_length=10)
    code = models.CharField(_("mesure"), max_length=30)
    month = models.DateField(_("mois"))
    size = models.PositiveSmallIntegerField(_("communes comparables"))
    low = models.FloatField(_("premier quartile"))
    middle = models.FloatField(_("médiane"))
    high = models.FloatField(_("troisième quartile"))
    dropped = models.CharField(_("critères écartés"), max_length=80, default="", blank=True)
    practice = models.CharField(_("pratique"), max_length=30, default="", blank=True)

    class Meta:
        verbose_name = _("comparaison")
        constraints = [
            models.UniqueConstraint(
                name="one_benchmark_per_month", fields=["commune", "module", "code", "month"]
            ),
            models.CheckConstraint(
                name="benchmark_module_known", condition=Q(module__in=sorted(Module.values))
            ),
            models.CheckConstraint(name="benchmark_hides_its_peers", condition=Q(size__gte=5)),
        ]


class HealthScore(models.Model):
    """How well a commune is doing on one day, 0 to 100, with the lines that make it up."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="health_scores")
    day = models.DateField(_("jour"))
    score = models.PositiveSmallIntegerField(_("note"), null=True)
    lines = models.JSONField(_("lignes"), default=list)

    class Meta:
        verbose_name = _("note de santé")
        constraints = [
            models.UniqueConstraint(name="one_health_score_per_day", fields=["commune", "day"]),
            models.CheckConstraint(
                name="health_is_a_percentage", condition=Q(score__isnull=True) | Q(score__lte=100)
            ),
        ]


class MonthlyReport(models.Model):
    """What a commune was told of one month, as it was told; kept."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="monthly_reports")
    month = models.DateField(_("mois"))
    facts = models.JSONField(_("contenu"), default=dict)
    written_at = models.DateTimeField(_("écrit le"), db_default=Now())
    sent_to = models.EmailField(_("envoyé à"), default="", blank=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lettre mensuelle")
        ordering = ["-month", "commune_id"]
        constraints = [
            models.UniqueConstraint(name="one_report_per_month", fields=["commune", "month"]),
        ]


class Preferences(models.Model):
    """What a commune wants: the monthly letter, its name beside its figures."""

    commune = models.OneToOneField(
        Commune, models.CASCADE, primary_key=True, related_name="adoption_preferences"
    )
    is_mailed = models.BooleanField(_("recevoir la lettre mensuelle"), default=True)
    is_named = models.BooleanField(
        _("montrer le nom de la commune avec ses chiffres"), default=False
    )

    class Meta:
        verbose_name = _("préférences")


class Estimate(models.Model):
    """The parameters of what is estimated, for one association; none of it is measured."""

    association = models.OneToOneField(
        Association, models.CASCADE, primary_key=True, related_name="estimate"
    )
    booking_percent = models.PositiveSmallIntegerField(
        _("appels évités pour cent rendez-vous pris en ligne"),
        default=80,
        validators=[MaxValueValidator(100)],
    )
    change_percent = models.PositiveSmallIntegerField(
        _("appels évités pour cent changements en ligne"),
        default=90,
        validators=[MaxValueValidator(100)],
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes gagnées par rendez-vous pris en ligne"),
        default=5,
        validators=[MaxValueValidator(MOST_MINUTES)],
    )

    class Meta:
        verbose_name = _("paramètres des estimations")
        constraints = [
            models.CheckConstraint(
                name="estimate_is_within_what_is_known",
                condition=Q(booking_percent__lte=100, change_percent__lte=100)
                & Q(minutes__lte=MOST_MINUTES),
            ),
        ]


class DtsYear(models.Model):
    """What decides the fixed part of the subsidy of one year: stations, and those connected."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="dts_years")
    year = models.PositiveSmallIntegerField(_("année"))
    stations = models.PositiveSmallIntegerField(_("stations au 1er janvier"))
    connected = models.PositiveSmallIntegerField(
        _("stations reliées à la plateforme, contrôle des doublons actif")
    )

    class Meta:
        verbose_name = _("année de dotation")
        constraints = [
            models.UniqueConstraint(name="one_subsidy_year", fields=["commune", "year"]),
            models.CheckConstraint(
                name="connected_stations_exist", condition=Q(connected__lte=models.F("stations"))
            ),
        ]


class DtsMonth(models.Model):
    """The requests a commune received in one month, as it entered them."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="dts_months")
    month = models.DateField(_("mois"))
    requests = models.PositiveIntegerField(_("demandes de titres"))
    certifications = models.PositiveIntegerField(_("certifications d’identité"), default=0)

    class Meta:
        verbose_name = _("demandes d’un mois")
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(name="one_count_per_month", fields=["commune", "month"]),
            models.CheckConstraint(name="month_begins_on_its_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="requests_are_believable",
                condition=Q(requests__lte=100_000, certifications__lte=100_000),
            ),
        ]
