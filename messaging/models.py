"""What waits to be sent by text and to browsers; what texts cost, and what was decided."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from messaging.preference_models import Gathered, Preference
from messaging.push_models import OutgoingPush, PushSubscription
from parvis.guard import TenantModel
from parvis.models import Outgoing
from parvis.typo import telephone


__all__ = [
    "Gathered",
    "OutgoingPush",
    "OutgoingText",
    "Preference",
    "PushSubscription",
    "TextSettings",
    "TextSpending",
]


class OutgoingText(Outgoing):
    """A text message that waits for the worker, or has been delivered.

    ``cost`` is in thousandths of a euro. ``counted_on`` is the first day of the month whose budget
    it was counted in; nothing is sent before it is counted.
    """

    class Sender(models.TextChoices):
        NAME = "name", _("le nom de la commune")
        NUMBER = "number", _("un numéro du fournisseur")

    WORDS: ClassVar[dict[str, Any]] = {"to": "", "body": ""}
    SEARCHED: ClassVar[tuple[str, ...]] = ("body", "to")

    to = models.CharField(_("numéro"), max_length=16)  # E.164
    body = models.TextField(_("texte"))
    sender = models.CharField(
        _("expéditeur"), choices=Sender.choices, default=Sender.NUMBER, max_length=6
    )
    segments = models.PositiveSmallIntegerField(_("parties"))
    cost = models.PositiveIntegerField(_("coût, en millièmes d’euro"))
    is_by_day = models.BooleanField(_("de jour seulement"), default=False, db_default=False)
    not_after = models.DateTimeField(_("inutile après le"), null=True)
    counted_on = models.DateField(_("compté au budget de"), null=True)
    provider_key = models.CharField(_("référence du fournisseur"), max_length=80, default="")

    class Meta:
        verbose_name = _("SMS sortant")
        constraints = [
            models.UniqueConstraint(name="one_text_per_fact", fields=["key"]),
            models.CheckConstraint(
                name="text_sender_known", condition=Q(sender__in=["name", "number"])
            ),
            models.CheckConstraint(
                name="a_text_goes_to_a_number",
                condition=Q(to="") | Q(to__regex=r"^\+[0-9]{8,15}$"),
            ),
        ]
        indexes = [
            models.Index(
                name="text_due",
                fields=["not_before", "id"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
            ),
        ]

    @property
    def heading(self) -> str:
        """Its first words, while they are kept."""
        return Truncator(self.body).chars(60) or super().heading

    @property
    def reader(self) -> str:
        """Its number, as it is dialled."""
        return telephone(self.to)

    @property
    def words(self) -> str:
        """Its text."""
        return self.body


class TextSettings(TenantModel):
    """What the commune decides about text messages; one row, or none yet."""

    is_on = models.BooleanField(_("envoyer des SMS"), default=False)
    reminds = models.BooleanField(_("rappeler deux jours avant"), default=False)
    sender_name = models.CharField(_("nom d’expéditeur"), max_length=11, default="", blank=True)
    monthly_budget = models.PositiveIntegerField(
        _("budget par mois, en millièmes d’euro"), default=20_000
    )

    class Meta:
        verbose_name = _("réglages des SMS")
        constraints = [
            models.CheckConstraint(name="one_row_of_text_settings", condition=Q(id=1)),
            models.CheckConstraint(
                name="a_sender_name_is_letters_and_digits",
                condition=Q(sender_name="") | Q(sender_name__regex=r"^[A-Za-z0-9]{3,11}$"),
            ),
        ]


class TextSpending(TenantModel):
    """What was spent on text messages in a month, in thousandths of a euro."""

    month = models.DateField(_("mois"), primary_key=True)  # its first day
    spent = models.PositiveIntegerField(_("dépensé, en millièmes d’euro"), default=0)
    messages = models.PositiveIntegerField(_("SMS"), default=0)

    class Meta:
        verbose_name = _("dépense en SMS")
