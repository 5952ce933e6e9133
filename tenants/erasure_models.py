"""The ledger of erasures: which record, of which commune, when; never who. Public schema."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """One record that was erased or made anonymous; rows are only ever added.

    It stays outside of what a commune restores: replayed after a restore, it erases again.
    ``record`` is a random reference or fingerprint, or the number of a row.
    """

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", _("coordonnées d’un rendez-vous")
        NUMBER = "number", _("numéros de pré-demande")
        WORDS = "words", _("remarques sur un rendez-vous")
        WAITING = "waiting", _("inscription sur la liste d’attente")
        TITLE = "title", _("titulaire d’un titre remis")
        TICKET = "ticket", _("nom sur un ticket")
        PERSON = "person", _("personnes et messages d’un signalement")
        CONTACT = "contact", _("déclarant d’un signalement")
        PHOTOS = "photos", _("photos d’un signalement")
        RECORD = "record", _("signalement entier")
        FOLLOWER = "follower", _("abonnement à un signalement")
        MESSAGE = "message", _("message envoyé")
        ACCOUNT = "account", _("compte d’un agent")
        OTHER = "other", _("autre donnée")

    class Reason(models.TextChoices):
        POLICY = "policy", _("durée écoulée")
        REQUEST = "request", _("demande de la personne")
        REPLAY = "replay", _("après une restauration")

    schema = models.CharField(_("schéma"), max_length=63)
    kind = models.CharField(_("effacé"), choices=Kind.choices, max_length=12)
    record = models.CharField(_("enregistrement"), max_length=64)
    at = models.DateTimeField(_("le"))
    reason = models.CharField(
        _("raison"), choices=Reason.choices, default=Reason.POLICY, max_length=8
    )

    class Meta:
        db_table = "privacy_erasure"
        verbose_name = _("effacement")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="erasure_kind_known",
                condition=Q(
                    kind__in=[
                        "appointment",
                        "number",
                        "words",
                        "waiting",
                        "title",
                        "ticket",
                        "person",
                        "contact",
                        "photos",
                        "record",
                        "follower",
                        "message",
                        "account",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="erasure_reason_known",
                condition=Q(reason__in=["policy", "request", "replay"]),
            ),
        ]
        indexes = [models.Index(name="erasure_by_commune", fields=["schema", "at"])]
