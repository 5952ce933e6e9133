"""What the platform and the associations offer their communes, and how far it has come."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Association, Commune


KINDS = ["service", "document", "hours", "pack", "message", "reply", "page"]


class TemplateQuerySet(models.QuerySet["Template"]):
    """Templates, narrowed down."""

    def offered_to(self, association: Association | None) -> "TemplateQuerySet":
        """Those of the platform and of one association that are in use."""
        own = Q(association=association) if association else Q(association=None)
        return self.filter(own | Q(association=None), status=Template.Status.ACTIVE)


class Template(models.Model):
    """One thing that communes can take; what it says is in its versions.

    Without an association it is the platform's. ``adapted_from`` is the platform's template that
    an association made its own: its communes follow the association's from then on.
    """

    class Policy(models.TextChoices):
        RECOMMENDED = "recommended", _("recommandé")
        OPTIONAL = "optional", _("facultatif")
        LEGAL = "legal", _("imposé par la loi")

    class Status(models.TextChoices):
        ACTIVE = "active", _("proposé")
        ARCHIVED = "archived", _("archivé")

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True)
    association = models.ForeignKey(
        Association, models.CASCADE, null=True, blank=True, related_name="templates"
    )
    adapted_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="adaptations"
    )
    kind = models.CharField(_("nature"), max_length=10)
    slug = models.CharField(_("adresse"), max_length=60)
    name = models.CharField(_("nom"), max_length=150)
    policy = models.CharField(
        _("règle"), choices=Policy.choices, default=Policy.RECOMMENDED, max_length=12
    )
    status = models.CharField(
        _("état"), choices=Status.choices, default=Status.ACTIVE, max_length=10
    )

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("modèle")
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_template_per_slug",
                fields=["association", "kind", "slug"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="template_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="template_policy_known",
                condition=Q(policy__in=["recommended", "optional", "legal"]),
            ),
            models.CheckConstraint(
                name="template_status_known", condition=Q(status__in=["active", "archived"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """What a template says; a draft until it is published, then never changed (a trigger).

    ``impact_asked_at`` is set while communes are asked what the draft would change for them.
    """

    template = models.ForeignKey(Template, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("numéro"))
    payload = models.JSONField(_("contenu"))
    changelog = models.TextField(_("ce qui change"), default="", blank=True)
    changelog_en = models.TextField(_("ce qui change, en anglais"), default="", blank=True)
    schema_version = models.PositiveSmallIntegerField(_("version du format"), default=1)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    effective_on = models.DateField(_("en vigueur le"), null=True, blank=True)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    impact_asked_at = models.DateTimeField(_("effet demandé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("version")
        ordering = ["template_id", "-number"]
        constraints = [
            models.UniqueConstraint(name="one_version_per_number", fields=["template", "number"]),
            models.UniqueConstraint(
                name="one_draft_per_template",
                fields=["template"],
                condition=Q(published_at=None),
            ),
            models.CheckConstraint(name="versions_count_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} / {self.number}"


class TemplateApplication(models.Model):
    """How far one version is in one commune: counts and facts, nothing of what the commune says.

    ``held`` is the version on which the commune's row stands afterwards.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("en attente")
        APPLIED = "applied", _("appliquée")
        CONFLICT = "conflict", _("propositions en attente")
        DETACHED = "detached", _("détachée")
        ABSENT = "absent", _("n’en a pas")

    template = models.ForeignKey(Template, models.CASCADE, related_name="applications")
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="applications")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    state = models.CharField(
        _("état"), choices=State.choices, default=State.PENDING, max_length=10
    )
    held = models.PositiveIntegerField(_("version tenue"), null=True, blank=True)
    conflicts = models.PositiveIntegerField(_("propositions ouvertes"), default=0)
    replaced = models.PositiveIntegerField(_("remplacés par la loi"), default=0)
    at = models.DateTimeField(_("le"), null=True, blank=True)

    class Meta:
        verbose_name = _("application")
        constraints = [
            models.UniqueConstraint(
                name="one_application_per_commune", fields=["version", "commune"]
            ),
            models.CheckConstraint(
                name="application_state_known",
                condition=Q(state__in=["pending", "applied", "conflict", "detached", "absent"]),
            ),
        ]
        indexes = [
            models.Index(
                name="applications_pending", fields=["commune"], condition=Q(state="pending")
            )
        ]


class Impact(models.Model):
    """What a draft would do in one commune, as that commune found it: counts only."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="impacts")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    state = models.CharField(
        _("état"),
        choices=TemplateApplication.State.choices,
        default=TemplateApplication.State.PENDING,
        max_length=10,
    )
    conflicts = models.PositiveIntegerField(_("propositions"), default=0)
    replaced = models.PositiveIntegerField(_("remplacés par la loi"), default=0)
    at = models.DateTimeField(_("le"), null=True, blank=True)

    class Meta:
        verbose_name = _("effet")
        constraints = [
            models.UniqueConstraint(name="one_impact_per_commune", fields=["version", "commune"]),
            models.CheckConstraint(
                name="impact_state_known",
                condition=Q(state__in=["pending", "applied", "conflict", "detached", "absent"]),
            ),
        ]


class Suggestion(models.Model):
    """What a commune would like the library to say; its row may be adapted, its reason is said."""

    class State(models.TextChoices):
        OPEN = "open", _("à lire")
        ACCEPTED = "accepted", _("retenue")
        DECLINED = "declined", _("non retenue")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    template = models.ForeignKey(Template, models.CASCADE, related_name="suggestions")
    base_number = models.PositiveIntegerField(_("version de départ"))
    payload = models.JSONField(_("contenu"))
    words = models.TextField(_("pourquoi"), max_length=1000, default="", blank=True)
    state = models.CharField(_("état"), choices=State.choices, default=State.OPEN, max_length=10)
    answer = models.TextField(_("réponse"), max_length=1000, default="", blank=True)
    at = models.DateTimeField(_("le"))
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    class Meta:
        verbose_name = _("suggestion")
        ordering = [F("at").desc(), "-pk"]
        constraints = [
            models.CheckConstraint(
                name="suggestion_state_known",
                condition=Q(state__in=["open", "accepted", "declined"]),
            ),
        ]
