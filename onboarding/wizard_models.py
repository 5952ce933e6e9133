"""What a commune settles before it opens: its file, its proofs, what is missing, its opening.

Public schema: the association reads all of it, a commune its own rows only (row-level security).
The people named here hold an office; no citizen is.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune


class CommuneFile(models.Model):
    """Who answers for a commune, and what it takes up: one row for each.

    The legal pages, the agreement and the invoices read it, so it is public: one query by key.
    """

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="file")
    publisher = models.CharField(
        _("directeur de la publication"), max_length=120, default="", blank=True
    )
    postal_address = models.CharField(_("adresse postale"), max_length=300, default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    secretary_name = models.CharField(_("nom"), max_length=120, default="", blank=True)
    secretary_email = models.EmailField(_("courriel"), default="", blank=True)
    secretary_phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    dpo_name = models.CharField(_("nom"), max_length=120, default="", blank=True)
    dpo_email = models.EmailField(_("courriel"), default="", blank=True)
    dpo_phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    accounts_email = models.EmailField(_("courriel"), default="", blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, default="", blank=True)
    service_code = models.CharField(_("code service"), max_length=100, default="", blank=True)
    needs_engagement = models.BooleanField(_("numéro d’engagement obligatoire"), default=False)
    has_booking = models.BooleanField(_("rendez-vous"), default=False)
    has_reports = models.BooleanField(_("signalements"), default=False)
    mobile_stations = models.PositiveSmallIntegerField(_("stations mobiles"), default=0)
    urgent_percent = models.PositiveSmallIntegerField(
        _("part de créneaux urgents"), null=True, blank=True
    )
    updated_at = models.DateTimeField(_("modifié le"))

    class Meta:
        verbose_name = _("dossier de la commune")
        constraints = [
            models.CheckConstraint(
                name="file_siret_has_14_digits", condition=Q(siret__regex=r"^([0-9]{14})?$")
            ),
            models.CheckConstraint(
                name="file_urgent_share_is_a_percentage",
                condition=Q(urgent_percent__isnull=True) | Q(urgent_percent__lte=100),
            ),
        ]


class Proof(models.Model):
    """Something a person of the commune accepted or did; rows are only ever added.

    ``subject`` is what it holds for: the SHA-256 of the text that was accepted, or the address
    that received a message. When the text or the address changes, the proof is void.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("convention de traitement des données")
        RETENTION = "retention", _("durées de conservation")
        APPROVAL = "approval", _("dossier d’homologation")
        MAIL = "mail", _("courriel d’essai reçu")
        REPLY = "reply", _("adresse de réponse")
        TAKEOVER = "takeover", _("rien à reprendre")
        POSTER = "poster", _("affiche posée")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="proofs")
    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=10)
    subject = models.CharField(_("objet"), max_length=254, default="", blank=True)
    version = models.CharField(_("version"), max_length=20, default="", blank=True)
    at = models.DateTimeField(_("le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("preuve")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_proof_per_subject", fields=["commune", "kind", "subject"]
            ),
            models.CheckConstraint(
                name="proof_kind_known",
                condition=Q(
                    kind__in=[
                        "agreement",
                        "retention",
                        "approval",
                        "mail",
                        "reply",
                        "takeover",
                        "poster",
                    ]
                ),
            ),
        ]


class ReadinessItem(models.Model):
    """What one check of a commune said last, as the commune wrote it: a fact, never a citizen."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="readiness_items")
    code = models.CharField(_("vérification"), max_length=20)
    is_done = models.BooleanField(_("faite"))
    is_blocking = models.BooleanField(_("bloquante"))
    evidence = models.CharField(_("constat"), max_length=500, default="", blank=True)
    checked_at = models.DateTimeField(_("vérifié le"))
    waived_at = models.DateTimeField(_("dispensée le"), null=True, blank=True)
    waived_by_name = models.CharField(_("dispensée par"), max_length=80, default="", blank=True)
    waiver_reason = models.CharField(
        _("raison de la dispense"), max_length=300, default="", blank=True
    )

    class Meta:
        verbose_name = _("point de la liste")
        constraints = [
            models.UniqueConstraint(name="one_item_per_check", fields=["commune", "code"]),
            models.CheckConstraint(
                name="waiver_has_its_reason",
                condition=Q(waived_at__isnull=True) | ~Q(waiver_reason=""),
            ),
        ]


class LaunchQuerySet(models.QuerySet["Launch"]):
    """Openings, narrowed down."""

    def standing(self) -> "LaunchQuerySet":
        """Those that were neither refused nor undone."""
        return self.filter(refused_at__isnull=True, undone_at__isnull=True)

    def due(self) -> "LaunchQuerySet":
        """Those approved that have not happened yet, whatever their date."""
        return self.standing().filter(opens_at__isnull=False, opened_at__isnull=True)


class Launch(models.Model):
    """The opening of a commune to its citizens: asked, approved, done, perhaps undone."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="launches")
    asked_at = models.DateTimeField(_("demandée le"))
    asked_by_id = models.BigIntegerField(_("demandée par"), null=True, blank=True)
    asked_by_name = models.CharField(_("demandée par"), max_length=80, default="", blank=True)
    wished_on = models.DateField(_("jour souhaité"), null=True, blank=True)
    approved_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refusée le"), null=True, blank=True)
    answered_by_name = models.CharField(_("réponse de"), max_length=80, default="", blank=True)
    reason = models.CharField(_("raison"), max_length=500, default="", blank=True)
    opens_at = models.DateTimeField(_("ouvre le"), null=True, blank=True)
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    undone_by_name = models.CharField(_("annulée par"), max_length=80, default="", blank=True)
    closed_at = models.DateTimeField(_("refermée le"), null=True, blank=True)

    objects = LaunchQuerySet.as_manager()

    class Meta:
        verbose_name = _("ouverture")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_standing_launch",
                fields=["commune"],
                condition=Q(refused_at__isnull=True, undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="launch_has_one_answer",
                condition=Q(approved_at__isnull=True) | Q(refused_at__isnull=True),
            ),
            models.CheckConstraint(
                name="approved_launch_has_a_date",
                condition=Q(approved_at__isnull=True, opens_at__isnull=True)
                | Q(approved_at__isnull=False, opens_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refused_launch_has_a_reason",
                condition=Q(refused_at__isnull=True) | ~Q(reason=""),
            ),
        ]
