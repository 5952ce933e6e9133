"""What goes on around appointments: tickets of the day, the waiting list, titles to collect."""

from calendar import monthrange
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from booking.models.appointments import Appointment, Participant
from booking.models.services import Resource, Service, Site
from parvis.guard import TenantModel, TenantQuerySet


MONTHS_KEPT = 3  # a finished title is destroyed then
LATE_DAYS = 80  # after its arrival, when it is time to phone


class Ticket(TenantModel):
    """A number of the day for who waits in the hall, with an appointment or without.

    The call screen shows the number, never a name.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="tickets")
    day = models.DateField(_("jour"))  # local
    number = models.PositiveSmallIntegerField(_("numéro"))  # from 1, each day and site
    service = models.ForeignKey(
        Service, models.SET_NULL, related_name="tickets", null=True, blank=True
    )
    appointment = models.OneToOneField(
        Appointment, models.CASCADE, related_name="ticket", null=True, blank=True
    )
    name = models.CharField(_("nom et prénom"), max_length=120, default="", blank=True)
    note = models.CharField(_("note de l’agent"), max_length=300, default="", blank=True)
    created_at = models.DateTimeField(_("pris à"))
    called_at = models.DateTimeField(_("appelé à"), null=True, blank=True)
    called_to = models.ForeignKey(
        Resource, models.SET_NULL, related_name="+", null=True, blank=True
    )
    served_at = models.DateTimeField(_("reçu à"), null=True, blank=True)
    left_at = models.DateTimeField(_("parti à"), null=True, blank=True)

    class Meta:
        verbose_name = _("ticket")
        ordering = ["day", "number"]
        constraints = [
            models.UniqueConstraint(
                name="one_ticket_per_number", fields=["site", "day", "number"]
            ),
            models.CheckConstraint(name="tickets_count_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="ticket_ends_once",
                condition=Q(served_at__isnull=True) | Q(left_at__isnull=True),
            ),
        ]


class WaitingEntry(TenantModel):
    """Somebody who wants a start sooner than there is, in the order of ``created_at``.

    ``people`` is a list of ``{"situation": {…}, "name": "", "pre_application": ""}``, one for each
    person. ``appointment`` is what she has meanwhile, given back when she takes an offer. An offer
    is an appointment held for her, exclusively, until its ``held_until``.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="waiting")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="waiting", null=True, blank=True
    )
    people = models.JSONField(_("personnes"), default=list)
    name = models.CharField(_("nom et prénom"), max_length=120)
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    first_day = models.DateField(_("à partir du"))
    last_day = models.DateField(_("jusqu’au, inclus"))
    weekdays = ArrayField(  # 0 is Monday; none: any day
        models.PositiveSmallIntegerField(), verbose_name=_("jours"), default=list, blank=True
    )
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    created_at = models.DateTimeField(_("inscrit le"), db_default=Now())
    refused = ArrayField(  # starts not to be offered to her again
        models.DateTimeField(), verbose_name=_("départs refusés"), default=list, blank=True
    )
    offers_missed = models.PositiveSmallIntegerField(_("offres laissées"), default=0)
    served_at = models.DateTimeField(_("servi le"), null=True, blank=True)
    left_at = models.DateTimeField(_("désinscrit le"), null=True, blank=True)

    class Meta:
        verbose_name = _("inscription sur la liste d’attente")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_waiting_entry_per_token", fields=["token_hash"]),
            models.CheckConstraint(
                name="waiting_has_days", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="waiting_can_be_told", condition=~Q(email="") | ~Q(phone="")
            ),
        ]
        indexes = [
            models.Index(
                name="waiting_in_order",
                fields=["service", "created_at"],
                condition=Q(served_at__isnull=True, left_at__isnull=True),
            ),
        ]


class TitleQuerySet(TenantQuerySet["Title"]):
    """Titles, narrowed down."""

    def collected(self) -> "TitleQuerySet":
        """Those that were handed over."""
        honoured = Q(collection__status=Appointment.Status.HONOURED)
        return self.filter(Q(collected_on__isnull=False) | honoured, destroyed_on__isnull=True)

    def waiting(self) -> "TitleQuerySet":
        """Those that are still at the town hall."""
        honoured = Q(collection__status=Appointment.Status.HONOURED)
        here = Q(collected_on__isnull=True, destroyed_on__isnull=True)
        return self.filter(here & (Q(collection__isnull=True) | ~honoured))

    def with_appointment(self) -> "TitleQuerySet":
        """Those whose holder has an appointment to collect them."""
        return self.waiting().filter(collection__status=Appointment.Status.BOOKED)

    def without_appointment(self) -> "TitleQuerySet":
        """Those whose holder has none."""
        booked = Q(collection__status=Appointment.Status.BOOKED)
        return self.waiting().filter(Q(collection__isnull=True) | ~booked)

    def to_tell(self) -> "TitleQuerySet":
        """Those whose holder does not know yet."""
        return self.waiting().filter(told_at__isnull=True)

    def late(self, today: date) -> "TitleQuerySet":
        """Those soon destroyed, without an appointment."""
        return self.without_appointment().filter(arrived_on__lte=today - timedelta(days=LATE_DAYS))

    def to_call(self, today: date) -> "TitleQuerySet":
        """Those whose holder is to be told by phone: no e-mail yet, or hardly any time left."""
        nobody_told = Q(told_at__isnull=True, email="") & ~Q(phone="")
        late = Q(arrived_on__lte=today - timedelta(days=LATE_DAYS)) & ~Q(phone="")
        return self.without_appointment().filter(nobody_told | late)


class Title(TenantModel):
    """A finished card or passport that waits for its holder at the town hall.

    It is collected where it was asked for, at the same biometric station, and destroyed three
    months after it arrived (décret n° 2005-1726 and décret n° 55-1397).
    """

    class Kind(models.TextChoices):
        CARD = "CNI", _("carte d’identité")
        PASSPORT = "PASSPORT", _("passeport")

    kind = models.CharField(_("titre"), choices=Kind.choices, max_length=10)
    number = models.CharField(_("numéro de demande"), max_length=20)
    participant = models.ForeignKey(
        Participant, models.SET_NULL, related_name="titles", null=True, blank=True
    )
    holder = models.CharField(_("titulaire"), max_length=120, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    station = models.ForeignKey(
        Resource, models.PROTECT, related_name="titles", null=True, blank=True
    )
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    arrived_on = models.DateField(_("arrivé le"))
    told_at = models.DateTimeField(_("titulaire prévenu le"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("relancé le"), null=True, blank=True)
    collection = models.ForeignKey(
        Appointment, models.SET_NULL, related_name="titles", null=True, blank=True
    )
    collected_on = models.DateField(_("remis le"), null=True, blank=True)
    destroyed_on = models.DateField(_("détruit le"), null=True, blank=True)

    objects = TitleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("titre à remettre")
        ordering = ["arrived_on", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_title_per_token", fields=["token_hash"]),
            models.UniqueConstraint(name="one_title_per_number", fields=["kind", "number"]),
            models.CheckConstraint(
                name="title_kind_known", condition=Q(kind__in=["CNI", "PASSPORT"])
            ),
            models.CheckConstraint(
                name="title_ends_once",
                condition=Q(collected_on__isnull=True) | Q(destroyed_on__isnull=True),
            ),
        ]

    @property
    def last_day(self) -> date:
        """The last day on which it can be collected: the same of the month, three months on."""
        months = self.arrived_on.month - 1 + MONTHS_KEPT
        year, month = self.arrived_on.year + months // 12, months % 12 + 1
        return date(year, month, min(self.arrived_on.day, monthrange(year, month)[1]))
