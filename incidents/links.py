"""Addresses that messages and pages give: whoever holds one may act, in one commune only.

A secret that ends up in a message is signed, never stored; it holds a part of the digest that the
database keeps, and ends when that is replaced.
"""

import time
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.models import Follower, Handler, Photo, Report, ReportContact, Round, Stop
from parvis.signing import BadSignature, digest, seal, sign, unseal, unsign


KEPT_S = 400 * 24 * 3600
STAMP = 12  # characters of the digest, enough to tell two secrets apart
DAY_S = 24 * 3600
REPORTER, FOLLOWER, PARTNER, PHOTO = "suivi", "abonne", "intervenant", "photo"
ROUND = "tournee"
ROUND_KEPT = timedelta(days=30)
DESK = "/agent/signalements/"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the follow page of a report: its reporter, or somebody who follows it."""

    report: Report
    contact: ReportContact | None = None
    follower: Follower | None = None

    @property
    def is_reporter(self) -> bool:
        """Whether she wrote the report, and may answer, cancel and contest."""
        return self.contact is not None

    @property
    def language(self) -> str:
        """In which language she is written to."""
        person = self.contact or self.follower
        return person.language if person else "fr"


def path_with(secret: str) -> str:
    """Return the address that a secret of a reporter or a follower opens."""
    return f"/suivi/{secret}/"


def path_to_desk(report: Report) -> str:
    """Return the address at which the team handles a report."""
    return f"{DESK}{report.reference}/"


def path_to(report: Report) -> str:
    """Return the address by which the reporter follows her report; one query for her contact."""
    contact = report.contact
    return path_with(sign([contact.pk, contact.token_hash[:STAMP]], purpose=REPORTER))


def path_to_follower(follower: Follower) -> str:
    """Return the address by which somebody else follows a report."""
    return path_with(sign([follower.pk, follower.token_hash[:STAMP]], purpose=FOLLOWER))


def path_to_partner(report: Report, handler: Handler) -> str:
    """Return the address by which a body or a company answers about a report it was given."""
    return f"/intervenant/{sign([report.pk, handler.pk], purpose=PARTNER)}/"


def path_to_round(tour: Round) -> str:
    """Return the address by which a team sees its round; it ends a month after the day."""
    return f"/tournee/{seal(f'{tour.pk}-{tour.token_hash[:STAMP]}', purpose=ROUND)}/"


def path_to_stop(tour: Round, stop: Stop) -> str:
    """Return the address of one stop of a round, for the code printed beside it."""
    return f"{path_to_round(tour)}{stop.pk}/"


def round_behind(secret: str, *, today: date) -> Round | None:
    """Find the round of a team, unless its link was replaced or its day is long past."""
    try:
        key, stamp = unseal(secret, purpose=ROUND).split("-")
        rounds = Round.objects.select_related("team").filter(
            pk=int(key), token_hash__startswith=stamp, day__gte=today - ROUND_KEPT
        )
    except (BadSignature, ValueError):
        return None
    return rounds.first()


def reader_behind(secret: str) -> Reader | None:
    """Find who holds a secret: the one she was given at first, or one of a later message."""
    contacts = ReportContact.objects.select_related("report__category", "report__handler")
    first = contacts.filter(token_hash=digest(secret)).first()
    if first is not None:
        return Reader(first.report, contact=first)
    if (known := _read(secret, REPORTER)) is not None:
        contact = contacts.filter(pk=known[0], token_hash__startswith=known[1]).first()
        return Reader(contact.report, contact=contact) if contact else None
    if (known := _read(secret, FOLLOWER)) is not None:
        followers = Follower.objects.select_related("report__category", "report__handler")
        follower = followers.filter(pk=known[0], token_hash__startswith=known[1]).first()
        return Reader(follower.report, follower=follower) if follower else None
    return None


def partner_behind(secret: str) -> tuple[Report, Handler] | None:
    """Find the report a partner was given; None once it is in other hands.

    A closed one stays readable: what may still be done is for the table of moves to say.
    """
    known = _read(secret, PARTNER)
    if known is None or not known[1].isdecimal():
        return None
    report = (
        Report.objects.select_related("category", "handler", "team")
        .filter(pk=known[0], handler=int(known[1]))
        .first()
    )
    return (report, report.handler) if report is not None and report.handler else None


def photo_address(photo: Photo, size: str, *, is_public: bool = False) -> str:
    """Return the address of a rendition: ``l``, ``m`` or ``s``.

    A public one stays the same, and ends with the publication; another ends the next day.
    """
    until = 0 if is_public else int(time.time()) // DAY_S + 1
    return f"/photo/{seal(f'{photo.pk}-{size}-{until}', purpose=PHOTO)}.jpg"


def photo_behind(signed: str) -> tuple[Photo, str] | None:
    """Find the rendition behind an address: one that is still public, or was given lately."""
    try:
        key, size, until = unseal(signed, purpose=PHOTO).split("-")
    except (BadSignature, ValueError):
        return None
    photos = Photo.objects.filter(pk=int(key), state=Photo.State.READY)
    if int(until) == 0:
        photos = photos.filter(is_public=True, report__visibility=Report.Visibility.PUBLIC)
    elif int(time.time()) // DAY_S > int(until):
        return None
    found = photos.first()
    return (found, size) if found else None


def _read(secret: str, purpose: str) -> tuple[int, str] | None:
    try:
        key, stamp = unsign(secret, purpose=purpose, max_age=KEPT_S)
        return int(key), str(stamp)
    except (BadSignature, TypeError, ValueError):
        return None
