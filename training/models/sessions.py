"""Sessions, their half-days, who teaches them, and the organisation that answers for them."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Association, Commune
from training.words import Topic


class TrainingOrganisation(models.Model):
    """The number under which an association is declared as a training organisation."""

    association = models.OneToOneField(
        Association, models.CASCADE, related_name="training_organisation"
    )
    declaration_number = models.CharField(_("numéro de déclaration d’activité"), max_length=11)

    class Meta:
        verbose_name = _("organisme de formation")
        constraints = [
            models.CheckConstraint(
                name="declaration_number_has_11_digits",
                condition=Q(declaration_number__regex=r"^[0-9]{11}$"),
            ),
        ]


class Trainer(models.Model):
    """Somebody who teaches; she needs no account."""

    association = models.ForeignKey(Association, models.CASCADE, related_name="trainers")
    name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("courriel"), default="", blank=True)

    class Meta:
        verbose_name = _("formateur")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_trainer_per_name", fields=["association", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    """Sessions, narrowed down."""

    def announced(self) -> "TrainingSessionQuerySet":
        """Those that somebody outside the association may know of."""
        return self.exclude(status=TrainingSession.Status.DRAFT)

    def open(self) -> "TrainingSessionQuerySet":
        """Those to which one may be invited."""
        return self.filter(status=TrainingSession.Status.OPEN)


class TrainingSession(models.Model):
    """A meeting to which people of several communes are invited.

    ``uid`` and ``sequence`` name it in diaries: a change raises the second. ``registered_count``
    is kept under the lock of the row, and lets a commune know how many seats are left without
    reading who else comes.
    """

    class Kind(models.TextChoices):
        ON_SITE = "on_site", _("sur place")
        REMOTE = "remote", _("à distance")
        WEBINAR = "webinar", _("webinaire")
        WORKSHOP = "workshop", _("atelier")

    class Status(models.TextChoices):
        DRAFT = "draft", _("brouillon")
        OPEN = "open", _("ouverte")
        DONE = "done", _("terminée")
        CANCELLED = "cancelled", _("annulée")

    association = models.ForeignKey(Association, models.CASCADE, related_name="sessions")
    title = models.CharField(_("intitulé"), max_length=120)
    kind = models.CharField(_("forme"), choices=Kind.choices, max_length=10)
    topics = ArrayField(
        models.CharField(max_length=10, choices=Topic.choices), verbose_name=_("sujets")
    )
    host_commune = models.ForeignKey(
        Commune, models.SET_NULL, related_name="hosted_sessions", null=True, blank=True
    )
    place = models.CharField(_("lieu"), max_length=300, default="", blank=True)
    meeting_url = models.URLField(_("adresse de la réunion"), default="", blank=True)
    room_capacity = models.PositiveSmallIntegerField(
        _("personnes que la salle peut recevoir"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(2000)],
    )
    max_seats = models.PositiveSmallIntegerField(_("places"))
    commune_quota = models.PositiveSmallIntegerField(
        _("places par commune au plus"), null=True, blank=True
    )
    objectives = models.TextField(_("objectifs"), default="", blank=True)
    programme = models.TextField(_("programme"), default="", blank=True)
    status = models.CharField(
        _("état"), choices=Status.choices, default=Status.DRAFT, max_length=10
    )
    uid = models.UUIDField(_("identifiant"), default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(_("version"), default=0)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    diary_days = models.PositiveSmallIntegerField(_("jours annoncés"), default=1)
    changed_at = models.DateTimeField(_("changée le"), null=True, blank=True)
    registered_count = models.PositiveSmallIntegerField(_("inscrits"), default=0)
    status_reason = models.CharField(_("raison"), max_length=300, default="", blank=True)
    created_at = models.DateTimeField(_("créée le"), db_default=Now())

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session de formation")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_session_per_uid", fields=["uid"]),
            models.CheckConstraint(
                name="session_kind_known",
                condition=Q(kind__in=["on_site", "remote", "webinar", "workshop"]),
            ),
            models.CheckConstraint(
                name="session_status_known",
                condition=Q(status__in=["draft", "open", "done", "cancelled"]),
            ),
            models.CheckConstraint(
                name="session_topics_known",
                condition=Q(topics__contained_by=["booking", "reports", "parvis"]),
            ),
            models.CheckConstraint(name="session_lasts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_has_seats", condition=Q(max_seats__gte=1)),
            models.CheckConstraint(
                name="session_fits_its_room",
                condition=Q(room_capacity__isnull=True) | Q(max_seats__lte=F("room_capacity")),
            ),
            models.CheckConstraint(
                name="session_seats_not_oversold",
                condition=Q(registered_count__lte=F("max_seats")),
            ),
            models.CheckConstraint(
                name="session_quota_positive",
                condition=Q(commune_quota__isnull=True) | Q(commune_quota__gte=1),
            ),
        ]
        indexes = [models.Index(name="session_by_start", fields=["association", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def seats_left(self) -> int:
        """How many people may still register."""
        return max(0, self.max_seats - self.registered_count)

    @property
    def is_full(self) -> bool:
        """Whether whoever comes next waits."""
        return self.seats_left == 0

    @property
    def is_open(self) -> bool:
        """Whether people may still answer."""
        return self.status == self.Status.OPEN

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.status == self.Status.CANCELLED

    @property
    def is_remote(self) -> bool:
        """Whether nobody has to travel."""
        return self.kind in {self.Kind.REMOTE, self.Kind.WEBINAR}


class HalfDay(models.Model):
    """A morning or an afternoon of a session: the unit of an attendance sheet."""

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="half_days")
    number = models.PositiveSmallIntegerField(_("rang"))
    period = DateTimeRangeField(_("horaires"))

    class Meta:
        verbose_name = _("demi-journée")
        ordering = ["session_id", "number"]
        constraints = [
            models.UniqueConstraint(name="one_half_day_per_number", fields=["session", "number"]),
            models.CheckConstraint(name="half_day_lasts", condition=Q(period__isempty=False)),
            ExclusionConstraint(
                name="half_days_follow_each_other",
                expressions=[
                    (F("session"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Teaching(models.Model):
    """A trainer at a half-day; PostgreSQL refuses her at two places at the same time."""

    half_day = models.ForeignKey(HalfDay, models.CASCADE, related_name="teachings")
    trainer = models.ForeignKey(Trainer, models.CASCADE, related_name="teachings")
    period = DateTimeRangeField(_("horaires"))
    is_off = models.BooleanField(_("annulé"), default=False)

    class Meta:
        verbose_name = _("intervention")
        ordering = ["half_day_id", "trainer__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_teaching_per_trainer", fields=["half_day", "trainer"]
            ),
            ExclusionConstraint(
                name="trainer_in_one_place",
                expressions=[
                    (F("trainer"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_off=False),
            ),
        ]
