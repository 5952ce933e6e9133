"""Who exists: associations, communes, their host names, and the people who work for them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from tenants.departure_models import BlockedName, Departure, Suspension
from tenants.erasure_models import Erasure
from tenants.official import OfficialCommune


if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

__all__ = [
    "Association",
    "BlockedName",
    "Commune",
    "Departure",
    "Domain",
    "Erasure",
    "Membership",
    "OfficialCommune",
    "Suspension",
    "TrialKey",
    "User",
]

# A commune by its INSEE code, an intercommunality by its SIREN. Sandboxes have codes that begin
# with 99, which no commune of France has.
SCHEMA_NAME = r"^(c_[0-9][0-9ab][0-9]{3}|e_[0-9]{9})$"


class Association(models.Model):
    """An association of mayors: it brings its member communes on line."""

    name = models.CharField(_("nom"), max_length=120)
    short_name = models.CharField(_("nom court"), max_length=40)
    slug = models.CharField(_("nom d’hôte"), max_length=40)
    departments = ArrayField(models.CharField(max_length=3), verbose_name=_("départements"))
    brand_colour = models.CharField(_("couleur"), max_length=7, default="#24507f")
    phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)

    class Meta:
        verbose_name = _("association")
        constraints = [
            models.UniqueConstraint(name="one_association_per_slug", fields=["slug"]),
        ]

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Communes, narrowed down."""

    def with_schema(self) -> "CommuneQuerySet":
        """Those whose schema exists, whether or not it is open."""
        return self.exclude(state__in=[Commune.State.LISTED, Commune.State.CREATING])

    def open(self) -> "CommuneQuerySet":
        """Those that answer to citizens: real ones, whose opening was decided."""
        return self.real().filter(state=Commune.State.READY)

    def real(self) -> "CommuneQuerySet":
        """Those that exist outside Parvis: no sandbox."""
        return self.filter(kind__in=Commune.REAL)

    def counted(self) -> "CommuneQuerySet":
        """Those whose counts may leave them: they are real, and have opened one day."""
        return self.real().with_schema().filter(opened_at__isnull=False)

    def equipped(self) -> "CommuneQuerySet":
        """Those that own a biometric station, hence may issue identity documents."""
        return self.filter(station_count__gt=0)


