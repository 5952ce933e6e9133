"""Believable objects; a test names only the fields it is about."""

import uuid
from datetime import UTC, datetime, time, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import models as booking
from booking.actions import configuration_changed
from parvis.signing import digest


TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 9 h in Paris


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = booking.Site

    name = "Mairie"
    address = "15 quai Jean-Fleuret, 33250 Pauillac"


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = booking.Service

    slug = factory.Sequence("carte-identite-{}".format)
    name = "Carte d’identité"
    name_en = "Identity card"
    icon = "id-card"
    titles = "CNI"
    minutes = factory.LazyFunction(lambda: [20, 30, 40])


class ResourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = booking.Resource
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence("Guichet {}".format)

    @factory.post_generation
    def services(self, create, extracted):
        if extracted:
            self.services.set(extracted)


class OpeningFactory(factory.django.DjangoModelFactory):
    """A rule of Tuesdays, from 9 h to 12 h."""

    class Meta:
        model = booking.Opening
        skip_postgeneration_save = True

    weekday = 1
    start_time = time(9)
    end_time = time(12)
    step_minutes = 20

    @factory.post_generation
    def resources(self, create, extracted):
        if extracted:
            self.resources.set(extracted)
        configuration_changed()


class AppointmentFactory(factory.django.DjangoModelFactory):
    """A confirmed appointment; ``resource`` also takes the resource for its time."""

    class Meta:
        model = booking.Appointment
        skip_postgeneration_save = True

    class Params:
        start = TUESDAY_NINE
        token = factory.Sequence("token-{}".format)
        cancelled = factory.Trait(
            status=booking.Appointment.Status.CANCELLED,
            cancelled_at=TUESDAY_NINE - timedelta(hours=20),
        )
        held = factory.Trait(
            status=booking.Appointment.Status.HELD,
            held_until=TUESDAY_NINE - timedelta(hours=23, minutes=50),
        )

    reference = factory.Sequence(lambda n: f"K7M2{n:04}")
    service = factory.SubFactory(ServiceFactory)
    site = factory.SubFactory(SiteFactory)
    period = factory.LazyAttribute(
        lambda a: DateTimeTZRange(
            a.start, a.start + timedelta(minutes=a.service.length(a.persons))
        )
    )
    persons = 1
    status = booking.Appointment.Status.BOOKED
    channel = booking.Appointment.Channel.ONLINE
    name = "Jeanne Dupuy"
    email = "jeanne@example.org"
    phone = "06 12 34 56 78"
    token_hash = factory.LazyAttribute(lambda a: digest(a.token))
    idempotency_key = factory.LazyFunction(uuid.uuid4)

    @factory.post_generation
    def people(self, create, extracted):
        """Write who comes; ``people`` gives the fields of each row, in order."""
        for position in range(1, self.persons + 1):
            usual = {"name": self.name if position == 1 else f"Personne {position}"}
            given = extracted[position - 1] if extracted else {}
            booking.Participant.objects.create(
                appointment=self, position=position, **usual | given
            )

    @factory.post_generation
    def resource(self, create, extracted):
        if extracted:
            state = {"held": "hold", "cancelled": "released"}.get(self.status, "booked")
            booking.Allocation.objects.create(
                appointment=self,
                resource=extracted,
                period=self.period,
                state=state,
                expires_at=self.held_until if state == "hold" else None,
            )
