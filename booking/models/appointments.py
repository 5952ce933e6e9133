"""The appointments citizens take: who comes, what is taken for it, and what happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from booking.models.services import Resource, Service, Site
from parvis.guard import TenantModel, TenantQuerySet
from parvis.signing import digest


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
        WALK_IN = "walk_in", _("sans rendez-vous")
        ASSOCIATION_PHONE = "association_phone", _("par téléphone, à l’association")
        IMPORT = "import", _("repris d’un autre outil")

    class Outcome(models.TextChoices):
        UNKNOWN = "", _("non renseigné")
        COMPLETE = "complete", _("dossier complet")
        INCOMPLETE = "incomplete", _("dossier incomplet")

    reference = models.CharField(_("référence"), max_length=8)  # Crockford's base 32
    service = models.ForeignKey(Service, models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, models.PROTECT, related_name="appointments")
    period = DateTimeRangeField(_("créneau"))
    persons = models.PositiveSmallIntegerField(_("personnes"), default=1)
    status = models.CharField(
        _("état"), choices=Status.choices, default=Status.HELD, max_length=10
    )
    channel = models.CharField(_("pris"), choices=Channel.choices, max_length=20)
    name = models.CharField(_("nom et prénom"), max_length=120, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    is_resident = models.BooleanField(_("habite la commune"), default=False)
    from_commune = models.CharField(  # as she says it, where several share a counter
        _("commune de l’usager"), max_length=5, default="", blank=True
    )
    identity_checked_at = models.DateTimeField(  # FranceConnect named who booked
        _("identité vérifiée le"), null=True, blank=True
    )
    certifies_identity = models.BooleanField(_("identité numérique à certifier"), default=False)
    token_hash = models.CharField(_("empreinte du lien"), max_length=64)
    idempotency_key = models.UUIDField(_("clé d’envoi"))
    held_until = models.DateTimeField(_("gardé jusqu’à"), null=True, blank=True)
    extended = models.BooleanField(_("garde prolongée"), default=False)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())
    booked_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    cancel_reason = models.CharField(
        _("raison de l’annulation"), max_length=200, default="", blank=True
    )
    reminded_at = models.DateTimeField(_("rappelé le"), null=True, blank=True)
    presence_asked_at = models.DateTimeField(_("présence demandée le"), null=True, blank=True)
    presence_confirmed_at = models.DateTimeField(_("présence confirmée le"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrivé à"), null=True, blank=True)
    called_at = models.DateTimeField(_("appelé à"), null=True, blank=True)
    served_at = models.DateTimeField(_("reçu à"), null=True, blank=True)
    outcome = models.CharField(
        _("dossier"), choices=Outcome.choices, max_length=10, default="", blank=True
    )
    taken_by_id = models.BigIntegerField(_("pris par"), null=True, blank=True)
    taken_by_name = models.CharField(_("pris par"), max_length=80, default="", blank=True)
    note = models.CharField(_("note de l’agent"), max_length=300, default="", blank=True)
    override_reason = models.CharField(
        _("raison du surnombre"), max_length=200, default="", blank=True
    )
    follows = models.ForeignKey(  # a short slot after an incomplete file, a collection…
        "self", models.SET_NULL, related_name="followers", null=True, blank=True
    )
    instead_of = models.ForeignKey(  # a proposal held for whoever the commune cannot receive
        "self", models.CASCADE, related_name="proposals", null=True, blank=True
    )
    waiting_entry = models.ForeignKey(  # an offer of the waiting list
        "booking.WaitingEntry", models.SET_NULL, related_name="offers", null=True, blank=True
    )
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
                condition=Q(
                    channel__in=[
                        "online",
                        "phone",
                        "counter",
                        "walk_in",
                        "association_phone",
                        "import",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="appointment_outcome_known",
                condition=Q(outcome__in=["", "complete", "incomplete"]),
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
    def coming(self) -> list["Participant"]:
        """The persons who come, without those who cancelled; one query unless prefetched."""
        return [each for each in self.participants.all() if each.cancelled_at is None]

    @property
    def numbers(self) -> list[str]:
        """The pre-application numbers of the persons who come."""
        return [number for each in self.coming for number in each.numbers]

    @property
    def length(self) -> timedelta:
        """How long the visit lasts."""
        return self.end - self.start


class ParticipantQuerySet(TenantQuerySet["Participant"]):
    """Persons, narrowed down."""

    def numbered(self, numbers: Iterable[str]) -> "ParticipantQuerySet":
        """Those who gave one of these pre-application numbers."""
        wanted = list(numbers)
        return self.filter(Q(pre_application__in=wanted) | Q(other_number__in=wanted))


class Participant(TenantModel):
    """One of the persons an appointment is for, with what she in particular must bring.

    ``documents`` is kept as announced. ``ticks`` and ``missing`` hold keys of those documents:
    seen at the counter, and found missing there.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="participants")
    position = models.PositiveSmallIntegerField(_("rang"))  # from 1
    name = models.CharField(_("nom et prénom"), max_length=120, default="", blank=True)
    pre_application = models.CharField(
        _("numéro de pré-demande"), max_length=10, default="", blank=True
    )
    other_number = models.CharField(  # an identity card and a passport asked for separately
        _("second numéro de pré-demande"),
        max_length=10,
        default="",
        db_default="",
        blank=True,
    )
    situation = models.JSONField(_("situation"), default=dict, blank=True)
    documents = models.JSONField(_("pièces à apporter"), default=dict, blank=True)
    ticks = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    missing = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("personne")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                name="one_participant_per_position", fields=["appointment", "position"]
            ),
            models.CheckConstraint(
                name="participants_count_from_one", condition=Q(position__gte=1)
            ),
        ]
        indexes = [
            models.Index(
                name="participant_by_number",
                fields=["pre_application"],
                condition=~Q(pre_application=""),
            ),
            models.Index(
                name="participant_by_other_number",
                fields=["other_number"],
                condition=~Q(other_number=""),
            ),
        ]

    @property
    def numbers(self) -> list[str]:
        """Her pre-application numbers: none, one, or two."""
        return [each for each in (self.pre_application, self.other_number) if each]


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
        MOVED = "moved", _("déplacé")
        SHORTENED = "shortened", _("une personne en moins")
        CALLED = "called", _("appelé")
        PRESENT = "present", _("présence confirmée")
        COMPLETE = "complete", _("dossier complet")
        INCOMPLETE = "incomplete", _("dossier incomplet")
        PROPOSED = "proposed", _("autres créneaux proposés")
        DOCUMENTS = "documents", _("liste des pièces changée")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="events")
    kind = models.CharField(_("fait"), choices=Kind.choices, max_length=10)
    at = models.DateTimeField(_("le"))
    detail = models.JSONField(_("détail"), default=dict, blank=True)
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)  # None: the citizen
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("fait")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_kind_known",
                condition=Q(
                    kind__in=[
                        "booked",
                        "cancelled",
                        "arrived",
                        "honoured",
                        "missed",
                        "reset",
                        "moved",
                        "shortened",
                        "called",
                        "present",
                        "complete",
                        "incomplete",
                        "proposed",
                        "documents",
                    ]
                ),
            ),
        ]
