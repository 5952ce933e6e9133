"""What communes share: a counter, places when one is full, a desk that answers the phone."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Association, Commune, User


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements, narrowed down."""

    def in_force(self, day: date) -> "AgreementQuerySet":
        """Those that hold on a day."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def of(self, commune: Commune) -> "AgreementQuerySet":
        """Those a commune takes part in, as host or as member, each once."""
        own = AgreementMember.objects.filter(commune=commune).values("agreement")
        return self.filter(Q(host=commune) | Q(pk__in=own))


class Agreement(models.Model):
    """A commune receives for others: always (a shared counter), or when they are full.

    Appointments live in the host alone. Others show its free starts, never who takes them.
    """

    class Kind(models.TextChoices):
        COUNTER = "counter", _("guichet partagé")
        OVERFLOW = "overflow", _("entraide")

    class CostKey(models.TextChoices):
        NONE = "none", _("sans partage des frais")
        EQUAL = "equal", _("à parts égales")
        POPULATION = "population", _("selon la population")
        USE = "use", _("selon les rendez-vous pris")

    association = models.ForeignKey(Association, models.PROTECT, related_name="agreements")
    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=10)
    name = models.CharField(_("nom"), max_length=120)
    host = models.ForeignKey(Commune, models.PROTECT, related_name="hosted_agreements")
    starts_on = models.DateField(_("à partir du"))
    ends_on = models.DateField(_("jusqu’au, inclus"), null=True, blank=True)
    services = ArrayField(  # none: those for titles; of an intercommunality, all
        models.CharField(max_length=100), verbose_name=_("démarches"), default=list, blank=True
    )
    after_days = models.PositiveSmallIntegerField(
        _("entraide quand le premier créneau est à plus de … jours"), default=0
    )
    cost_key = models.CharField(
        _("partage des frais"), choices=CostKey.choices, default=CostKey.NONE, max_length=10
    )
    yearly_cents = models.PositiveIntegerField(_("frais par an, en centimes"), default=0)
    created_at = models.DateTimeField(_("écrit le"), db_default=Now())

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("convention")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agreement_kind_known", condition=Q(kind__in=["counter", "overflow"])
            ),
            models.CheckConstraint(
                name="agreement_cost_key_known",
                condition=Q(cost_key__in=["none", "equal", "population", "use"]),
            ),
            models.CheckConstraint(
                name="agreement_lasts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgreementMember(models.Model):
    """A commune whose inhabitants the host receives; with ``weekdays``, on those days first."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="members")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="agreements")
    weekdays = ArrayField(  # 0 is Monday; none: any day
        models.PositiveSmallIntegerField(), verbose_name=_("jours proposés"), default=list,
        blank=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("commune de la convention")
        ordering = ["commune__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_member_per_agreement", fields=["agreement", "commune"]
            ),
        ]


class SharedService(models.Model):
    """A service of the host that members list beside their own: a name and a place."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="shared_services")
    host = models.ForeignKey(Commune, models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField(_("démarche"))  # its id in the schema of the host
    slug = models.CharField(_("adresse"), max_length=60)
    name = models.CharField(_("nom"), max_length=100)
    place = models.CharField(_("lieu"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("démarche partagée")
        constraints = [
            models.UniqueConstraint(
                name="one_shared_service_per_agreement", fields=["agreement", "number"]
            ),
        ]


class AgreementUse(models.Model):
    """How many appointments of a month were for inhabitants of one commune, as they said it."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="uses")
    host = models.ForeignKey(Commune, models.CASCADE, related_name="+", db_index=False)
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("mois"))  # its first day
    n = models.PositiveIntegerField(_("rendez-vous"))

    class Meta:
        verbose_name = _("usage d’un guichet partagé")
        constraints = [
            models.UniqueConstraint(
                name="one_use_per_month", fields=["agreement", "commune", "month"]
            ),
        ]


class PhoneDesk(models.Model):
    """A commune lets the association's phone desk book for it; its administrator says so."""

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="phone_desk")
    opened_at = models.DateTimeField(_("ouvert le"))
    opened_by = models.CharField(_("par"), max_length=80)

    class Meta:
        verbose_name = _("standard ouvert")


class PhoneDeskAgent(models.Model):
    """Somebody of the association who answers the telephone for the communes that wish it."""

    association = models.ForeignKey(Association, models.CASCADE, related_name="phone_agents")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("personne du standard")
        constraints = [
            models.UniqueConstraint(
                name="one_phone_agent_per_association", fields=["association", "user"]
            ),
        ]
