"""What members ask for, how many communes want it, and what became of it. Public schema."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ideas.workflow import Origin, Status
from parvis.pieces import Tone
from tenants.models import Association, Commune


TONES: dict[Status, Tone] = {
    Status.OPEN: "neutral",
    Status.PLANNED: "info",
    Status.STARTED: "brand",
    Status.DONE: "success",
    Status.DECLINED: "warning",
    Status.DUPLICATE: "neutral",
}


class News(models.Model):
    """A change that members can use: an entry of the changelog."""

    association = models.ForeignKey(Association, models.CASCADE, related_name="news")
    title = models.CharField(_("titre"), max_length=120)
    body = models.TextField(_("ce qui change"), max_length=4000)
    published_at = models.DateTimeField(_("publiée le"))
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("nouveauté")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Idea(models.Model):
    """Something a member asks for.

    A hidden author has no name here; her number stays, so that she is told what becomes of it.
    ``search`` is the folded text; ``unblocks_*`` is what onboarding knows of the communes that
    wait for it.
    """

    class Module(models.TextChoices):
        BOOKING = "booking", _("Rendez-vous")
        REPORTS = "reports", _("Signalements")
        OTHER = "other", _("Autre")

    association = models.ForeignKey(Association, models.CASCADE, related_name="ideas")
    commune = models.ForeignKey(
        Commune, models.SET_NULL, related_name="ideas", null=True, blank=True
    )
    title = models.CharField(_("en une phrase"), max_length=120)
    body = models.TextField(_("expliquez"), max_length=4000, default="", blank=True)
    module = models.CharField(
        _("à propos de"), choices=Module.choices, default=Module.OTHER, max_length=10
    )
    screen_code = models.CharField(_("écran"), max_length=60, default="", blank=True)
    status = models.CharField(
        _("état"), choices=Status.choices, default=Status.OPEN, max_length=10
    )
    origin = models.CharField(
        _("origine"), choices=Origin.choices, default=Origin.BOARD, max_length=10
    )
    origin_label = models.CharField(_("d’où elle vient"), max_length=160, default="", blank=True)
    author_id = models.BigIntegerField(_("auteur"), null=True, blank=True)
    author_name = models.CharField(_("auteur"), max_length=80, default="", blank=True)
    created_at = models.DateTimeField(_("proposée le"))
    planned_for = models.CharField(_("prévue pour"), max_length=40, default="", blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.CASCADE, related_name="duplicates", null=True, blank=True
    )
    news = models.ForeignKey(News, models.SET_NULL, related_name="ideas", null=True, blank=True)
    unblocks_communes = models.PositiveIntegerField(_("communes débloquées"), default=0)
    unblocks_inhabitants = models.PositiveIntegerField(_("habitants débloqués"), default=0)
    search = models.TextField(_("texte cherché"), default="", blank=True)

    class Meta:
        verbose_name = _("idée")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="idea_status_known", condition=Q(status__in=sorted(Status.values))
            ),
            models.CheckConstraint(
                name="idea_origin_known", condition=Q(origin__in=sorted(Origin.values))
            ),
            models.CheckConstraint(
                name="idea_module_known", condition=Q(module__in=["booking", "other", "reports"])
            ),
            models.CheckConstraint(
                name="duplicate_names_its_original",
                condition=Q(status=Status.DUPLICATE, duplicate_of__isnull=False)
                | (~Q(status=Status.DUPLICATE) & Q(duplicate_of__isnull=True)),
            ),
            models.CheckConstraint(
                name="idea_is_no_duplicate_of_itself", condition=~Q(duplicate_of=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> Tone:
        """The tone of the state's badge."""
        return TONES[Status(self.status)]


class Vote(models.Model):
    """Somebody of a commune wants it too; a commune is one voice, however many of hers vote.

    Without ``user_id`` the voice of a commune that said so elsewhere, as in a training session.
    """

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="votes")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="votes")
    user_id = models.BigIntegerField(_("par"), null=True, blank=True)
    at = models.DateTimeField(_("le"), db_default=Now())

    class Meta:
        verbose_name = _("voix")
        constraints = [
            models.UniqueConstraint(
                name="one_vote_per_person",
                fields=["idea", "commune", "user_id"],
                nulls_distinct=False,
            ),
        ]


class Subscription(models.Model):
    """Somebody wants to be told what becomes of an idea."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="subscriptions")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="subscriptions")
    user_id = models.BigIntegerField(_("qui"))
    at = models.DateTimeField(_("le"), db_default=Now())

    class Meta:
        verbose_name = _("abonnement")
        constraints = [
            models.UniqueConstraint(
                name="one_subscription_per_person", fields=["idea", "commune", "user_id"]
            ),
        ]


class Answer(models.Model):
    """What the association says of an idea, and the status it gets; rows are only ever added."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="answers")
    status = models.CharField(_("état"), choices=Status.choices, max_length=10)
    text = models.TextField(_("réponse"), max_length=4000, default="", blank=True)
    at = models.DateTimeField(_("le"))
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("réponse")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="answer_status_known", condition=Q(status__in=sorted(Status.values))
            ),
        ]
