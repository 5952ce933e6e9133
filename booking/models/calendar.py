"""When a commune receives: its weekly hours, the days that differ, and its closures."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.models.services import STEP, Resource, Service, Site
from parvis.guard import TenantModel


class Opening(TenantModel):
    """A weekly rule in local wall time: when these resources receive on that day.

    Without ``services`` it is for all of them. With ``every_weeks`` above one, weeks are counted
    from that of ``valid_from``. Limits on what may be taken on line: ``quota`` appointments in
    each occurrence; nothing earlier than ``release_days`` before it, from ``release_time`` on;
    until ``residents_days`` before it, residents only.
    """

    class School(models.TextChoices):
        ALWAYS = "always", _("toute l’année")
        TERM = "term", _("hors vacances scolaires")
        HOLIDAYS = "holidays", _("pendant les vacances scolaires")

    weekday = models.PositiveSmallIntegerField(_("jour"))  # 0 is Monday
    start_time = models.TimeField(_("de"))
    end_time = models.TimeField(_("à"))
    step_minutes = models.PositiveSmallIntegerField(_("un départ toutes les"), default=10)
    valid_from = models.DateField(_("à partir du"), null=True, blank=True)
    valid_to = models.DateField(_("jusqu’au, inclus"), null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(_("toutes les … semaines"), default=1)
    week_of_month = models.SmallIntegerField(  # 1 to 4, or -1 for the last
        _("semaine du mois"), null=True, blank=True
    )
    school = models.CharField(
        _("vacances scolaires"), choices=School.choices, default=School.ALWAYS, max_length=10
    )
    quota = models.PositiveSmallIntegerField(
        _("au plus en ligne, par plage"), null=True, blank=True
    )
    release_days = models.PositiveSmallIntegerField(
        _("ouvert en ligne, en jours avant"), null=True, blank=True
    )
    release_time = models.TimeField(_("à l’heure"), null=True, blank=True)
    residents_days = models.PositiveSmallIntegerField(
        _("habitants d’abord, jusqu’à … jours avant"), null=True, blank=True
    )
    resources = models.ManyToManyField(
        Resource, related_name="openings", verbose_name=_("guichets")
    )
    services = models.ManyToManyField(
        Service, related_name="openings", verbose_name=_("motifs"), blank=True
    )

    class Meta:
        verbose_name = _("plage d’ouverture")
        ordering = ["weekday", "start_time", "pk"]
        constraints = [
            models.CheckConstraint(name="opening_is_on_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="opening_lasts", condition=Q(start_time__lt=F("end_time"))
            ),
            models.CheckConstraint(
                name="opening_step_is_on_the_grid",
                condition=Q(step_minutes__in=range(STEP, 241, STEP)),
            ),
            models.CheckConstraint(
                name="opening_hours_are_on_the_grid",
                condition=Q(
                    start_time__minute__in=range(0, 60, STEP),
                    start_time__second=0,
                    end_time__minute__in=range(0, 60, STEP),
                    end_time__second=0,
                ),
            ),
            models.CheckConstraint(
                name="opening_weeks_are_counted_from_a_day",
                condition=Q(every_weeks=1)
                | Q(every_weeks__in=[2, 3, 4], valid_from__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_week_of_month_known",
                condition=Q(week_of_month__isnull=True) | Q(week_of_month__in=[-1, 1, 2, 3, 4]),
            ),
            models.CheckConstraint(
                name="opening_school_known",
                condition=Q(school__in=["always", "term", "holidays"]),
            ),
        ]


class OpeningOverride(TenantModel):
    """One occurrence of an opening changed: cancelled, or with other hours or resources.

    Without hours it is cancelled. Without resources it has those of its opening.
    """

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="overrides")
    day = models.DateField(_("jour"))
    start_time = models.TimeField(_("de"), null=True, blank=True)
    end_time = models.TimeField(_("à"), null=True, blank=True)
    resources = models.ManyToManyField(
        Resource, related_name="+", verbose_name=_("guichets"), blank=True
    )
    reason = models.CharField(_("raison"), max_length=120, default="", blank=True)

    class Meta:
        verbose_name = _("plage modifiée")
        constraints = [
            models.UniqueConstraint(name="one_override_per_day", fields=["opening", "day"]),
            models.CheckConstraint(
                name="override_is_cancelled_or_lasts",
                condition=Q(start_time__isnull=True, end_time__isnull=True)
                | Q(start_time__lt=F("end_time")),
            ),
            models.CheckConstraint(
                name="override_hours_are_on_the_grid",
                condition=Q(start_time__isnull=True)
                | Q(
                    start_time__minute__in=range(0, 60, STEP),
                    start_time__second=0,
                    end_time__minute__in=range(0, 60, STEP),
                    end_time__second=0,
                ),
            ),
        ]


class Closure(TenantModel):
    """A time when nobody is received: in the whole commune, at one site or at one resource."""

    period = DateTimeRangeField(_("période"))
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="closures", null=True, blank=True
    )
    site = models.ForeignKey(Site, models.CASCADE, related_name="closures", null=True, blank=True)
    reason = models.CharField(
        _("raison, visible du public"), max_length=120, default="", blank=True
    )

    class Meta:
        verbose_name = _("fermeture")
        constraints = [
            models.CheckConstraint(name="closure_lasts", condition=Q(period__isempty=False)),
            models.CheckConstraint(
                name="closure_begins_and_ends",
                condition=Q(period__startswith__isnull=False, period__endswith__isnull=False),
            ),
            models.CheckConstraint(
                name="closure_of_a_site_or_a_resource",
                condition=Q(site__isnull=True) | Q(resource__isnull=True),
            ),
        ]
