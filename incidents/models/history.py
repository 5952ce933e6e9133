"""What happened to a report, and what was said about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models.known import known
from incidents.models.reports import REASON_WORDS, STATUS_WORDS, Report
from incidents.workflow import Reason, Status
from parvis.guard import TenantModel


class Message(TenantModel):
    """Words about a report; kept apart from the history, so that they can be erased."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("public")
        REPORTER = "reporter", _("déclarant et abonnés")
        STAFF = "staff", _("note interne")

    class Author(models.TextChoices):
        STAFF = "staff", _("mairie")
        REPORTER = "reporter", _("déclarant")
        PARTNER = "partner", _("intervenant")

    report = models.ForeignKey(Report, models.CASCADE, related_name="messages")
    audience = models.CharField(_("pour"), choices=Audience.choices, max_length=10)
    author = models.CharField(_("de"), choices=Author.choices, max_length=10)
    author_id = models.BigIntegerField(_("agent"), null=True, blank=True)
    author_name = models.CharField(_("agent"), max_length=80, default="", blank=True)
    text = models.TextField(_("texte"), max_length=4000)
    at = models.DateTimeField(_("le"))
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        ordering = ["at", "pk"]
        constraints = [
            known("message", "audience", "public reporter staff"),
            known("message", "author", "staff reporter partner"),
        ]


class StatusChange(TenantModel):
    """One move of a report; rows are only ever added."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="changes")
    before = models.CharField(_("avant"), max_length=20, default="", blank=True)
    after = models.CharField(_("après"), choices=STATUS_WORDS.items(), max_length=20)
    reason = models.CharField(
        _("raison"), choices=REASON_WORDS.items(), max_length=20, default="", blank=True
    )
    actor = models.CharField(_("par"), max_length=10)
    by_id = models.BigIntegerField(_("agent"), null=True, blank=True)
    by_name = models.CharField(_("agent"), max_length=120, default="", blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("changement d’état")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="change_status_known", condition=Q(after__in=[str(each) for each in Status])
            ),
            known("change", "reason", [str(each) for each in Reason], or_empty=True),
            models.CheckConstraint(name="change_changes", condition=~Q(before=F("after"))),
        ]


class ReportEvent(TenantModel):
    """What happened to a report besides its moves; rows are only ever added."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        PHOTO = "photo", _("photo ajoutée")
        REDACTED = "redacted", _("photo floutée")
        PUBLISHED = "published", _("publié")
        WITHDRAWN = "withdrawn", _("retiré du public")
        REQUALIFIED = "requalified", _("catégorie changée")
        PLACED = "placed", _("lieu changé")
        ASSIGNED = "assigned", _("confié")
        PRIORITY = "priority", _("priorité changée")
        PROMISED = "promised", _("délai changé")
        PAUSED = "paused", _("délai suspendu")
        RESUMED = "resumed", _("délai repris")
        MERGED = "merged", _("réuni")
        SEPARATED = "separated", _("séparé")
        FOLLOWED = "followed", _("suivi")
        THANKED = "thanked", _("félicité")
        RATED = "rated", _("satisfaction donnée")
        WORKED = "worked", _("intervention")
        CHASED = "chased", _("relancé")
        REMINDED = "reminded", _("déclarant relancé")
        ESCALATED = "escalated", _("alerte de délai")
        SEEN = "seen", _("pris en compte")
        ARRIVED = "arrived", _("reçu là-bas")

    report = models.ForeignKey(Report, models.PROTECT, related_name="events")
    kind = models.CharField(_("fait"), choices=Kind.choices, max_length=12)
    detail = models.JSONField(_("détail"), default=dict, blank=True)
    by_id = models.BigIntegerField(_("agent"), null=True, blank=True)
    by_name = models.CharField(_("agent"), max_length=120, default="", blank=True)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("fait")
        ordering = ["at", "pk"]
        constraints = [
            known(
                "report_event",
                "kind",
                "message photo redacted published withdrawn requalified placed assigned priority"
                " promised paused resumed merged separated followed thanked rated worked chased"
                " reminded escalated seen arrived",
            )
        ]


class ClockPause(TenantModel):
    """A time during which the promise does not run."""

    class Cause(models.TextChoices):
        REPORTER = "reporter", _("réponse du déclarant")
        THIRD_PARTY = "third_party", _("autre organisme")
        WEATHER = "weather", _("météo")
        WORKS = "works", _("travaux prévus")

    report = models.ForeignKey(Report, models.CASCADE, related_name="pauses")
    cause = models.CharField(_("raison"), choices=Cause.choices, max_length=12)
    begun_at = models.DateTimeField(_("depuis"))
    ended_at = models.DateTimeField(_("jusqu’à"), null=True, blank=True)

    class Meta:
        verbose_name = _("suspension du délai")
        ordering = ["begun_at", "pk"]
        constraints = [
            known("pause", "cause", "reporter third_party weather works"),
            models.UniqueConstraint(
                name="one_open_pause_per_report",
                fields=["report"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="pause_lasts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
            ),
        ]
