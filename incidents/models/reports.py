"""The reports of citizens: what they say, and who follows them."""

from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from incidents.geo import Box, Place, placed
from incidents.models.catalogue import Asset, Category, Handler, RoadClass, Team
from incidents.models.known import both_on_earth, known
from incidents.workflow import CLOSED, Reason, Status
from parvis.guard import TenantModel, TenantQuerySet


STATUS_WORDS = {
    Status.RECEIVED: pgettext_lazy("signalement", "reçu"),
    Status.TRIAGE: _("en cours d’examen"),
    Status.AWAITING_REPORTER: _("en attente de votre réponse"),
    Status.ACCEPTED: _("pris en charge"),
    Status.PLANNED: _("planifié"),
    Status.IN_PROGRESS: _("en cours"),
    Status.FORWARDED: _("transmis"),
    Status.TRANSFERRED: _("transféré"),
    Status.RESOLVED: _("résolu"),
    Status.REJECTED: _("non retenu"),
    Status.DUPLICATE: _("déjà signalé"),
    Status.REOPENED: _("rouvert"),
    Status.CANCELLED: _("annulé"),
}
REASON_WORDS = {
    Reason.REPAIRED: _("réparé ou nettoyé"),
    Reason.MADE_SAFE: _("mis en sécurité"),
    Reason.ANSWERED: _("réponse donnée"),
    Reason.NOTHING_TO_DO: _("rien à faire sur place"),
    Reason.OUT_OF_SCOPE: _("ne dépend pas de la commune"),
    Reason.PRIVATE_GROUND: _("sur un terrain privé"),
    Reason.NOT_FOUND: _("introuvable sur place"),
    Reason.WRONG_PLACE: _("le lieu indiqué n’est pas le bon"),
    Reason.NO_ANSWER: _("précisions demandées, restées sans réponse"),
    Reason.ALREADY_PLANNED: _("travaux déjà prévus"),
    Reason.ABUSIVE: _("propos abusifs"),
    Reason.NOT_REPAIRED: _("ce n’est pas réparé"),
    Reason.BADLY_REPAIRED: _("c’est mal réparé"),
    Reason.OTHER: _("autre raison"),
}

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when what has no promised date is due: after the rest
URGENCY = (  # all of them rise, so that one index gives the order and any page of it
    Func(F("priority"), template="(- %(expressions)s)", output_field=IntegerField()),
    Coalesce(F("due_at"), Value(NEVER)),
    F("id"),
)


class ReportQuerySet(TenantQuerySet["Report"]):
    """Reports, narrowed down."""

    def open(self) -> "ReportQuerySet":
        """Those that wait for something."""
        return self.exclude(status__in=CLOSED)

    def published(self) -> "ReportQuerySet":
        """Those that everybody may read."""
        return self.filter(visibility=Report.Visibility.PUBLIC)

    def within(self, box: Box) -> "ReportQuerySet":
        """Those placed inside a box."""
        return self.filter(
            lat__gte=box.south, lat__lte=box.north, lon__gte=box.west, lon__lte=box.east
        )


