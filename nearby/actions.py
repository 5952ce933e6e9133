"""Alerts: asked for, confirmed by the link of a message, told when something is free, stopped."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from booking import planning
from nearby import emails
from nearby.models import Alert
from parvis.signing import digest, new_token
from slots.search import Found, Wish, best_of_each, place_of, search, soonest_first


MOST_A_DAY = 3  # messages of one alert
OFFERED = 5  # starts in one message


def ask(
    *,
    email: str,
    language: str,
    reason: str = "",
    key: str = "",
    name: str = "",
    persons: int,
    radius_km: int,
    last_day: date,
    now: datetime,
) -> None:
    """Keep a wish and ask the address whether it is hers; nothing else is sent before she says so.

    The same wish again sends the link again, and changes radius and end of what is not confirmed.
    Whoever typed the address does not learn that it was known.
    """
    wish = {"reason": reason, "key": key, "persons": persons}
    terms = {"radius_km": radius_km, "last_day": last_day, "language": language, "name": name}
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                email=email, **wish, **terms, token_hash=digest(new_token()), created_at=now
            )
            emails.confirm(alert, planning.current_commune()).send()
    except IntegrityError:
        with transaction.atomic():
            known = Alert.objects.select_for_update(no_key=True)
            same = known.filter(email__iexact=email, **wish, stopped_at__isnull=True).first()
            if same is None:
                return  # it has been stopped at this instant
            Alert.objects.filter(pk=same.pk).update(
                **(terms if same.confirmed_at is None else {}), rounds=F("rounds") + 1
            )
            same.refresh_from_db()
            emails.confirm(same, planning.current_commune()).send()


@transaction.atomic
def confirm(*, alert: Alert, now: datetime) -> bool:
    """Begin to look for her; what is free now she sees herself. Twice changes nothing.

    Tells whether she will be told: not by an alert that was stopped, or that is over.
    """
    waiting = Alert.objects.filter(pk=alert.pk, confirmed_at__isnull=True, stopped_at__isnull=True)
    waiting.update(confirmed_at=now, seen=_first(free_for(alert, now=now)))
    return Alert.objects.running(planning.local_day(now)).filter(pk=alert.pk).exists()


def stop(*, alert: Alert, now: datetime) -> None:
    """Write no more; twice changes nothing."""
    Alert.objects.filter(pk=alert.pk, stopped_at__isnull=True).update(stopped_at=now)


def free_for(alert: Alert, *, now: datetime) -> list[Found]:
    """List what is free for one alert, soonest first; two queries."""
    return _fitting(alert, _around([alert], now=now))


def tell(*, now: datetime) -> int:
    """Write to those for whom a sooner start has come free than at the last look; count them.

    What is free is read in one query for all alerts of the commune.
    """
    today = planning.local_day(now)
    running = list(Alert.objects.running(today))
    if not running:
        return 0
    found = _around(running, now=now)
    return sum(_tell(alert, _fitting(alert, found), today=today) for alert in running)


def _tell(alert: Alert, fitting: list[Found], *, today: date) -> bool:
    """Tell one alert of an earlier day; what is lost is forgotten, so that it is news again."""
    first = _first(fitting)
    if first == alert.seen:
        return False
    zone = planning.zone()
    is_news = first is not None and (
        alert.seen is None or first.astimezone(zone).date() < alert.seen.astimezone(zone).date()
    )
    told = alert.told if alert.told_on == today else 0
    if is_news and told >= MOST_A_DAY:
        return False  # the next day tells it
    with transaction.atomic():
        mine = Alert.objects.filter(pk=alert.pk, stopped_at__isnull=True, seen=alert.seen)
        if not is_news:
            mine.update(seen=first)
            return False
        told_now = {"seen": first, "told_on": today, "told": told + 1}
        if not mine.update(**told_now, rounds=F("rounds") + 1):
            return False  # she has just stopped it, or another run tells her
        alert.rounds += 1
        emails.free(alert, planning.current_commune(), fitting[:OFFERED]).send()
    return True


def _around(alerts: list[Alert], *, now: datetime) -> list[Found]:
    """Read all that is free and that one of these alerts may want, in one query."""
    place = place_of(planning.current_commune())
    if place is None:
        return []
    wish = Wish(
        reasons=tuple({each.reason for each in alerts}),
        keys=tuple({each.key for each in alerts}),
        persons=tuple({each.persons for each in alerts}),
        place=place,
        km=max(each.radius_km for each in alerts),
    )
    return [each for each in search(wish, now=now) if each.day is not None]


def _fitting(alert: Alert, found: list[Found]) -> list[Found]:
    suits = [
        each
        for each in found
        if each.persons == alert.persons
        and (each.reason == alert.reason if alert.reason else each.key == alert.key)
        and (each.km is None or each.km <= alert.radius_km)
        and each.day is not None
        and each.day <= alert.last_day
    ]
    free, _full = best_of_each(suits)
    return soonest_first(free)


def _first(fitting: list[Found]) -> datetime | None:
    return fitting[0].first if fitting else None
