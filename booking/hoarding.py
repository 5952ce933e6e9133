"""Nobody empties a day by holding its slots: few at once, few for one contact or one network."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from booking import crowds, planning
from booking.models import Appointment
from parvis import attack
from parvis.counters import TooMany, counter_key, run
from parvis.errors import DomainError
from parvis.guard import current_schema
from parvis.networks import network_of


ALWAYS_OPEN = 5  # slots held at once on the smallest day
SHARE = 10  # of a day's slots, one in ten
MOST_COMING = 5  # appointments to come of one service for one address or telephone: a family
SHORTEST_S, LONGEST_S = 5 * 60, 45 * 60
DAY_S = 24 * 3600

# A hash for each commune and day: slots held by network, by all, and by networks that hold more
# than a family does. ARGV: the network, 1 or -1, a family, seconds.
COUNT = """
local function beyond(n) return n > tonumber(ARGV[3]) and n or 0 end
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local of_network = redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
local all = redis.call('HINCRBY', KEYS[1], 'all', ARGV[2])
local more = redis.call('HINCRBY', KEYS[1], 'crowded', beyond(of_network) - beyond(before))
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[4]) end
return {of_network, more, all, redis.call('TTL', KEYS[1])}
"""


class DayInDemand(DomainError):
    """As many slots of the day as may be are being booked at this moment."""

    message = _(
        "Beaucoup de personnes réservent ce jour-là en ce moment. Choisissez un autre jour, ou "
        "revenez dans quelques minutes."
    )


class AlreadyComing(DomainError):
    """The same person has an appointment of this service to come."""

    message = _(
        "Vous avez déjà un rendez-vous à venir pour cette démarche. Retrouvez-le pour le déplacer "
        "ou l’annuler, ou appelez la mairie."
    )
    href = "/mon-rendez-vous/retrouver/"


class HouseholdComing(AlreadyComing):
    """A household has as many appointments of this service to come as it may book by itself."""

    message = _(
        "Cinq rendez-vous à venir sont déjà pris avec ces coordonnées pour cette démarche. "
        "Pour une personne de plus, appelez la mairie."
    )


def refuse_crowded_day(wanted: Appointment, *, now: datetime) -> None:
    """Refuse one more open hold of a service when a tenth of the day's slots are held.

    Only while robots are about: a crowd that comes for new slots is no attack. To be asked under
    the lock of the day; one query where few are held.

    Raises:
        DayInDemand: so many are.
    """
    day = planning.local_day(wanted.start)
    on_day = Appointment.objects.filter(service=wanted.service_id, **_starts_on(day))
    held = on_day.filter(
        status=Appointment.Status.HELD,
        channel=Appointment.Channel.ONLINE,
        held_until__gt=now,
        waiting_entry=None,
        instead_of=None,
    ).count()
    if held < ALWAYS_OPEN or not attack.is_on(attack.HOLD):
        return
    if held >= max(ALWAYS_OPEN, planning.day_capacity(wanted.service, day) // SHARE):
        raise DayInDemand


def count_network(address: str) -> None:
    """Count one more slot held from a network, and refuse it where robots take what people need.

    They do when few networks hold most of a day. Without Valkey nobody is refused here.

    Raises:
        TooMany: robots are about, and this network has had its share of the day.
    """
    try:
        of_network, crowded, held, wait_s = _count(address, 1)
    except RedisError:
        return
    if crowds.are_crowding(crowded, held):
        attack.suspect(attack.HOLD)
    if of_network > crowds.most_of_network(held) and attack.is_on(attack.HOLD):
        _count(address, -1)
        raise TooMany(wait_s)


def _count(address: str, change: int) -> list[int]:
    schema = current_schema()
    network = counter_key(f"network:{schema}", network_of(address) or address)[:16]
    found = run(COUNT, [f"attack:networks:{schema}"], [network, change, crowds.FAMILY, DAY_S])
    return [int(each) for each in found]


def refuse_repeated(held: Appointment, *, now: datetime) -> None:
    """Refuse what the same person has already, of all that citizens booked by themselves.

    Whoever confirms at the same moment for the same contact waits.

    Raises:
        AlreadyComing: she comes for the same.
        HouseholdComing: five of her household do.
    """
    contacts = Q()
    if held.email:
        contacts |= Q(email__iexact=held.email)
    if held.phone:
        contacts |= Q(phone=held.phone)
    _wait_for_others(filter(None, (held.email.lower(), held.phone)))
    coming = Appointment.objects.filter(
        contacts,
        status=Appointment.Status.BOOKED,
        channel=Appointment.Channel.ONLINE,
        service=held.service_id,
        period__startswith__gt=now,
    ).exclude(pk=held.pk)
    names = [_folded(name) for name in coming.values_list("name", flat=True)[:MOST_COMING]]
    if _folded(held.name) in names:
        raise AlreadyComing
    if len(names) >= MOST_COMING:
        raise HouseholdComing


def kept_back_until(*, now: datetime) -> datetime | None:
    """Say until when a cancelled slot stays hidden: nobody catches it who waits for it.

    None when no robot is about: then it is free at once.
    """
    if not attack.is_on(attack.HOLD):
        return None
    return now + timedelta(seconds=SHORTEST_S + secrets.randbelow(LONGEST_S - SHORTEST_S))


def _starts_on(day: date) -> dict[str, datetime]:
    begin = datetime.combine(day, time.min, planning.zone())
    return {
        "period__startswith__gte": begin,
        "period__startswith__lt": datetime.combine(
            day + timedelta(days=1), time.min, planning.zone()
        ),
    }


def _wait_for_others(contacts: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for contact in sorted(contacts):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{current_schema()} {contact}"],
            )


def _folded(name: str) -> str:
    return " ".join(sorted(name.casefold().split()))
