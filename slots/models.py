"""Which days of which communes have free starts: times only, nobody's data.

Each commune writes its own rows, in the transaction that takes or frees a slot; everybody may
read them. A row is a hint: the constraint of the commune's own schema decides.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune


BITS_BYTES = 38  # five minutes a bit, from local midnight; the longest day has 300


class SlotKind(models.Model):
    """What can be asked for: a service, for so many persons, through one channel.

    ``service_code`` is that of the association's catalogue, or ``local:<schema>:<id>``.
    """

    service_code = models.CharField(_("motif"), max_length=80)
    reason = models.CharField(_("titres"), max_length=12, default="", blank=True)
    persons = models.PositiveSmallIntegerField(_("personnes"))
    channel = models.CharField(_("pris"), max_length=10, default="online")

    class Meta:
        verbose_name = _("sorte de créneau")
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
