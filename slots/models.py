"""Where communes receive and which days have free starts: times only, nobody's data.

Each commune writes its own rows, in the transaction that takes or frees a slot; everybody may
read them. A row is a hint: the constraint of the commune's own schema decides.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune


BITS_BYTES = 38  # five minutes a bit, from local midnight; the longest day has 300


class SlotKind(models.Model):
    """What can be asked for: a service, for so many persons, through one channel.

    ``service_code`` is that of the association's catalogue, or ``local:<schema>:<id>``. Notice and
    horizon are what whoever reads the starts of ``commune`` must apply by her own clock.
    """

    service_code = models.CharField(_("motif"), max_length=80)
    reason = models.CharField(_("titres"), max_length=12, default="", blank=True)
    persons = models.PositiveSmallIntegerField(_("personnes"))
    channel = models.CharField(_("pris"), max_length=10, default="online")
    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="+", null=True, blank=True, db_index=False
    )
    notice_hours = models.PositiveSmallIntegerField(_("délai minimal en heures"), default=0)
    horizon_days = models.PositiveSmallIntegerField(_("réservable jusqu’à, en jours"), default=365)

    class Meta:
        verbose_name = _("sorte de créneau")
        indexes = [
            models.Index(name="slot_kind_of_commune", fields=["commune", "reason", "persons"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_kind_per_question",
                fields=["service_code", "reason", "persons", "channel"],
            ),
        ]


class FreeSlotDay(models.Model):
    """The starts that are free on one local day, for one kind, at one site of a commune.

    ``starts`` is a bitmap, little endian. Before ``stale_at`` only a booking changes it; after,
    the clock alone may have freed something (a hold is over, slots are released), so the row
    hides starts and never invents any. Notice and horizon are applied by who reads.
    """

    pk = models.CompositePrimaryKey("commune_id", "site", "kind_id", "day")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+", db_index=False)
    site = models.IntegerField(_("lieu"))  # an id in the schema of the commune
    kind = models.ForeignKey(SlotKind, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(_("jour"))
    first_start = models.DateTimeField(_("premier départ"), null=True)
    n = models.PositiveSmallIntegerField(_("départs"))
    starts = models.BinaryField(_("départs libres"))
    version = models.BigIntegerField(_("version"), default=1)
    stale_at = models.DateTimeField(_("à revoir le"), null=True)

    class Meta:
        verbose_name = _("jour de créneaux")
        indexes = [
            models.Index(
                name="free_slot_first",
                fields=["kind", "first_start"],
                include=["commune", "site", "n"],
                condition=models.Q(n__gt=0),
            ),
        ]


class MeetingPointQuerySet(models.QuerySet["MeetingPoint"]):
    """Meeting points, narrowed down."""

    def receiving(self) -> "MeetingPointQuerySet":
        """Those where citizens may come today: open sites of communes in service."""
        return self.filter(is_active=True)

    def for_titles(self) -> "MeetingPointQuerySet":
        """Those that give appointments online for an identity card or a passport."""
        return self.exclude(reasons=[])


class MeetingPoint(models.Model):
    """A place where a commune receives, under a number that is for ever and for it alone.

    France Titres keeps that number beside its own for the place (ANTS contract, 3.1), so a row is
    put out of use and never deleted. The commune says what the place is and whether it is open;
    ``is_active`` says in addition that the commune itself serves citizens.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+")
    site = models.IntegerField(_("lieu"))  # an id in the schema of the commune
    name = models.CharField(_("nom"), max_length=200)
    street = models.CharField(_("rue"), max_length=300, default="", blank=True)
    zip_code = models.CharField(_("code postal"), max_length=5, default="", blank=True)
    city = models.CharField(_("ville"), max_length=100)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    ugf = models.CharField(_("code UGF"), max_length=5, default="", blank=True)
    reasons = ArrayField(
        models.CharField(max_length=12), verbose_name=_("titres"), default=list, blank=True
    )
    is_open = models.BooleanField(_("reçoit"), default=True)
    is_active = models.BooleanField(_("en service"), default=False)

    objects = MeetingPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("lieu de rendez-vous")
        constraints = [
            models.UniqueConstraint(name="one_meeting_point_per_site", fields=["commune", "site"]),
            models.CheckConstraint(
                name="meeting_point_is_on_earth",
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="only_what_is_open_is_active",
                condition=models.Q(is_active=False) | models.Q(is_open=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferedService(models.Model):
    """A service that a commune offers online, as far as others need it to show its starts.

    ``key`` is the name folded, by which the same service of two communes is found; titles are
    found by ``reason``. Confidential services are absent.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField(_("motif"))  # an id in the schema of the commune
    code = models.CharField(_("code"), max_length=80)  # that of its kinds
    reason = models.CharField(_("titres"), max_length=12, default="", blank=True)
    key = models.CharField(_("clé"), max_length=100)
    name = models.CharField(_("nom"), max_length=100)
    name_en = models.CharField(_("nom en anglais"), max_length=100, default="", blank=True)

    class Meta:
        verbose_name = _("motif proposé en ligne")
        constraints = [
            models.UniqueConstraint(
                name="one_offered_service_per_number", fields=["commune", "number"]
            ),
        ]
