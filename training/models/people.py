"""Who is invited, who answers, who signs, what they thought of it and what they promised."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune, User
from training.models.sessions import HalfDay, Trainer, TrainingSession


class Carpool(models.TextChoices):
    """Whether somebody shares a car; nobody is listed who did not ask for it."""

    NONE = "none", _("non")
    OFFERS = "offers", _("je propose des places")
    SEEKS = "seeks", _("je cherche une place")


class Needs(models.Model):
    """What somebody asks for when she answers."""

    accessibility = models.CharField(
        _("besoins d’accessibilité"), max_length=300, default="", blank=True
    )
    wants_lunch = models.BooleanField(_("déjeune sur place"), default=False)
    carpool = models.CharField(
        _("covoiturage"), choices=Carpool.choices, default=Carpool.NONE, max_length=6
    )
    carpool_from = models.CharField(_("départ"), max_length=100, default="", blank=True)

    class Meta:
        abstract = True


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Places, narrowed down."""

    def seated(self) -> "AttendanceQuerySet":
        """Those that take a seat."""
        return self.filter(state__in=Attendance.SEATED)

    def in_line(self) -> "AttendanceQuerySet":
        """Those who wait for a seat, the first come first."""
        return self.filter(state=Attendance.State.WAITLISTED).order_by("waitlisted_at", "pk")


class Attendance(Needs):
    """The place of somebody at a session, from her invitation to her presence.

    Name and address are kept beside the account, so that a sheet stays readable without it.
    The two ``answered`` marks say that a survey came back, and deliberately not when.
    """

    class State(models.TextChoices):
        INVITED = "invited", _("invité")
        REGISTERED = "registered", _("inscrit")
        WAITLISTED = "waitlisted", _("en liste d’attente")
        DECLINED = "declined", _("ne vient pas")
        ATTENDED = "attended", _("présent")
        ABSENT = "absent", _("absent")

    SEATED = (State.REGISTERED, State.ATTENDED, State.ABSENT)

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        User, models.SET_NULL, related_name="attendances", null=True, blank=True
    )
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="attendances")
    name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("courriel"))
    state = models.CharField(
        _("état"), choices=State.choices, default=State.INVITED, max_length=10
    )
    invited_at = models.DateTimeField(_("invité le"), db_default=Now())
    answered_at = models.DateTimeField(_("a répondu le"), null=True, blank=True)
    waitlisted_at = models.DateTimeField(_("attend depuis le"), null=True, blank=True)
    hot_answered = models.BooleanField(_("a répondu à chaud"), default=False)
    cold_answered = models.BooleanField(_("a répondu à froid"), default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("session", Lower("email"), name="one_attendance_per_address"),
            models.CheckConstraint(
                name="attendance_state_known",
                condition=Q(
                    state__in=[
                        "invited",
                        "registered",
                        "waitlisted",
                        "declined",
                        "attended",
                        "absent",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="attendance_carpool_known",
                condition=Q(carpool__in=["none", "offers", "seeks"]),
            ),
            models.CheckConstraint(
                name="attendance_waits_since",
                condition=~Q(state="waitlisted") | Q(waitlisted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="attendance_by_commune", fields=["commune", "state"])]

    def __str__(self) -> str:
        return self.name


class Reply(Needs):
    """An answer given on a commune's site, which cannot see who else comes.

    The commune adds it; the association's side takes it within seconds, under the lock of the
    session, and mails what became of it.
    """

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="replies")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="training_replies")
    user_id = models.BigIntegerField(_("compte"))
    name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("courriel"))
    is_coming = models.BooleanField(_("vient"))
    at = models.DateTimeField(_("le"), db_default=Now())
    taken_at = models.DateTimeField(_("prise en compte le"), null=True)
    refusal = models.CharField(_("refus"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("réponse")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="reply_carpool_known", condition=Q(carpool__in=["none", "offers", "seeks"])
            ),
        ]
        indexes = [
            models.Index(name="reply_to_take", fields=["at"], condition=Q(taken_at__isnull=True)),
        ]


class Signature(models.Model):
    """A signature under one half-day; rows are only ever added, the database sees to it.

    ``drawing`` is the path of a drawn one, in a box of 600 by 200.
    """

    class Method(models.TextChoices):
        DRAWN = "drawn", _("signature tracée")
        TYPED = "typed", _("nom écrit et case cochée")
        PAPER = "paper", _("feuille imprimée")

    half_day = models.ForeignKey(HalfDay, models.CASCADE, related_name="signatures")
    attendance = models.ForeignKey(
        Attendance, models.CASCADE, related_name="signatures", null=True
    )
    trainer = models.ForeignKey(Trainer, models.CASCADE, related_name="signatures", null=True)
    at = models.DateTimeField(_("le"))
    method = models.CharField(_("moyen"), choices=Method.choices, max_length=5)
    drawing = models.TextField(_("tracé"), default="", blank=True)
    noted_by = models.CharField(_("relevée par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("signature")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_signature_per_half_day", fields=["half_day", "attendance"]
            ),
            models.UniqueConstraint(
                name="one_trainer_signature_per_half_day", fields=["half_day", "trainer"]
            ),
            models.CheckConstraint(
                name="signature_has_one_author",
                condition=Q(attendance__isnull=False, trainer__isnull=True)
                | Q(attendance__isnull=True, trainer__isnull=False),
            ),
            models.CheckConstraint(
                name="signature_method_known", condition=Q(method__in=["drawn", "typed", "paper"])
            ),
            models.CheckConstraint(
                name="drawn_signature_is_there",
                condition=~Q(method="drawn") | ~Q(drawing=""),
            ),
        ]


class SurveyReply(models.Model):
    """What somebody thought, without a link to who she is or where she works."""

    class Kind(models.TextChoices):
        HOT = "hot", _("à chaud")
        COLD = "cold", _("à froid")

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="survey_replies")
    kind = models.CharField(_("moment"), choices=Kind.choices, max_length=4)
    scores = models.JSONField(_("notes"), default=dict)  # question → 1 to 4; use → true
    recommends = models.PositiveSmallIntegerField(
        _("recommande"), validators=[MaxValueValidator(10)]
    )
    verbatim = models.TextField(_("remarque"), default="", blank=True)
    day = models.DateField(_("jour"))
    idea_id = models.BigIntegerField(_("idée"), null=True)

    class Meta:
        verbose_name = _("réponse au questionnaire")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="survey_kind_known", condition=Q(kind__in=["hot", "cold"])
            ),
            models.CheckConstraint(
                name="survey_recommends_from_0_to_10", condition=Q(recommends__lte=10)
            ),
        ]


class Commitment(models.Model):
    """What a commune said it would do, at a session."""

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="commitments")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="commitments")
    who = models.CharField(_("qui"), max_length=80)
    what = models.CharField(_("quoi"), max_length=300)
    due = models.DateField(_("pour le"), null=True, blank=True)
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)
    done_by_name = models.CharField(_("fait par"), max_length=80, default="", blank=True)
    created_at = models.DateTimeField(_("pris le"), db_default=Now())

    class Meta:
        verbose_name = _("engagement")
        ordering = [F("due").asc(nulls_last=True), "pk"]
