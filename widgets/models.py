"""A commune's own host names, and the sites that embed Parvis. Public schema; no citizen."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from parvis.signing import new_token
from tenants.models import Commune


class CustomDomain(models.Model):
    """A host name that a commune asked for, on its way into the registry.

    Two communes may ask for the same name: who proves it in the DNS has it. The commune writes
    its wish; the proof and what follows from it are the platform's to write.
    """

    class State(models.TextChoices):
        PENDING_DNS = "pending_dns", _("en attente du DNS")
        VERIFIED = "verified", _("vérifié, certificat en attente")
        TLS_OK = "tls_ok", _("prêt")
        PRIMARY = "primary", _("adresse principale")

    class Problem(models.TextChoices):
        NONE = "", _("aucun")
        CNAME = "cname", _("l’enregistrement CNAME manque ou mène ailleurs")
        TXT = "txt", _("l’enregistrement TXT manque ou diffère")
        SILENT = "silent", _("les serveurs de noms ne répondent pas")
        TLS = "tls", _("le site ne répond pas encore en https sous ce nom")
        TAKEN = "taken", _("une autre commune utilise déjà ce nom")

    class Wish(models.TextChoices):
        NONE = "", _("aucun")
        PRIMARY = "primary", _("adresse principale")
        SECONDARY = "secondary", _("adresse secondaire")
        REMOVED = "removed", _("retirer")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="custom_domains")
    domain = models.CharField(_("nom d’hôte"), max_length=253)
    token = models.CharField(_("preuve"), max_length=64, default=new_token)
    state = models.CharField(
        _("état"), choices=State.choices, default=State.PENDING_DNS, max_length=12
    )
    wish = models.CharField(
        _("demande"), choices=Wish.choices, default=Wish.NONE, max_length=10, blank=True
    )
    problem = models.CharField(
        _("problème"), choices=Problem.choices, default=Problem.NONE, max_length=10, blank=True
    )
    asked_by = models.BigIntegerField(_("demandé par"))
    asked_at = models.DateTimeField(_("demandé le"), db_default=Now())
    checked_at = models.DateTimeField(_("vérifié le"), null=True)
    failing_since = models.DateTimeField(_("en échec depuis"), null=True)

    class Meta:
        verbose_name = _("nom de domaine de la commune")
        ordering = ["domain", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_wish_per_commune_and_domain", fields=["commune", "domain"]
            ),
            models.UniqueConstraint(
                name="one_proven_commune_per_custom_domain",
                fields=["domain"],
                condition=~Q(state="pending_dns"),
            ),
            models.UniqueConstraint(
                name="one_primary_custom_domain",
                fields=["commune"],
                condition=Q(state="primary"),
            ),
            models.CheckConstraint(
                name="custom_domain_is_lower_case", condition=Q(domain=Lower("domain"))
            ),
            models.CheckConstraint(
                name="custom_domain_state_known",
                condition=Q(state__in=["pending_dns", "verified", "tls_ok", "primary"]),
            ),
            models.CheckConstraint(
                name="custom_domain_wish_known",
                condition=Q(wish__in=["", "primary", "secondary", "removed"]),
            ),
            models.CheckConstraint(
                name="custom_domain_problem_known",
                condition=Q(problem__in=["", "cname", "txt", "silent", "tls", "taken"]),
            ),
        ]

    @property
    def is_proven(self) -> bool:
        """Whether the name leads here."""
        return self.state != self.State.PENDING_DNS


SEEN_FOR = timedelta(days=35)


class EmbeddingSiteQuerySet(models.QuerySet["EmbeddingSite"]):
    """Sites, narrowed down."""

    def allowed(self) -> "EmbeddingSiteQuerySet":
        """Those whose pages may show the widget."""
        return self.filter(state=EmbeddingSite.State.SEEN)

    def seen_lately(self, now: datetime) -> "EmbeddingSiteQuerySet":
        """Those on which the widget was there not long ago."""
        return self.allowed().filter(seen_at__gte=now - SEEN_FOR)


class EmbeddingSite(models.Model):
    """A site of the commune that shows the widget: only an administrator names it.

    It may show the widget once our server has found the commune's tag on its page.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("à vérifier")
        SEEN = "seen", _("vérifié")

    class Problem(models.TextChoices):
        NONE = "", _("aucun")
        UNREACHABLE = "unreachable", _("la page ne répond pas")
        MOVED = "moved", _("la page renvoie à une autre adresse : indiquez celle-là")
        ABSENT = "absent", _("la balise de votre commune n’est pas dans la page")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="embedding_sites")
    page = models.URLField(_("page"), max_length=300)
    origin = models.CharField(_("site"), max_length=200)
    state = models.CharField(
        _("état"), choices=State.choices, default=State.PENDING, max_length=10
    )
    problem = models.CharField(
        _("problème"), choices=Problem.choices, default=Problem.NONE, max_length=12, blank=True
    )
    added_at = models.DateTimeField(_("ajouté le"), db_default=Now())
    checked_at = models.DateTimeField(_("vérifié le"), null=True)
    seen_at = models.DateTimeField(_("vu le"), null=True)

    objects = EmbeddingSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site de la commune")
        ordering = ["origin", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_site_per_origin", fields=["commune", "origin"]),
            models.CheckConstraint(
                name="embedding_site_state_known", condition=Q(state__in=["pending", "seen"])
            ),
            models.CheckConstraint(
                name="embedding_site_problem_known",
                condition=Q(problem__in=["", "unreachable", "moved", "absent"]),
            ),
            models.CheckConstraint(
                name="embedding_site_origin_is_one",
                condition=Q(origin__regex=r"^https?://[a-z0-9.-]+(:[0-9]+)?$"),
            ),
        ]
