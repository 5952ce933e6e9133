"""What is worth trying at the first live commune: one case of everything, made as people would.

Citizens are invented; each message goes to the outbox of the demo, where its links can be
followed.
"""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import actions, outages, outcomes, planning, presence, tickets, titles, waiting
from booking.arrivals import Arrival
from booking.models import (
    Appointment,
    Closure,
    DocumentText,
    MessageText,
    Opening,
    OpeningOverride,
    Participant,
    Resource,
    Service,
    Site,
    Title,
)
from booking.people import Person
from booking.placing import ALPHABET
from booking.stranded import concerned
from identity.members import BOOKING_AGENT, Member
from onboarding.practice_people import invent


DESK = Member(user_id=0, name="Accueil", role=BOOKING_AGENT)
FAR = 40  # days: after what the diary of the demo fills
OPENS, CLOSES = time(9), time(17)
TOUCHED = 5  # appointments of the station that fails
TITLES_WAITING = (3, 12, 31, 55, 66, 84)  # days since they arrived; the last is nearly destroyed


def show(*, now: datetime, luck: random.Random) -> None:
    """Add a family, an incomplete file, a waiting list, an outage, titles, a changed day."""
    card = Service.objects.get(slug="carte-identite")
    _configure(now=now)
    _family(Service.objects.get(slug="carte-identite-et-passeport"), now=now)
    _incomplete(now=now)
    _waiting(card, now=now, luck=luck)
    _question(now=now)
    _outage(now=now)
    _titles(now=now, luck=luck)
    _hall(card, now=now, luck=luck)


def _configure(*, now: datetime) -> None:
    """Change one day, close another, add a document and some words of the commune's own."""
    Service.objects.exclude(titles="").update(
        asks_presence=True,
        instructions="Venez cinq minutes avant l’heure. Le stationnement est gratuit une heure.",
    )
    Service.objects.filter(slug="mariage").update(
        terms="Les deux futurs époux doivent être présents au dépôt du dossier."
    )
    Service.objects.filter(slug__in=["aide-sociale", "conseiller-numerique"]).update(
        is_active=True
    )
    DocumentText.objects.create(
        key="photo",
        text="Moins de six mois, 35 × 45 mm, non découpée. Le photomaton est à la gare.",
    )
    MessageText.objects.create(
        event="booked", language="fr", text="L’entrée accessible se trouve rue du Maquis."
    )
    first = _open_day(planning.local_day(now) + timedelta(days=FAR))
    opening = Opening.objects.filter(weekday=first.weekday()).order_by("pk")[0]
    OpeningOverride.objects.create(opening=opening, day=first, reason="Inventaire des archives")
    shut = _open_day(first + timedelta(days=8))
    zone = planning.zone()
    Closure.objects.create(
        period=DateTimeTZRange(
            datetime.combine(shut, time.min, zone),
            datetime.combine(shut + timedelta(days=1), time.min, zone),
        ),
        reason="Travaux dans le hall",
    )
    actions.configuration_changed()


def _open_day(day: date) -> date:
    """Return that day, or the next one on which somebody is received."""
    timetable = planning.current_plan(day.year).timetable
    while not timetable.occurrences(day):
        day += timedelta(days=1)
    return day


def _family(service: Service, *, now: datetime) -> None:
    """Book for two parents and two children, each in a case of her own."""
    people = [
        Person(situation={"age": "adult", "motive": "renewal"}, name="Camille Larrieu"),
        Person(situation={"age": "adult", "motive": "loss"}, name="Dominique Larrieu"),
        Person(situation={"age": "12-14", "motive": "first"}, name="Noé Larrieu"),
        Person(situation={"age": "0-11", "motive": "first"}, name="Lina Larrieu"),
    ]
    start = _first(service, len(people), now=now)
    if start is None:
        return
    held, token = actions.hold_slot(
        service=service, people=people, start=start, language="fr", now=now
    )
    actions.keep_details(
        appointment=held,
        name="Camille Larrieu",
        email="camille.larrieu@example.org",
        phone="0639981234",
        people=[(person.name, "") for person in people],
    )
    actions.confirm(appointment=held, token=token, now=now)


