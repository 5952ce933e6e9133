"""What every schema keeps, the public one included: the outbox of each channel."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel, TenantQuerySet


class OutgoingQuerySet(TenantQuerySet[Any]):
    """Messages of one channel, by how far they are."""

    def waiting(self) -> "OutgoingQuerySet":
        """Those that the worker has still to deliver."""
        return self.filter(sent_at=None, dead_at=None, unsure_at=None)

    def sent(self) -> "OutgoingQuerySet":
        """Those handed over, and not returned since."""
        return self.filter(sent_at__isnull=False, dead_at=None)

    def failed(self) -> "OutgoingQuerySet":
        """Those given up, or returned."""
        return self.filter(dead_at__isnull=False)

    def unsure(self) -> "OutgoingQuerySet":
        """Those of which nobody knows whether they went: a person decides."""
        return self.filter(unsure_at__isnull=False, sent_at=None, dead_at=None)

    def matching(self, words: str) -> "OutgoingQuerySet":
        """Those whose fact, reader or subject contains these words."""
        fields = ("key", *self.model.SEARCHED)
        written = {f"{name}_written": Cast(name, models.TextField()) for name in fields}
        found = Q()
        for name in written:
            found |= Q(**{f"{name}__icontains": words})
        known: OutgoingQuerySet = self.annotate(**written).filter(found)
        return known


class Outgoing(TenantModel):
    """What waits in an outbox, whichever the channel.

    ``key`` names the fact that is told: writing the same fact twice is harmless. A channel adds
    whom to tell and what, and the index of what is due.
    """

    # What a message said and to whom: emptied once it was kept long enough.
    WORDS: ClassVar[dict[str, Any]] = {}
    SEARCHED: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(_("clé"), max_length=120)
    written_at = models.DateTimeField(_("écrit le"), db_default=Now())
    not_before = models.DateTimeField(_("pas avant"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    claimed_until = models.DateTimeField(_("pris jusqu’à"), null=True)
    last_error = models.TextField(_("dernière erreur"), default="", blank=True)
    sent_at = models.DateTimeField(_("remis le"), null=True)
    dead_at = models.DateTimeField(_("abandonné le"), null=True)
    unsure_at = models.DateTimeField(_("à vérifier depuis le"), null=True)

    objects: ClassVar[Any] = OutgoingQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        abstract = True

    @property
    def heading(self) -> str:
        """What a list calls it."""
        return self.key.partition(".")[0]

    @property
    def reader(self) -> str:
        """Whom it goes to, as a list says it."""
        return ""

    @property
    def words(self) -> str:
        """All it says, in plain text."""
        return ""


class OutgoingEmail(Outgoing):
    """An e-mail that waits for the worker, or has been delivered."""

    WORDS: ClassVar[dict[str, Any]] = {
        "subject": "",
        "body": "",
        "html": "",
        "to": [],
        "reply_to": "",
        "attachments": [],
        "unsubscribe": "",
    }

    SEARCHED: ClassVar[tuple[str, ...]] = ("subject", "to")

    subject = models.TextField(_("objet"))
    body = models.TextField(_("texte"))
    html = models.TextField(_("texte en HTML"), default="", blank=True)
    to = ArrayField(models.EmailField(), verbose_name=_("destinataires"))
    reply_to = models.CharField(_("réponse à"), max_length=254, default="", blank=True)
    attachments = models.JSONField(_("pièces jointes"), default=list)  # [name, text, type]
    language = models.CharField(_("langue"), max_length=8, db_default="fr")
    unsubscribe = models.CharField(
        _("adresse pour ne plus recevoir"), max_length=500, db_default="", blank=True
    )
    # In whose name it is written in public; empty in a commune, and for what opens an account.
    association_id = models.BigIntegerField(_("association"), null=True)

    class Meta:
        verbose_name = _("courriel sortant")
        constraints = [
            models.UniqueConstraint(name="one_email_per_fact", fields=["key"]),
        ]
        indexes = [
            models.Index(
                name="email_due",
                fields=["not_before", "id"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
            ),
        ]

    @property
    def heading(self) -> str:
        """Its subject, while that is kept."""
        return self.subject or super().heading

    @property
    def reader(self) -> str:
        """Its addresses."""
        return ", ".join(self.to)

    @property
    def words(self) -> str:
        """Its text."""
        return self.body
