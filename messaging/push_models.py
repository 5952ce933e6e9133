"""Browsers that asked to be told, and notifications that wait for them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel
from parvis.models import Outgoing


class PushSubscription(TenantModel):
    """A browser that wants news of one thing: ``subject`` names it, as in ``report:42``.

    It says nothing of who asked. ``endpoint`` is the address at the push service, ``p256dh`` and
    ``auth`` are the keys that only that browser can open.
    """

    subject = models.CharField(_("à propos de"), max_length=40)
    endpoint = models.CharField(_("adresse du navigateur"), max_length=500)
    p256dh = models.CharField(_("clé publique"), max_length=100)
    auth = models.CharField(_("secret partagé"), max_length=40)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    created_at = models.DateTimeField(_("inscrit le"), db_default=Now())

    class Meta(TenantModel.Meta):
        verbose_name = _("abonnement aux notifications")
        constraints = [
            models.UniqueConstraint(
                name="one_subscription_per_browser", fields=["subject", "endpoint"]
            ),
        ]


class OutgoingPush(Outgoing):
    """A notification that waits for the worker, or has been delivered.

    Without a subscription it has nobody to go to any more.
    """

    WORDS: ClassVar[dict[str, Any]] = {"title": "", "body": "", "navigate": ""}
    SEARCHED: ClassVar[tuple[str, ...]] = ("title", "body")

    subscription = models.ForeignKey(
        PushSubscription,
        models.SET_NULL,
        null=True,
        related_name="waiting",
        verbose_name=_("abonnement"),
    )
    topic = models.CharField(_("sujet"), max_length=32)
    title = models.CharField(_("titre"), max_length=120)
    body = models.CharField(_("texte"), max_length=200)
    navigate = models.CharField(_("adresse ouverte"), max_length=500)
    is_by_day = models.BooleanField(_("de jour seulement"), default=False, db_default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("notification sortante")
        constraints = [
            models.UniqueConstraint(name="one_push_per_fact", fields=["key"]),
            models.CheckConstraint(
                name="a_topic_fits_in_a_header", condition=Q(topic__regex=r"^[A-Za-z0-9_-]{1,32}$")
            ),
        ]
        indexes = [
            models.Index(
                name="push_due",
                fields=["not_before", "id"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
            ),
        ]

    @property
    def heading(self) -> str:
        """Its text, while it is kept."""
        return self.body or super().heading

    @property
    def reader(self) -> str:
        """A browser: nobody knows whose."""
        return str(_("un navigateur abonné"))

    @property
    def words(self) -> str:
        """All it shows."""
        return "\n\n".join(filter(None, (self.title, self.body, self.navigate)))
