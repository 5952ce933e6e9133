"""What a commune decides about its data, and who asked to see or erase hers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel
from privacy.policy import RULES


def _allowed() -> Q:
    """Write the bounds of every rule that may be chosen as one condition."""
    allowed = Q()
    for key, rule in RULES.items():
        if rule.is_adjustable:
            within = Q(rule=key, number__gte=rule.least, number__lte=rule.most)
            allowed |= within & (Q(number__lte=rule.default) | ~Q(reason=""))
    return allowed


class Choice(TenantModel):
    """A duration that the commune chose instead of the usual one."""

    rule = models.CharField(_("donnée"), max_length=30)
    number = models.PositiveSmallIntegerField(_("durée"))  # in the unit of its rule
    reason = models.CharField(_("motif"), max_length=300, default="", blank=True)
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("durée choisie")
        ordering = ["rule"]
        constraints = [
            models.UniqueConstraint(name="one_choice_per_rule", fields=["rule"]),
            models.CheckConstraint(name="choice_within_bounds", condition=_allowed()),
        ]


class Night(TenantModel):
    """What one night erased, by rule, and what it left over its time: nothing, if all is well."""

    at = models.DateTimeField(_("le"))
    erased = models.JSONField(_("effacé"), default=dict)
    left = models.JSONField(_("resté"), default=dict)

    class Meta:
        verbose_name = _("nuit")
        ordering = ["-at", "-pk"]


class DataLink(TenantModel):
    """A link sent to an address, which opens once what is held about it."""

    email = models.EmailField(_("courriel"))
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    sent_at = models.DateTimeField(_("envoyé le"))
    expires_at = models.DateTimeField(_("expire le"))
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lien vers ses données")
        constraints = [
            models.UniqueConstraint(name="one_data_link_per_token", fields=["token_hash"]),
        ]


class DataRequest(TenantModel):
    """Somebody uses a right over her data; the commune has one month to answer.

    Access and erasure are answered at once, and kept without address as a trace.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", _("accès")
        ERASURE = "erasure", _("effacement")
        CORRECTION = "correction", _("rectification")
        OBJECTION = "objection", _("opposition")
        LIMITATION = "limitation", _("limitation")
        OTHER = "other", _("autre demande")

    kind = models.CharField(_("demande"), choices=Kind.choices, max_length=10)
    email = models.EmailField(_("courriel"), default="", blank=True)
    words = models.TextField(_("message"), max_length=2000, default="", blank=True)
    asked_at = models.DateTimeField(_("reçue le"))
    reminded = models.PositiveSmallIntegerField(_("rappel du jour"), default=0)
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    answer = models.TextField(_("réponse"), max_length=2000, default="", blank=True)
    answered_by = models.CharField(_("répondue par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("demande d’une personne")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="data_request_kind_known",
                condition=Q(
                    kind__in=[
                        "access",
                        "erasure",
                        "correction",
                        "objection",
                        "limitation",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="data_request_reminders_known", condition=Q(reminded__in=[0, 20, 27])
            ),
        ]
        indexes = [
            models.Index(
                name="data_requests_open",
                fields=["asked_at"],
                condition=Q(answered_at__isnull=True),
            ),
        ]