class Report(TenantModel):
    """What a citizen or an agent says about a place: a problem, an idea, a compliment.

    Her identity is in ``ReportContact`` alone. ``status`` moves as :mod:`incidents.workflow` says;
    ``visibility`` is another matter. ``due_at`` is the promised date, moved by pauses.
    """

    class Visibility(models.TextChoices):
        PENDING = "pending", _("à relire")
        PUBLIC = "public", _("publié")
        PRIVATE = "private", _("non publié")
        HIDDEN = "hidden", _("retiré")

    class Channel(models.TextChoices):
        WEB = "web", _("en ligne")
        STICKER = "sticker", _("autocollant")
        PHONE = "phone", _("par téléphone")
        COUNTER = "counter", _("au guichet")
        EMAIL = "email", _("par courriel")
        WALK = "walk", _("tournée de terrain")
        API = "api", _("autre logiciel")
        MEMBER = "member", _("autre collectivité")
        INTERNAL = "internal", _("tâche interne")

    class Priority(models.IntegerChoices):
        LOW = 1, _("basse")
        NORMAL = 2, _("normale")
        HIGH = 3, _("haute")
        URGENT = 4, _("urgente")

    reference = models.CharField(_("référence"), max_length=8)  # Crockford's base 32
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports")
    status = models.CharField(
        _("état"), choices=STATUS_WORDS.items(), default=Status.RECEIVED, max_length=20
    )
    reason = models.CharField(
        _("raison"), choices=REASON_WORDS.items(), max_length=20, default="", blank=True
    )
    visibility = models.CharField(
        _("publication"), choices=Visibility.choices, default=Visibility.PENDING, max_length=10
    )
    channel = models.CharField(
        pgettext_lazy("signalement", "reçu"), choices=Channel.choices, max_length=10
    )
    text = models.TextField(_("description"), max_length=4000, default="", blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    address = models.CharField(_("adresse"), max_length=200, default="", blank=True)
    address_id = models.CharField(
        _("adresse dans la BAN"), max_length=30, default="", db_default="", blank=True
    )
    road_class = models.CharField(
        _("voie"), choices=RoadClass.choices, max_length=10, default="", blank=True
    )
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="reports")
    handler = models.ForeignKey(
        Handler, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="reports")
    assignee_id = models.BigIntegerField(_("confié à"), null=True, blank=True)
    assignee_name = models.CharField(_("confié à"), max_length=80, default="", blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priorité"), choices=Priority.choices, default=Priority.NORMAL
    )
    submitted_at = models.DateTimeField(_("reçu le"))
    captured_at = models.DateTimeField(_("écrit sans réseau le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("première réponse le"), null=True, blank=True)
    planned_on = models.DateField(_("prévu le"), null=True, blank=True)
    due_at = models.DateTimeField(_("promis avant le"), null=True, blank=True)
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)
    touched_at = models.DateTimeField(_("dernier changement"), db_default=Now())
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    praises = models.ForeignKey(  # a compliment may name the report it thanks for
        "self", models.SET_NULL, null=True, blank=True, related_name="compliments"
    )
    reporters = models.PositiveIntegerField(_("habitants concernés"), default=1)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    taken_by_id = models.BigIntegerField(_("saisi par"), null=True, blank=True)
    taken_by_name = models.CharField(_("saisi par"), max_length=80, default="", blank=True)
    origin_commune = models.CharField(_("reçu de"), max_length=9, default="", blank=True)
    origin_reference = models.CharField(
        _("référence là-bas"), max_length=8, default="", blank=True
    )
    sent_to = models.CharField(_("remis à"), max_length=9, default="", blank=True)  # code INSEE
    sent_reference = models.CharField(_("référence là-bas"), max_length=8, default="", blank=True)
    idempotency_key = models.UUIDField(_("clé d’envoi"))
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ReportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("signalement")
        constraints = [
            models.UniqueConstraint(name="one_report_per_reference", fields=["reference"]),
            models.UniqueConstraint(name="one_report_per_submission", fields=["idempotency_key"]),
            models.CheckConstraint(
                name="report_status_known", condition=Q(status__in=[str(each) for each in Status])
            ),
            known("report", "reason", [str(each) for each in Reason], or_empty=True),
            known("report", "visibility", "pending public private hidden"),
            known("report", "channel", "web sticker phone counter email walk api member internal"),
            known("report", "road_class", RoadClass.values, or_empty=True),
            known("report", "priority", [1, 2, 3, 4]),
            both_on_earth("report_placed_on_earth", lat="lat", lon="lon"),
            models.CheckConstraint(
                name="closed_has_a_date",
                condition=Q(status__in=sorted(CLOSED), closed_at__isnull=False)
                | (~Q(status__in=sorted(CLOSED)) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="duplicate_of_another",
                condition=Q(status="duplicate", duplicate_of__isnull=False)
                | (~Q(status="duplicate") & Q(duplicate_of__isnull=True)),
            ),
            models.CheckConstraint(
                name="duplicate_not_of_itself", condition=~Q(duplicate_of=F("pk"))
            ),
            models.CheckConstraint(
                name="satisfaction_on_five",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
            ),
        ]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="reports_newest"),
            models.Index(
                fields=["status", "due_at"],
                name="reports_open",
                condition=~Q(status__in=sorted(CLOSED)),
            ),
            models.Index(
                fields=["lat", "lon"], name="reports_near", condition=Q(lat__isnull=False)
            ),
            models.Index(  # all that a map asks of what is open: the table itself is not read
                fields=["lat", "lon"],
                include=["id", "status", "category", "team", "visibility"],
                name="reports_open_places",
                condition=~Q(status__in=sorted(CLOSED)),
            ),
            models.Index(
                fields=["-submitted_at", "-id"],
                name="reports_public",
                condition=Q(visibility="public"),
            ),
            GinIndex(SearchVector("text", "address", config="french"), name="reports_searched"),
            models.Index(*URGENCY, name="reports_urgent", condition=~Q(status__in=sorted(CLOSED))),
            models.Index(fields=["category", "-submitted_at", "-id"], name="reports_of_category"),
            models.Index(fields=["-touched_at", "-id"], name="reports_changed"),
            models.Index(fields=["-reporters", "-id"], name="reports_concerned"),
            models.Index(
                fields=["assignee_id", "-submitted_at"],
                name="reports_of_person",
                condition=Q(assignee_id__isnull=False),
            ),
            models.Index(
                fields=["-submitted_at", "-id"],
                name="reports_unread",
                condition=Q(visibility="pending"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def place(self) -> Place | None:
        """Where it is, when somebody placed it."""
        return placed(self.lat, self.lon)

    @property
    def is_closed(self) -> bool:
        """Whether it is over, whatever became of it."""
        return self.status in CLOSED


class ReportContact(TenantModel):
    """The only place of a reporter's identity; erased some time after the end."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="contact")
    name = models.CharField(_("nom"), max_length=120, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    wants_news = models.BooleanField(_("veut des nouvelles"), default=True)
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("déclarant")
        constraints = [
            models.UniqueConstraint(name="one_contact_per_token", fields=["token_hash"]),
            models.CheckConstraint(
                name="erased_means_erased",
                condition=Q(erased_at__isnull=True) | Q(name="", email="", phone=""),
            ),
        ]


class Follower(TenantModel):
    """Somebody who wants news of a report; she confirmed her address by its link."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="followers")
    email = models.EmailField(_("courriel"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    is_concerned = models.BooleanField(_("concerné aussi"), default=False)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())

    class Meta:
        verbose_name = _("abonné")
        constraints = [
            models.UniqueConstraint(name="one_follower_per_token", fields=["token_hash"]),
            models.UniqueConstraint(name="one_follower_per_address", fields=["report", "email"]),
        ]
