"""Rounds (« tournées »): what a team visits on one day, in which order, and what became of it.

For other pages of the team, two calls are enough; both propose the order of the way:

    made = plan_round(reports=reports, title="Mardi, centre", day=day, team=team, by=member)
    added = add_to_round(tour=made, reports=reports)  # those that were not in it

Reports that are closed are left out. What is written on the phone is in :mod:`incidents.stops`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from incidents.geo import Place
from incidents.models import Report, Round, Stop, Team
from incidents.rounds import ordered
from parvis.errors import DomainError
from parvis.signing import digest, new_token


STOPS_MOST = 60


class NothingToVisit(DomainError):
    """A round without an open report is no round."""

    message = _("Choisissez au moins un signalement à traiter.")


class TooManyStops(DomainError):
    """A day is not longer than that."""

    message = _("Une tournée compte soixante arrêts au plus.")


class RoundOver(DomainError):
    """A round that is closed is not prepared any more."""

    message = _("Cette tournée est terminée.")


@transaction.atomic
def plan_round(
    *,
    reports: Iterable[Report],
    title: str,
    day: date,
    team: Team | None,
    by: Member,
    start: Place | None = None,
) -> Round:
    """Prepare a round of the open ones among these reports, in a short order from ``start``.

    Raises:
        NothingToVisit: none of them is open.
        TooManyStops: they are more than a day holds.
    """
    made = Round.objects.create(
        title=title,
        day=day,
        team=team,
        token_hash=digest(new_token()),
        made_by_id=by.user_id,
        made_by_name=by.name,
        start_lat=start.lat if start else None,
        start_lon=start.lon if start else None,
    )
    if not add_to_round(tour=made, reports=reports):
        raise NothingToVisit
    propose_order(tour=made)
    return made


@transaction.atomic
def add_to_round(*, tour: Round, reports: Iterable[Report]) -> int:
    """Add the open ones of these reports that are not in it yet; return how many.

    Raises:
        RoundOver: it is closed.
        TooManyStops: they would be more than a day holds.
    """
    current = _locked(tour)
    known = {stop.report_id: stop.position for stop in current.stops.all()}
    added = []
    for report in reports:
        if not report.is_closed and report.pk not in known:
            known[report.pk] = max(known.values(), default=0) + 1
            added.append(Stop(round=current, report=report, position=known[report.pk]))
    if len(known) > STOPS_MOST:
        raise TooManyStops
    Stop.objects.bulk_create(added)
    return len(added)


@transaction.atomic
def propose_order(*, tour: Round) -> None:
    """Put the stops that are left in a short order; those without a place come last.

    Raises:
        RoundOver: it is closed.
    """
    current = _locked(tour)
    stops = list(current.stops.select_related("report"))
    left = [stop for stop in stops if stop.done_at is None]
    done = [stop for stop in stops if stop.done_at is not None]
    placed = [(stop, place) for stop in left if (place := stop.report.place) is not None]
    last_seen = next((s.report.place for s in reversed(done) if s.report.place), None)
    path = ordered([place for _stop, place in placed], start=last_seen or current.start)
    lost = [stop for stop in left if stop.report.place is None]
    _number([*done, *(placed[rank][0] for rank in path), *lost])


@transaction.atomic
def shift(*, stop: Stop, by_ranks: int) -> None:
    """Move a stop up (-1) or down (1) among those of its round, unless it was just taken out.

    Raises:
        RoundOver: it is closed.
    """
    current = _locked(stop.round)
    stops = list(current.stops.all())
    here = next((rank for rank, each in enumerate(stops) if each.pk == stop.pk), None)
    if here is None:
        return
    there = min(max(here + by_ranks, 0), len(stops) - 1)
    stops.insert(there, stops.pop(here))
    _number(stops)


@transaction.atomic
def remove(*, stop: Stop) -> None:
    """Take a stop out of its round; one that was visited stays.

    Raises:
        RoundOver: it is closed.
    """
    current = _locked(stop.round)
    current.stops.filter(pk=stop.pk, done_at__isnull=True).delete()
    _number(list(current.stops.all()))


@transaction.atomic
def close(*, tour: Round, now: datetime) -> None:
    """End a round, whatever is left of it; the reports left wait for another one."""
    Round.objects.filter(pk=tour.pk, closed_at__isnull=True).update(closed_at=now)


@transaction.atomic
def reopen(*, tour: Round) -> None:
    """Take a round up again."""
    Round.objects.filter(pk=tour.pk).update(closed_at=None)


@transaction.atomic
def renew_link(*, tour: Round) -> None:
    """Give a round another link; sheets printed before open nothing any more."""
    Round.objects.filter(pk=tour.pk).update(token_hash=digest(new_token()))


@transaction.atomic
def keep_depot(*, team: Team, place: Place) -> None:
    """Remember where a team leaves from."""
    team.depot_lat, team.depot_lon = place.lat, place.lon
    team.save(update_fields=["depot_lat", "depot_lon"])


def _locked(tour: Round) -> Round:
    current = Round.objects.select_for_update(no_key=True).get(pk=tour.pk)
    if current.closed_at is not None:
        raise RoundOver
    return current


def _number(stops: Sequence[Stop]) -> None:
    """Give the stops their ranks, in two statements at most; the ranks are checked at the end."""
    changed = []
    for rank, stop in enumerate(stops, 1):
        if stop.position != rank:
            stop.position = rank
            changed.append(stop)
    Stop.objects.bulk_update(changed, ["position"])
