"""Services, the resources that give them, opening rules, and the appointments citizens take."""

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel, TenantQuerySet
from parvis.signing import digest


STEP = 5  # minutes: every duration, buffer and opening time is a multiple


class Settings(TenantModel):
    """What the commune decides for all its appointments; one row.

    ``version`` changes with every change of openings, closures, resources or services: what is
    computed from the configuration is kept under it. It is drawn from the clock, in microseconds,
    so that a restored backup does not use a number again.
    """

    version = models.BigIntegerField(_("version"), default=0)
    hold_minutes = models.PositiveSmallIntegerField(_("durée de garde d’un créneau"), default=10)

    class Meta:
        verbose_name = _("réglages des rendez-vous")
        constraints = [
            models.CheckConstraint(name="one_row_of_settings", condition=Q(id=1)),
        ]


class ServiceQuerySet(TenantQuerySet["Service"]):
    """Services, narrowed down."""

    def offered_online(self) -> "ServiceQuerySet":
        """Those that citizens may book by themselves, in the order of the commune."""
        return self.filter(is_active=True, is_online=True).order_by("position", "name", "pk")

    def offered(self) -> "ServiceQuerySet":
        """Those that agents may book, in the order of the commune."""
        return self.filter(is_active=True).order_by("position", "name", "pk")


