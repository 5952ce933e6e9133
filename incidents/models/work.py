"""The work done about reports: interventions, and the rounds of a team."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.geo import Place, placed
from incidents.models.catalogue import Team
from incidents.models.known import both_on_earth, known
from incidents.models.reports import Report
from parvis.guard import TenantModel


class Intervention(TenantModel):
    """One visit of a team or a company, for one report or several; it has a cost."""

    reports = models.ManyToManyField(Report, related_name="interventions", verbose_name=_("pour"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True)
    done_on = models.DateField(_("le"))
    minutes = models.PositiveIntegerField(_("temps passé, en minutes"), default=0)
    material = models.CharField(_("matériel"), max_length=300, default="", blank=True)
    cost_cents = models.PositiveIntegerField(_("coût, en centimes"), default=0)
    note = models.CharField(_("note"), max_length=500, default="", blank=True)
    by_id = models.BigIntegerField(_("noté par"), null=True, blank=True)
    by_name = models.CharField(_("noté par"), max_length=120, default="", blank=True)
    key = models.UUIDField(_("clé d’envoi"), null=True, blank=True)

    class Meta:
        verbose_name = _("intervention")
        ordering = ["-done_on", "-pk"]
        constraints = [models.UniqueConstraint(name="one_intervention_per_key", fields=["key"])]


class Round(TenantModel):
    """A work sheet: the reports a team handles on one day, in the order of the way."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="rounds", null=True, blank=True)
    title = models.CharField(_("titre"), max_length=80)
    day = models.DateField(_("jour"))
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    made_by_id = models.BigIntegerField(_("préparée par"), null=True, blank=True)
    made_by_name = models.CharField(_("préparée par"), max_length=80, default="", blank=True)
    closed_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    start_lat = models.FloatField(_("latitude du départ"), null=True, blank=True)
    start_lon = models.FloatField(_("longitude du départ"), null=True, blank=True)

    class Meta:
        verbose_name = _("tournée")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_round_per_token", fields=["token_hash"]),
            both_on_earth("round_starts_on_earth", lat="start_lat", lon="start_lon"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def start(self) -> Place | None:
        """Where the team leaves from, when that is known."""
        return placed(self.start_lat, self.start_lon)


class Stop(TenantModel):
    """One report of a round; ``key`` is that of the answer by which it was left, once."""

    class Outcome(models.TextChoices):
        DONE = "done", _("fait")
        NOT_FOUND = "not_found", _("pas trouvé")
        LATER = "later", _("à revoir")

    round = models.ForeignKey(Round, models.CASCADE, related_name="stops")
    report = models.ForeignKey(Report, models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField(_("rang"))
    outcome = models.CharField(
        _("issue"), choices=Outcome.choices, max_length=10, default="", blank=True
    )
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, default="", blank=True)
    key = models.UUIDField(_("clé d’envoi"), null=True, blank=True)

    class Meta:
        verbose_name = _("arrêt")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="one_stop_per_report", fields=["round", "report"]),
            models.UniqueConstraint(
                name="one_stop_per_position",
                fields=["round", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(name="one_stop_per_key", fields=["key"]),
            models.CheckConstraint(name="stop_has_a_rank", condition=Q(position__gte=1)),
            known("stop", "outcome", "done not_found later", or_empty=True),
            models.CheckConstraint(
                name="left_stop_has_a_date",
                condition=Q(outcome="", done_at__isnull=True)
                | (~Q(outcome="") & Q(done_at__isnull=False)),
            ),
        ]