class Commune(models.Model):
    """A member commune; owns one PostgreSQL schema from ``creating`` on.

    ``schema_name`` is ``c_`` and the INSEE code in lower case; it is never renamed, even when a
    merger changes the code.

    A preview is a state, not a kind: the commune that commits goes on with the same schema. No
    message leaves a commune that is not real and open (``parvis.transport``).
    """

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("commune")
        EPCI = "epci", _("intercommunalité")
        SANDBOX = "sandbox", _("commune d’entraînement")

    class State(models.TextChoices):
        LISTED = "listed", _("membre")
        CREATING = "creating", _("en création")
        PREVIEW = "preview", _("aperçu")
        CONFIGURING = "configuring", _("en paramétrage")
        READY = "ready", _("ouverte")
        MAINTENANCE = "maintenance", _("en maintenance")
        SUSPENDED = "suspended", _("suspendue")
        INCOMPATIBLE = "incompatible", _("en attente de mise à jour")

    REAL = (Kind.COMMUNE, Kind.EPCI)
    ANSWERING = (State.PREVIEW, State.CONFIGURING, State.READY)

    kind = models.CharField(_("nature"), choices=Kind.choices, default=Kind.COMMUNE, max_length=10)
    schema_name = models.CharField(_("schéma"), max_length=63)
    insee_code = models.CharField(_("code INSEE"), max_length=9)  # of an EPCI: its SIREN
    name = models.CharField(_("nom"), max_length=100)
    slug = models.CharField(_("nom d’hôte"), max_length=63)
    association = models.ForeignKey(
        Association, models.PROTECT, related_name="communes", null=True, blank=True
    )
    sandbox_for = models.ForeignKey(
        Association, models.PROTECT, related_name="sandboxes", null=True, blank=True
    )
    state = models.CharField(_("état"), choices=State.choices, default=State.LISTED, max_length=20)
    station_count = models.PositiveSmallIntegerField(_("stations biométriques"), default=0)
    population = models.PositiveIntegerField(_("population"), default=0)
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    brand_colour = models.CharField(_("couleur"), max_length=7, default="#24507f")
    address = models.CharField(_("adresse"), max_length=300, default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    website = models.URLField(_("site internet"), default="", blank=True)
    hours = models.JSONField(_("horaires de la mairie"), default=list, blank=True)
    vat_number = models.CharField(_("numéro de TVA"), max_length=13, default="", blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, default="", blank=True)
    epci_siren = models.CharField(
        _("SIREN de l’intercommunalité"), max_length=9, default="", blank=True
    )
    epci_name = models.CharField(_("intercommunalité"), max_length=200, default="", blank=True)
    created_at = models.DateTimeField(_("inscrite le"), db_default=Now())
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)
    opens_at = models.DateTimeField(_("ouverture prévue le"), null=True, blank=True)
    messages_from = models.DateTimeField(_("envois depuis le"), null=True, blank=True)
    delete_after = models.DateTimeField(_("à effacer après le"), null=True, blank=True)
    generation = models.PositiveIntegerField(_("remises à neuf"), default=0)

    objects = CommuneQuerySet.as_manager()

    auto_drop_schema = False  # django-tenants asks when a row is deleted: never by itself

    class Meta:
        verbose_name = _("commune")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_commune_per_schema", fields=["schema_name"]),
            models.UniqueConstraint(name="one_commune_per_insee_code", fields=["insee_code"]),
            models.UniqueConstraint(name="one_commune_per_slug", fields=["slug"]),
            models.CheckConstraint(
                name="schema_is_named_for_the_insee_code",
                condition=Q(schema_name__regex=SCHEMA_NAME),
            ),
            models.CheckConstraint(
                name="commune_kind_known", condition=Q(kind__in=["commune", "epci", "sandbox"])
            ),
            models.CheckConstraint(
                name="kind_fits_the_schema",
                condition=Q(kind="epci", schema_name__startswith="e_")
                | Q(kind="sandbox", schema_name__startswith="c_99")
                | (
                    Q(kind="commune", schema_name__startswith="c_")
                    & ~Q(schema_name__startswith="c_99")
                ),
            ),
            models.CheckConstraint(
                name="a_sandbox_belongs_to_its_association",
                condition=Q(kind="sandbox", sandbox_for__isnull=False, association__isnull=True)
                | (~Q(kind="sandbox") & Q(sandbox_for__isnull=True)),
            ),
            models.UniqueConstraint(name="one_sandbox_per_association", fields=["sandbox_for"]),
            models.CheckConstraint(
                name="a_preview_has_its_end",
                condition=~Q(state="preview") | Q(delete_after__isnull=False),
            ),
            models.CheckConstraint(
                name="what_opened_is_not_thrown_away",
                condition=Q(delete_after__isnull=True) | Q(opened_at__isnull=True),
            ),
            models.CheckConstraint(
                name="commune_state_known",
                condition=Q(
                    state__in=[
                        "listed",
                        "creating",
                        "preview",
                        "configuring",
                        "ready",
                        "maintenance",
                        "suspended",
                        "incompatible",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="brand_colour_is_hexadecimal",
                condition=Q(brand_colour__regex=r"^#[0-9a-fA-F]{6}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def private_key(self) -> str:
        """The key of its private link while it is configured, empty if there is none; a query."""
        return TrialKey.objects.filter(commune=self).values_list("key", flat=True).first() or ""

    @property
    def has_schema(self) -> bool:
        """Whether the commune's tables exist."""
        return self.state not in {self.State.LISTED, self.State.CREATING}

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a place to practise."""
        return self.kind == self.Kind.SANDBOX

    @property
    def is_preview(self) -> bool:
        """Whether it is shown to somebody who hesitates, for some days."""
        return self.state == self.State.PREVIEW

    @property
    def is_real_and_open(self) -> bool:
        """Whether citizens are served there, and may be written to."""
        return self.kind in self.REAL and self.state == self.State.READY

    @property
    def is_suspended(self) -> bool:
        """Whether its team reads, and nobody writes."""
        return self.state == self.State.SUSPENDED

    @property
    def is_answering(self) -> bool:
        """Whether its team may work there, open to citizens or not."""
        return self.state in self.ANSWERING


class TrialKey(models.Model):
    """What lets strangers try a commune before it opens; a commune reads its own only."""

    commune = models.OneToOneField(
        Commune, models.CASCADE, related_name="trial_key", primary_key=True
    )
    key = models.CharField(_("clé d’essai"), max_length=32)

    class Meta:
        verbose_name = _("clé d’essai")


class Domain(models.Model):
    """A host name leading to a commune; lower case, without port or final dot."""

    domain = models.CharField(_("nom d’hôte"), max_length=253)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(_("principal"), default=True)

    class Meta:
        verbose_name = _("domaine")
        constraints = [
            models.UniqueConstraint(name="one_commune_per_domain", fields=["domain"]),
            models.UniqueConstraint(
                name="one_primary_domain_per_commune",
                fields=["commune"],
                condition=Q(is_primary=True),
            ),
            models.CheckConstraint(
                name="domain_is_lower_case", condition=Q(domain=Lower("domain"))
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class UserManager(BaseUserManager["User"]):
    """Accounts, found by e-mail whatever the case."""

    def create_user(
        self, email: str, password: str | None = None, *, display_name: str = "", **fields: Any
    ) -> "User":
        """Create an account; without ``password`` it opens by code or passkey only."""
        user = self.model(email=email.strip().lower(), display_name=display_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail, whatever the case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who works for a commune or an association. Citizens have no account."""

    email = models.EmailField(_("courriel"))
    display_name = models.CharField(_("nom affiché"), max_length=80, default="", blank=True)
    language = models.CharField(
        _("langue"), max_length=5, default="fr", choices=settings.LANGUAGES
    )
    is_active = models.BooleanField(_("actif"), default=True)
    joined_at = models.DateTimeField(_("inscrit le"), db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("compte")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        """Name the person as colleagues know her."""
        return str(self)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, narrowed down."""

    def of(self, user: "User | AnonymousUser") -> "MembershipQuerySet":
        """Those of one active account."""
        if user.pk is None:
            return self.none()
        return self.at_work().filter(user_id=user.pk)

    def at_work(self) -> "MembershipQuerySet":
        """Those that stand, of active accounts."""
        return self.filter(is_active=True, user__is_active=True)

    def addresses(self) -> list[str]:
        """Return the addresses to write to, in order."""
        return list(self.order_by("user__email").values_list("user__email", flat=True))


class Membership(models.Model):
    """What somebody may do in one commune, or for one association."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrateur de la commune")
        BOOKING_AGENT = "booking_agent", _("agent d’accueil")
        REPORT_AGENT = "report_agent", _("agent technique")
        READER = "reader", _("lecture seule")
        DIRECTOR = "director", _("direction de l’association")
        REFERENT = "referent", _("référent de l’association")

    COMMUNE_ROLES = (Role.ADMIN, Role.BOOKING_AGENT, Role.REPORT_AGENT, Role.READER)
    ASSOCIATION_ROLES = (Role.DIRECTOR, Role.REFERENT)
    MANDATORY_SECOND_FACTOR = (Role.ADMIN, Role.DIRECTOR, Role.REFERENT)

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="memberships", null=True, blank=True
    )
    association = models.ForeignKey(
        Association, models.CASCADE, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(_("rôle"), choices=Role.choices, max_length=20)
    is_active = models.BooleanField(_("actif"), default=True)
    is_phone_desk = models.BooleanField(_("standard de l’association"), default=False)
    granted_at = models.DateTimeField(_("accordé le"), db_default=Now())

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        constraints = [
            models.UniqueConstraint(
                name="one_membership_per_commune",
                fields=["user", "commune"],
                condition=Q(commune__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_membership_per_association",
                fields=["user", "association"],
                condition=Q(association__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_role_fits_its_place",
                condition=Q(
                    commune__isnull=False,
                    association__isnull=True,
                    role__in=["admin", "booking_agent", "report_agent", "reader"],
                )
                | Q(
                    commune__isnull=True,
                    association__isnull=False,
                    role__in=["director", "referent"],
                ),
            ),
        ]


class Template(models.Model):
    """The structure of a commune's schema as SQL text, replayed to create a commune.

    ``fingerprint`` identifies the migrations it holds; the newest row is the one in use.
    """

    fingerprint = models.CharField(_("empreinte"), max_length=64)
    sql = models.TextField(_("SQL"))
    tables = ArrayField(models.TextField(), verbose_name=_("tables"))
    sequences = ArrayField(models.TextField(), verbose_name=_("séquences"))
    applied = models.JSONField(_("migrations"))  # [[app, name], …] in order
    made_at = models.DateTimeField(_("fait le"), db_default=Now())

    class Meta:
        verbose_name = _("modèle de schéma")
        constraints = [
            models.UniqueConstraint(name="one_template_per_fingerprint", fields=["fingerprint"]),
        ]


class MigrationStatus(models.Model):
    """How far one schema is in the latest release."""

    class State(models.TextChoices):
        DONE = "done", _("à jour")
        FAILED = "failed", _("en échec")
        DIVERGED = "diverged", _("schéma modifié à la main")

    schema_name = models.CharField(_("schéma"), max_length=63)
    fingerprint = models.CharField(_("version"), max_length=64)
    state = models.CharField(_("état"), choices=State.choices, max_length=10)
    error = models.TextField(_("erreur"), default="", blank=True)
    at = models.DateTimeField(_("le"), db_default=Now())

    class Meta:
        verbose_name = _("état de migration")
        constraints = [
            models.UniqueConstraint(
                name="one_migration_status_per_schema", fields=["schema_name"]
            ),
        ]