class Service(TenantModel):
    """A reason to come to the town hall: identity card, passport, civil registry.

    ``minutes`` lists the length of the appointment for 1, 2, 3… persons, in minutes.
    """

    class Titles(models.TextChoices):
        NONE = "", _("aucun titre")
        CARD = "CNI", _("carte d’identité")
        PASSPORT = "PASSPORT", _("passeport")
        BOTH = "CNI-PASSPORT", _("carte d’identité et passeport")

    slug = models.CharField(_("adresse"), max_length=60)
    name = models.CharField(_("nom"), max_length=100)
    name_en = models.CharField(_("nom en anglais"), max_length=100, default="", blank=True)
    text = models.CharField(_("en une ligne"), max_length=200, default="", blank=True)
    text_en = models.CharField(
        _("en une ligne, en anglais"), max_length=200, default="", blank=True
    )
    icon = models.CharField(_("icône"), max_length=40, default="calendar-check")
    titles = models.CharField(
        _("titres"), choices=Titles.choices, max_length=12, default="", blank=True
    )
    minutes = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("durées"))
    buffer_before = models.PositiveSmallIntegerField(_("minutes avant"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("minutes après"), default=0)
    notice_hours = models.PositiveSmallIntegerField(_("délai minimal en heures"), default=2)
    horizon_days = models.PositiveSmallIntegerField(_("réservable jusqu’à, en jours"), default=60)
    documents = ArrayField(  # keys of booking.document_texts, for services without titles
        models.CharField(max_length=40), verbose_name=_("pièces"), default=list, blank=True
    )
    is_online = models.BooleanField(_("réservable en ligne"), default=True)
    is_active = models.BooleanField(_("proposée"), default=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    objects = ServiceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("motif")
        constraints = [
            models.UniqueConstraint(name="one_service_per_slug", fields=["slug"]),
            models.CheckConstraint(
                name="service_lasts", condition=Q(minutes__len__gte=1) & Q(minutes__0__gte=STEP)
            ),
            models.CheckConstraint(
                name="service_titles_known",
                condition=Q(titles__in=["", "CNI", "PASSPORT", "CNI-PASSPORT"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def most_persons(self) -> int:
        """How many persons may come together."""
        return len(self.minutes)

    def length(self, persons: int) -> int:
        """Return the minutes an appointment takes for ``persons``.

        Raises:
            ValueError: fewer than one person, or more than may come together.
        """
        if not 1 <= persons <= len(self.minutes):
            raise ValueError(persons)
        return self.minutes[persons - 1]


class Site(TenantModel):
    """A place where citizens are received."""

    name = models.CharField(_("nom"), max_length=100)
    address = models.CharField(_("adresse"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("lieu")

    def __str__(self) -> str:
        return self.name


class Resource(TenantModel):
    """One unit that serves one citizen at a time: a counter, a station, an agent, a room."""

    class Kind(models.TextChoices):
        COUNTER = "counter", _("guichet")
        STATION = "station", _("station biométrique")
        AGENT = "agent", _("agent")
        ROOM = "room", _("salle")

    site = models.ForeignKey(Site, models.PROTECT, related_name="resources")
    kind = models.CharField(_("nature"), choices=Kind.choices, default=Kind.COUNTER, max_length=10)
    name = models.CharField(_("nom"), max_length=60)
    services = models.ManyToManyField(Service, related_name="resources", verbose_name=_("motifs"))
    active = models.BooleanField(_("en service"), default=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("guichet")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="resource_kind_known",
                condition=Q(kind__in=["counter", "station", "agent", "room"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Opening(TenantModel):
    """A weekly rule in local wall time: when these resources receive on that day."""

    weekday = models.PositiveSmallIntegerField(_("jour"))  # 0 is Monday
    start_time = models.TimeField(_("de"))
    end_time = models.TimeField(_("à"))
    step_minutes = models.PositiveSmallIntegerField(_("un départ toutes les"), default=10)
    valid_from = models.DateField(_("à partir du"), null=True, blank=True)
    valid_to = models.DateField(_("jusqu’au, inclus"), null=True, blank=True)
    resources = models.ManyToManyField(
        Resource, related_name="openings", verbose_name=_("guichets")
    )

    class Meta:
        verbose_name = _("plage d’ouverture")
        ordering = ["weekday", "start_time", "pk"]
        constraints = [
            models.CheckConstraint(name="opening_is_on_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="opening_lasts", condition=Q(start_time__lt=F("end_time"))
            ),
            models.CheckConstraint(
                name="opening_step_is_on_the_grid",
                condition=Q(step_minutes__in=range(STEP, 241, STEP)),
            ),
            models.CheckConstraint(
                name="opening_hours_are_on_the_grid",
                condition=Q(
                    start_time__minute__in=range(0, 60, STEP),
                    start_time__second=0,
                    end_time__minute__in=range(0, 60, STEP),
                    end_time__second=0,
                ),
            ),
        ]


class Closure(TenantModel):
    """A time when nobody is received: the whole commune, or one resource."""

    period = DateTimeRangeField(_("période"))
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="closures", null=True, blank=True
    )
    reason = models.CharField(
        _("raison, visible du public"), max_length=120, default="", blank=True
    )

    class Meta:
        verbose_name = _("fermeture")
        constraints = [
            models.CheckConstraint(name="closure_lasts", condition=Q(period__isempty=False)),
            models.CheckConstraint(
                name="closure_begins_and_ends",
                condition=Q(period__startswith__isnull=False, period__endswith__isnull=False),
            ),
        ]


class AppointmentQuerySet(TenantQuerySet["Appointment"]):
    """Appointments, narrowed down."""

    def kept(self) -> "AppointmentQuerySet":
        """Those that were confirmed, whatever became of them."""
        return self.exclude(status=Appointment.Status.HELD)

    def standing(self) -> "AppointmentQuerySet":
        """Those that were confirmed and not cancelled."""
        return self.exclude(status__in=[Appointment.Status.HELD, Appointment.Status.CANCELLED])

    def with_token(self, token: str) -> "AppointmentQuerySet":
        """The one that this secret opens, if any."""
        return self.filter(token_hash=digest(token))

    def starting_between(self, first: datetime, last: datetime) -> "AppointmentQuerySet":
        """Those that start in ``[first, last)``, soonest first."""
        return self.filter(period__startswith__gte=first, period__startswith__lt=last).order_by(
            "period", "pk"
        )


class Appointment(TenantModel):
    """A citizen's visit, from the moment a slot is held for her.

    ``period`` excludes the buffers, which belong to the allocations. ``user_id``-like columns are
    plain numbers: no key leads to another schema.
    """

    class Status(models.TextChoices):
        HELD = "held", _("pas encore confirmé")
        BOOKED = "booked", _("confirmé")
        HONOURED = "honoured", _("honoré")
        MISSED = "missed", _("absent")
        CANCELLED = "cancelled", _("annulé")

    class Channel(models.TextChoices):
        ONLINE = "online", _("en ligne")
        PHONE = "phone", _("par téléphone")
        COUNTER = "counter", _("au guichet")

    reference = models.CharField(_("référence"), max_length=8)  # Crockford's base 32
    service = models.ForeignKey(Service, models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, models.PROTECT, related_name="appointments")
    period = DateTimeRangeField(_("créneau"))
    persons = models.PositiveSmallIntegerField(_("personnes"), default=1)
    status = models.CharField(
        _("état"), choices=Status.choices, default=Status.HELD, max_length=10
    )
    channel = models.CharField(_("pris"), choices=Channel.choices, max_length=10)
    name = models.CharField(_("nom et prénom"), max_length=120, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    pre_application = models.CharField(
        _("numéro de pré-demande"), max_length=10, default="", blank=True
    )
    language = models.CharField(_("langue"), max_length=5, default="fr")
    situation = models.JSONField(_("situation"), default=dict, blank=True)
    documents = models.JSONField(_("pièces à apporter"), default=dict, blank=True)  # a snapshot
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    idempotency_key = models.UUIDField(_("clé d’envoi"))
    held_until = models.DateTimeField(_("gardé jusqu’à"), null=True, blank=True)
    extended = models.BooleanField(_("garde prolongée"), default=False)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())
    booked_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrivé à"), null=True, blank=True)
    taken_by_id = models.BigIntegerField(_("pris par"), null=True, blank=True)
    taken_by_name = models.CharField(_("pris par"), max_length=80, default="", blank=True)
    note = models.CharField(_("note de l’agent"), max_length=300, default="", blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AppointmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        constraints = [
            models.UniqueConstraint(name="one_appointment_per_reference", fields=["reference"]),
            models.UniqueConstraint(name="one_appointment_per_token", fields=["token_hash"]),
            models.UniqueConstraint(
                name="one_appointment_per_submission", fields=["idempotency_key"]
            ),
            models.CheckConstraint(name="appointment_lasts", condition=Q(period__isempty=False)),
            models.CheckConstraint(
                name="appointment_status_known",
                condition=Q(status__in=["held", "booked", "honoured", "missed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="appointment_channel_known",
                condition=Q(channel__in=["online", "phone", "counter"]),
            ),
            models.CheckConstraint(
                name="kept_appointment_has_a_name", condition=Q(status="held") | ~Q(name="")
            ),
            models.CheckConstraint(
                name="held_appointment_expires",
                condition=~Q(status="held") | Q(held_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(Func(F("period"), function="lower"), name="appointment_by_start"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def start(self) -> datetime:
        """When the citizen is received, UTC."""
        return self.period.lower  # type: ignore[no-any-return]

    @property
    def end(self) -> datetime:
        """When her visit ends, UTC."""
        return self.period.upper  # type: ignore[no-any-return]

    @property
    def length(self) -> timedelta:
        """How long the visit lasts."""
        return self.end - self.start


class Allocation(TenantModel):
    """One resource taken for a time, buffers included; what makes a double booking impossible."""

    class State(models.TextChoices):
        HOLD = "hold", _("gardé")
        BOOKED = "booked", _("pris")
        OVERBOOKED = "overbooked", _("en surnombre")
        RELEASED = "released", _("libéré")

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="allocations")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="allocations")
    period = DateTimeRangeField(_("période"))
    start_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    state = models.CharField(_("état"), choices=State.choices, max_length=10)
    expires_at = models.DateTimeField(_("expire à"), null=True, blank=True)

    class Meta:
        verbose_name = _("occupation")
        constraints = [
            ExclusionConstraint(
                name="no_overlap_on_resource",
                expressions=[
                    (F("resource"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["hold", "booked"]),
            ),
            models.CheckConstraint(name="allocation_lasts", condition=Q(period__isempty=False)),
            models.CheckConstraint(
                name="allocation_state_known",
                condition=Q(state__in=["hold", "booked", "overbooked", "released"]),
            ),
            models.CheckConstraint(
                name="only_a_hold_expires",
                condition=Q(state="hold", expires_at__isnull=False)
                | (~Q(state="hold") & Q(expires_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(name="allocation_by_start", fields=["start_at"])]


class AppointmentEvent(TenantModel):
    """What happened to an appointment; rows are only ever added."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("confirmé")
        CANCELLED = "cancelled", _("annulé")
        ARRIVED = "arrived", _("arrivé")
        HONOURED = "honoured", _("reçu")
        MISSED = "missed", _("absent")
        RESET = "reset", _("remis à l’état confirmé")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="events")
    kind = models.CharField(_("fait"), choices=Kind.choices, max_length=10)
    at = models.DateTimeField(_("le"))
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)  # None: the citizen
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("fait")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_kind_known",
                condition=Q(
                    kind__in=["booked", "cancelled", "arrived", "honoured", "missed", "reset"]
                ),
            ),
        ]
