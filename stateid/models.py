"""Whom an association lets say who somebody is, where citizens may, and what waits for a yes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stateid.tokens import SUB_MOST
from tenants.models import Association, Commune, User


class AssociationLogin(models.Model):
    """How an association is known, and the provider of identities of its people.

    The secret is encrypted. Without an issuer there is no provider, only the SIREN by which
    ProConnect knows the association.
    """

    class Algorithm(models.TextChoices):
        RS256 = "RS256", "RS256"
        ES256 = "ES256", "ES256"

    association = models.OneToOneField(Association, models.CASCADE, related_name="login")
    siren = models.CharField(_("SIREN"), max_length=9, default="", blank=True)
    issuer = models.CharField(_("adresse de l’émetteur"), max_length=300, default="", blank=True)
    client_id = models.CharField(_("identifiant client"), max_length=191, default="", blank=True)
    secret_sealed = models.TextField(_("secret chiffré"), default="", blank=True)
    algorithm = models.CharField(
        _("signature"), choices=Algorithm.choices, default=Algorithm.RS256, max_length=5
    )
    domains = ArrayField(
        models.CharField(max_length=253), verbose_name=_("domaines de courriel"), default=list
    )
    is_enabled = models.BooleanField(_("proposé à la connexion"), default=False)
    changed_at = models.DateTimeField(_("modifié le"))
    changed_by_name = models.CharField(_("modifié par"), max_length=80)

    class Meta:
        verbose_name = _("connexion d’une association")
        constraints = [
            models.CheckConstraint(
                name="association_siren_has_nine_digits",
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"),
            ),
            models.CheckConstraint(
                name="association_algorithm_known", condition=Q(algorithm__in=["RS256", "ES256"])
            ),
            models.CheckConstraint(
                name="a_provider_that_is_offered_is_complete",
                condition=Q(is_enabled=False)
                | (~Q(issuer="") & ~Q(client_id="") & ~Q(secret_sealed="") & ~Q(domains=[])),
            ),
        ]


class CitizenLogin(models.Model):
    """A commune whose forms FranceConnect may fill in; no row: it may not."""

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="citizen_login")
    enabled_at = models.DateTimeField(_("proposé depuis le"))
    enabled_by_name = models.CharField(_("proposé par"), max_length=80)

    class Meta:
        verbose_name = _("FranceConnect dans une commune")


class LinkRequestQuerySet(models.QuerySet["LinkRequest"]):
    """Requests, narrowed down."""

    def pending(self) -> "LinkRequestQuerySet":
        """Those that nobody has answered."""
        return self.filter(state=LinkRequest.State.PENDING)


class LinkRequest(models.Model):
    """An identity that asks to open an account, and waits for an administrator of the place."""

    class State(models.TextChoices):
        PENDING = "pending", _("en attente")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    user = models.ForeignKey(User, models.CASCADE, related_name="link_requests")
    commune = models.ForeignKey(Commune, models.CASCADE, null=True, related_name="+")
    association = models.ForeignKey(Association, models.CASCADE, null=True, related_name="+")
    provider = models.CharField(_("fournisseur"), max_length=40)
    uid = models.CharField(_("identifiant"), max_length=SUB_MOST)
    siret = models.CharField(_("SIRET"), max_length=14, default="", blank=True)
    idp_id = models.CharField(_("organisme"), max_length=100, default="", blank=True)
    state = models.CharField(
        _("état"), choices=State.choices, default=State.PENDING, max_length=10
    )
    asked_at = models.DateTimeField(_("demandée le"), db_default=Now())
    decided_at = models.DateTimeField(_("décidée le"), null=True)
    decided_by_name = models.CharField(_("décidée par"), max_length=80, default="", blank=True)

    objects = LinkRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("identité à accepter")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_request_per_identity", fields=["provider", "uid"]),
            models.CheckConstraint(
                name="link_request_state_known",
                condition=Q(state__in=["pending", "accepted", "refused"]),
            ),
            models.CheckConstraint(
                name="link_request_has_one_place",
                condition=Q(commune__isnull=False, association__isnull=True)
                | Q(commune__isnull=True, association__isnull=False),
            ),
            models.CheckConstraint(
                name="link_request_decided_after_it_was_asked",
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("asked_at")),
            ),
        ]

    @property
    def place(self) -> Commune | Association:
        """The commune or association whose administrators decide."""
        place = self.commune or self.association
        if place is None:
            raise ValueError("A request has a place: the database says so.")
        return place