def _incomplete(*, now: datetime) -> None:
    """Find one of the last files wanting, and keep a short time to complete it."""
    received = Appointment.objects.filter(
        status=Appointment.Status.HONOURED,
        outcome=Appointment.Outcome.COMPLETE,
        persons=1,
        period__endswith__lte=now,
    ).exclude(email="")
    visit = received.order_by("-period").first()
    if visit is None:
        return
    actions.mark(appointment=visit, status="honoured", by=DESK, now=now)
    person = visit.participants.get()
    Appointment.objects.filter(pk=visit.pk).update(outcome="")
    Participant.objects.filter(pk=person.pk).update(missing=[])
    visit.refresh_from_db()
    starts = outcomes.short_starts(visit, persons=1, now=now)
    asked = outcomes.asked(person)
    if starts and asked:
        outcomes.find_incomplete(
            appointment=visit,
            missing={person.position: asked[:2]},
            start=starts[0],
            by=DESK,
            now=now,
            idempotency_key=UUID(int=visit.pk, version=4),
        )


def _waiting(service: Service, *, now: datetime, luck: random.Random) -> None:
    """Let three people wait: the first has an offer out, the others want days that are full."""
    today = planning.local_day(now)
    for number, days in enumerate((60, 2, 2)):
        person = invent(luck)
        waiting.join(
            service=service,
            people=[Person(situation={"age": "adult", "motive": "renewal"}, name=person.name)],
            name=person.name,
            email=person.email if number < 2 else "",  # noqa: PLR2004 (the last is phoned)
            phone=person.phone,
            first_day=today,
            last_day=today + timedelta(days=days),
            weekdays=[],
            language=("fr", "en", "fr")[number],
            now=now - timedelta(hours=9 - number),
        )
    waiting.serve(now=now)


def _question(*, now: datetime) -> None:
    """Ask those who come in two days whether they do."""
    noon = now.astimezone(planning.zone()).replace(hour=12)
    presence.write_to_citizens(now=noon)


def _outage(*, now: datetime) -> None:
    """Let a station fail on the next day: one person has chosen another time, others have not."""
    station = Resource.objects.filter(kind=Resource.Kind.STATION).order_by("pk").first()
    midnight = datetime.combine(
        _open_day(planning.local_day(now) + timedelta(days=1)), time.min, planning.zone()
    )
    if station is None:
        return
    touched = concerned(start=midnight, end=midnight + timedelta(days=1), resource=station.pk)[
        :TOUCHED
    ]
    if not touched:
        return
    outage = outages.report(
        period=DateTimeTZRange(touched[0].start, touched[-1].end),
        site=None,
        resource=station,
        reason="Le lecteur d’empreintes est en panne",
        by=DESK,
        now=now,
        idempotency_key=UUID(int=station.pk, version=4),
    )
    outages.propose(outage=outage, by=DESK, now=now)
    for case in outage.cases.open().exclude(appointment__email=""):
        proposal = outages.proposals_of(case.appointment, now=now).first()
        if proposal is not None:
            outages.accept(appointment=case.appointment, start=proposal.start, by=None, now=now)
            return


def _titles(*, now: datetime, luck: random.Random) -> None:
    """Let titles wait, some for long, those of known deposits first."""
    station = Resource.objects.filter(kind=Resource.Kind.STATION).order_by("pk").first()
    today = planning.local_day(now)
    for number, days in enumerate(TITLES_WAITING):
        person = invent(luck)
        titles.register(
            proposed=[
                titles.Proposed(
                    arrival=_arrival("".join(luck.choices(ALPHABET, k=10))),
                    kind=(Title.Kind.CARD, Title.Kind.PASSPORT)[number % 2],
                    holder=person.name,
                    email=person.email if number % 3 else "",
                    phone=person.phone,
                    language="fr",
                    station=station,
                    deposit=None,
                )
            ],
            arrived_on=today - timedelta(days=days),
        )
    titles.tell_holders(now=now)


def _arrival(number: str) -> Arrival:
    return Arrival(line=number, number=number)


def _hall(service: Service, *, now: datetime, luck: random.Random) -> None:
    """Let some people wait without an appointment, if the town hall is open now."""
    local = now.astimezone(planning.zone())
    site = Site.objects.order_by("pk").first()
    is_open = planning.closed_reason(local.date()) == "" and OPENS <= local.time() < CLOSES
    if site is not None and is_open:
        for minutes in (25, 14, 6):
            tickets.walk_in(
                site=site,
                service=service,
                name=invent(luck).name,
                now=now - timedelta(minutes=minutes),
            )


def _first(service: Service, persons: int, *, now: datetime) -> datetime | None:
    day: date = planning.local_day(now) + timedelta(days=7)
    return planning.free(
        service=service, persons=persons, first=day, days=40, now=now, online=True
    ).first()
