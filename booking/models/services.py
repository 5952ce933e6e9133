"""What a commune gives appointments for, and what it takes: services, sites, resources."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel, TenantQuerySet


STEP = 5  # minutes: every duration, buffer and opening time is a multiple


class Settings(TenantModel):
    """What the commune decides for all its appointments; one row.

    ``version`` changes with every change of openings, closures, resources or services: what is
    computed from the configuration is kept under it. It is drawn from the clock, in microseconds,
    so that a restored backup does not use a number again.
    """

    version = models.BigIntegerField(_("version"), default=0)
    hold_minutes = models.PositiveSmallIntegerField(_("durée de garde d’un créneau"), default=10)
    presence_days = models.PositiveSmallIntegerField(
        _("demander la présence, en jours avant"), default=2
    )
    offer_minutes = models.PositiveSmallIntegerField(
        _("durée d’une offre de la liste d’attente, en minutes"), default=120
    )
    misses_allowed = models.PositiveSmallIntegerField(
        _("absences avant de réserver seulement par téléphone"), null=True, blank=True
    )

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
    ``documents`` lists keys of documents: all of them for a service without titles, those that
    the commune adds to the rules for one with titles.
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
    completion_minutes = models.PositiveSmallIntegerField(
        _("durée pour compléter un dossier"), default=10
    )
    buffer_before = models.PositiveSmallIntegerField(_("minutes avant"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("minutes après"), default=0)
    notice_hours = models.PositiveSmallIntegerField(_("délai minimal en heures"), default=2)
    horizon_days = models.PositiveSmallIntegerField(_("réservable jusqu’à, en jours"), default=60)
    documents = ArrayField(
        models.CharField(max_length=40), verbose_name=_("pièces"), default=list, blank=True
    )
    needs_no_document = models.BooleanField(_("aucune pièce à apporter"), default=False)
    terms = models.TextField(_("à accepter avant de réserver"), default="", blank=True)
    instructions = models.TextField(_("à savoir après la réservation"), default="", blank=True)
    is_online = models.BooleanField(_("réservable en ligne"), default=True)
    is_cancellable_online = models.BooleanField(_("annulable en ligne"), default=True)
    is_confidential = models.BooleanField(_("nom du motif absent des messages"), default=False)
    asks_presence = models.BooleanField(_("présence demandée avant le jour"), default=False)
    is_collection = models.BooleanField(_("remise de titres"), default=False)
    has_waiting_list = models.BooleanField(_("liste d’attente"), default=True)
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
    def asks_pre_application(self) -> bool:
        """Whether each person prepares her request on line (identity card, passport)."""
        return bool(self.titles)

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


class ServiceNeed(TenantModel):
    """So many resources of one kind that a service takes together with its other needs.

    They are found among the active resources of that kind that give the service. A service
    without needs takes one resource, of whatever kind.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="needs")
    kind = models.CharField(_("nature"), choices=Resource.Kind.choices, max_length=10)
    count = models.PositiveSmallIntegerField(_("nombre"), default=1)

    class Meta:
        verbose_name = _("ressource nécessaire")
        constraints = [
            models.UniqueConstraint(name="one_need_per_kind", fields=["service", "kind"]),
            models.CheckConstraint(name="need_is_of_one_at_least", condition=Q(count__gte=1)),
            models.CheckConstraint(
                name="need_kind_known", condition=Q(kind__in=Resource.Kind.values)
            ),
        ]


class ServiceLink(TenantModel):
    """A second appointment that follows the first: file then signature, deposit then collection.

    It takes place between ``min_days`` and ``max_days`` after the first.
    """

    first = models.ForeignKey(Service, models.CASCADE, related_name="links")
    second = models.ForeignKey(Service, models.CASCADE, related_name="+")
    min_days = models.PositiveSmallIntegerField(_("au moins, en jours"), default=0)
    max_days = models.PositiveSmallIntegerField(_("au plus, en jours"), default=90)

    class Meta:
        verbose_name = _("rendez-vous lié")
        constraints = [
            models.UniqueConstraint(name="one_link_per_pair", fields=["first", "second"]),
            models.CheckConstraint(name="link_has_room", condition=Q(min_days__lte=F("max_days"))),
        ]
