"""Steps of a departure and what is written about each. All but ``wake`` runs in public."""

from datetime import datetime

from django.db import transaction

from parvis.deferred import defer_to
from parvis.guard import PUBLIC
from parvis.mail import letter
from tenants import departures
from tenants.hosts import absolute_url
from tenants.models import Departure, Membership


State = Departure.State


def wake() -> None:
    """Have the platform look at departures now, after one was asked for or given up."""
    with transaction.atomic():
        defer_to(PUBLIC, "exchange.follow_departures")


@transaction.atomic
def confirm(*, departure: Departure, by_id: int, by_name: str, now: datetime) -> None:
    """Confirm a departure and write to whoever asked for it."""
    confirmed = departures.confirm(departure=departure, by_id=by_id, by_name=by_name, now=now)
    write("confirmed", confirmed, [confirmed.asked_by_email])


def follow(*, now: datetime) -> int:
    """Take each departure one step further when its time has come; count the steps.

    Run every night, and when somebody asked for something; running twice changes nothing.
    """
    for departure in Departure.objects.filter(state=State.ASKED).select_related("commune"):
        with transaction.atomic():
            write("asked", departure, _directors(departure))
    for departure in Departure.objects.filter(
        state=State.CANCELLED, commune__state="suspended"
    ).select_related("commune"):
        departures.reopen(commune=departure.commune)
    steps = 0
    for departure in departures.due(now).order_by("pk"):
        try:
            _step(departure, now)
        except departures.NoDeparture:  # given up meanwhile
            continue
        steps += 1
    return steps


@transaction.atomic
def _step(departure: Departure, now: datetime) -> None:
    if departure.state == State.READ_ONLY:
        moved = departures.move_on(departure=departure)
        write("moved", moved, [moved.asked_by_email, *_directors(moved)])
    else:
        gone = departures.destroy(departure=departure, now=now)
        write("destroyed", gone, [gone.asked_by_email, *_directors(gone)])


def _directors(departure: Departure) -> list[str]:
    team = Membership.objects.at_work().filter(association=departure.commune.association_id)
    return team.filter(role=Membership.Role.DIRECTOR).addresses()


def write(name: str, departure: Departure, to: list[str]) -> None:
    """Tell each person a step once."""
    association = departure.commune.association
    words = {
        "departure": departure,
        "commune": departure.commune,
        "certificate": departure.certificate,
        "url": absolute_url(association, "/departs/") if association else "",
    }
    for address in dict.fromkeys(to):
        fact = f"departure-{departure.pk}-{name}-{address}"[:120]
        letter(
            f"exchange/emails/{name}",
            words,
            to=[address],
            fact=fact,
            association=departure.commune.association_id,
        ).send()
