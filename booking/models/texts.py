"""What a commune says in its own words, and what it changed in its settings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class DocumentText(TenantModel):
    """The commune's own words for a document, or a document of its own.

    ``key`` is one of the rules, or one that starts with ``local-``. An empty word is that of the
    rules.
    """

    key = models.CharField(_("clé"), max_length=60)
    title = models.CharField(_("pièce"), max_length=150, default="", blank=True)
    title_en = models.CharField(_("pièce, en anglais"), max_length=150, default="", blank=True)
    text = models.CharField(_("précision"), max_length=400, default="", blank=True)
    text_en = models.CharField(_("précision, en anglais"), max_length=400, default="", blank=True)

    class Meta:
        verbose_name = _("texte d’une pièce")
        constraints = [
            models.UniqueConstraint(name="one_text_per_document", fields=["key"]),
            models.CheckConstraint(
                name="own_document_has_a_title",
                condition=~Q(key__startswith="local-") | ~Q(title=""),
            ),
        ]


class MessageText(TenantModel):
    """What the commune adds to one kind of message, in one language."""

    event = models.CharField(_("message"), max_length=20)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    subject = models.CharField(_("objet"), max_length=150, default="", blank=True)
    text = models.TextField(_("texte ajouté"), default="", blank=True)

    class Meta:
        verbose_name = _("texte d’un message")
        constraints = [
            models.UniqueConstraint(name="one_text_per_message", fields=["event", "language"]),
        ]


class SettingsChange(TenantModel):
    """A change of the settings, with what there was before, so that it can be undone.

    ``before`` holds the rows as they were, in the form of Django's ``python`` serializer;
    ``created`` the ``[model, pk]`` of those that did not exist.
    """

    label = models.CharField(_("changement"), max_length=200)
    before = models.JSONField(_("avant"), default=list)
    created = models.JSONField(_("créés"), default=list)
    at = models.DateTimeField(_("le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("changement des réglages")
        ordering = ["-at", "-pk"]
