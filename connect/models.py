"""Who may use a commune's API, with which key, and who is told of what happens in it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel, TenantQuerySet
from parvis.models import Outgoing


SCOPES = [
    "requests:write",
    "updates:write",
    "updates:read",
    "own:read",
    "services:read",
    "slots:read",
    "appointments:read",
    "appointments:write",
    "reports:read",
    "reports:write",
    "figures:read",
    "webhooks:manage",
]
EVENTS = [
    "appointment.booked",
    "appointment.moved",
    "appointment.cancelled",
    "appointment.outcome",
    "report.created",
    "report.updated",
    "report.closed",
]


class ApiClient(TenantModel):
    """A program of somebody else that talks with the commune, and whom to reach about it."""

    class Role(models.TextChoices):
        SOURCE = "source", _("transmet ce que disent des usagers")
        HANDLER = "handler", _("traite ce que la commune lui confie")

    name = models.CharField(_("nom du logiciel ou de l’organisme"), max_length=80)
    contact = models.EmailField(_("adresse de contact"))
    role = models.CharField(_("rôle"), choices=Role.choices, default=Role.SOURCE, max_length=8)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)

    class Meta:
        verbose_name = _("logiciel relié")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="api_client_role_known", condition=Q(role__in=["source", "handler"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(TenantModel):
    """What opens the API to a client: only its beginning and its fingerprint are kept."""

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="keys")
    prefix = models.CharField(_("début de la clé"), max_length=16)
    digest = models.CharField(_("empreinte"), max_length=64)
    scopes = ArrayField(models.CharField(max_length=24), verbose_name=_("droits"))
    created_at = models.DateTimeField(_("créée le"), db_default=Now())
    expires_at = models.DateTimeField(_("expire le"))
    last_used_at = models.DateTimeField(_("dernier usage"), null=True)
    revoked_at = models.DateTimeField(_("révoquée le"), null=True)
    revoked_by_name = models.CharField(_("révoquée par"), max_length=80, default="", blank=True)
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)

    class Meta:
        verbose_name = _("clé")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_api_key_per_prefix", fields=["prefix"]),
            models.CheckConstraint(
                name="api_key_scopes_known", condition=Q(scopes__contained_by=SCOPES)
            ),
            models.CheckConstraint(name="api_key_has_scopes", condition=~Q(scopes=[])),
        ]

    def __str__(self) -> str:
        return self.prefix


class CallDay(TenantModel):
    """How often a key was used on a day, and why it was refused last."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="days")
    day = models.DateField(_("jour"))
    calls = models.PositiveIntegerField(_("appels"), default=0)
    refused = models.PositiveIntegerField(_("refusés"), default=0)
    last_refusal = models.CharField(_("dernier refus"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("appels d’un jour")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(name="one_count_per_key_and_day", fields=["key", "day"]),
        ]


class Webhook(TenantModel):
    """An address of somebody else that is told when something happens here.

    ``old_secret`` signs too until ``old_secret_until``, while the other side changes its own.
    """

    name = models.CharField(_("nom"), max_length=80)
    url = models.CharField(_("adresse"), max_length=500)
    events = ArrayField(models.CharField(max_length=24), verbose_name=_("ce qui est annoncé"))
    client = models.ForeignKey(
        ApiClient, models.CASCADE, related_name="webhooks", null=True, verbose_name=_("logiciel")
    )
    secret = models.TextField(_("secret"))  # encrypted
    old_secret = models.TextField(_("ancien secret"), default="", blank=True)
    old_secret_until = models.DateTimeField(_("ancien secret valable jusqu’au"), null=True)
    is_active = models.BooleanField(_("en service"), default=True)
    failing_since = models.DateTimeField(_("en échec depuis"), null=True)
    paused_until = models.DateTimeField(_("pas avant"), null=True)
    stopped_at = models.DateTimeField(_("arrêté après trop d’échecs le"), null=True)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)

    class Meta:
        verbose_name = _("avis automatique")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="webhook_events_known", condition=Q(events__contained_by=EVENTS)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(TenantQuerySet["Delivery"]):
    """What is told to other programs, by how far it is."""

    def waiting(self) -> "DeliveryQuerySet":
        """Those that the worker has still to deliver."""
        return self.filter(sent_at=None, dead_at=None)


class Delivery(Outgoing):
    """One fact told to one webhook; ``key`` is its number, by which a repeat is recognised."""

    WORDS: ClassVar[dict[str, str]] = {"body": ""}

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.CharField(_("fait"), max_length=24)
    body = models.TextField(_("contenu"))  # the very text that is signed
    answer = models.PositiveSmallIntegerField(_("réponse"), null=True)
    tried_at = models.DateTimeField(_("dernier essai"), null=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("avis envoyé")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_delivery_per_key", fields=["key"]),
            models.CheckConstraint(
                name="delivery_event_known", condition=Q(event__in=[*EVENTS, "test"])
            ),
        ]
        indexes = [
            models.Index(
                name="delivery_due",
                fields=["not_before", "id"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
            ),
        ]
